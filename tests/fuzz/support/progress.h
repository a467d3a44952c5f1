// Progress: the line that says how far a long search is; on a terminal only.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>

namespace arenite::fuzz {

/// Of so many programs, or (`total` 0) of so many seconds. The line is written over at most once a second, to stderr; nothing
/// is shown when that is no terminal.
class Progress {
public:
    Progress(const char* what, std::uint64_t total, double seconds) : what_(what), total_(total), seconds_(seconds) {}
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::uint64_t done) {
        const auto now = Clock::now();
        if (!on_ || now < next_) return;
        next_ = now + std::chrono::seconds(1);
        const double passed = std::chrono::duration<double>(now - begin_).count();
        const auto n = static_cast<double>(done);
        const double left = total_ == 0 ? seconds_ - passed : done ? passed * (static_cast<double>(total_) - n) / n : 0;
        const int whole = left > 0 ? static_cast<int>(left) : 0;
        std::fprintf(stderr, "\r\033[K%s: %llu", what_, static_cast<unsigned long long>(done));
        if (total_ != 0) std::fprintf(stderr, " of %llu", static_cast<unsigned long long>(total_));
        std::fprintf(stderr, ", about %d:%02d left", whole / 60, whole % 60);
    }
    /// Before something else is printed.
    void clear() const {
        if (on_) std::fputs("\r\033[K", stderr);
    }

private:
    using Clock = std::chrono::steady_clock;
    const char* const what_;
    const std::uint64_t total_;
    const double seconds_;
    const bool on_ = isatty(STDERR_FILENO) != 0;
    const Clock::time_point begin_ = Clock::now();
    Clock::time_point next_ = begin_ + std::chrono::seconds(1);
};

}  // namespace arenite::fuzz

// Programs on a pseudo-terminal.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/cli/process.h"

namespace arenite::test {

/// Whether pseudo-terminals can be opened (a bare chroot has none).
[[nodiscard]] bool has_terminals();

/// A program whose standard streams are a terminal; killed with this object.
class Terminal {
public:
    Terminal(const std::string& program, const std::vector<std::string>& arguments, const RunOptions& options = {});
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Types.
    void send(const std::string& keys);
    /// Waits until `text` comes, after what was expected before. False: it did not within twenty seconds.
    [[nodiscard]] bool expect(const std::string& text);
    /// Waits for the end: the exit code, -1 for a signal or when the program does not end.
    int wait();
    /// All that was printed, without the control sequences of a screen.
    [[nodiscard]] const std::string& shown() const { return shown_; }

private:
    bool read_more();

    pid_t pid_ = -1;
    int fd_ = -1;
    std::string raw_;
    std::string shown_;
    std::size_t expected_ = 0;
};

}  // namespace arenite::test

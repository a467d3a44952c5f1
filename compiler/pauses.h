// How the stages of a compilation pause, and how they are stopped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "heap/look.h"
#include "heap/unit_vector.h"

namespace arenite::compiler {

/// Thrown by any stage, caught in compile().
struct Abort {
    std::string message = {};
    bool interrupted = false;
    bool incomplete = false;
    std::string_view long_message = {};  ///< CompileError::long_message
};

/// Whoever pauses may be suspended there, and never be resumed (heap/look.h): it must hold nothing but memory of the
/// compilation's resource. No std::string lives over a pause.
class Pauses {
public:
    explicit Pauses(Look look) : look_(look), ticks_(kTicks / look.finer) {}
    Pauses(const Pauses&) = delete;
    Pauses& operator=(const Pauses&) = delete;

    /// Tokens, nodes and elements between two checks: some 20 to 50 us.
    static constexpr std::uint32_t kTicks = 512;
    /// Bytes of one token or comment between two checks.
    static constexpr std::size_t kBytes = std::size_t{16} << 10;

    /// Once for each.
    [[gnu::always_inline]] void tick() {
        if (__builtin_expect(--ticks_ == 0, 0)) now();
    }
    /// For each of 8 small elements of a loop.
    void tick_each_8(std::size_t i) {
        if (i % 8 == 0) tick();
    }
    [[gnu::noinline]] void now() {
        ticks_ = kTicks / look_.finer;
        if (look_()) throw Abort{"compilation interrupted", true};
    }
    /// Copies bytes, in slices.
    void copy(char* to, const char* from, std::size_t n) {
        for (; n > Look::kBytes; n -= Look::kBytes, to += Look::kBytes, from += Look::kBytes) {
            std::memcpy(to, from, Look::kBytes);
            now();
        }
        if (n != 0) std::memcpy(to, from, n);
    }

    /// Frees an array.
    template <class T>
    void free(UnitVector<T>& array) {
        array.free_in_slices([this] { now(); });
    }

private:
    Look look_;
    std::uint32_t ticks_;
};

}  // namespace arenite::compiler

// Programs that io.popen has started: popen and pclose of POSIX, but for the waiting.
//
// Invariants
//  CP1. Only a script that closes its file waits for a program, and the host can end that. Whatever else gives a program
//       up goes on at once.
//  CP2. A program that was given up is reaped when it ends, by a thread that does nothing else: no zombies are left,
//       and no list of them is kept.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>

namespace arenite::lib {

class ChildProcess {
public:
    /// Starts `program` by /bin/sh, with what `mode` says ("r": its standard output, "w": its standard input) connected to a
    /// stream. Null: errno says why.
    [[nodiscard]] static std::FILE* start(const char* program, const char* mode, pid_t& pid);
    enum class Wait : std::uint8_t { Ended, Running, Failed };
    /// Waits for its end, for some milliseconds. Failed: errno says why; it is none of our children.
    [[nodiscard]] static Wait wait(pid_t pid, int milliseconds);
    /// Gives it up (CP2).
    static void abandon(pid_t pid) noexcept;
};

}  // namespace arenite::lib

// Control-C during a run.
#pragma once

#include <csignal>

#include <arenite/vm.h>

namespace arenite::cli {

/// While it exists, the first SIGINT ends the run of `vm`, if there is one, with an error; the next one ends the program
/// (lua.c, laction).
class InterruptGuard {
public:
    explicit InterruptGuard(Vm* vm);
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    /// Whether SIGINT came.
    [[nodiscard]] static bool interrupted();

private:
    Vm* vm_;
    struct sigaction previous_{};
};

}  // namespace arenite::cli

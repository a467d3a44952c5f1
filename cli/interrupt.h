// Control-C during a run.
#pragma once

#include <csignal>

#include "vm/vm.h"

namespace arenite::cli {

/// While it exists, the first SIGINT ends the run of `vm` with an error, and the next one the program (lua.c, laction).
class InterruptGuard {
public:
    explicit InterruptGuard(Vm& vm);
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    /// Whether SIGINT came.
    [[nodiscard]] static bool interrupted();

private:
    Vm& vm_;
    struct sigaction previous_{};
};

}  // namespace arenite::cli

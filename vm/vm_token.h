// VmToken: what of a Vm may outlive it. Whoever refers to a Vm over time (Task, Savepoint) holds one, so that it finds out
// when the Vm is gone, and another thread may interrupt a run at any time.
#pragma once

#include <atomic>

namespace arenite {

class Host;

struct VmToken {
    /// Null once the Vm is gone. Of the thread that uses the Vm.
    Host* host = nullptr;
    /// The host wants the run to end. Of all threads, and of signal handlers.
    std::atomic<bool> interrupted{false};
    static_assert(std::atomic<bool>::is_always_lock_free);  // as signal handlers need it
};

}  // namespace arenite

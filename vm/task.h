// Task: one call of a host into a Vm, from begin to commit or rollback. The interface for hosts that want to stop, go on
// with, kill or limit what they run; Vm's own begin/start/step/commit are what it is made of.
//
//     Task task(vm, function, arguments, {.deadline = Clock::now() + 50ms, .work_limit = 10'000'000});
//     while (task.step(100'000) == RunStatus::Suspended) serve_others();
//     if (task.status() == RunStatus::Finished) use(task.values()); else log(task.failure().message);
//
// Invariants
//  TK1. A Task that is over has ended its transaction: committed when it Finished or Exited, rolled back when it Failed
//       (with OnFailure::Keep: committed, without what open arenite.atomic blocks had changed).
//  TK2. Nothing of a script runs after kill(), interrupt(), the deadline or the work limit was seen: no handler, no pcall,
//       no finalizer, no coroutine.
//  TK3. A Task that is destroyed before it is over is killed and rolled back.
//  TK4. A Vm has at most one Task at a time; another one Fails at once and disturbs nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "vm/vm.h"

namespace arenite {

/// What becomes of the changes of a task that fails.
enum class OnFailure : std::uint8_t {
    RollBack,  ///< the heap is exactly as before the task
    Keep,      ///< as PUC Lua leaves it: for read-eval loops
};

struct TaskOptions {
    OnFailure on_failure = OnFailure::RollBack;
    /// Seen at the latest 20,000 units of work after it has passed; the failure is of kind Deadline.
    std::optional<std::chrono::steady_clock::time_point> deadline;
    /// Units of work (about one instruction each) of all steps together; the failure is of kind WorkLimit.
    std::optional<std::uint64_t> work_limit;
    /// coroutine.yield outside of coroutines ends the step with Yielded instead of an error.
    bool yieldable = false;
};

class Task {
public:
    /// Begins a transaction and prepares function(arguments...). Without success it has Failed from the start.
    explicit Task(Vm& vm, Value function, std::span<const Value> arguments = {}, const TaskOptions& options = {});
    ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    [[nodiscard]] RunStatus status() const { return status_; }
    [[nodiscard]] bool over() const { return status_ != RunStatus::Suspended && status_ != RunStatus::Yielded; }
    /// Runs at most about `budget` units; Suspended when there is more to do. Does nothing when over or Yielded.
    RunStatus step(std::uint64_t budget);
    /// Steps until it is over or has Yielded.
    RunStatus run();
    /// A task that Yielded gets `values` as the results of its coroutine.yield, and is Suspended again. False: it has not
    /// yielded, a value is stale or foreign, or memory is out (then it has Failed).
    bool resume(std::span<const Value> values = {});
    /// Ends it with a failure of kind Killed, which says `reason`. Does nothing when it is over.
    void kill(std::string_view reason);
    /// The same ("interrupted!") at the next look, from another thread or a signal handler.
    void interrupt() noexcept { vm_.interrupt(); }

    /// What it returned (Finished; good until the next task or transaction of the Vm) or yielded (Yielded; good until
    /// resume()).
    [[nodiscard]] std::span<const Value> values() const;
    [[nodiscard]] const Failure& failure() const { return failure_; }
    [[nodiscard]] int exit_code() const { return vm_.exit_code(); }

private:
    void settle(RunStatus status);
    void refuse(std::string_view why);

    Vm& vm_;
    TaskOptions options_;
    RunStatus status_ = RunStatus::Failed;
    bool owner_ = false;  ///< of the Vm's transaction
    std::optional<std::uint64_t> work_left_;
    Failure failure_;
};

}  // namespace arenite

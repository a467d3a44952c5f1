// Task: one call of a host into a Vm. The interface for hosts that want to stop, go on with, kill or limit what they
// run; Vm's own begin/start/step/commit are what it is made of.
//
//     const auto deadline = std::chrono::steady_clock::now() + 50ms;
//     Task task(vm, function, arguments, {.deadline = deadline, .work_limit = 10'000'000});
//     while (task.step(100'000) == RunStatus::Suspended) serve_others();
//     if (task.status() == RunStatus::Finished) use(task.values()); else log(task.failure().message);
//
// Ownership: a Task refers to its Vm, and owns nothing of it but the transaction (unless it has joined one). When the
// Vm is destroyed first, a task that was not over has Failed. Arguments are values of that Vm; they and the function
// are kept alive by the task. Tasks are used by the thread that uses the Vm; interrupt() alone may be called from
// elsewhere.
//
// Errors are values. What natives throw goes on to the caller (arenite/vm.h, VM2) after TK1 has been done; but
// std::bad_alloc is a failure of kind Memory.
//
// Invariants
//  TK1. A Task that is over has ended its transaction: committed when it Finished or Exited, rolled back when it Failed
//       (with OnFailure::Keep: committed, without what open arenite.atomic blocks had changed). One that has joined a
//       transaction leaves it open, and has done the same with what it changed itself.
//  TK2. Nothing of a script runs after kill(), interrupt(), the deadline or the work limit was seen: no message
//       handler, no metamethod, no pcall, no finalizer, no coroutine.
//  TK3. A Task that is destroyed before it is over is killed and rolled back.
//  TK4. A Vm has at most one Task at a time that is not over; another one Fails at once and disturbs nothing, and so
//       does a run that the host starts beside it (Vm::start, Vm::call).
//  TK5. A task ends no transaction but its own. When the host has ended that behind its back, or the savepoint of one
//       that has joined, it has Failed, and leaves alone what was begun since.
//  TK6. Within a run of its Vm, in a native or whatever the host is called back for, step(), run() and resume() do
//       nothing, kill() is interrupt(), and to destroy a task that is not over ends the program, with a message.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <arenite/vm.h>

namespace arenite {

/// What becomes of the changes of a task that fails.
enum class OnFailure : std::uint8_t {
    RollBack,  ///< the heap is exactly as before the task
    Keep,      ///< as PUC Lua leaves it: for read-eval loops
    Leave,  ///< only where it has joined a transaction: as it is, open blocks included, for a host that rolls back itself
};

struct TaskOptions {
    OnFailure on_failure = OnFailure::RollBack;
    /// A point in real time, seen at the latest 20,000 units of work later. The failure is of kind Deadline.
    std::optional<std::chrono::steady_clock::time_point> deadline;
    /// Units of work (about one instruction each) of all steps together. The failure is of kind WorkLimit.
    std::optional<std::uint64_t> work_limit;
    /// coroutine.yield outside of coroutines ends the step with Yielded instead of an error.
    bool yieldable = false;
    /// Runs in the transaction that the host has begun and will end, not in one of its own. With OnFailure::RollBack
    /// that takes a savepoint, which ends with the task.
    bool join = false;
    /// See Vm::start(); nil: none.
    Value message_handler = Value::nil();
};

struct VmToken;

class Task {
public:
    /// Begins a transaction and prepares function(arguments...). Without success it has Failed from the start:
    /// failure() says why (a transaction or another task is open, or none to join; a stale or foreign value; memory).
    explicit Task(Vm& vm, Value function, std::span<const Value> arguments = {}, const TaskOptions& options = {});
    ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    [[nodiscard]] RunStatus status() const;
    [[nodiscard]] bool over() const;
    /// Runs at most about `budget` units of work; Suspended when there is more to do. A native finishes its piece of
    /// work, which is then taken from the next steps. Does nothing when over or Yielded.
    RunStatus step(std::uint64_t budget);
    /// Steps until it is over or has Yielded.
    RunStatus run();
    /// A task that Yielded gets `values` as the results of its coroutine.yield, and is Suspended again. False: it has
    /// not yielded, a value is stale or foreign, or memory is out (then it has Failed).
    bool resume(std::span<const Value> values = {});
    /// Ends it with a failure of kind Killed, whose message is `reason` (copied). Between steps only; does nothing when
    /// it is over.
    void kill(std::string_view reason);
    /// Ends it with a failure of kind Killed ("interrupted!") at the next check, at the latest 20,000 units of work
    /// later. From another thread or a signal handler: one store into a lock-free atomic flag. A task clears the flag
    /// when it is made, so an interrupt before that is lost.
    void interrupt() noexcept;

    /// What it returned (Finished; good until the next task or transaction of the Vm) or yielded (Yielded; good until
    /// resume()). The Vm owns the values; what is to be kept longer needs a Ref (arenite/ref.h).
    [[nodiscard]] std::span<const Value> values() const;
    /// Of a task that Failed; a copy that refers to nothing of the Vm.
    [[nodiscard]] const Failure& failure() const;
    /// Of a task that Exited (os.exit).
    [[nodiscard]] int exit_code() const { return exit_code_; }

private:
    friend struct TaskWork;
    std::shared_ptr<VmToken> vm_;
    TaskOptions options_;
    RunStatus status_ = RunStatus::Failed;
    bool open_ = false;              ///< it is to be settled: its transaction, or its part of the one it has joined
    std::uint64_t run_ = 0;          ///< Vm::run_number()
    std::uint64_t transaction_ = 0;  ///< Transaction::number()
    std::size_t depth_ = 0;          ///< scopes of the transaction at the begin
    std::size_t savepoint_ = 0;      ///< of a joined task that is rolled back
    std::uint32_t savepoint_epoch_ = 0;
    int exit_code_ = 0;
    std::optional<std::uint64_t> work_left_;
    Failure failure_;
};

}  // namespace arenite

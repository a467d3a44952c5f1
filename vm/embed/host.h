// Host: a machine with what a host does with it: transactions, runs, steps, failures, roots. Vm (arenite/vm.h), Task,
// Savepoint and Ref are what hosts see of it; their documentation holds for the members of the same names.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/vm.h>

#include "vm/embed/main_thread.h"
#include "vm/machine.h"

namespace arenite {

class Host final : public Machine, private RootSource {
public:
    /// Null when address space or memory cannot be obtained.
    [[nodiscard]] static std::unique_ptr<Host> create(Vm& facade, const VmOptions& options);
    ~Host() override;

    // --- Transactions and runs: see Vm ------------------------------------------------------------------------------
    TxnStatus begin();
    TxnStatus commit(CommitMode mode);
    TxnStatus rollback();
    TxnStatus rollback_to(std::size_t number);
    [[nodiscard]] bool start(Value function, std::span<const Value> args, bool yieldable, Value message_handler);
    RunStatus step(std::uint64_t budget);
    [[nodiscard]] bool resume(std::span<const Value> values);
    void kill(std::string_view reason, Failure::Kind kind = Failure::Kind::Killed);
    RunStatus call(Value function, std::span<const Value> args);
    bool run_all_finalizers(std::uint64_t work_limit);
    void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) { deadline_ = deadline; }
    void set_exact(bool on);
    void full_collect();
    [[nodiscard]] std::uint64_t run_number() const { return run_number_; }
    [[nodiscard]] bool running() const { return running_; }
    [[nodiscard]] RunStatus status() const { return status_; }
    [[nodiscard]] std::span<const Value> results() const { return results_; }
    [[nodiscard]] Value error() const { return error_value_; }
    [[nodiscard]] int exit_code() const { return exit_code_; }
    void clear_interrupt() noexcept { token_->interrupted.store(false, std::memory_order_relaxed); }
    /// debug.traceback(message) of the running or just failed main thread.
    [[nodiscard]] std::string stack_traceback(std::string_view message, int level) const;

    // --- For Task, Savepoint and Ref --------------------------------------------------------------------------------
    /// What outlives this machine, and tells.
    [[nodiscard]] const std::shared_ptr<VmToken>& token() const { return token_; }
    /// The run that was started last is a Task's: nothing but that starts another one while it is not over.
    void claim_run() { claimed_ = true; }
    /// failure(), without a copy.
    [[nodiscard]] Failure take_failure() noexcept { return std::move(failure_); }
    /// What Refs are kept in (arenite/ref.h).
    [[nodiscard]] const std::shared_ptr<HostRoots>& host_roots() const { return host_roots_; }

    // --- Values and libraries ---------------------------------------------------------------------------------------
    [[nodiscard]] bool register_module(std::string_view name, NativeFn open);
    [[nodiscard]] bool open_library(void (*open)(LibraryBuilder&));

    [[nodiscard]] bool set_index(Handle<Table> t, std::int64_t key, Value v);
    [[nodiscard]] Value get_index(Handle<Table> t, std::int64_t key) const;
    [[nodiscard]] bool hold_memory(std::size_t bytes);
    void release_memory(std::size_t bytes);

    // --- Inspecting the heap ----------------------------------------------------------------------------------------
    [[nodiscard]] std::optional<std::string> verify() override;
    void dump_heap(const std::function<void(std::string_view)>& sink);
    [[nodiscard]] std::uint64_t content_hash() const;
    [[nodiscard]] std::uint64_t state_hash() const;

private:
    Host(Vm& facade, const VmOptions& options);
    [[nodiscard]] bool initialize();
    void mark_roots(Collector& collector, bool atomic) override;
    /// Calls f(name, value) for every root that outlives host calls: collector, verifier, hashes and dump see the same.
    template <class F>
    void for_each_retained_root(F&& f) const;
    /// The same with what the machine holds while it runs.
    template <class F>
    void for_each_root(F&& f) const;
    [[nodiscard]] std::vector<Value> retained_roots() const;
    void record_failure(Failure::Kind kind, Value error);
    /// The texts of failure_, which are counted; if there is no room for them, it is one of memory.
    void keep_failure_texts(Value error);
    void after_run();
    /// Does a part of the run, and ends it when an exception leaves that (VM2).
    template <class Part>
    void run_part(Part&& part);
    void end_by_exception(Failure::Kind kind, std::string_view text) noexcept;
    /// Whether the machine runs, so that the member that asks fails; failure() says so then.
    [[nodiscard]] bool refuses_within_run() noexcept;
    [[nodiscard]] bool has_run() const { return status_ == RunStatus::Suspended || status_ == RunStatus::Yielded; }
    /// VM3
    [[nodiscard]] bool run_can_go_on() const { return txn_.active() && txn_.number() == run_transaction_; }
    /// Before a run goes on: saves its threads when the host has opened a savepoint since, as their stacks are about to
    /// change. False: memory is out.
    [[nodiscard]] bool save_run();
    /// Forgets the run; one that could have gone on has failed.
    void lose_run();

    /// start(), but for the call itself.
    [[nodiscard]] bool prepare(Value function, std::span<const Value> args, bool yieldable, Value message_handler);
    /// What a run starts on: the one that is kept, or a new one where that has no room for the arguments. Null: memory is
    /// out.
    [[nodiscard]] Thread* thread_to_start_on(std::size_t arguments);

    MainThread kept_thread_;
    std::uint32_t run_epoch_ = 0;  ///< of the heap when the run was started
    bool claimed_ = false;         ///< the run is a Task's
    bool just_started_ = false;    ///< the run has not been stepped yet
    std::uint64_t run_number_ = 0;
    std::uint64_t run_transaction_ = 0;  ///< VM3: the number of the run's transaction
    RandomSequence random_at_begin_;
    /// Collections within a transaction free nothing that is older than it. So what transactions leave behind is paced
    /// by itself: when this much is in use after a commit, everything is collected.
    std::size_t retained_threshold_ = std::size_t{1} << 20;
    void note_retained();
    void tell_of_collection();
    std::size_t held_bytes_ = 0;  ///< for the host, charged as overhead
};

}  // namespace arenite

// Vm: a Lua 5.1 machine. What an embedder of plain Lua uses, and what the interpreter works on.
//
// A host call is one transaction: begin(), load()/start(), step() until it is over, then commit() or rollback(). Many
// Vms may exist, each used by one thread at a time; only interrupt() may be called from elsewhere.
//
// Errors are values. std::bad_alloc leaves only what returns a text or a hash (to_display, traceback, content_hash, ...) or
// makes an extension; where it is thrown within a run, the run fails for want of memory. What else a native or another function
// of the host throws ends the run (VM6) and goes on to the caller of step(), start() or resume().
//
// Invariants
//  VM1. The interpreter never recurses on the C++ stack, whatever the script does: calls, metamethods and callbacks are
//       frames and pending operations (vm/pending.h).
//  VM2. Every loop whose length a script controls charges `budget_`.
//  VM3. Collection happens only at safepoints: in slow paths of allocating opcodes before they allocate, and after
//       natives. At a safepoint thread->top bounds the live values.
//  VM4. A raised error is in `error_value_` and is rooted from there until a frame catches it.
//  VM5. While the machine runs, that is within natives and whatever the host is called back for, nothing takes away what it
//       works on. begin(), commit(), rollback(), rollback_to() and the scopes of txn() answer Busy; start(), step(), resume(),
//       call() and run_all_finalizers() fail, with a failure() that says so; full_collect() and set_exact() do nothing; kill() is
//       interrupt(). All else may be called. To destroy the Vm then ends the program, with a message.
//  VM6. An exception that leaves a native ends the run as kill() does: it has Failed, the script has not seen it, and what it
//       did stands until the host ends the transaction.
//  VM7. A run belongs to its transaction: once that has ended, nothing goes on with it, whatever was begun since.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "heap/heap.h"
#include "txn/transaction.h"
#include "vm/host_roots.h"
#include "vm/lib/random_sequence.h"
#include "vm/long_work.h"
#include "vm/native.h"
#include "vm/vm_token.h"

namespace arenite {

class Task;

/// Which libraries a Vm opens.
enum class Profile : std::uint8_t {
    Full,  ///< everything of Lua 5.1
    /// No io, debug and package, no loading of files, os limited to clock, date, difftime and time. `require` finds native
    /// modules (register_module) and nothing else.
    Sandbox,
    Bare,  ///< no library at all: the embedder (redis_api) opens what it wants
};

struct VmOptions {
    HeapOptions heap;
    Profile profile = Profile::Full;
    /// Where print and io.write go; standard output when empty.
    std::function<void(std::string_view)> output;
    /// Largest number of Value slots of one thread's stack, and of its frames.
    std::uint32_t max_stack_slots = 1'000'000;
    std::uint32_t max_frames = 200'000;
    /// How deep coroutines may resume one another ("C stack overflow" beyond).
    std::uint32_t max_resume_depth = 12'000;
    /// Whether scripts can catch "not enough memory" (as in Lua); if not, it ends the run.
    bool memory_errors_catchable = true;
};

/// How a run stands.
enum class RunStatus : std::uint8_t {
    Finished,   ///< results() are there
    Suspended,  ///< out of budget: step() goes on
    Yielded,    ///< a yieldable run has yielded results(): resume() goes on
    Failed,     ///< error() says why
    Exited,     ///< the script asked to end the program: exit_code()
};

/// A failed run or load, as data that outlives the transaction.
struct Failure {
    enum class Kind : std::uint8_t {
        Runtime,     ///< an error of the script
        Syntax,      ///< of a chunk to load
        Memory,      ///< not enough memory
        Killed,      ///< by the host: kill() or interrupt(); of a chunk to load also: the deadline has passed
        Deadline,    ///< the deadline has passed
        WorkLimit,   ///< the work limit of its task is used up
        Incomplete,  ///< of the beginning of a chunk (vm/chunk_loader.h): no error so far, but no chunk either
    };
    Kind kind = Kind::Runtime;
    /// The error value when it is a string or number, else empty.
    std::string message;
    bool has_message = false;
    /// Type of the error value.
    LuaType type = LuaType::Nil;
    /// What debug.traceback would have said where the error was raised; after a message handler there are no levels. Of a
    /// message of more than 1 KiB it has the beginning.
    std::string traceback;

    /// Makes it one of these, with `text` as message. Where there is no memory for the text, it is one of memory.
    void set(Kind why, std::string_view text) noexcept;
};

/// What a library or embedder keeps beside the heap (open streams, a keyspace, ...). It is not rolled back by the
/// transaction, but told of it.
class VmExtension {
public:
    virtual ~VmExtension() = default;
    /// The transaction was rolled back, or what was done since a savepoint.
    virtual void after_rollback(const Vm&) {}
    /// A script opens a savepoint (arenite.atomic): false refuses it. What was opened last ends first.
    [[nodiscard]] virtual bool savepoint_opened(const Vm&) { return true; }
    virtual void savepoint_released(const Vm&) {}
    virtual void savepoint_rolled_back(const Vm&) {}
    /// What it has charged to the Vm's budget as overhead, in bytes.
    [[nodiscard]] virtual std::size_t overhead_bytes() const { return 0; }
};

struct UndoneBlock;
struct DropUndoneBlock {
    void operator()(UndoneBlock* undone) const;
};
struct ChunkAnswer;
struct ChunkRequest;
class PatternCache;
class SlicedWork;
struct Interpreter;
enum class Next : std::uint8_t;
struct Handlers;

class Vm final : private RootSource {
public:
    /// Null when address space or memory cannot be had.
    [[nodiscard]] static std::unique_ptr<Vm> create(const VmOptions& options = {});
    ~Vm();
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    // --- Host calls -----------------------------------------------------------------------------------------------------
    // Ending a transaction ends the run that is Suspended or Yielded in it, as kill() does.
    // Busy: the machine runs (VM5).
    TxnStatus begin();
    /// Ends the transaction; its effects stay. With ReleaseUnescaped, results() and error() are dropped, and if nothing made
    /// in it has escaped (Transaction, X9, and no Ref names it) all of it is released at once: values that the host has
    /// copied from results() are stale then.
    TxnStatus commit(CommitMode mode = CommitMode::Keep);
    TxnStatus rollback();
    /// For savepoints; begin and end transactions through the Vm.
    [[nodiscard]] Transaction& txn() { return txn_; }
    [[nodiscard]] Heap& heap() { return heap_; }
    [[nodiscard]] const Heap& heap() const { return heap_; }

    /// Compiles a text (or loads a binary chunk when `binary_allowed`) to a function value with the global environment.
    /// False: failure() says why.
    [[nodiscard]] bool load(std::string_view source, std::string_view chunk_name, Value& function,
                            bool binary_allowed = true);
    /// Makes a new main thread that will call function(args...), and kills the run that was Suspended or Yielded. False:
    /// failure() says why; the run of a Task that is not over (vm/task.h) is not disturbed. In a `yieldable` run,
    /// coroutine.yield outside of coroutines answers Yielded. With a `message_handler` (a function), an error that nothing
    /// catches is first given to it, on top of the stack as it was when the error was raised, and its first result is the
    /// error from then on (lua_pcall, Lua 5.1 §3); errors of memory and kills pass it by.
    [[nodiscard]] bool start(Value function, std::span<const Value> args, bool yieldable = false,
                             Value message_handler = Value::nil());
    /// Counts the runs that were started: whoever goes on with one can tell whether it is still his.
    [[nodiscard]] std::uint64_t run_number() const { return run_number_; }
    /// Whether the machine runs, and this is a call from within (VM5).
    [[nodiscard]] bool running() const { return running_; }
    /// Runs at most about `budget` units of work. What a native has done beyond that is paid from the next steps.
    RunStatus step(std::uint64_t budget);
    /// Gives a run that Yielded the results of its yield; it is Suspended then. False: failure() says why.
    [[nodiscard]] bool resume(std::span<const Value> values);
    /// Fails a run that is Suspended or Yielded; the script cannot catch or observe it. Within a run: interrupt().
    void kill(std::string_view reason, Failure::Kind kind = Failure::Kind::Killed);
    /// Fails the run when it is seen to be over; nothing while empty.
    void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) { deadline_ = deadline; }
    [[nodiscard]] RunStatus status() const { return status_; }
    /// Undoes what was done since savepoint `number` (Transaction::savepoint), which ends. A run that is Suspended or
    /// Yielded is killed first.
    TxnStatus rollback_to(std::size_t number);
    /// In exact mode step(n) runs instructions until their costs (heap/opcodes.def) add up to n, and at least one; what
    /// natives do costs what they charge. To be changed between steps; within a run nothing happens.
    void set_exact(bool on);
    /// start() and step() to the end.
    RunStatus call(Value function, std::span<const Value> args);
    /// Results of a finished run; good until the next start() or the end of the transaction: copies of the span show other
    /// values then.
    [[nodiscard]] std::span<const Value> results() const { return results_; }
    /// Error value of a failed run, while the transaction is active.
    [[nodiscard]] Value error() const { return error_value_; }
    [[nodiscard]] const Failure& failure() const { return failure_; }
    [[nodiscard]] int exit_code() const { return exit_code_; }
    /// Makes the running script end with an error it cannot catch. Callable from any thread and from signal handlers.
    void interrupt() noexcept { token_->interrupted.store(true, std::memory_order_relaxed); }
    void clear_interrupt() noexcept { token_->interrupted.store(false, std::memory_order_relaxed); }
    [[nodiscard]] bool interrupted() const noexcept { return token_->interrupted.load(std::memory_order_relaxed); }
    /// What outlives this Vm, and tells.
    [[nodiscard]] const std::shared_ptr<VmToken>& token() const { return token_; }
    /// Whether the host wants the run to end: interrupt() was called, or the deadline has passed. For natives that work for
    /// long at one go.
    [[nodiscard]] bool over_time() const;
    /// Units of work that are left of the step that runs; negative: what natives have done beyond it.
    [[nodiscard]] std::int64_t work_left() const { return budget_ + static_cast<std::int64_t>(step_budget_); }
    /// Work of all finalizers together that run_all_finalizers() allows if it is not told: some seconds.
    static constexpr std::uint64_t kFinalizersWork = 1'000'000'000;
    /// Calls the __gc metamethods of all remaining userdata (lua_close); errors are ignored. Needs a transaction. False:
    /// not all have run to their end, because `work_limit` units were used up, interrupt() was called, the deadline has
    /// passed, one of them has asked to end the program, or there is a run that is not to be disturbed (start()). failure() and
    /// status() are those of the last one.
    bool run_all_finalizers(std::uint64_t work_limit = kFinalizersWork);

    // --- Values -----------------------------------------------------------------------------------------------------------
    // What load() and these make outside of a transaction is as if a transaction had made it and was committed: it stays
    // until a collection, unless something refers to it or a Ref holds it.
    /// A string value; nil when memory is out.
    [[nodiscard]] Value make_string(std::string_view bytes) { return ObjectFactory::make_string(heap_, bytes); }
    [[nodiscard]] Handle<Table> make_table(std::uint32_t array, std::uint32_t hash) {
        return ObjectFactory::make_table(heap_, array, hash);
    }
    [[nodiscard]] Value globals() const;
    /// Native functions are named by static strings.
    [[nodiscard]] Value make_native(NativeFn fn, const char* name, std::span<const Value> upvalues = {},
                                    FastNative fast = FastNative::None);
    [[nodiscard]] bool set_field(Handle<Table> t, std::string_view name, Value v);
    [[nodiscard]] Value get_field(Handle<Table> t, std::string_view name);
    /// tostring() without metamethods.
    [[nodiscard]] std::string to_display(Value v) const;
    /// debug.traceback(message) of the running or just failed main thread.
    [[nodiscard]] std::string traceback(std::string_view message, int level = 1) const;
    /// Makes a native module: `require(name)` calls `open` once, with the name, and keeps what it returns (the module, as a
    /// rule a table of natives). It is the package.preload of scripts, which may take it out again. Needs a transaction.
    /// False: memory is out, or the profile has no `require`.
    [[nodiscard]] bool register_module(std::string_view name, NativeFn open);
    /// Opens a library into the globals.
    [[nodiscard]] bool open_library(void (*open)(LibraryBuilder&));

    /// Whether a value that a host brings from outside names a live object of this Vm (or is no object): its position must
    /// be the start of a slot in use, and the slot's `self` the very value. What a host keeps over a collection it must
    /// hold by a Ref: of garbage, the slot may still be there when what it refers to is gone (which every use finds out).
    [[nodiscard]] bool check(Value v) const {
        return !v.is_object() || (heap_.pages().names_live_slot(v.position()) && heap_.alive(v));
    }
    /// What Refs are kept in (vm/ref.h).
    [[nodiscard]] const std::shared_ptr<HostRoots>& host_roots() const { return host_roots_; }
    /// The run that was started last is a Task's: nothing but that starts another one while it is not over.
    void claim_run(Badge<Task>) { claimed_ = true; }
    /// failure(), without a copy.
    [[nodiscard]] Failure take_failure(Badge<Task>) noexcept { return std::move(failure_); }

    // --- For natives that are part of the VM (vm/lib) and for embedders' natives --------------------------------------------
    [[nodiscard]] const VmOptions& options() const { return options_; }
    [[nodiscard]] RandomSequence& random_sequence() { return random_sequence_; }
    [[nodiscard]] Value helper_function(std::uint32_t which) const { return helpers_[which]; }
    [[nodiscard]] Handle<Table> proxy_metatables() const { return proxy_metatables_; }
    /// load() for natives, in slices: false when the budget is used up; called again with the same request, it goes on.
    /// `subject` is the string or buffer that holds the request's bytes, which must not change meanwhile.
    [[nodiscard]] bool load_slice(const ChunkRequest& request, Value subject, ChunkAnswer& answer);
    /// What load() would have answered.
    [[nodiscard]] bool accept(ChunkAnswer& answer, Value& function);
    /// string.dump for natives, in slices like load_slice(): nil when memory is out, or (`stale`) part of it is no live
    /// prototype. The function is an argument of the native.
    [[nodiscard]] bool dump_slice(const Prototype& prototype, Value function, Value& out, bool& stale);
    /// What natives do in slices (vm/sliced_work.h); null: nothing so far.
    [[nodiscard]] const SlicedWork* work_under_way() const { return sliced_work_.get(); }
    /// Collects everything that nothing refers to. Within a run nothing happens, as natives rely on that (vm/native.h, N1).
    void full_collect();
    /// Walks the whole heap and says what is wrong with it (heap/heap_verifier.h). Only between runs or at a safepoint.
    [[nodiscard]] std::optional<std::string> verify();
    /// Writes the heap as JSON (heap/heap_dump.h). Only between runs or at a safepoint.
    void dump_heap(const std::function<void(std::string_view)>& sink);
    /// Hash of everything reachable.
    [[nodiscard]] std::uint64_t content_hash() const;
    /// Hash of all that a rollback restores (heap/content_hash.h): equal before begin() and after rollback().
    [[nodiscard]] std::uint64_t state_hash() const;
    /// The T (a VmExtension) of this Vm: made at the first use, of the Vm if it takes one, and destroyed with it.
    template <class T>
    [[nodiscard]] T& extension() {
        for (const auto& [tag, state] : extensions_) {
            if (tag == &kExtensionTag<T>) return static_cast<T&>(*state);
        }
        if constexpr (std::is_constructible_v<T, Vm&>) {
            extensions_.emplace_back(&kExtensionTag<T>, std::make_unique<T>(*this));
        } else {
            extensions_.emplace_back(&kExtensionTag<T>, std::make_unique<T>());
        }
        return static_cast<T&>(*extensions_.back().second);
    }
    /// What string functions have compiled; null when memory is out.
    [[nodiscard]] PatternCache* patterns() { return patterns_ ? patterns_.get() : make_patterns(); }
    /// Opaque data of the embedder, for its natives.
    void* host_data = nullptr;

private:
    friend struct Interpreter;
    friend struct Handlers;
    friend class NativeContext;
    friend struct VmInternals;
    friend struct AtomicBlock;
    template <class T>
    static constexpr char kExtensionTag = 0;  ///< its address names the type
    explicit Vm(const VmOptions& options);
    [[nodiscard]] bool initialize();
    void mark_roots(Collector& collector, bool atomic) override;
    /// Calls f(name, value) for every root that outlives host calls: collector, verifier, hashes and dump see the same.
    template <class F>
    void for_each_lasting_root(F&& f) const;
    /// The same with what the machine holds while it runs.
    template <class F>
    void for_each_root(F&& f) const;
    [[nodiscard]] std::vector<Value> lasting_roots() const;
    struct Attempt;
    /// The one who does natives' work in slices; null: no memory for it.
    [[nodiscard]] SlicedWork* sliced_work();
    /// Goes on with the work, or begins it with the job that make_job() makes; true when it is over or could not begin.
    template <class Key, class MakeJob>
    [[nodiscard]] bool run_slice(SlicedWork& work, const Key& key, MakeJob make_job);
    /// What is left of the step.
    [[nodiscard]] std::int64_t units_left() const;
    void record_failure(Failure::Kind kind, Value error);
    /// The texts of failure_, which are counted; if there is no room for them, it is one of memory.
    void keep_failure_texts(Value error);
    [[nodiscard]] bool charge_failure(std::size_t bytes);
    void clear_failure();
    void after_run();
    /// The machine runs while one of these exists (VM5).
    class Running;
    /// Does a part of the run, and ends it when an exception leaves that (VM6).
    template <class Part>
    void run_part(Part&& part);
    void end_by_exception(Failure::Kind kind, std::string_view text) noexcept;
    /// Whether the machine runs, so that the member that asks fails; failure() says so then.
    [[nodiscard]] bool refuses_within_run() noexcept;
    [[nodiscard]] bool has_run() const { return status_ == RunStatus::Suspended || status_ == RunStatus::Yielded; }
    /// VM7
    [[nodiscard]] bool run_can_go_on() const { return txn_.active() && txn_.number() == run_transaction_; }
    void fail_with(Failure::Kind kind, std::string_view text) noexcept;
    /// Tells the extensions of a rollback.
    void tell_of_rollback();
    /// rollback_to() within a run.
    TxnStatus undo_to(std::size_t number);
    /// Before a run goes on: saves its threads when the host has opened a savepoint since, as their stacks are about to
    /// change. False: memory is out.
    [[nodiscard]] bool save_run();
    /// Gives up what an instruction of the run has begun.
    void cancel_long_work() {
        txn_.cancel_long_work();
        search_ = {};
        border_ = {};
        move_ = {};
        pass_ = {};
        walk_ = {};
        retry_ = {};
    }
    /// Forgets the run; one that could have gone on has failed.
    void lose_run();

    // What the interpreter's handlers read, in front: the dispatch table and the current thread's limits.
    const void* dispatch_[256] = {};
    const void* fast_[kFastNatives] = {};
    Value* stack_limit_ = nullptr;
    Frame* frame_limit_ = nullptr;
    Thread* thread_ = nullptr;
    std::int64_t budget_ = 0;
    bool notes_switches_ = false;  ///< the collector is marking, or was: threads are switched by way of set_thread
    Next (*start_native_)(Vm&) = nullptr;  ///< how the loop starts a native: with or without tracing
    Value pairs_next_ = Value::nil();      ///< what pairs returns; recognised by handle
    Value ipairs_next_ = Value::nil();
    Value type_names_[kLuaTypeCount] = {};
    Value select_count_ = Value::nil();  ///< "#"
    Value empty_string_ = Value::nil();

    Heap heap_;
    Transaction txn_;
    VmOptions options_;
    std::uint64_t step_budget_ = 0;                    ///< left of the step beyond budget_
    std::chrono::steady_clock::time_point looked_at_;  ///< time of the last look at the clock
    std::uint64_t slice_ = kMostSlice;                 ///< work between two looks at the interrupt flag and the clock
    static constexpr std::uint64_t kMostSlice = 20'000;
    std::shared_ptr<VmToken> token_ = std::make_shared<VmToken>();
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    bool exact_ = false;
    bool traced_ = false;            ///< dispatch_ is the tracing table
    bool finalizing_ = false;        ///< the host runs finalizers: no hooks, no other finalizer within one
    std::int64_t loop_budget_ = -1;  ///< exact mode: the budget behind a loop's jump, which charges its distance; or -1
    bool running_ = false;           ///< VM5
    bool claimed_ = false;           ///< the run is a Task's
    std::uint64_t run_number_ = 0;
    std::uint64_t run_transaction_ = 0;  ///< VM7: the number of the run's transaction
    bool killed_ = false;
    Failure::Kind kill_kind_ = Failure::Kind::Killed;
    bool yieldable_ = false;
    std::uint32_t atomic_depth_ = 0;                             ///< open blocks of arenite.atomic
    CountedVector<std::uint64_t> atomic_threads_{heap_.budget};  ///< the thread of each, the innermost last
    bool undoes_block_ = false;  ///< a block is being undone in slices (vm/lib/atomic_lib.cpp, AT5)
    std::unique_ptr<UndoneBlock, DropUndoneBlock> undone_;  ///< what of it outlives it; made at the first block
    void forget_undone();
    void mark_undone(Collector& collector) const;
    [[nodiscard]] std::size_t undone_bytes() const;
    bool exit_requested_ = false;
    Value main_thread_ = Value::nil();
    Value error_value_ = Value::nil();
    Value message_handler_ = Value::nil();  ///< of the run (start()); nil: none
    RunStatus status_ = RunStatus::Finished;
    int exit_code_ = 0;
    std::span<const Value> results_;
    Failure failure_;
    std::size_t failure_bytes_ = 0;  ///< charged for its texts (overhead)
    std::shared_ptr<HostRoots> host_roots_ = std::make_shared<HostRoots>(heap_.budget);
    RandomSequence random_sequence_;
    RandomSequence random_at_begin_;
    std::vector<Value> helpers_;
    Handle<Table> proxy_metatables_;
    Value builtin_next_ = Value::nil();
    Value builtin_tostring_ = Value::nil();
    Value memory_error_ = Value::nil();  ///< "not enough memory", made in advance
    /// The frame that waits for the last finalizer started: its thread, place, and content to know it by. It may be gone.
    struct {
        Value thread = Value::nil();
        std::ptrdiff_t index = 0;
        const Instruction* pc = nullptr;
        const ObjectHeader* function = nullptr;
    } finalizer_;
    bool in_handler_ = false;  ///< a message handler runs: limits are a little wider
    LongComparison comparison_;
    LongSearch search_;
    LongBorder border_;
    LongMove move_;
    LongPass pass_;
    MemoryRetry retry_;
    LongWalk walk_;
    LongRaise raise_;
    LongNumerals numerals_;
    std::string traceback_;
    /// Collections within a transaction free nothing that is older than it. So what transactions leave behind is paced by
    /// itself: when this much is in use after a commit, everything is collected.
    std::size_t lasting_threshold_ = std::size_t{1} << 20;
    void note_lasting();
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };
    [[nodiscard]] PatternCache* make_patterns();
    std::unique_ptr<PatternCache, Free> patterns_;  ///< made at the first use
    std::unique_ptr<SlicedWork> sliced_work_;       ///< likewise
    std::vector<std::pair<const void*, std::unique_ptr<VmExtension>>> extensions_;
};

}  // namespace arenite

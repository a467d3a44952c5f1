// Vm: a Lua 5.1 machine, as a host sees it.
//
// A host call is one transaction: begin(), load()/start(), step() until it is over, then commit() or rollback(). Many
// Vms may exist, each used by one thread at a time; only interrupt() may be called from elsewhere.
//
// Errors are values. std::bad_alloc leaves only what returns a text or a hash (to_display, traceback, content_hash,
// ...) or makes an extension; where it is thrown within a run, the run fails for want of memory.
//
// Invariants
//  VM1. While the machine runs, that is within natives and whatever the host is called back for, nothing takes away
//       what it works on. begin(), commit(), rollback(), rollback_to() and the scopes of txn() answer Busy; start(),
//       step(), resume(), call() and run_all_finalizers() fail, with a failure() that says so; full_collect() and
//       set_exact() do nothing; kill() is interrupt(). All else may be called. To destroy the Vm then ends the program,
//       with a message.
//  VM2. An exception that leaves a native, or another function of the host, ends the run as kill() does, and goes on to
//       the caller of step(), start() or resume(): the run has Failed, the script has not seen it, and what it did
//       stands until the host ends the transaction.
//  VM3. A run belongs to its transaction: once that has ended, nothing goes on with it, whatever was begun since.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <arenite/extension.h>
#include <arenite/failure.h>
#include <arenite/native.h>
#include <arenite/options.h>
#include <arenite/transaction_status.h>
#include <arenite/value.h>

namespace arenite {

class Heap;
class Host;
class Machine;
class Transaction;

class RunResult;
struct RunOptions;
template <class T>
class Result;
namespace lua {
class Field;
}

class Vm final {
public:
    /// Null when address space or memory cannot be obtained.
    [[nodiscard]] static std::unique_ptr<Vm> create(const VmOptions& options = {});
    ~Vm();
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    // --- The typed API: arenite/run.h, arenite/object.h, arenite/bind.h, all of it in <arenite/arenite.hpp> ----------
    /// Compiles and runs a text: begin, load, call, and commit, or roll back if it fails. Within an open transaction it
    /// is a part of that, which is undone by itself.
    RunResult run(std::string_view text);
    RunResult run(std::string_view text, const RunOptions& options);
    /// A global variable: vm["x"].get<double>(), vm["t"]["k"] = 1.
    [[nodiscard]] lua::Field operator[](std::string_view global);
    /// Makes a callable of C++ a global function: see lua::make_function().
    template <class F>
    Result<void> set_function(std::string_view name, F&& callable);

    // --- Host calls -------------------------------------------------------------------------------------------------
    // Ending a transaction ends the run that is Suspended or Yielded in it, as kill() does. Busy: the machine runs (VM1).
    TxnStatus begin();
    /// Ends the transaction; its effects stay. With ReleaseUnescaped, results() and error() are dropped, and if nothing
    /// made in it has escaped (Transaction, X9, and no Ref names it) all of it is released at once: values that the
    /// host has copied from results() are stale then.
    TxnStatus commit(CommitMode mode = CommitMode::Keep);
    TxnStatus rollback();

    /// Compiles a text (or loads a binary chunk when `binary_allowed`) to a function value with the global environment.
    /// False: failure() says why.
    [[nodiscard]] bool load(std::string_view source, std::string_view chunk_name, Value& function,
                            bool binary_allowed = true);
    /// Makes a new main thread that will call function(args...), and kills the run that was Suspended or Yielded.
    /// False: failure() says why; the run of a Task that is not over (arenite/task.h) is not disturbed. In a
    /// `yieldable` run, coroutine.yield outside of coroutines answers Yielded. With a `message_handler` (a function),
    /// an error that nothing catches is first given to it, on top of the stack as it was when the error was raised, and
    /// its first result is the error from then on (lua_pcall, Lua 5.1 §3); errors of memory and kills pass it by.
    [[nodiscard]] bool start(Value function, std::span<const Value> args, bool yieldable = false,
                             Value message_handler = Value::nil());
    /// Counts the runs that were started: whoever goes on with one can tell whether it is still his.
    [[nodiscard]] std::uint64_t run_number() const;
    /// Whether the machine runs, and this is a call from within (VM1).
    [[nodiscard]] bool running() const;
    /// Runs at most about `budget` units of work. What a native has done beyond that is paid from the next steps.
    RunStatus step(std::uint64_t budget);
    /// Gives a run that Yielded the results of its yield; it is Suspended then. False: failure() says why.
    [[nodiscard]] bool resume(std::span<const Value> values);
    /// Fails a run that is Suspended or Yielded; the script cannot catch or observe it. Within a run: interrupt().
    void kill(std::string_view reason, Failure::Kind kind = Failure::Kind::Killed);
    /// Fails the run when it is seen to be over; nothing while empty.
    void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline);
    [[nodiscard]] RunStatus status() const;
    /// Undoes what was done since savepoint `number` (Transaction::savepoint), which ends. A run that is Suspended or
    /// Yielded is killed first.
    TxnStatus rollback_to(std::size_t number);
    /// In exact mode step(n) runs instructions until their costs (heap/opcodes.def) add up to n, and at least one; what
    /// natives do costs what they charge. To be changed between steps; within a run nothing happens.
    void set_exact(bool on);
    /// start() and step() to the end.
    RunStatus call(Value function, std::span<const Value> args);
    /// Results of a finished run; good until the next start() or the end of the transaction: copies of the span show
    /// other values then.
    [[nodiscard]] std::span<const Value> results() const;
    /// Error value of a failed run, while the transaction is active.
    [[nodiscard]] Value error() const;
    [[nodiscard]] const Failure& failure() const;
    [[nodiscard]] int exit_code() const;
    /// Makes the running script end with an error it cannot catch. Callable from any thread and from signal handlers.
    void interrupt() noexcept;
    void clear_interrupt() noexcept;
    [[nodiscard]] bool interrupted() const noexcept;
    /// Whether the host wants the run to end: interrupt() was called, or the deadline has passed. For natives that work
    /// for long in one piece.
    [[nodiscard]] bool over_time() const;
    /// Units of work that are left of the step that runs; negative: what natives have done beyond it.
    [[nodiscard]] std::int64_t work_left() const;
    /// Work of all finalizers together that run_all_finalizers() allows if it is not told: some seconds.
    static constexpr std::uint64_t kFinalizersWork = 1'000'000'000;
    /// Calls the __gc metamethods of all remaining userdata (lua_close); errors are ignored. Needs a transaction.
    /// False: not all have run to their end, because `work_limit` units were used up, interrupt() was called, the
    /// deadline has passed, one of them has asked to end the program, or there is a run that is not to be disturbed
    /// (start()). failure() and status() are those of the last one.
    bool run_all_finalizers(std::uint64_t work_limit = kFinalizersWork);

    // --- Values -----------------------------------------------------------------------------------------------------
    // What load() and these make outside of a transaction is as if a transaction had made it and was committed: it stays
    // until a collection, unless something refers to it or a Ref holds it.
    /// A string value; nil when memory is out.
    [[nodiscard]] Value make_string(std::string_view bytes);
    [[nodiscard]] Handle<Table> make_table(std::uint32_t array, std::uint32_t hash);
    [[nodiscard]] Value globals() const;
    /// Native functions are named by static strings.
    [[nodiscard]] Value make_native(NativeFn fn, const char* name, std::span<const Value> upvalues = {});
    [[nodiscard]] bool set_field(Handle<Table> t, std::string_view name, Value v);
    [[nodiscard]] Value get_field(Handle<Table> t, std::string_view name);
    /// The same with an integer key (raw). False: memory is out, or a handle is stale or foreign.
    [[nodiscard]] bool set_index(Handle<Table> t, std::int64_t key, Value v);
    [[nodiscard]] Value get_index(Handle<Table> t, std::int64_t key);
    /// Bytes of a string value, good as long as that; empty for any other value.
    [[nodiscard]] std::string_view string(Value v) const;
    /// tostring() without metamethods.
    [[nodiscard]] std::string to_display(Value v) const;
    /// debug.traceback(message) of the running or just failed main thread.
    [[nodiscard]] std::string traceback(std::string_view message, int level = 1) const;
    /// Makes a native module: `require(name)` calls `open` once, with the name, and keeps what it returns (the module,
    /// as a rule a table of natives). It is the package.preload of scripts, which may take it out again. Needs a
    /// transaction. False: memory is out, or the profile has no `require`.
    [[nodiscard]] bool register_module(std::string_view name, NativeFn open);
    /// Opens a library into the globals.
    [[nodiscard]] bool open_library(void (*open)(LibraryBuilder&));

    /// Whether a value, wherever it is from, names a live object of this Vm or is no object. What a host keeps over a
    /// collection it must hold by a Ref: of garbage, the slot may still be there when what it refers to is gone.
    [[nodiscard]] bool check(Value v) const;

    // --- Inspecting the heap, and extensions ------------------------------------------------------------------------
    [[nodiscard]] const VmOptions& options() const;
    /// Bytes in use, the limit, and what a host holds for the Vm, which counts towards that. False: there is no room.
    [[nodiscard]] std::size_t memory_used() const;
    void set_memory_limit(std::size_t bytes);
    [[nodiscard]] bool hold_memory(std::size_t bytes);
    void release_memory(std::size_t bytes);
    /// Collects everything that nothing refers to; nothing within a run (VM1).
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
        if (VmExtension* const found = find_extension(&kExtensionTag<T>)) return static_cast<T&>(*found);
        return static_cast<T&>(add_extension(&kExtensionTag<T>, make_extension<T>(*this)));
    }
    /// Opaque data of the embedder, for its natives.
    void* host_data = nullptr;

    // --- For the engine's own libraries and tests: the types are not for embedders ----------------------------------
    [[nodiscard]] Host& host() { return *host_; }
    [[nodiscard]] const Host& host() const { return *host_; }
    [[nodiscard]] Machine& machine();
    [[nodiscard]] const Machine& machine() const;
    [[nodiscard]] Heap& heap();
    [[nodiscard]] const Heap& heap() const;
    [[nodiscard]] Transaction& txn();

private:
    Vm();
    [[nodiscard]] VmExtension* find_extension(const void* tag) const;
    VmExtension& add_extension(const void* tag, std::unique_ptr<VmExtension> extension);
    std::unique_ptr<Host> host_;
};

/// Lists the bytecode of a chunk, source text or binary, for people. `name`: as for Vm::load. `memory_limit`: bytes that
/// compiling it may take. False: `text` says why there is none. Throws std::bad_alloc when there is no memory for the text.
[[nodiscard]] bool list_code(std::string_view chunk, std::string_view name, std::size_t memory_limit,
                             std::string& text);

}  // namespace arenite

// Machine: what executes Lua. The state that opcode handlers and natives work on, and its operations: the slow paths of
// opcodes, calls and returns, raising and unwinding, native results, safepoints. The fast paths are in
// vm/fast/handlers.inc, which vm/fast/dispatch.cpp builds into tail-calling handlers or a computed-goto loop. What a
// host does with a machine (begin and end a transaction, start a run and step it) is in vm/embed, which derives Host
// from it.
//
// Invariants
//  MA1. The interpreter never recurses on the C++ stack, whatever the script does: calls, metamethods and callbacks are
//       frames and pending operations (vm/pending.h).
//  MA2. Every loop whose length a script controls charges `budget_`.
//  MA3. Collection happens only at safepoints: in slow paths of allocating opcodes before they allocate, and after
//       natives. At a safepoint thread->top bounds the live values.
//  MA4. A raised error is in `error_value_` and is rooted from there until a frame catches it.
//
// Rules for whoever edits an opcode
//  I1. A fast path touches no memory it has not validated, and leaves the machine unchanged when it jumps to its slow
//      path; the slow path does the whole instruction.
//  I2. Slow paths are entered with frame->pc at the next instruction and frame->base valid. They answer Continue when
//      nothing moved and the next instruction follows; Reload when frames, pc or stack changed; Exit to leave the loop.
//  I3. After anything that may grow the stack, registers are found again through frame->base.
//  I4. An error is raised by `return raise(...)`, which unwinds and answers Reload or Exit.
//  I5. Before a collection, thread->top is set (MA3).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <arenite/extension.h>
#include <arenite/failure.h>
#include <arenite/native.h>
#include <arenite/options.h>

#include "heap/bytecode.h"
#include "heap/heap.h"
#include "txn/transaction.h"
#include "vm/fast_natives.h"
#include "vm/host_roots.h"
#include "vm/long_work.h"
#include "vm/text/random_sequence.h"
#include "vm/vm_token.h"

namespace arenite {

struct UndoneBlock;
struct DropUndoneBlock {
    void operator()(UndoneBlock* undone) const;
};
class PatternCache;
class SlicedWork;
struct ChunkAnswer;
struct ChunkRequest;

enum class Next : std::uint8_t { Continue, Reload, Exit };
enum class HookEvent : std::uint8_t;

enum class ArithOp : std::uint8_t { Add, Sub, Mul, Div, Mod, Pow, Unm };

struct FastCall;
struct Level;

class Machine {
public:
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    // --- For natives of the engine (vm/lib, redis_api/lib) ----------------------------------------------------------
    [[nodiscard]] Transaction& txn() { return txn_; }
    [[nodiscard]] Heap& heap() { return heap_; }
    [[nodiscard]] const Heap& heap() const { return heap_; }
    [[nodiscard]] const VmOptions& options() const { return options_; }
    /// The Vm that hosts know it by.
    [[nodiscard]] Vm& facade() const { return *facade_; }
    [[nodiscard]] RandomSequence& random_sequence() { return random_sequence_; }
    /// The thread that runs.
    [[nodiscard]] Thread& thread() { return *thread_; }
    [[nodiscard]] const Thread& thread() const { return *thread_; }
    [[nodiscard]] Value main_thread() const { return main_thread_; }
    [[nodiscard]] Value helper_function(std::uint32_t which) const { return helpers_[which]; }
    [[nodiscard]] Handle<Table> proxy_metatables() const { return proxy_metatables_; }
    /// A string value; nil when memory is out.
    [[nodiscard]] Value make_string(std::string_view bytes) { return ObjectFactory::make_string(heap_, bytes); }
    [[nodiscard]] Handle<Table> make_table(std::uint32_t array, std::uint32_t hash) {
        return ObjectFactory::make_table(heap_, array, hash);
    }
    /// Native functions are named by static strings.
    [[nodiscard]] Value make_native(NativeFn fn, const char* name, std::span<const Value> upvalues = {},
                                    FastNative fast = FastNative::None);
    [[nodiscard]] Value globals() const;
    [[nodiscard]] bool set_field(Handle<Table> t, std::string_view name, Value v);
    [[nodiscard]] Value get_field(Handle<Table> t, std::string_view name);
    /// Whether a value that a host brings from outside names a live object of this Vm (or is no object): its position
    /// must be the start of a slot in use, and the slot's `self` the very value.
    [[nodiscard]] bool check(Value v) const {
        return !v.is_object() || (heap_.pages().names_live_slot(v.position()) && heap_.alive(v));
    }
    /// tostring() without metamethods.
    [[nodiscard]] std::string to_display(Value v) const;
    /// load() for natives, in slices: false when the budget is used up; called again with the same request, it goes on.
    /// `subject` is the string or buffer that holds the request's bytes, which must not change meanwhile.
    [[nodiscard]] bool load_resumable(const ChunkRequest& request, Value subject, ChunkAnswer& answer);
    /// Compiles a text (or loads a binary chunk when `binary_allowed`) to a function value with the global environment.
    /// False: failure() says why.
    [[nodiscard]] bool load(std::string_view source, std::string_view chunk_name, Value& function, bool binary_allowed);
    /// What load() would have answered.
    [[nodiscard]] bool accept(ChunkAnswer& answer, Value& function);
    [[nodiscard]] const Failure& failure() const { return failure_; }
    /// string.dump for natives, in slices like load_resumable(): nil when memory is out, or (`stale`) part of it is no
    /// live prototype. The function is an argument of the native.
    [[nodiscard]] bool dump_resumable(const Prototype& prototype, Value function, Value& out, bool& stale);
    /// What natives do in slices (vm/sliced_work.h); null: nothing so far.
    [[nodiscard]] const SlicedWork* work_under_way() const { return sliced_work_.get(); }
    /// Makes the running script end with an error it cannot catch. Callable from any thread and from signal handlers.
    void interrupt() noexcept { token_->interrupted.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool interrupted() const noexcept { return token_->interrupted.load(std::memory_order_relaxed); }
    /// Whether the host wants the run to end: interrupt() was called, or the deadline has passed. For natives that work
    /// for long in one piece.
    [[nodiscard]] bool over_time() const;
    /// Units of work that are left of the step that runs; negative: what natives have done beyond it.
    [[nodiscard]] std::int64_t work_left() const { return budget_ + static_cast<std::int64_t>(step_budget_); }
    /// The run ends with an exit code; no script code runs after it.
    void request_exit(int code);
    /// What string functions have compiled; null when memory is out.
    [[nodiscard]] PatternCache* patterns() { return patterns_ ? patterns_.get() : make_patterns(); }
    /// The extension of that tag (kExtensionTag); null: there is none yet.
    [[nodiscard]] VmExtension* find_extension(const void* tag) const;
    VmExtension& add_extension(const void* tag, std::unique_ptr<VmExtension> extension);
    /// The T (a VmExtension) of this machine: made at the first use, of the machine if it takes one, and destroyed with
    /// it.
    template <class T>
    [[nodiscard]] T& extension() {
        if (VmExtension* const found = find_extension(&kExtensionTag<T>)) return static_cast<T&>(*found);
        return static_cast<T&>(add_extension(&kExtensionTag<T>, make_extension<T>(*this)));
    }

    /// Who asks for a call. A native that is asked for by another one (or by an error) is started by the loop
    /// (K_START), so that chains of natives do not nest on the C++ stack (MA1).
    enum class From : std::uint8_t {
        Loop,
        Native,
        Instruction,  ///< the loop, for an instruction that may begin again
    };

    // --- Running (vm/fast/dispatch.cpp) -----------------------------------------------------------------------------
    /// Fills the dispatch table with the real opcode handlers, or all of it with the one that traces (vm/hooks.h).
    void fill_dispatch();
    /// Runs from the current frame until something answers Exit.
    void run();

    // --- Frames and calls (vm/calls.cpp) ----------------------------------------------------------------------------
    /// Makes sure `slots` slots from `from` on are usable. May move the stack (returns the moved `from`); null: the
    /// stack may not grow that far, or memory is out (`error_value_` is set; raise it with raise_pending).
    [[nodiscard]] Value* ensure_stack(Value* from, std::size_t slots);
    /// The same, inline when there is room already.
    [[nodiscard, gnu::always_inline]] Value* room(Value* from, std::size_t slots) {
#if !defined(ARENITE_STRESS)
        if (static_cast<std::ptrdiff_t>(slots) <= stack_limit_ - from) return from;
#endif
        return ensure_stack(from, slots);
    }
    /// Pushes a frame record; null as above.
    [[nodiscard]] Frame* push_frame() {
        Thread& t = *thread_;
        return __builtin_expect(t.frame + 1 < t.frame_limit, 1) ? ++t.frame : grow_frames();
    }
    [[nodiscard]] Frame* grow_frames();
    /// The same once more for a call of `func` with `nargs` arguments, after a collection if it was memory that they
    /// failed for, and what calls cannot begin again (no_room() does that otherwise). What may move and is in no slot
    /// must be looked up again.
    [[nodiscard, gnu::cold, gnu::noinline]] Value* room_after_collection(Value* func, std::uint32_t nargs,
                                                                         std::size_t slots, From from);
    [[nodiscard, gnu::cold, gnu::noinline]] Frame* frame_after_collection(Value* func, std::uint32_t nargs, From from);
    /// What a call of `func` begins with: `slots` slots from there on, which may move it, and a frame. Null: no_room() says why.
    [[nodiscard]] Frame* room_and_frame(Value*& func, std::uint32_t nargs, std::size_t slots, From from);
    /// Moves `n` values from `first` down to `dst` and then goes on as `then` says: the first of them is what is
    /// called. All at once if they are few; if not, what is left is done when there is more budget, before anything
    /// else (Vm::step).
    [[nodiscard]] Next pass(Value* dst, const Value* first, std::uint32_t n, LongPass::Then then,
                            std::uint32_t tail_calls = 0);
    [[nodiscard]] Next go_on_passing();
    /// Raises what ensure_stack() or push_frame() has left, or has the instruction begin again after a collection.
    [[nodiscard, gnu::cold, gnu::noinline]] Next no_room(From from);
    /// A caught error: what a message handler had beyond the limits is undone, so that the next one has it again
    /// (ldo.c restore_stack_limit). The arrays keep their size. `used`: one past the last slot in use.
    void restore_limits(Thread& t, const Value* used);
    /// Calls the value at `func` with `nargs` arguments after it; results go to `func` on.
    [[nodiscard]] Next call(Value* func, std::uint32_t nargs, From from = From::Loop);
    [[nodiscard]] Next call_closure(Value* func, std::uint32_t nargs, Closure* c, std::uint32_t tail_calls,
                                    From from = From::Loop);
    [[nodiscard]] Next call_native(Value* func, std::uint32_t nargs, NativeFunction* f, From from = From::Loop);
    /// Invokes the native whose frame is on top for the first time.
    [[nodiscard]] Next start_native();
    /// What start_native_ is: start_native(), or when the thread is traced, that with its events.
    [[nodiscard]] static Next start_untraced(Machine& machine);
    [[nodiscard]] static Next start_traced(Machine& machine);
    // The same for a thread whose hook may want to know how they end.
    [[nodiscard]] Next start_native_hooked();
    [[nodiscard]] Next resume_native_hooked();
    [[nodiscard]] Next native_result_hooked(NativeContext& cx, NativeResult r);
    [[nodiscard]] static NativeResult invoke(const NativeFunction& n, LibraryContext& cx);
    using TakeResult = Next (Machine::*)(NativeContext& cx, NativeResult r);
    template <TakeResult take>
    [[nodiscard]] Next start_native_with();
    template <TakeResult take>
    [[nodiscard]] Next resume_native_with();
    /// Ends the current frame: its results [first, first+n) go to `dst`, as many as the frame below wants.
    [[nodiscard]] Next finish_call(Value* dst, const Value* first, std::uint32_t n);
    [[nodiscard]] Next native_result(NativeContext& cx, NativeResult r);
    [[nodiscard]] Next resume_native();
    /// A native is out of memory that says it may be invoked again: collects, and leaves that to the loop (native.h,
    /// N4).
    [[nodiscard]] Next restart_native(NativeContext& cx);
    /// Makes the frame of a native of which the interpreter does some steps (K_SORT, K_GSUB) one that K_NATIVE goes on
    /// with.
    void leave_steps();
    /// string.gsub with a function that is a short string's, and K_GSUB (vm/fast/gsub_function.cpp).
    [[nodiscard]] Next gsub_with_function(Instruction w, const FastCall& call);
    [[nodiscard]] Next gsub_step(Instruction w);
    [[nodiscard]] Next tail_call(Instruction w);
    /// Puts the running Lua frame in the place of the one below, which has called it last.
    void merge_tail_call();
    [[nodiscard]] Next return_values(Value* first, std::uint32_t n);
    /// Pushes a pending operation of the running Lua frame and calls callee(a, b[, c]).
    [[nodiscard]] Next call_pending(const Instruction* stub, Value callee, Value a, Value b, const Value* c = nullptr,
                                    std::uint32_t count = 0);
    void set_thread(Thread* t);
    /// The running thread, if there is one, is about to be another or none: the collector wants to know (C5).
    void leave_thread() {
        if (thread_) heap_.collector().stops_running(*thread_);
    }
    /// One past the registers of a Lua frame.
    [[nodiscard]] Value* frame_top(const Frame* f) const;

    /// finish_call for a native frame, by way of its return event if there is one.
    [[nodiscard]] Next leave_native(const Value* first, std::uint32_t n) {
        const Thread& t = *thread_;
        if (__builtin_expect(t.hook_mask != 0, 0)) return leave_native_hooked(first, n);
        return finish_call(t.frame->base - 1, first, n);
    }
    [[nodiscard]] Next leave_native_hooked(const Value* first, std::uint32_t n);

    // --- Hooks and exact mode (vm/hooks.cpp; rules: vm/hooks.h) -----------------------------------------------------
    /// Makes the dispatch table that of the running thread.
    void select_dispatch();
    [[nodiscard]] TxnStatus set_hook(Thread& t, Value function, std::uint8_t mask, std::int32_t period);
    [[nodiscard]] TxnStatus keep_main_hook(Value function, std::uint8_t mask, std::int32_t period);
    void restore_main_hook(Thread& t) {
        if (has_main_hook_) look_for_main_hook(t);
    }
    void look_for_main_hook(Thread& t);
    /// Continue: run the instruction's opcode handler.
    [[nodiscard]] Next before_instruction(Instruction w);
    void count_silently(Instruction w);
    [[nodiscard]] Next execute(Instruction w);
    [[nodiscard]] Next trace(Instruction w);
    [[nodiscard]] Next trace_internal(Instruction w);
    [[nodiscard]] Next trace_tail_call(Instruction w);
    [[nodiscard]] Next trace_for_prep(Instruction w);
    [[nodiscard]] Next call_hook(HookEvent event, std::int64_t line, std::uint8_t done, Value* top);
    [[nodiscard]] Next hook_returned();
    /// A piece of the step's budget; Exit when there is none left.
    [[nodiscard]] Next begin_budget_slice();

    // --- Coroutines (vm/coroutines.cpp) -----------------------------------------------------------------------------
    [[nodiscard]] Next finish_in_place(Thread& t, Value* results, std::uint32_t n);
    [[nodiscard]] Next resume(Value thread, Value* args, std::uint32_t nargs, bool wrapped);
    [[nodiscard]] Next yield(Value* values, std::uint32_t n);
    /// Whether a block of arenite.atomic is open in the thread (vm/lib/atomic_lib.cpp).
    [[nodiscard]] bool inside_atomic(const Thread& t);
    /// The results of a yield of the main thread to the host.
    [[nodiscard]] Next resume_main(std::span<const Value> values);
    [[nodiscard]] Next coroutine_end();
    /// Hands values to the resumer of the thread that stops, and goes on there.
    [[nodiscard]] Next deliver(Thread& from, bool ok, const Value* values, std::uint32_t n);

    // --- Errors (vm/errors.cpp) -------------------------------------------------------------------------------------
    /// Raises `error`: unwinds to the frame that catches it.
    [[nodiscard]] Next raise(Value error);
    /// Raises what a failed step left in error_value_.
    [[nodiscard]] Next raise_pending() { return raise(error_value_); }
    /// Goes on with raising error_value_, as far as the budget goes: a search through many frames, or a long text. What
    /// is left is done when there is more budget, before anything else (Vm::step).
    [[nodiscard]] Next go_on_raising();
    /// The frame of the running thread that catches; null for none. False: not known yet.
    [[nodiscard]] bool find_catching_frame(Frame*& target);
    [[nodiscard]] Next call_message_handler(std::ptrdiff_t target, Value handler, Value error);
    [[nodiscard]] bool wrapped_error(Value error, Value& out);
    [[nodiscard]] Next unwind_to(Frame* target, Value error);
    /// luaG_runerror: a message with position, as error.
    [[nodiscard]] Next raise_text(std::string_view message);
    [[nodiscard]] Next out_of_memory();
    [[nodiscard]] Next kill(std::string_view reason, Failure::Kind kind);
    [[nodiscard]] Next type_error(int reg, Value culprit, std::string_view operation);
    [[nodiscard]] Next concat_error(int reg_a, Value a, int reg_b, Value b);
    [[nodiscard]] static std::string compare_text(Value a, Value b);
    [[nodiscard]] Next compare_error(Value a, Value b);
    [[nodiscard]] Next table_error(TableStatus status);
    /// Text a value of an error has in messages: "chunk:line: " of the level-th active function (luaL_where).
    [[nodiscard]] std::string where(const Thread& t, int level) const;
    [[nodiscard]] std::string where(const Level& level) const;
    /// The string value for an error text; the preallocated memory error when memory is out.
    [[nodiscard]] Value error_string(std::string_view text);

    // --- Names in messages (vm/debug_names.cpp) ---------------------------------------------------------------------
    struct Name {
        const char* kind = nullptr;  ///< "local", "global", "field", "method", "upvalue"; null when unknown
        std::string_view name;       ///< good until the next collection
    };
    /// What the program calls the value in register `reg` of a Lua frame at its current instruction.
    /// `quick`: with a shorter search.
    [[nodiscard]] Name register_name(const Frame* f, int reg, bool quick = false) const;
    /// What the function of frame `f` was called as.
    [[nodiscard]] Name function_name(const Thread& t, const Frame* f, bool quick = false) const;
    [[nodiscard]] std::uint32_t current_line(const Frame* f) const;
    /// db_errorfb: the traceback from `level` on, where the top frame of `t` counts as level `top_level`. `from`: the
    /// frame of that level, if it is known.
    [[nodiscard]] std::string traceback(const Thread& t, std::string_view message, int level, int top_level = 0,
                                        const Frame* from = nullptr) const;
    [[nodiscard]] std::string_view local_name(const Prototype& p, std::uint32_t reg, std::uint32_t pc) const;

    // --- Operations with metamethods (vm/operations.cpp) ------------------------------------------------------------
    Next op_index(Value object, Value key, std::uint32_t dst, int object_reg);
    Next op_new_index(Value object, Value key, Value value, int object_reg);
    Next op_arith(ArithOp op, Value a, Value b, std::uint32_t dst, int reg_a, int reg_b);
    Next op_concat(Instruction w, std::uint32_t remaining);
    Next op_length(Value v, std::uint32_t dst, int reg);
    Next op_equal(Value a, Value b, Instruction w);
    Next op_less(Value a, Value b, Instruction w);
    Next op_less_equal(Value a, Value b, Instruction w);
    /// Takes the jump of conditional jump `w` if its condition came out as `result`.
    Next finish_jump(Instruction w, bool result);

    [[nodiscard]] static double arith(ArithOp op, double a, double b);
    /// lua_tonumber, of long texts in slices, as far as the budget goes.
    [[nodiscard]] LongNumerals::Answer convert_number(Value v, double& out) {
        if (!v.is_number()) return convert_text(v, out);
        out = v.as_number();
        return LongNumerals::Answer::Number;
    }
    [[nodiscard]] LongNumerals::Answer convert_text(Value v, double& out);
    [[nodiscard]] bool to_string(Value v, Value& out);
    [[nodiscard]] static int compare_strings(std::string_view a, std::string_view b);

    // --- Slow paths of opcodes, in vm/slow_paths.cpp: one per opcode that needs one ---------------------------------
    using Slow = Next (Machine::*)(Instruction w);
    Next slow_arith(Instruction w);
    Next slow_get(Instruction w);
    Next slow_set(Instruction w);
    /// SETFIELD of a key that a freely writable table without metatable does not have; the value is not nil.
    Next slow_new_entry(Instruction w);
    /// The same of t[n + 1] of an array part of n slots that is all there is; does whatever else is to be stored, too.
    [[nodiscard]] Next slow_new_key(Instruction w);
    Next slow_compare(Instruction w);
    Next slow_unary(Instruction w);
    Next slow_concat(Instruction w);
    Next slow_new_table(Instruction w);
    /// The large array part of a new table, in slices.
    [[nodiscard]] Next reserve_items(Instruction w, Table& t);
    Next slow_set_list(Instruction w);
    Next slow_cell(Instruction w);
    Next slow_closure(Instruction w);
    Next slow_vararg(Instruction w);
    Next slow_arg_table(Instruction w);
    /// The same of very many varargs, in slices.
    [[nodiscard]] Next long_arg_table(Instruction w);
    Next slow_for_prep(Instruction w);
    Next slow_tfor_call(Instruction w);
    /// TFORCALL as a call, whatever the iterator is.
    Next call_iterator(Instruction w);
    Next slow_call(Instruction w);
    /// The same when the call has been charged (a second charge could suspend it forever).
    Next call_after_charge(Instruction w);
    Next slow_tail_call(Instruction w);
    Next slow_return(Instruction w);
    Next slow_budget(Instruction w);
    /// What instructions may be charged beyond the budget before the next jump or call: a slow path that goes further
    /// is followed by a check at once, so that a long row of instructions without either is no way around the budget.
    static constexpr std::int64_t kOverdraft = 256;
    /// Calls in a row that pay nothing (their returns do): the limit of frames (Thread::frame_limit) is so far above
    /// the current one at most after a check, and grow_frames, to which it leads, charges.
    static constexpr std::uint32_t kFramesBetweenLooks = 128;
    void lower_frame_limit();
    /// Has the next slow path followed by a check, although there may be budget left. `charge`: or the first one after
    /// an instruction that is charged so much before it begins.
    void request_look(std::int64_t charge = 0);
    /// A check of the budget between two instructions. Reload, or Exit.
    [[nodiscard]] Next look();
    /// The same when `distance` units were charged for what is yet to be done; `undone`: by the instruction before pc.
    [[nodiscard]] Next look_now(std::int64_t distance, bool undone);
    /// The first slice of a run: the clock is read only if there is a deadline.
    void begin_first_slice();
    // Functions named ..._resumable do long work in slices, as far as the budget goes. False: it is unfinished; return
    // again(), and the same call goes on with it (vm/long_work.cpp).
    /// Compares two strings: `order` < 0, 0 or > 0.
    [[nodiscard]] bool compare_resumable(Value a, Value b, int& order);
    [[nodiscard]] bool equal_resumable(Value a, Value b, bool& equal);
    /// Makes a lookup of `key`, a long string, in `object` or along its chain of metamethods cheap: `key` becomes the
    /// very key found.
    enum class Lookup : std::uint8_t { Index, NewIndex, Raw };
    [[nodiscard]] bool settle_key(Value object, Value& key, Lookup lookup);
    /// find_level().
    [[nodiscard]] bool level_resumable(const Thread& t, std::int64_t level, Level& out);
    /// The string of `count` parts; the memory error's text when memory is out.
    [[nodiscard]] bool join_resumable(const std::string_view* parts, std::size_t count, Value& out);
    /// The border of `t` that luaH_getn finds.
    [[nodiscard]] bool border_resumable(const Table& t, std::uint32_t& out);
    /// The entry of `t` from `index` on, after `control`; nil for none.
    [[nodiscard]] bool search_resumable(const Table& t, Value control, std::uint64_t index, Value& key, Value& value);
    /// The text of `n` strings and numbers, of `total` bytes together; nil when memory is out.
    [[nodiscard]] bool concat_resumable(const Value* operands, std::size_t n, const PendingConcat::Layout& total,
                                        Value& out);
    /// The running instruction has work to do that is larger than the budget: it is dispatched again when there is
    /// more, and goes on then.
    Next again();
    Next slow_internal(Instruction w);
    Next slow_host_end(Instruction w);
    Next slow_corrupt(Instruction w);

    // --- Natives without a frame (vm/fast/fast_natives.cpp, vm/fast_natives.def) ------------------------------------
#define ARENITE_FAST_INLINE(name)
#define ARENITE_FAST_SLOW(name) Next fast_##name(Instruction w);
#define ARENITE_FAST_NATIVE(name, how) how(name)
#include "vm/fast_natives.def"
#undef ARENITE_FAST_NATIVE
#undef ARENITE_FAST_INLINE
#undef ARENITE_FAST_SLOW
    /// fast_Next where the next entry is not at `index`, where the search begins.
    [[gnu::noinline]] Next far_next(Instruction w, const Table& table, std::uint64_t index);
    Next find_or_match(Instruction w, bool find);
    Next with_case(Instruction w, char first);
    // What the opcode handlers in vm/fast/fast_natives.inc do not do; the call has been charged.
    Next set_metatable_after_charge(Instruction w);
    Next raw_set_after_charge(Instruction w);
    Next resume_after_charge(Instruction w);
    Next wrapped_after_charge(Instruction w);
    Next yield_after_charge(Instruction w);
    /// A switch to another thread took the slow path. False: as collect_before_fast.
    [[nodiscard]] bool pay_for_switch(Instruction w);
    /// Collects if it is due. False: not possible now, since arguments stand above the registers of the frame.
    [[nodiscard]] bool collect_before_fast(Instruction w) {
        return __builtin_expect(!heap_.pacing().gc_due, 1) || collect_for_fast(w);
    }
    [[nodiscard]] bool collect_for_fast(Instruction w);
    /// Pushes the frame of a native that waits, called from `slot` with `count` arguments. False as push_frame.
    [[nodiscard]] bool push_native(Value* slot, std::uint32_t count, const Instruction* stub, std::uint32_t flags);

    // --- Safepoints (vm/safepoints.cpp) ----------------------------------------------------------------------------------------------
    /// Collects if it is due, and starts a finalizer that waits. The running frame is a Lua frame whose registers are
    /// all live, and its instruction may start again: what is not Continue is to be returned.
    [[nodiscard]] Next safepoint() {
        return __builtin_expect(heap_.pacing().gc_due, 0) ? safepoint_due() : Next::Continue;
    }
    [[nodiscard]] Next safepoint_due();
    /// Without finalizers. False: the budget is used up, and more is due.
    [[nodiscard]] bool collect_in_lua_frame();
    /// The running instruction finds no memory: it begins again after a whole collection, once; then it is an error.
    [[nodiscard, gnu::cold, gnu::noinline]] Next no_memory();
    /// What is due, or a whole cycle when memory is short: a native cannot collect while it runs (N1). False as above.
    [[nodiscard]] bool collect_before_native();
    /// What is due, with thread->top already right. False as above.
    [[nodiscard]] bool collect_step();
    /// Starts the next waiting finalizer on top of the running frame; Continue when there is none.
    [[nodiscard]] Next run_finalizer();
    /// The running frame is about to wait for a finalizer that it calls.
    void note_finalizer();
    /// Whether the frame that note_finalizer was told of still waits. No other finalizer is started meanwhile, as in
    /// PUC (lgc.c, GCTM); collectgarbage called by a finalizer does run the others.
    [[nodiscard]] bool finalizer_runs() const;
    /// Whether run_finalizer() is to be called.
    [[nodiscard]] bool finalizer_waits() const;

    struct Handlers;     ///< the opcode handlers (vm/fast/dispatch.cpp)
    struct AtomicBlock;  ///< a block of arenite.atomic (vm/lib/atomic_lib.cpp)

protected:
    friend class LibraryContext;
    friend class NativeContext;

    explicit Machine(const VmOptions& options);
    virtual ~Machine();

    /// In the stress build: walks the whole heap and says what is wrong with it.
    [[nodiscard]] virtual std::optional<std::string> verify() = 0;
    struct Attempt;
    /// The one who does natives' work in slices; null: no memory for it.
    [[nodiscard]] SlicedWork* sliced_work();
    /// Goes on with the work, or begins it with the job that make_job() makes; true when it is over or could not begin.
    template <class Key, class MakeJob>
    [[nodiscard]] bool run_resumable(SlicedWork& work, const Key& key, MakeJob make_job);
    /// What is left of the step.
    [[nodiscard]] std::int64_t units_left() const;
    [[nodiscard]] bool charge_failure(std::size_t bytes);
    void clear_failure() {
        const bool is_clear = failure_bytes_ == 0 && failure_.kind == Failure::Kind::Runtime && !failure_.has_message &&
                              failure_.type == LuaType::Nil && failure_.traceback.empty() && failure_.message.empty() &&
                              failure_.message.capacity() >= kReservedText;
        if (!is_clear) forget_failure();
    }
    void forget_failure();
    void fail_with(Failure::Kind kind, std::string_view text) noexcept { failure_.set(kind, text); }
    /// Room that failure_.message has as a rule, so that such texts need no memory.
    static constexpr std::size_t kReservedText = 64;
    /// The machine runs while one of these exists (VM1).
    class Running;
    /// Tells the extensions of a rollback.
    void tell_of_rollback();
    /// Undoes what was done since a savepoint.
    TxnStatus undo_to(std::size_t number);
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

    // What the opcode handlers read, in front: the dispatch table and the current thread's limits.
    const void* dispatch_[256] = {};
    const void* fast_[kFastNatives] = {};
    Value* stack_limit_ = nullptr;
    Frame* frame_limit_ = nullptr;
    Thread* thread_ = nullptr;
    std::int64_t budget_ = 0;
    bool notes_switches_ = false;  ///< the collector is marking, or was: threads are switched by way of set_thread
    Next (*start_native_)(Machine&) = nullptr;  ///< how the loop starts a native: one of the two start_*traced
    Value pairs_next_ = Value::nil();           ///< what pairs returns; recognised by handle
    Value ipairs_next_ = Value::nil();
    Value type_names_[kLuaTypeCount] = {};
    Value select_count_ = Value::nil();  ///< "#"
    Value empty_string_ = Value::nil();

    Vm* facade_ = nullptr;
    Heap heap_;
    Transaction txn_;
    VmOptions options_;
    std::uint64_t step_budget_ = 0;                    ///< left of the step beyond budget_
    std::chrono::steady_clock::time_point looked_at_;  ///< time of the last check of the clock
    std::uint64_t slice_ = kMostSlice;                 ///< work between two checks of the interrupt flag and the clock
    static constexpr std::uint64_t kMostSlice = 20'000;
    std::shared_ptr<VmToken> token_ = std::make_shared<VmToken>();
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    bool exact_ = false;
    bool traced_ = false;            ///< dispatch_ is the tracing table
    bool finalizing_ = false;        ///< the host runs finalizers: no hooks, no other finalizer within one
    std::int64_t loop_budget_ = -1;  ///< exact mode: the budget after a loop's jump, which charges its distance; or -1
    bool has_main_hook_ = false;     ///< a main thread has, or has had, a hook
    bool running_ = false;           ///< VM1
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
    std::vector<Value> helpers_;
    Handle<Table> proxy_metatables_;
    Value builtin_next_ = Value::nil();
    Value builtin_tostring_ = Value::nil();
    Value memory_error_ = Value::nil();  ///< "not enough memory", made in advance
    /// The frame that waits for the last finalizer started: its thread, place, and content to know it by. It may be
    /// gone.
    struct {
        Value thread = Value::nil();
        std::ptrdiff_t index = 0;
        const Instruction* pc = nullptr;
        const ObjectHeader* function = nullptr;
    } finalizer_;
    bool in_message_handler_ = false;  ///< a message handler runs: limits are a little wider
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
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };
    [[nodiscard]] PatternCache* make_patterns();
    std::unique_ptr<PatternCache, Free> patterns_;  ///< made at the first use
    std::unique_ptr<SlicedWork> sliced_work_;       ///< likewise
    std::vector<std::pair<const void*, std::unique_ptr<VmExtension>>> extensions_;
};

}  // namespace arenite

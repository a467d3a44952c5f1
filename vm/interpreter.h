// Interpreter: the slow paths of opcodes, calls and returns, raising and unwinding, native results. The fast paths are
// in vm/handlers.inc, which vm/dispatch.cpp builds into tail-calling handlers or a computed-goto loop.
//
// Rules for whoever edits an opcode
//  I1. A fast path touches no memory it has not validated, and leaves the machine unchanged when it jumps to its slow
//      path; the slow path does the whole instruction.
//  I2. Slow paths are entered with frame->pc at the next instruction and frame->base valid. They answer Continue when
//      nothing moved and the next instruction follows; Reload when frames, pc or stack changed; Exit to leave the loop.
//  I3. After anything that may grow the stack, registers are found again through frame->base.
//  I4. An error is raised by `return raise(vm, ...)`, which unwinds and answers Reload or Exit.
//  I5. Before a collection, thread->top is set (VM3).
#pragma once

#include <string>
#include <string_view>

#include "heap/bytecode.h"
#include "vm/vm.h"

namespace arenite {

enum class Next : std::uint8_t { Continue, Reload, Exit };
enum class HookEvent : std::uint8_t;

enum class ArithOp : std::uint8_t { Add, Sub, Mul, Div, Mod, Pow, Unm };

struct FastCall;
struct Level;

struct Interpreter {
    /// Who asks for a call. A native that is asked for by another one (or by an error) is started by the loop (K_START),
    /// so that chains of natives do not nest on the C++ stack (VM1).
    enum class From : std::uint8_t {
        Loop,
        Native,
        Instruction,  ///< the loop, for an instruction that may begin again
    };

    // --- Running (vm/dispatch.cpp) ------------------------------------------------------------------------------------------
    /// Fills the dispatch table with the real handlers, or all of it with the one that traces (vm/hooks.h).
    static void fill_dispatch(Vm& vm);
    /// Runs from the current frame until something answers Exit.
    static void run(Vm& vm);

    // --- Frames and calls (vm/calls.cpp) --------------------------------------------------------------------------------------
    /// Makes sure `slots` slots from `from` on are usable. May move the stack (returns the moved `from`); null: the stack
    /// may not grow that far, or memory is out (`error_value_` is set; raise it with raise_pending).
    [[nodiscard]] static Value* ensure_stack(Vm& vm, Value* from, std::size_t slots);
    /// The same, inline when there is room already.
    [[nodiscard, gnu::always_inline]] static Value* room(Vm& vm, Value* from, std::size_t slots) {
#if !defined(ARENITE_STRESS)
        if (static_cast<std::ptrdiff_t>(slots) <= vm.stack_limit_ - from) return from;
#endif
        return ensure_stack(vm, from, slots);
    }
    /// Pushes a frame record; null as above.
    [[nodiscard]] static Frame* push_frame(Vm& vm) {
        Thread& t = *vm.thread_;
        return __builtin_expect(t.frame + 1 < t.frame_limit, 1) ? ++t.frame : grow_frames(vm);
    }
    [[nodiscard]] static Frame* grow_frames(Vm& vm);
    /// The same once more for a call of `func` with `nargs` arguments, after a collection if it was memory that they failed
    /// for, and what calls cannot begin again (no_room() does that otherwise). What may move and is in no slot must be looked
    /// up again.
    [[nodiscard, gnu::cold, gnu::noinline]] static Value* room_after_collection(Vm& vm, Value* func,
                                                                                std::uint32_t nargs, std::size_t slots,
                                                                                From from);
    [[nodiscard, gnu::cold, gnu::noinline]] static Frame* frame_after_collection(Vm& vm, Value* func,
                                                                                 std::uint32_t nargs, From from);
    /// Moves `n` values from `first` down to `dst` and then goes on as `then` says: the first of them is what is called. All
    /// at once if they are few; if not, what is left is done when there is more budget, before anything else (Vm::step).
    [[nodiscard]] static Next pass(Vm& vm, Value* dst, const Value* first, std::uint32_t n, LongPass::Then then,
                                   std::uint32_t tail_calls = 0);
    [[nodiscard]] static Next go_on_passing(Vm& vm);
    /// Raises what ensure_stack() or push_frame() has left, or has the instruction begin again after a collection.
    [[nodiscard, gnu::cold, gnu::noinline]] static Next no_room(Vm& vm, From from);
    /// A caught error: what a message handler had beyond the limits is taken back, so that the next one has it again
    /// (ldo.c restore_stack_limit). The arrays keep their size. `used`: one past the last slot in use.
    static void restore_limits(Vm& vm, Thread& t, const Value* used);
    /// Calls the value at `func` with `nargs` arguments behind it; results go to `func` on.
    [[nodiscard]] static Next call(Vm& vm, Value* func, std::uint32_t nargs, From from = From::Loop);
    [[nodiscard]] static Next call_closure(Vm& vm, Value* func, std::uint32_t nargs, Closure* c,
                                           std::uint32_t tail_calls, From from = From::Loop);
    [[nodiscard]] static Next call_native(Vm& vm, Value* func, std::uint32_t nargs, NativeFunction* f,
                                          From from = From::Loop);
    /// Invokes the native whose frame is on top for the first time.
    [[nodiscard]] static Next start_native(Vm& vm);
    /// The same where natives are called from the loop, when the thread is traced; Vm::start_native_ is one of the two.
    [[nodiscard]] static Next start_native_traced(Vm& vm);
    // The same for a thread whose hook may want to know how they end.
    [[nodiscard]] static Next start_native_hooked(Vm& vm);
    [[nodiscard]] static Next resume_native_hooked(Vm& vm);
    [[nodiscard]] static Next native_result_hooked(Vm& vm, NativeContext& cx, NativeResult r);
    [[nodiscard]] static NativeResult invoke(const NativeFunction& n, NativeContext& cx);
    using TakeResult = Next (*)(Vm& vm, NativeContext& cx, NativeResult r);
    template <TakeResult take>
    [[nodiscard]] static Next start_native_with(Vm& vm);
    template <TakeResult take>
    [[nodiscard]] static Next resume_native_with(Vm& vm);
    /// Ends the current frame: its results [first, first+n) go to `dst`, as many as the frame below wants.
    [[nodiscard]] static Next finish_call(Vm& vm, Value* dst, const Value* first, std::uint32_t n);
    [[nodiscard]] static Next native_result(Vm& vm, NativeContext& cx, NativeResult r);
    [[nodiscard]] static Next resume_native(Vm& vm);
    /// A native is out of memory that says it may be invoked again: collects, and leaves that to the loop (native.h, N4).
    [[nodiscard]] static Next restart_native(Vm& vm, NativeContext& cx);
    /// Makes the frame of a native of which the interpreter does some steps (K_SORT, K_GSUB) one that K_NATIVE goes on with.
    static void leave_steps(Vm& vm);
    /// string.gsub with a function that is a short string's, and K_GSUB (vm/gsub_function.cpp).
    [[nodiscard]] static Next gsub_with_function(Vm& vm, Instruction w, const FastCall& call);
    [[nodiscard]] static Next gsub_step(Vm& vm, Instruction w);
    [[nodiscard]] static Next tail_call(Vm& vm, Instruction w);
    /// Puts the running Lua frame in the place of the one below, which has called it last.
    static void merge_tail_call(Vm& vm);
    [[nodiscard]] static Next return_values(Vm& vm, Value* first, std::uint32_t n);
    /// Pushes a pending operation of the running Lua frame and calls handler(a, b[, c]).
    [[nodiscard]] static Next call_pending(Vm& vm, const Instruction* stub, Value handler, Value a, Value b,
                                           const Value* c = nullptr, std::uint32_t count = 0);
    static void set_thread(Vm& vm, Thread* t);
    /// The running thread, if there is one, is about to be another or none: the collector wants to know (C5).
    static void leave_thread(Vm& vm) {
        if (vm.thread_) vm.heap_.collector().stops_running(*vm.thread_);
    }
    /// One past the registers of a Lua frame.
    [[nodiscard]] static Value* frame_top(const Vm& vm, const Frame* f);

    /// finish_call for a native frame, by way of its return event if there is one.
    [[nodiscard]] static Next leave_native(Vm& vm, const Value* first, std::uint32_t n) {
        const Thread& t = *vm.thread_;
        if (__builtin_expect(t.hook_mask != 0, 0)) return leave_native_hooked(vm, first, n);
        return finish_call(vm, t.frame->base - 1, first, n);
    }
    [[nodiscard]] static Next leave_native_hooked(Vm& vm, const Value* first, std::uint32_t n);

    // --- Hooks and exact mode (vm/hooks.cpp; rules: vm/hooks.h) -----------------------------------------------------------------
    /// Makes the dispatch table that of the running thread.
    static void select_dispatch(Vm& vm);
    [[nodiscard]] static TxnStatus set_hook(Vm& vm, Thread& t, Value function, std::uint8_t mask, std::int32_t period);
    [[nodiscard]] static TxnStatus keep_main_hook(Vm& vm, Value function, std::uint8_t mask, std::int32_t period);
    static void restore_main_hook(Vm& vm, Thread& t);
    /// Continue: run the instruction's handler.
    [[nodiscard]] static Next before_instruction(Vm& vm, Instruction w);
    static void count_silently(Vm& vm, Instruction w);
    [[nodiscard]] static Next execute(Vm& vm, Instruction w);
    [[nodiscard]] static Next trace(Vm& vm, Instruction w);
    [[nodiscard]] static Next trace_internal(Vm& vm, Instruction w);
    [[nodiscard]] static Next trace_tail_call(Vm& vm, Instruction w);
    [[nodiscard]] static Next trace_for_prep(Vm& vm, Instruction w);
    [[nodiscard]] static Next call_hook(Vm& vm, HookEvent event, std::int64_t line, std::uint8_t done, Value* top);
    [[nodiscard]] static Next hook_returned(Vm& vm);
    /// A piece of the step's budget; Exit when there is none left.
    [[nodiscard]] static Next next_slice(Vm& vm);

    // --- Coroutines (vm/coroutines.cpp) -----------------------------------------------------------------------------------------
    [[nodiscard]] static Next finish_in_place(Vm& vm, Thread& t, Value* results, std::uint32_t n);
    [[nodiscard]] static Next resume(Vm& vm, Value thread, Value* args, std::uint32_t nargs, bool wrapped);
    [[nodiscard]] static Next yield(Vm& vm, Value* values, std::uint32_t n);
    /// Whether a block of arenite.atomic is open in the thread (vm/lib/atomic_lib.cpp).
    [[nodiscard]] static bool inside_atomic(Vm& vm, const Thread& t);
    /// The results of a yield of the main thread to the host.
    [[nodiscard]] static Next resume_main(Vm& vm, std::span<const Value> values);
    [[nodiscard]] static Next coroutine_end(Vm& vm);
    /// Hands values to the resumer of the thread that stops, and goes on there.
    [[nodiscard]] static Next deliver(Vm& vm, Thread& from, bool ok, const Value* values, std::uint32_t n);

    // --- Errors (vm/errors.cpp) -------------------------------------------------------------------------------------------------
    /// Raises `error`: unwinds to the frame that catches it.
    [[nodiscard]] static Next raise(Vm& vm, Value error);
    /// Raises what a failed step left in error_value_.
    [[nodiscard]] static Next raise_pending(Vm& vm) { return raise(vm, vm.error_value_); }
    /// Goes on with raising error_value_, as far as the budget goes: a search through many frames, or a long text. What is
    /// left is done when there is more budget, before anything else (Vm::step).
    [[nodiscard]] static Next go_on_raising(Vm& vm);
    /// The frame of the running thread that catches; null for none. False: not known yet.
    [[nodiscard]] static bool find_handler(Vm& vm, Frame*& target);
    [[nodiscard]] static Next call_handler(Vm& vm, std::ptrdiff_t target, Value handler, Value error);
    [[nodiscard]] static bool wrapped_error(Vm& vm, Value error, Value& out);
    [[nodiscard]] static Next unwind_to(Vm& vm, Frame* target, Value error);
    /// luaG_runerror: a message with position, as error.
    [[nodiscard]] static Next raise_text(Vm& vm, std::string_view message);
    [[nodiscard]] static Next out_of_memory(Vm& vm);
    [[nodiscard]] static Next kill(Vm& vm, std::string_view reason, Failure::Kind kind);
    [[nodiscard]] static Next type_error(Vm& vm, int reg, Value culprit, std::string_view operation);
    [[nodiscard]] static Next concat_error(Vm& vm, int reg_a, Value a, int reg_b, Value b);
    [[nodiscard]] static std::string compare_text(Value a, Value b);
    [[nodiscard]] static Next compare_error(Vm& vm, Value a, Value b);
    [[nodiscard]] static Next table_error(Vm& vm, TableStatus status);
    /// Text a value of an error has in messages: "chunk:line: " of the level-th active function (luaL_where).
    [[nodiscard]] static std::string where(const Vm& vm, const Thread& t, int level);
    [[nodiscard]] static std::string where(const Vm& vm, const Level& level);
    /// The string value for an error text; the preallocated memory error when memory is out.
    [[nodiscard]] static Value error_string(Vm& vm, std::string_view text);

    // --- Names in messages (vm/debug_names.cpp) -----------------------------------------------------------------------------------
    struct Name {
        const char* kind = nullptr;  ///< "local", "global", "field", "method", "upvalue"; null when unknown
        std::string_view name;       ///< good until the next collection
    };
    /// What the program calls the value in register `reg` of a Lua frame at its current instruction.
    /// `quick`: with a shorter search.
    [[nodiscard]] static Name register_name(const Vm& vm, const Frame* f, int reg, bool quick = false);
    /// What the function of frame `f` was called as.
    [[nodiscard]] static Name function_name(const Vm& vm, const Thread& t, const Frame* f, bool quick = false);
    [[nodiscard]] static std::uint32_t current_line(const Vm& vm, const Frame* f);
    /// db_errorfb: the traceback from `level` on, where the top frame of `t` counts as level `top_level`. `from`: the frame
    /// of that level, if it is known.
    [[nodiscard]] static std::string traceback(const Vm& vm, const Thread& t, std::string_view message, int level,
                                               int top_level = 0, const Frame* from = nullptr);
    [[nodiscard]] static std::string_view local_name(const Vm& vm, const Prototype& p, std::uint32_t reg,
                                                     std::uint32_t pc);

    // --- Operations with metamethods (vm/operations.cpp) ----------------------------------------------------------------------------
    static Next op_index(Vm& vm, Value object, Value key, std::uint32_t dst, int object_reg);
    static Next op_new_index(Vm& vm, Value object, Value key, Value value, int object_reg);
    static Next op_arith(Vm& vm, ArithOp op, Value a, Value b, std::uint32_t dst, int reg_a, int reg_b);
    static Next op_concat(Vm& vm, Instruction w, std::uint32_t remaining);
    static Next op_length(Vm& vm, Value v, std::uint32_t dst, int reg);
    static Next op_equal(Vm& vm, Value a, Value b, Instruction w);
    static Next op_less(Vm& vm, Value a, Value b, Instruction w);
    static Next op_less_equal(Vm& vm, Value a, Value b, Instruction w);
    /// Takes the jump of conditional jump `w` if its condition came out as `result`.
    static Next finish_jump(Vm& vm, Instruction w, bool result);

    [[nodiscard]] static double arith(ArithOp op, double a, double b);
    /// lua_tonumber, of long texts in slices, as far as the budget goes.
    [[nodiscard]] static LongNumerals::Answer convert_number(Vm& vm, Value v, double& out) {
        if (!v.is_number()) return convert_text(vm, v, out);
        out = v.as_number();
        return LongNumerals::Answer::Number;
    }
    [[nodiscard]] static LongNumerals::Answer convert_text(Vm& vm, Value v, double& out);
    [[nodiscard]] static bool to_string(Vm& vm, Value v, Value& out);
    [[nodiscard]] static int compare_strings(std::string_view a, std::string_view b);

    // --- Slow paths of opcodes, in vm/slow_paths.cpp: one per opcode that needs one ------------------------------------------------
    using Slow = Next (*)(Vm& vm, Instruction w);
    static Next slow_arith(Vm& vm, Instruction w);
    static Next slow_get(Vm& vm, Instruction w);
    static Next slow_set(Vm& vm, Instruction w);
    /// SETFIELD of a key that a freely writable table without metatable does not have; the value is not nil.
    static Next slow_new_entry(Vm& vm, Instruction w);
    /// The same of t[n + 1] of an array part of n slots that is all there is; does whatever else is to be stored, too.
    [[nodiscard]] static Next slow_new_key(Vm& vm, Instruction w);
    static Next slow_compare(Vm& vm, Instruction w);
    static Next slow_unary(Vm& vm, Instruction w);
    static Next slow_concat(Vm& vm, Instruction w);
    static Next slow_new_table(Vm& vm, Instruction w);
    /// The large array part of a new table, in slices.
    [[nodiscard]] static Next reserve_items(Vm& vm, Instruction w, Table& t);
    static Next slow_set_list(Vm& vm, Instruction w);
    static Next slow_cell(Vm& vm, Instruction w);
    static Next slow_closure(Vm& vm, Instruction w);
    static Next slow_vararg(Vm& vm, Instruction w);
    static Next slow_arg_table(Vm& vm, Instruction w);
    /// The same of very many varargs, in slices.
    [[nodiscard]] static Next long_arg_table(Vm& vm, Instruction w);
    static Next slow_for_prep(Vm& vm, Instruction w);
    static Next slow_tfor_call(Vm& vm, Instruction w);
    /// TFORCALL as a call, whatever the iterator is.
    static Next call_iterator(Vm& vm, Instruction w);
    static Next slow_call(Vm& vm, Instruction w);
    /// The same when the call has been charged (a second charge could suspend it for ever).
    static Next charged_call(Vm& vm, Instruction w);
    static Next slow_tail_call(Vm& vm, Instruction w);
    static Next slow_return(Vm& vm, Instruction w);
    static Next slow_budget(Vm& vm, Instruction w);
    /// What instructions may be charged beyond the budget before the next jump or call: a slow path that goes further is
    /// followed by a look at once, so that a long row of instructions without either is no way around the budget.
    static constexpr std::int64_t kOverdraft = 256;
    /// Calls in a row that pay nothing (their returns do): the limit of frames (Thread::frame_limit) is so far above the
    /// current one at most after a look, and grow_frames, to which it leads, charges.
    static constexpr std::uint32_t kFramesBetweenLooks = 128;
    static void lower_frame_limit(Vm& vm);
    /// Has the next slow path followed by a look, although there may be budget left. `charge`: or the first one behind an
    /// instruction that is charged so much before it begins.
    static void request_look(Vm& vm, std::int64_t charge = 0);
    /// A look at the budget between two instructions. Reload, or Exit.
    [[nodiscard]] static Next look(Vm& vm);
    /// The same when `distance` units were charged for what is yet to be done; `undone`: by the instruction before pc.
    [[nodiscard]] static Next look_now(Vm& vm, std::int64_t distance, bool undone);
    // What follows does long work in slices, as far as the budget goes; false: return again(vm) (vm/long_work.cpp).
    /// Compares two strings: `order` < 0, 0 or > 0.
    [[nodiscard]] static bool compare_slices(Vm& vm, Value a, Value b, int& order);
    [[nodiscard]] static bool equal_slices(Vm& vm, Value a, Value b, bool& equal);
    /// Makes a lookup of `key`, a long string, in `object` or along its handlers cheap: `key` becomes the very key found.
    enum class Lookup : std::uint8_t { Index, NewIndex, Raw };
    [[nodiscard]] static bool settle_key(Vm& vm, Value object, Value& key, Lookup lookup);
    /// find_level().
    [[nodiscard]] static bool level_slices(Vm& vm, const Thread& t, std::int64_t level, Level& out);
    /// The string of `count` parts; the memory error's text when memory is out.
    [[nodiscard]] static bool join_slices(Vm& vm, const std::string_view* parts, std::size_t count, Value& out);
    /// The border of `t` that luaH_getn finds.
    [[nodiscard]] static bool border_slices(Vm& vm, const Table& t, std::uint32_t& out);
    /// The entry of `t` from `index` on, behind `control`; nil for none.
    [[nodiscard]] static bool search_slices(Vm& vm, const Table& t, Value control, std::uint64_t index, Value& key,
                                            Value& value);
    /// The text of `n` strings and numbers, of `total` bytes together; nil when memory is out.
    [[nodiscard]] static bool concat_slices(Vm& vm, const Value* operands, std::size_t n,
                                            const TextInMaking::Layout& total, Value& out);
    /// The running instruction has work to do that is larger than the budget: it is dispatched again when there is more,
    /// and goes on then.
    static Next again(Vm& vm);
    static Next slow_internal(Vm& vm, Instruction w);
    static Next slow_corrupt(Vm& vm, Instruction w);

    // --- Natives without a frame (vm/fast_natives.cpp, vm/fast_natives.def) ---------------------------------------------------
#define I(name)
#define S(name) static Next fast_##name(Vm& vm, Instruction w);
#define ARENITE_FAST_NATIVE(name, how) how(name)
#include "vm/fast_natives.def"
#undef ARENITE_FAST_NATIVE
#undef I
#undef S
    /// fast_Next where the next entry is not at `index`, where the search begins.
    [[gnu::noinline]] static Next far_next(Vm& vm, Instruction w, const Table& table, std::uint64_t index);
    static Next find_or_match(Vm& vm, Instruction w, bool find);
    static Next with_case(Vm& vm, Instruction w, char first);
    // What the handlers in vm/fast_natives.inc do not do; the call has been charged.
    static Next charged_set_metatable(Vm& vm, Instruction w);
    static Next charged_raw_set(Vm& vm, Instruction w);
    static Next charged_resume(Vm& vm, Instruction w);
    static Next charged_wrapped(Vm& vm, Instruction w);
    static Next charged_yield(Vm& vm, Instruction w);
    /// A switch to another thread took the slow path. False: as collect_before_fast.
    [[nodiscard]] static bool pay_for_switch(Vm& vm, Instruction w);
    /// Collects if it is due. False: not possible now, since arguments stand above the registers of the frame.
    [[nodiscard]] static bool collect_before_fast(Vm& vm, Instruction w) {
        return __builtin_expect(!vm.heap_.pacing().gc_due, 1) || collect_for_fast(vm, w);
    }
    [[nodiscard]] static bool collect_for_fast(Vm& vm, Instruction w);
    /// Pushes the frame of a native that waits, called from `slot` with `count` arguments. False as push_frame.
    [[nodiscard]] static bool push_native(Vm& vm, Value* slot, std::uint32_t count, const Instruction* stub,
                                          std::uint32_t flags);

    // --- Safepoints ----------------------------------------------------------------------------------------------
    /// Collects if it is due, and starts a finalizer that waits. The running frame is a Lua frame whose registers are all
    /// live, and its instruction may begin anew: what is not Continue is to be returned.
    [[nodiscard]] static Next safepoint(Vm& vm) {
        return __builtin_expect(vm.heap_.pacing().gc_due, 0) ? safepoint_due(vm) : Next::Continue;
    }
    [[nodiscard]] static Next safepoint_due(Vm& vm);
    /// Without finalizers. False: the budget is used up, and more is due.
    [[nodiscard]] static bool collect_in_lua_frame(Vm& vm);
    /// The running instruction finds no memory: it begins again after a whole collection, once; then it is an error.
    [[nodiscard, gnu::cold, gnu::noinline]] static Next no_memory(Vm& vm);
    /// What is due, or a whole cycle when memory is short: a native cannot collect while it runs (N1). False as above.
    [[nodiscard]] static bool collect_before_native(Vm& vm);
    /// What is due, with thread->top already right. False as above.
    [[nodiscard]] static bool collect_step(Vm& vm);
    /// Starts the next waiting finalizer on top of the running frame; Continue when there is none.
    [[nodiscard]] static Next run_finalizer(Vm& vm);
    /// The running frame is about to wait for a finalizer that it calls.
    static void note_finalizer(Vm& vm);
    /// Whether the frame that note_finalizer was told of still waits. No other finalizer is started meanwhile, as in PUC
    /// (lgc.c, GCTM); collectgarbage called by a finalizer does run the others.
    [[nodiscard]] static bool finalizer_runs(const Vm& vm);
    /// Whether run_finalizer() is to be called.
    [[nodiscard]] static bool finalizer_waits(const Vm& vm);
};

}  // namespace arenite

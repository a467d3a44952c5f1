// The interface of native (C++) functions.
//
// A native never re-enters the interpreter and never keeps state in C++ across a request: it reads its arguments, works
// through the context, and returns what should happen next. When it asks for a call, a yield or more budget, it is
// invoked again later with the `state` it named; whatever it needs then lives in its local slots on the Value stack (as
// Values and small integers), where it is collected, journaled and killed like everything else.
//
// Invariants
//  N1. Nothing is collected while a native runs, and objects do not move: handles and string views read in one
//      invocation stay good until it returns. They must not be kept over a request. (What a table or a buffer owns does
//      move when it is changed: see heap/payload_view.h.)
//  N2. Every loop whose length a script controls calls charge(); when that says false, the native saves its position in
//      locals and returns suspend(state).
//  N3. A function that can fail returns false (or a null handle) after it has recorded the error; the native then
//      returns failed(). Nothing throws, but for N5.
//  N4. Memory that is out may be there after a collection, but nothing is collected while a native runs (N1). So a
//      native of which all that counts is on the Value stack says so, by restartable(): when it then fails for want of
//      memory, the loop collects and invokes it again, in the state it names and with its arguments, locals and results
//      as they are. Only when memory is out again in that invocation, the error is raised. One that is suspended
//      because a member has used up the budget (unfinished()) has done nothing yet: what follows it still counts as
//      that invocation.
//  N5. A native that uses the context wrongly (push() without begin_results(), a slot that it has not reserved,
//      failed() without an error, ...) raises an error that says so, and writes to nothing that is not its own. Where a
//      member cannot answer it, it throws Misuse, which the interpreter catches.
//  N6. std::bad_alloc that leaves a native is out_of_memory(). Any other exception ends the run (arenite/vm.h, VM2).
//  N7. What a native hands out (results, arguments of its requests, errors, what it stores) must be alive and of its
//      Vm. With checks (arena/checks.h) anything else is a misuse (N5); without, its use is an error value (VM), or the
//      heap verifier finds it.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <arenite/annotations.h>
#include <arenite/value.h>

namespace arenite {

class LibraryContext;
class Machine;
class NativeContext;
class Vm;

/// What a native wants next; made only by the members of NativeContext.
struct [[nodiscard]] NativeResult {
    enum Kind : std::uint32_t { Done, Call, TailCall, Yield, Raise, Suspend, Resume, PCall, Again, Sort, Gsub };
    Kind kind;
    std::uint32_t count;  ///< results, or arguments of the request
};

using NativeFn = NativeResult (*)(NativeContext&);

/// Answer to "what is a op b": known at once, or a metamethod has to be called for it.
struct OperationAnswer {
    enum Kind : std::uint8_t { Ready, NeedsCall, Failed };
    Kind kind;
    Value value;                 ///< the value (Ready), or the metamethod to call (NeedsCall)
    Value first = Value::nil();  ///< NeedsCall: the metamethod's first operand (the end of an __index chain)
};

class NativeContext {
public:
    // --- Arguments: 0-based. -------------------------------------------------------------------------------------
    [[nodiscard]] std::uint32_t arg_count() const { return nargs_; }
    /// The i-th argument, nil when absent.
    [[nodiscard]] Value arg(std::uint32_t i) const { return i < nargs_ ? base_[i] : Value::nil(); }
    [[nodiscard]] bool has_arg(std::uint32_t i) const { return i < nargs_; }
    [[nodiscard]] bool none_or_nil(std::uint32_t i) const { return i >= nargs_ || base_[i].is_nil(); }
    /// Replaces argument i (i < arg_count()).
    void set_arg(std::uint32_t i, Value v) {
        if (__builtin_expect(i >= nargs_, 0)) throw_misuse("set_arg() of an argument that is not there");
        base_[i] = v;
    }

    // luaL_check* of PUC: on a mismatch they record "bad argument #i+1 to 'f' (...)" and return false; then return
    // failed(). Numbers and strings convert into each other as in Lua 5.1.
    [[nodiscard]] bool check_any(std::uint32_t i);
    [[nodiscard]] bool check_number(std::uint32_t i, double& out);
    /// luaL_checkinteger: converts as (ptrdiff_t)d does on x86-64, with out-of-range values clamped to INT64_MIN.
    [[nodiscard]] bool check_integer(std::uint32_t i, std::int64_t& out);
    [[nodiscard]] bool check_string(std::uint32_t i, std::string_view& out);
    [[nodiscard]] bool check_table(std::uint32_t i, Handle<Table>& out);
    [[nodiscard]] bool check_function(std::uint32_t i);
    [[nodiscard]] bool check_type(std::uint32_t i, LuaType t);
    [[nodiscard]] bool opt_number(std::uint32_t i, double fallback, double& out);
    [[nodiscard]] bool opt_integer(std::uint32_t i, std::int64_t fallback, std::int64_t& out);
    [[nodiscard]] bool opt_string(std::uint32_t i, std::string_view fallback, std::string_view& out);
    /// luaL_checkoption: index of the argument in the null-terminated list.
    [[nodiscard]] bool check_option(std::uint32_t i, const char* fallback, const char* const* list, std::uint32_t& out);

    // --- State and local slots. -----------------------------------------------------------------------------------
    /// 0 at the first invocation, then what the last request named.
    [[nodiscard]] std::uint32_t state() const { return state_; }
    static constexpr std::uint32_t kMaxLocals = 200;
    /// Gives the native n (<= kMaxLocals) local slots (nil at first). To be called once, before anything else is pushed
    /// and before the first request.
    [[nodiscard]] bool reserve(std::uint32_t n) ARENITE_MOVES_PAYLOADS;
    /// nil for a slot that has not been reserved.
    [[nodiscard]] Value local(std::uint32_t i) const { return i < nlocals_ ? base_[nargs_ + i] : Value::nil(); }
    void set_local(std::uint32_t i, Value v) {
        if (__builtin_expect(i >= nlocals_, 0)) throw_misuse("set_local() of a slot that is not reserved");
        base_[nargs_ + i] = v;
    }
    [[nodiscard]] double local_number(std::uint32_t i) const { return local(i).as_number(); }
    void set_local_number(std::uint32_t i, double d) { set_local(i, Value::number(d)); }
    /// Results of the call (or values of the resume) that the last request asked for.
    [[nodiscard]] std::uint32_t result_count() const { return nresults_; }
    [[nodiscard]] Value result(std::uint32_t i) const {
        return i < nresults_ ? base_[nargs_ + nlocals_ + i] : Value::nil();
    }
    /// Upvalues of this native function.
    [[nodiscard]] Value upvalue(std::uint32_t i) const;
    [[nodiscard]] bool set_upvalue(std::uint32_t i, Value v);

    // --- Requests: `return cx.xxx(...)`. ----------------------------------------------------------------------------
    NativeResult done() { return {NativeResult::Done, 0}; }
    NativeResult done(Value v);
    NativeResult done(Value v, Value w);
    NativeResult done(Value v, Value w, Value x);
    NativeResult done_bool(bool b) { return done(Value::boolean(b)); }
    NativeResult done_number(double d) { return done(Value::canonical(d)); }
    /// Returns arguments [first, arg_count()).
    NativeResult done_args_from(std::uint32_t first);
    /// Results one by one: begin_results(); push(v)...; return done_pushed(). push() fails when memory or stack is out.
    void begin_results();
    [[nodiscard]] bool push(Value v) ARENITE_MOVES_PAYLOADS;
    NativeResult done_pushed();
    /// Calls f(args...) and then this native again, in `next_state`, with all results as result(i).
    NativeResult call(std::uint32_t next_state, Value f, std::initializer_list<Value> args);
    /// The same with two arguments, for natives without results of an earlier request that they still need.
    NativeResult call_with(std::uint32_t next_state, Value f, Value a, Value b) {
        if (__builtin_expect(next_state > kMaxState, 0)) throw_misuse("a state of more than 16 bits");
        out_ = base_ + nargs_ + nlocals_;  // within the slots that every native finds free
        out_[0] = f;
        out_[1] = a;
        out_[2] = b;
        state_ = next_state;
        return {NativeResult::Call, 2};
    }
    /// The same with begin_call(f); push(arg)...; return call_pushed(next_state).
    [[nodiscard]] bool begin_call(Value f) ARENITE_MOVES_PAYLOADS;
    NativeResult call_pushed(std::uint32_t next_state);
    /// Yields the arguments of this native; what the coroutine is resumed with is returned.
    NativeResult yield_args();
    /// As call_pushed, but an error ends the call too: then caught() says so, and result(0) is the error.
    NativeResult call_pushed_catching(std::uint32_t next_state);
    [[nodiscard]] bool caught() const { return caught_; }
    /// Calls f(args...) and returns all its results as ours.
    NativeResult tail_call(Value f, std::initializer_list<Value> args);
    NativeResult tail_call_pushed();
    /// Out of budget: invoke again in next_state when there is more.
    NativeResult suspend(std::uint32_t next_state);
    /// Raises `error` (any value).
    NativeResult raise(Value error);
    /// N4, in the present state. Locals that are reserved in state 0 do not count: they are nil again then.
    void restartable() { restart_state_ = state_; }
    /// The same, to go on in another state.
    void restartable_in(std::uint32_t state) { restart_state_ = state; }
    /// What has been done now may not be done again.
    void not_restartable() { restart_state_ = kNoRestart; }
    /// Whether out_of_memory() would be answered by another invocation.
    [[nodiscard]] bool may_restart() const { return restart_state_ != kNoRestart && !restarted_; }
    /// luaL_error: raises a string with the position of the running Lua function in front.
    [[gnu::format(printf, 2, 3)]] NativeResult error(const char* format, ...);
    /// The same with a text of the script's, however long.
    NativeResult error_text(std::string_view text) {
        (void)record({text}, true);
        return failed();
    }
    /// The same with a text of up to ten parts.
    NativeResult error_parts(std::initializer_list<std::string_view> parts) {
        (void)record(parts, true);
        return failed();
    }
    /// luaL_argerror / luaL_typerror for the 0-based argument; kNoArgument stands for the call as a whole ("#0").
    static constexpr std::uint32_t kNoArgument = 0xFFFF'FFFF;
    NativeResult arg_error(std::uint32_t i, std::string_view message);
    /// The same with a message of up to three parts.
    NativeResult arg_error(std::uint32_t i, std::initializer_list<std::string_view> message);
    NativeResult type_error(std::uint32_t i, std::string_view expected);
    NativeResult out_of_memory();
    /// After a member that said false. For other failures there are error() and raise().
    NativeResult failed();

    // --- Budget. ----------------------------------------------------------------------------------------------------
    /// Charges `work` units (about one instruction each). False: nothing is left; save and suspend.
    [[nodiscard]] bool charge(std::uint64_t work);
    /// Whether the host has interrupted the run, or its deadline has passed. A native that waits for something beside
    /// the Vm asks now and then, and suspends itself, so that the run ends.
    [[nodiscard]] bool is_to_end() const;

    // --- Objects. A null handle or false: the error is recorded, return failed(). -----------------------------------
    [[nodiscard]] bool new_string(std::string_view bytes, Value& out);
    /// A string of up to twelve parts; no other copy is made of them. May be unfinished().
    [[nodiscard]] bool join(std::string_view first, std::initializer_list<std::string_view> others, Value& out);
    [[nodiscard]] bool new_table(std::uint32_t array_hint, std::uint32_t hash_hint, Handle<Table>& out);
    [[nodiscard]] bool new_native(NativeFn fn, std::string_view name, std::initializer_list<Value> upvalues,
                                  Value& out);
    [[nodiscard]] std::string_view string(Value v) const;  ///< bytes of a string value
    /// lua_tostring's conversion of a number ("%.14g"); v must be a string or number.
    [[nodiscard]] bool to_string(Value v, Value& out);
    /// lua_tonumber: numbers, and strings that are numerals. Of a long text it may be unfinished().
    [[nodiscard]] bool to_number(Value v, double& out);
    [[nodiscard]] Value raw_get(Handle<Table> t, Value key) const;
    [[nodiscard]] Value raw_get(Handle<Table> t, std::int64_t key) const;
    [[nodiscard]] Value raw_get(Handle<Table> t, std::string_view key);
    [[nodiscard]] bool raw_set(Handle<Table> t, Value key, Value v) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] bool raw_set(Handle<Table> t, std::int64_t key, Value v) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] bool raw_set(Handle<Table> t, std::string_view key, Value v) ARENITE_MOVES_PAYLOADS;
    /// Whether a member has said false because the budget is used up: then failed() has the native called again, in the
    /// state that it is in and with the same arguments, and the work goes on. One that has changed something by then
    /// saves what it needs and suspends itself instead.
    [[nodiscard]] bool unfinished() const { return unfinished_; }
    /// A border, as lua_objlen gives it.
    [[nodiscard]] std::uint32_t raw_length(Handle<Table> t) const;
    /// lua_next: key becomes the key after `key` (nil: the first), value its value; out_more false at the end.
    [[nodiscard]] bool next(Handle<Table> t, Value& key, Value& value, bool& out_more);
    [[nodiscard]] Value metatable(Value v) const;  ///< the metatable (a table) or nil
    [[nodiscard]] bool set_metatable(Value v, Value table_or_nil) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] Value metamethod(Value v, Metamethod m) const;  ///< nil when there is none
    [[nodiscard]] bool raw_equal(Value a, Value b) const;
    /// Operations that may need a metamethod; with NeedsCall call `value` with the operands and use its first result.
    [[nodiscard]] OperationAnswer index(Value object, Value key);
    [[nodiscard]] OperationAnswer less_than(Value a, Value b);

    // --- Byte buffers. ----------------------------------------------------------------------------------------------
    /// A buffer object (counted, collected, rolled back) to be kept in a local slot over requests.
    [[nodiscard]] bool new_buffer(Value& out);
    [[nodiscard]] bool append(Value buffer, std::string_view bytes) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] bool append_fill(Value buffer, std::size_t count, char c) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] std::size_t buffer_size(Value buffer) const;
    [[nodiscard]] bool buffer_resize(Value buffer, std::size_t size) ARENITE_MOVES_PAYLOADS;
    /// Makes it hold `size` bytes without moving; what it holds is copied now.
    [[nodiscard]] bool buffer_reserve(Value buffer, std::size_t size) ARENITE_MOVES_PAYLOADS;
    /// A string of the buffer's bytes; empties it.
    [[nodiscard]] bool finish(Value buffer, Value& out_string) ARENITE_MOVES_PAYLOADS;

    [[nodiscard]] Vm& vm() const;
    /// Name of this native as registered ("insert").
    [[nodiscard]] std::string_view name() const;

private:
    friend class LibraryContext;  // what the engine's own natives can do beside (vm/library_context.h)
    friend class Machine;
    /// The error is a string of these parts.
    [[nodiscard]] bool record(std::initializer_list<std::string_view> parts, bool with_position);
    /// N5. `what` is a constant.
    struct Misuse {
        const char* what;
    };
    [[noreturn, gnu::cold]] static void throw_misuse(const char* what);
    static constexpr std::uint32_t kMaxState = 0xFFFF;
    Machine* machine_ = nullptr;
    Value* base_ = nullptr;
    std::uint32_t nargs_ = 0;
    std::uint32_t state_ = 0;
    std::uint32_t nresults_ = 0;
    std::uint32_t nlocals_ = 0;
    std::uint32_t pushed_ = 0;
    /// Where nothing has been begun: after any stack, so that push() finds out where it looks for room anyway.
    [[nodiscard]] static Value* nowhere() { return reinterpret_cast<Value*>(~std::uintptr_t{0} - sizeof(Value) + 1); }
    Value* out_ = nowhere();  ///< first result, or the callee and arguments of a request
    static constexpr std::uint32_t kNoRestart = 0xFFFF'FFFF;
    bool caught_ = false;
    bool unfinished_ = false;                   ///< a member has used up the budget
    bool restarted_ = false;                    ///< this invocation follows a collection for its sake (N4)
    std::uint32_t restart_state_ = kNoRestart;  ///< N4
    std::uint32_t flags_ = 0;                   ///< of a request: protected, wrapped
    Value self_ = Value::nil();                 ///< the native function running
    Value error_ = Value::nil();                ///< recorded by a member that failed
};

/// Fills the tables of a library; made by the Vm, which refers to it no longer than open_library() lasts.
class LibraryBuilder {
public:
    virtual ~LibraryBuilder() = default;
    /// Following entries go into the global table `name` (created when absent); "" = the globals themselves.
    virtual void library(std::string_view name) = 0;
    /// Natives are named by static strings.
    virtual void function(std::string_view name, NativeFn fn) = 0;
    virtual void number(std::string_view name, double value) = 0;
    virtual void string(std::string_view name, std::string_view value) = 0;
    /// `alias` names the same function object as `name` in the current library (e.g. gfind, gmatch).
    virtual void alias(std::string_view alias, std::string_view name) = 0;
    /// Any value; nil says that memory was out when it was made, and the library fails to open.
    virtual void value(std::string_view name, Value v) = 0;
    [[nodiscard]] virtual Vm& vm() = 0;
    [[nodiscard]] virtual Machine& machine() = 0;  ///< for the engine's own libraries
};

}  // namespace arenite

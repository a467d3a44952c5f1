// NativeContext: what native functions do through it (lauxlib.c and lapi.c of PUC Lua 5.1 give the texts).
#include <arenite/native.h>

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <new>

#include "vm/buffer_bytes.h"
#include "vm/machine.h"
#include "vm/operations.h"

namespace arenite {

// --- Errors ---------------------------------------------------------------------------------------------------------

bool NativeContext::record(std::initializer_list<std::string_view> parts, bool with_position) {
    Value text = Value::nil();
    const std::string position = with_position ? machine_->where(*machine_->thread_, 1) : std::string();
    if (join(position, parts, text)) error_ = text;  // else that of memory is recorded
    return false;
}

void NativeContext::throw_misuse(const char* what) {
    throw Misuse{what};
}

Vm& NativeContext::vm() const {
    return machine_->facade();
}

NativeResult NativeContext::failed() {
    if (unfinished_) {
        if (state_ == 0) nlocals_ = 0;  // reserved again, as after a restart (N4)
        return suspend(state_);
    }
    if (__builtin_expect(error_.is_nil(), 0)) (void)library(*this).misuse("it failed without an error");
    return {NativeResult::Raise, 0};
}

NativeResult NativeContext::raise(Value error) {
    error_ = error;
    unfinished_ = false;
    return {NativeResult::Raise, 0};
}

namespace {
/// A text of `size` bytes into a buffer of that size.
bool print(NativeContext& cx, Value buffer, std::size_t size, const char* format, va_list args) {
    const BufferBytes bytes(cx, buffer);
    if (bytes) (void)std::vsnprintf(bytes.data(), size + 1, format, args);  // buffers have room for a NUL
    return static_cast<bool>(bytes);
}
}  // namespace

NativeResult NativeContext::error(const char* format, ...) {
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    char small[512];
    const auto size = static_cast<std::size_t>(std::max(std::vsnprintf(small, sizeof small, format, args), 0));
    if (size < sizeof small) {
        (void)record({std::string_view(small, size)}, true);
    } else {
        Value text = Value::nil();
        LibraryContext& cx = library(*this);
        if (new_buffer(text) && cx.buffer_assign_unset(text, size) && print(cx, text, size, format, again)) {
            (void)record({BufferView(cx.heap(), text).bytes()}, true);
            cx.buffer_free(text);
        }
    }
    va_end(again);
    va_end(args);
    return failed();
}

NativeResult NativeContext::out_of_memory() {
    error_ = machine_->memory_error_;
    return failed();
}

NativeResult NativeContext::arg_error(std::uint32_t i, std::string_view message) {
    return arg_error(i, {message});
}

NativeResult NativeContext::arg_error(std::uint32_t i, std::initializer_list<std::string_view> message) {
    const Thread& t = *machine_->thread_;
    const Machine::Name name = machine_->function_name(t, t.frame);
    std::int64_t number = std::int64_t{static_cast<std::int32_t>(i)} + 1;
    std::string_view parts[3];
    std::copy(message.begin(), message.end(), parts);
    if (name.kind && std::string_view(name.kind) == "method") {
        --number;  // do not count self
        if (number == 0) {
            (void)record({"calling '", name.name, "' on bad self (", parts[0], parts[1], parts[2], ")"}, true);
            return failed();
        }
    }
    (void)record({"bad argument #", std::to_string(number), " to '", name.kind ? std::string_view(name.name) : "?",
                  "' (", parts[0], parts[1], parts[2], ")"},
                 true);
    return failed();
}

NativeResult NativeContext::type_error(std::uint32_t i, std::string_view expected) {
    const char* got = i < nargs_ ? type_name(base_[i].type()) : "no value";
    return arg_error(i, {expected, " expected, got ", got});
}

// --- Arguments ------------------------------------------------------------------------------------------------------

bool NativeContext::check_any(std::uint32_t i) {
    if (i < nargs_) return true;
    (void)arg_error(i, "value expected");
    return false;
}

bool NativeContext::check_number(std::uint32_t i, double& out) {
    if (i < nargs_) {
        if (base_[i].is_number()) {
            out = base_[i].as_number();
            return true;
        }
        switch (machine_->convert_number(base_[i], out)) {
            case LongNumerals::Answer::Number:
                // Invoked again, a native finds the number and need not read a long text again.
                if (string(base_[i]).size() > LongNumerals::kShort) base_[i] = Value::canonical(out);
                return true;
            case LongNumerals::Answer::Unfinished: unfinished_ = true; return false;
            case LongNumerals::Answer::NoNumber: break;
        }
    }
    (void)type_error(i, "number");
    return false;
}

namespace {
/// What cvttsd2si answers: truncation, and INT64_MIN for everything that does not fit.
std::int64_t truncated(double d) {
    return d >= -9223372036854775808.0 && d < 9223372036854775808.0 ? static_cast<std::int64_t>(d) : INT64_MIN;
}
/// check_integer() of what is no number (yet).
[[gnu::noinline]] bool other_integer(NativeContext& cx, std::uint32_t i, std::int64_t& out) {
    double d;
    if (!cx.check_number(i, d)) return false;
    out = truncated(d);
    return true;
}
}  // namespace

bool NativeContext::check_integer(std::uint32_t i, std::int64_t& out) {
    if (i < nargs_ && base_[i].is_number()) {
        out = truncated(base_[i].as_number());
        return true;
    }
    return other_integer(*this, i, out);
}

bool NativeContext::check_string(std::uint32_t i, std::string_view& out) {
    if (i < nargs_) {
        if (base_[i].is_number()) {  // lua_tolstring converts in place
            Value text;
            if (!to_string(base_[i], text)) return false;
            base_[i] = text;
        }
        if (base_[i].is_string()) {
            out = machine_->heap_.string(base_[i]);
            return true;
        }
    }
    (void)type_error(i, "string");
    return false;
}

bool NativeContext::check_table(std::uint32_t i, Handle<Table>& out) {
    if (i < nargs_ && machine_->heap_.get<Table>(base_[i])) {
        out = base_[i].as<Table>();
        return true;
    }
    (void)type_error(i, "table");
    return false;
}

bool NativeContext::check_function(std::uint32_t i) {
    if (i < nargs_ && base_[i].is_function()) return true;
    (void)type_error(i, "function");
    return false;
}

bool NativeContext::check_type(std::uint32_t i, LuaType t) {
    if (i < nargs_ && base_[i].type() == t) return true;
    (void)type_error(i, type_name(t));
    return false;
}

bool NativeContext::opt_number(std::uint32_t i, double fallback, double& out) {
    out = fallback;
    return none_or_nil(i) || check_number(i, out);
}

bool NativeContext::opt_integer(std::uint32_t i, std::int64_t fallback, std::int64_t& out) {
    out = fallback;
    return none_or_nil(i) || check_integer(i, out);
}

bool NativeContext::opt_string(std::uint32_t i, std::string_view fallback, std::string_view& out) {
    out = fallback;
    return none_or_nil(i) || check_string(i, out);
}

bool NativeContext::check_option(std::uint32_t i, const char* fallback, const char* const* list, std::uint32_t& out) {
    std::string_view text;
    if (fallback ? !opt_string(i, fallback, text) : !check_string(i, text)) return false;
    for (out = 0; list[out]; ++out) {
        if (text == list[out]) return true;
    }
    (void)arg_error(i, {"invalid option '", text, "'"});
    return false;
}

// --- State ----------------------------------------------------------------------------------------------------------

bool NativeContext::reserve(std::uint32_t n) {
    if (__builtin_expect(n > kMaxLocals, 0)) return library(*this).misuse("reserve() of too many slots");
    // Results would be elsewhere than result() looks for them, and what was pushed at a place that may be gone.
    if (__builtin_expect(nlocals_ != 0 || nresults_ != 0 || out_ != nowhere(), 0))
        return library(*this).misuse("reserve() comes too late");
    Value* base = machine_->ensure_stack(base_, nargs_ + n + 24);
    if (!base) {
        error_ = machine_->error_value_;
        return false;
    }
    base_ = base;
    nlocals_ = n;
    for (std::uint32_t i = 0; i < n; ++i) base_[nargs_ + i] = Value::nil();
    return true;
}

Value NativeContext::upvalue(std::uint32_t i) const {
    const NativeFunction* f = machine_->heap_.get<NativeFunction>(self_);
    return f && i < f->upvalue_count() ? f->upvalue(i) : Value::nil();
}

bool NativeContext::set_upvalue(std::uint32_t i, Value v) {
    if (!library(*this).may_hand_out(v)) return false;
    NativeFunction* f = machine_->heap_.get<NativeFunction>(self_);
    if (f && i < f->upvalue_count() && machine_->txn_.set_upvalue(*f, i, v) == TxnStatus::Ok) return true;
    error_ = machine_->memory_error_;
    return false;
}

std::string_view NativeContext::name() const {
    const NativeFunction* f = machine_->heap_.get<NativeFunction>(self_);
    return f && f->name() ? f->name() : "?";
}

// --- Requests -------------------------------------------------------------------------------------------------------

NativeResult NativeContext::done(Value v) {
    out_ = base_ - 1;
    out_[0] = v;
    return {NativeResult::Done, 1};
}
NativeResult NativeContext::done(Value v, Value w) {
    out_ = base_ - 1;
    out_[0] = v;
    out_[1] = w;
    return {NativeResult::Done, 2};
}
NativeResult NativeContext::done(Value v, Value w, Value x) {
    out_ = base_ - 1;
    out_[0] = v;
    out_[1] = w;
    out_[2] = x;
    return {NativeResult::Done, 3};
}

NativeResult NativeContext::done_args_from(std::uint32_t first) {
    out_ = base_ + first;
    return {NativeResult::Done, first < nargs_ ? nargs_ - first : 0};
}

void NativeContext::begin_results() {
    out_ = base_ + nargs_ + nlocals_ + nresults_;
    pushed_ = 0;
}

bool NativeContext::push(Value v) {
    if (out_ + pushed_ >= machine_->thread_->stack_limit) {
        if (out_ == nowhere()) return library(*this).misuse("push() before begin_results() or begin_call()");
        const auto offset = out_ - base_;
        Value* moved = machine_->ensure_stack(out_, pushed_ + 1);
        if (!moved) {
            error_ = machine_->error_value_;
            return false;
        }
        out_ = moved;
        base_ = moved - offset;
    }
    out_[pushed_++] = v;
    return true;
}

NativeResult NativeContext::done_pushed() {
    return {NativeResult::Done, pushed_};
}

bool NativeContext::begin_call(Value f) {
    begin_results();
    return push(f);
}

namespace {
/// Moves callee and arguments to where the results of the call are expected: after the locals.
Value* settle(Value* from, std::uint32_t count, Value* to) {
    if (from != to) std::memmove(static_cast<void*>(to), from, count * sizeof(Value));
    return to;
}
}  // namespace

NativeResult NativeContext::call_pushed(std::uint32_t next_state) {
    if (__builtin_expect(pushed_ == 0, 0)) throw_misuse("call_pushed() before begin_call()");
    if (__builtin_expect(next_state > kMaxState, 0)) throw_misuse("a state of more than 16 bits");
    out_ = settle(out_, pushed_, base_ + nargs_ + nlocals_);
    state_ = next_state;
    return {NativeResult::Call, pushed_ - 1};
}

NativeResult NativeContext::call(std::uint32_t next_state, Value f, std::initializer_list<Value> args) {
    if (!begin_call(f)) return failed();
    for (Value v : args) {
        if (!push(v)) return failed();
    }
    return call_pushed(next_state);
}

NativeResult NativeContext::call_pushed_catching(std::uint32_t next_state) {
    flags_ = Frame::kProtected | Frame::kCatches;
    return call_pushed(next_state);
}

NativeResult NativeContext::tail_call_pushed() {
    if (__builtin_expect(pushed_ == 0, 0)) throw_misuse("tail_call_pushed() before begin_call()");
    return {NativeResult::TailCall, pushed_ - 1};
}

NativeResult NativeContext::tail_call(Value f, std::initializer_list<Value> args) {
    if (!begin_call(f)) return failed();
    for (Value v : args) {
        if (!push(v)) return failed();
    }
    return tail_call_pushed();
}

NativeResult NativeContext::suspend(std::uint32_t next_state) {
    if (__builtin_expect(next_state > kMaxState, 0)) throw_misuse("a state of more than 16 bits");
    state_ = next_state;
    return {NativeResult::Suspend, 0};
}

NativeResult NativeContext::yield_args() {
    out_ = base_;
    return {NativeResult::Yield, nargs_};
}

bool NativeContext::is_to_end() const {
    return machine_->over_time();
}

bool NativeContext::charge(std::uint64_t work) {
    const auto cost = static_cast<std::int64_t>(std::min<std::uint64_t>(work, 1u << 30));
    return (machine_->budget_ -= cost) >= 0;
}

// --- Objects --------------------------------------------------------------------------------------------------------

bool NativeContext::new_string(std::string_view bytes, Value& out) {
    out = ObjectFactory::make_string(machine_->heap_, bytes);
    if (!out.is_nil()) return true;
    error_ = machine_->memory_error_;
    return false;
}

bool NativeContext::join(std::string_view first, std::initializer_list<std::string_view> others, Value& out) {
    constexpr std::size_t kMaxParts = 12;
    std::string_view parts[kMaxParts];
    std::size_t n = 0;
    parts[n++] = first;
    for (const std::string_view part : others) {
        if (n < kMaxParts) parts[n++] = part;
    }
    Value text;
    if (!machine_->join_resumable(parts, n, text)) {
        unfinished_ = true;
        return false;
    }
    if (text.bits == machine_->memory_error_.bits) {
        error_ = text;
        return false;
    }
    out = text;
    return true;
}

bool NativeContext::new_table(std::uint32_t array_hint, std::uint32_t hash_hint, Handle<Table>& out) {
    out = ObjectFactory::make_table(machine_->heap_, array_hint, hash_hint);
    if (out) return true;
    error_ = machine_->memory_error_;
    return false;
}

bool NativeContext::new_native(NativeFn fn, std::string_view name, std::initializer_list<Value> upvalues, Value& out) {
    return library(*this).new_fast_native(fn, name, upvalues, FastNative::None, out);
}

std::string_view NativeContext::string(Value v) const {
    return machine_->heap_.string(v);
}

bool NativeContext::to_string(Value v, Value& out) {
    if (machine_->to_string(v, out)) return true;
    error_ = machine_->memory_error_;
    return false;
}

bool NativeContext::to_number(Value v, double& out) {
    const LongNumerals::Answer answer = machine_->convert_number(v, out);
    unfinished_ = answer == LongNumerals::Answer::Unfinished;
    return answer == LongNumerals::Answer::Number;
}

Value NativeContext::raw_get(Handle<Table> t, Value key) const {
    const Table* table = machine_->heap_.get(t);
    return table ? table->get(machine_->heap_, key) : Value::nil();
}

Value NativeContext::raw_get(Handle<Table> t, std::int64_t key) const {
    const Table* table = machine_->heap_.get(t);
    const Value* slot = table ? table->find_integer(machine_->heap_, key) : nullptr;
    return slot ? *slot : Value::nil();
}

Value NativeContext::raw_get(Handle<Table> t, std::string_view key) {
    Value name;
    if (key.size() <= kShortStringMax) {
        name = machine_->heap_.strings().lookup(machine_->heap_, key);
    } else {
        name = ObjectFactory::make_string(machine_->heap_, key);
    }
    return name.is_nil() ? name : raw_get(t, name);
}

bool NativeContext::raw_set(Handle<Table> t, Value key, Value v) {
    if (!library(*this).may_hand_out(key) || !library(*this).may_hand_out(v)) return false;
    Table* table = machine_->heap_.get(t);
    return library(*this).is_set(table ? machine_->txn_.raw_set(*table, key, v) : TableStatus::Stale);
}

bool NativeContext::raw_set(Handle<Table> t, std::int64_t key, Value v) {
    return raw_set(t, Value::number(static_cast<double>(key)), v);
}

bool NativeContext::raw_set(Handle<Table> t, std::string_view key, Value v) {
    Value name;
    return new_string(key, name) && raw_set(t, name, v);
}

std::uint32_t NativeContext::raw_length(Handle<Table> t) const {
    const Table* table = machine_->heap_.get(t);
    return table ? table->border(machine_->heap_) : 0;
}

bool NativeContext::next(Handle<Table> t, Value& key, Value& value, bool& out_more) {
    const Table* table = machine_->heap_.get(t);
    const std::int64_t index = table ? table->iteration_index(machine_->heap_, key) : -1;
    if (index < 0) return record({"invalid key to 'next'"}, false);
    auto i = static_cast<std::uint64_t>(index);
    out_more = table->next_entry(i, key, value);
    machine_->budget_ -= static_cast<std::int64_t>((i - static_cast<std::uint64_t>(index)) / 8);
    return true;
}

Value NativeContext::metatable(Value v) const {
    return machine_->heap_.metatable(v);
}

bool NativeContext::set_metatable(Value v, Value table_or_nil) {
    if (!library(*this).may_hand_out(v) || !library(*this).may_hand_out(table_or_nil)) return false;
    if (Table* t = machine_->heap_.get<Table>(v)) {
        switch (machine_->txn_.set_metatable(*t, table_or_nil)) {
            case TableStatus::Ok: return true;
            case TableStatus::ReadOnly: return record({"Attempt to modify a readonly table"}, false);
            default: error_ = machine_->memory_error_; return false;
        }
    }
    Userdata* u = machine_->heap_.get<Userdata>(v);
    const TxnStatus s =
        u ? machine_->txn_.set_metatable(*u, table_or_nil) : machine_->txn_.set_type_metatable(v.type(), table_or_nil);
    if (s == TxnStatus::Ok) return true;
    error_ = machine_->memory_error_;
    return false;
}

Value NativeContext::metamethod(Value v, Metamethod m) const {
    return machine_->heap_.metamethod(v, m);
}

bool NativeContext::raw_equal(Value a, Value b) const {
    return machine_->heap_.raw_equal(a, b);
}

OperationAnswer NativeContext::index(Value object, Value key) {
    const IndexAnswer a = index_chain(machine_->heap_, object, key, machine_->budget_);
    switch (a.kind) {
        case IndexAnswer::Found: return {OperationAnswer::Ready, a.value};
        case IndexAnswer::NeedsCall: return {OperationAnswer::NeedsCall, a.value, a.object};
        case IndexAnswer::Loop: (void)record({"loop in gettable"}, false); break;
        default: (void)record({"attempt to index a ", type_name(a.value.type()), " value"}, false);
    }
    return {OperationAnswer::Failed, Value::nil()};
}

OperationAnswer NativeContext::less_than(Value a, Value b) {
    if (a.is_number() && b.is_number()) {
        return {OperationAnswer::Ready, Value::boolean(a.as_number() < b.as_number())};
    }
    if (a.is_string() && b.is_string()) {
        return {OperationAnswer::Ready, Value::boolean(Machine::compare_strings(string(a), string(b)) < 0)};
    }
    const Value metamethod =
        a.type() == b.type() ? order_metamethod(machine_->heap_, a, b, Metamethod::Lt) : Value::nil();
    if (!metamethod.is_nil()) return {OperationAnswer::NeedsCall, metamethod, a};
    (void)record({Machine::compare_text(a, b)}, false);
    return {OperationAnswer::Failed, Value::nil()};
}

// --- Buffers --------------------------------------------------------------------------------------------------------

bool NativeContext::new_buffer(Value& out) {
    const Handle<Buffer> b = ObjectFactory::make_buffer(machine_->heap_);
    out = b ? Value::object(b) : Value::nil();
    if (b) return true;
    error_ = machine_->memory_error_;
    return false;
}

bool NativeContext::append(Value buffer, std::string_view bytes) {
    Buffer* b = machine_->heap_.get<Buffer>(buffer);
    return b ? library(*this).is_ok(machine_->txn_.append(*b, bytes)) : record({"stale or corrupt reference"}, false);
}

bool NativeContext::append_fill(Value buffer, std::size_t count, char c) {
    Buffer* b = machine_->heap_.get<Buffer>(buffer);
    return b ? library(*this).is_ok(machine_->txn_.append_fill(*b, count, c))
             : record({"stale or corrupt reference"}, false);
}

std::size_t NativeContext::buffer_size(Value buffer) const {
    const Buffer* b = machine_->heap_.get<Buffer>(buffer);
    return b ? b->view().size() : 0;
}

bool NativeContext::buffer_resize(Value buffer, std::size_t size) {
    Buffer* b = machine_->heap_.get<Buffer>(buffer);
    return b ? library(*this).is_ok(machine_->txn_.resize(*b, size)) : record({"stale or corrupt reference"}, false);
}

bool NativeContext::buffer_reserve(Value buffer, std::size_t size) {
    Buffer* b = machine_->heap_.get<Buffer>(buffer);
    return b ? library(*this).is_ok(machine_->txn_.reserve(*b, size)) : record({"stale or corrupt reference"}, false);
}

bool NativeContext::finish(Value buffer, Value& out_string) {
    Buffer* b = machine_->heap_.get<Buffer>(buffer);
    if (!b) return record({"stale or corrupt reference"}, false);
    out_string = machine_->txn_.finish(*b);
    if (!out_string.is_nil()) return true;
    error_ = machine_->memory_error_;
    return false;
}

}  // namespace arenite

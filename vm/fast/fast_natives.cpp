// Natives that run without a frame of their own, as functions (vm/fast_natives.def). Each does the whole call or leaves
// it to call_after_charge, which runs the native itself; so what they do not cover, errors above all, is decided in one
// place.
#include <cmath>
#include <cstring>

#include "vm/fast/fast_call.h"
#include "vm/pending.h"
#include "vm/work.h"

namespace arenite {

namespace {

constexpr std::int64_t kMaxMove = 4096;  ///< values moved at once

}  // namespace

bool Machine::collect_for_fast(Instruction w) {
    // What is left, finalizers above all, call_after_charge does.
    return ins::b(w) != kMulti && !finalizer_waits() && collect_in_lua_frame();
}

// --- base -----------------------------------------------------------------------------------------------------------

Next Machine::set_metatable_after_charge(Instruction w) {
    Thread& t = *thread_;
    const FastCall call(t, w);
    if (call.count < 2) return call_after_charge(w);
    Table* table = heap_.get<Table>(call.args[0]);
    const Value meta = call.args[1];
    if (!table || !(meta.is_nil() || meta.is<Table>())) return call_after_charge(w);
    if (!heap_.metamethod_of(table->metatable(), Metamethod::Metatable).is_nil()) return call_after_charge(w);
    if (txn_.set_metatable(*table, meta) != TableStatus::Ok) return call_after_charge(w);
    return call.done(t, call.args[0]);
}

Next Machine::raw_set_after_charge(Instruction w) {
    Thread& t = *thread_;
    const FastCall call(t, w);
    // A native with a frame pays what is due: writes that a cycle has made slow push it on (Collector, C13).
    if (call.count < 3 || heap_.pacing().gc_due) return call_after_charge(w);
    Table* table = heap_.get<Table>(call.args[0]);
    if (!table) return call_after_charge(w);
    const TableStatus status = txn_.raw_set_resumable(*table, call.args[1], call.args[2], budget_);
    if (status == TableStatus::Unfinished) return again();
    if (status != TableStatus::Ok) return call_after_charge(w);
    return call.done(t, call.args[0]);
}

Next Machine::fast_ToString(Instruction w) {
    FAST_ENTRY(1);
    const Value v = call.args[0];
    if (v.is_string()) {
        // A metatable of strings may have __tostring.
        const Value meta = heap_.type_metatable(LuaType::String);
        if (!heap_.metamethod_of(meta, Metamethod::ToString).is_nil()) return call_after_charge(w);
        return call.done(t, v);
    }
    if (!v.is_number() || !heap_.type_metatable(LuaType::Number).is_nil()) {
        return call_after_charge(w);
    }
    if (!collect_before_fast(w)) return call_after_charge(w);
    Value text;
    if (!to_string(v, text)) return call_after_charge(w);
    return call.done(t, text);
}

Next Machine::fast_Next(Instruction w) {
    FAST_ENTRY(1);
    const Table* table = heap_.get<Table>(call.args[0]);
    if (!table || call.wanted == kMulti) return call_after_charge(w);
    const std::int64_t index = table->iteration_index(heap_, call.count > 1 ? call.args[1] : Value::nil());
    if (index < 0) return call_after_charge(w);
    const Table::Entry entry = table->entry_at(static_cast<std::uint64_t>(index));
    if (entry.value.is_nil()) return far_next(w, *table, static_cast<std::uint64_t>(index));
    search_.table = 0;
    if (call.wanted > 1) call.slot[1] = entry.value;
    call.slot[0] = entry.key;
    return call.finish(t, 2);
}

Next Machine::far_next(Instruction w, const Table& table, std::uint64_t index) {
    Thread& t = *thread_;
    const FastCall call(t, w);
    Value key = Value::nil();
    Value value = Value::nil();
    const Value control = call.count > 1 ? call.args[1] : Value::nil();
    if (!search_resumable(table, control, index, key, value)) return again();
    if (key.is_nil()) return call.done(t, key);
    if (call.wanted > 1) call.slot[1] = value;
    call.slot[0] = key;
    return call.finish(t, 2);
}

Next Machine::fast_Unpack(Instruction w) {
    FAST_ENTRY(1);
    const Table* table = heap_.get<Table>(call.args[0]);
    std::int64_t first = 1;
    std::int64_t last = 0;
    if (!table) return call_after_charge(w);
    if (call.count > 1 && !small_integer(call.args[1], first)) return call_after_charge(w);
    if (call.count > 2) {
        if (!small_integer(call.args[2], last)) return call_after_charge(w);
    } else {
        last = table->quick_border(heap_);
    }
    const std::int64_t n = last - first + 1;
    if (first < 1 || n < 1 || n > 200 || last > table->array_size()) return call_after_charge(w);
    if (call.slot + n > t.stack_limit) return call_after_charge(w);
    budget_ -= n / 8;
    // More than are wanted may not be written: the registers after belong to others.
    const auto count = static_cast<std::uint32_t>(n);
    const std::uint32_t take = call.wanted == kMulti ? count : std::min(count, call.wanted);
    if (take) std::memcpy(static_cast<void*>(call.slot), table->array() + (first - 1), take * sizeof(Value));
    return call.finish(t, take);
}

Next Machine::fast_Pcall(Instruction w) {
    FAST_ENTRY(1);
    if (!push_native(call.slot, call.count, pending::kPcall, Frame::kProtected)) {
        return no_room(From::Instruction);
    }
    return Machine::call(thread_->frame->base, call.count - 1, From::Native);
}

// --- coroutine ------------------------------------------------------------------------------------------------------

bool Machine::pay_for_switch(Instruction w) {
    // As writes do that a cycle has made slow: a program may switch forever without allocating (Collector, C13).
    if (notes_switches_) heap_.collector().owe_write();
    return collect_before_fast(w);
}

Next Machine::resume_after_charge(Instruction w) {
    Thread& t = *thread_;
    const FastCall call(t, w);
    if (call.count < 1) return call_after_charge(w);
    const Value co = call.args[0];
    if (!co.is<Thread>() || !pay_for_switch(w)) return call_after_charge(w);
    if (!push_native(call.slot, call.count, pending::kNative, 0)) return no_room(From::Instruction);
    return resume(co, thread_->frame->base + 1, call.count - 1, false);
}

Next Machine::wrapped_after_charge(Instruction w) {
    const FastCall call(*thread_, w);
    const NativeFunction* f = heap_.get<NativeFunction>(*call.slot);
    if (!f || f->upvalue_count() != 1) return slow_corrupt(w);
    const Value co = f->upvalue(0);
    if (!pay_for_switch(w)) return call_after_charge(w);
    if (!push_native(call.slot, call.count, pending::kNative, 0)) return no_room(From::Instruction);
    return resume(co, thread_->frame->base, call.count, true);
}

Next Machine::yield_after_charge(Instruction w) {
    const FastCall call(*thread_, w);
    if (!push_native(call.slot, call.count, pending::kNative, 0)) return no_room(From::Instruction);
    return yield(thread_->frame->base, call.count);
}

bool Machine::push_native(Value* slot, std::uint32_t count, const Instruction* stub, std::uint32_t flags) {
    Frame* f = push_frame();
    if (!f) return false;
    f->pc = stub + 1;
    f->base = slot + 1;
    f->function = reinterpret_cast<ObjectHeader*>(deref<NativeFunction>(heap_.base(), slot->bits));
    f->count = count;
    f->info = Frame::native_info(0, 0) | flags;
    thread_->top = slot + 1 + count;
    return true;
}

// --- math -----------------------------------------------------------------------------------------------------------

namespace {
template <double (*fn)(double)>
bool unary(const FastCall& call, Value& out) {
    if (!call.args[0].is_number()) return false;
    out = Value::canonical(fn(call.args[0].as_number()));
    return true;
}
template <double (*fn)(double, double)>
bool binary(const FastCall& call, Value& out) {
    if (call.count < 2 || !call.args[0].is_number() || !call.args[1].is_number()) return false;
    out = Value::canonical(fn(call.args[0].as_number(), call.args[1].as_number()));
    return true;
}
}  // namespace

#define FAST_MATH(name, form, fn)                                 \
    Next Machine::fast_##name(Instruction w) {                    \
        FAST_ENTRY(1);                                            \
        Value result;                                             \
        if (!form<fn>(call, result)) return call_after_charge(w); \
        return call.done(t, result);                              \
    }
FAST_MATH(Sin, unary, std::sin)
FAST_MATH(Cos, unary, std::cos)
FAST_MATH(Exp, unary, std::exp)
FAST_MATH(Log, unary, std::log)
FAST_MATH(Pow, binary, std::pow)
FAST_MATH(Fmod, binary, std::fmod)

Next Machine::fast_Random(Instruction w) {
    FAST_ENTRY(0);
    double low = 1;
    std::int64_t m = 1;
    std::int64_t n = 1;
    if (call.count > 2) return call_after_charge(w);
    if (call.count > 0) {
        if (!small_integer(call.args[0], m) || (call.count > 1 && !small_integer(call.args[1], n)))
            return call_after_charge(w);
        if (call.count == 1) std::swap(m, n);
        if (m > n) return call_after_charge(w);
        low = static_cast<double>(m);
    }
    const double r = static_cast<double>(random_sequence_.next() % RandomSequence::kMax) / RandomSequence::kMax;
    if (call.count == 0) return call.done(t, Value::number(r));
    return call.done(t, Value::number(std::floor(r * static_cast<double>(n - m + 1)) + low));
}

// --- string ---------------------------------------------------------------------------------------------------------

Next Machine::fast_Char(Instruction w) {
    FAST_ENTRY(1);
    if (call.count > StringTable::kPacked) return call_after_charge(w);
    std::uint64_t packed = 0;
    for (std::uint32_t i = 0; i < call.count; ++i) {
        std::int64_t c = 0;
        if (!small_integer(call.args[i], c) || c < 0 || c > 255) return call_after_charge(w);
        packed |= static_cast<std::uint64_t>(c) << i * 8;
    }
    if (!collect_before_fast(w)) return call_after_charge(w);
    const Value text = ObjectFactory::intern_packed(heap_, packed, call.count);
    return text.is_nil() ? call_after_charge(w) : call.done(t, text);
}

Next Machine::fast_Sub(Instruction w) {
    FAST_ENTRY(2);
    std::int64_t first = 1;
    std::int64_t last = -1;
    if (!call.args[0].is_string() || !small_integer(call.args[1], first)) return call_after_charge(w);
    if (call.count > 2 && !small_integer(call.args[2], last)) return call_after_charge(w);
    if (!collect_before_fast(w)) return call_after_charge(w);
    const std::string_view s = heap_.string(call.args[0]);
    const auto size = static_cast<std::int64_t>(s.size());
    if (first < 0) first = std::max<std::int64_t>(first + size + 1, 1);
    if (first == 0) first = 1;
    if (last < 0) last += size + 1;
    last = std::min(last, size);
    if (first == 1 && last == size) return call.done(t, call.args[0]);
    std::string_view part;
    if (first <= last) part = s.substr(static_cast<std::size_t>(first - 1), static_cast<std::size_t>(last - first + 1));
    if (part.size() > kMaxMove * sizeof(Value)) return call_after_charge(w);
    budget_ -= static_cast<std::int64_t>(work_of_bytes(part.size()));
    const Value text = ObjectFactory::make_string(heap_, part);
    return text.is_nil() ? call_after_charge(w) : call.done(t, text);
}

// --- table ----------------------------------------------------------------------------------------------------------

Next Machine::fast_Insert(Instruction w) {
    FAST_ENTRY(2);
    Table* table = heap_.get<Table>(call.args[0]);
    if (!table || call.count > 3) return call_after_charge(w);
    const std::uint32_t n = table->quick_border(heap_);  // kLinearBorder lies after every array part
    if (call.count == 2) {
        const Value v = call.args[1];
        if (n < table->array_size()) {
            if (const auto writable = txn_.writable(*table)) {
                writable->set_slot(n, v);
                return call.done(t);
            }
        }
        if (n == Table::kLinearBorder || heap_.pacing().gc_due)
            return call_after_charge(w);  // as in raw_set_after_charge
        const TableStatus status = txn_.raw_set_resumable(*table, Value::number(n + 1.0), v, budget_);
        if (status == TableStatus::Unfinished) return again();
        if (status != TableStatus::Ok) return call_after_charge(w);
        return call.done(t);
    }
    std::int64_t position = 0;
    if (!small_integer(call.args[1], position)) return call_after_charge(w);
    const std::int64_t moved = n + 1 - position;
    const auto writable = txn_.writable(*table);
    if (position < 1 || moved < 0 || moved > kMaxMove || n >= table->array_size() || !writable) {
        return call_after_charge(w);
    }
    budget_ -= moved / 4;
    const auto at = static_cast<std::uint32_t>(position - 1);
    writable->move_slots(at + 1, at, static_cast<std::uint32_t>(moved));
    writable->set_slot(at, call.args[2]);
    return call.done(t);
}

Next Machine::fast_Remove(Instruction w) {
    FAST_ENTRY(1);
    Table* table = heap_.get<Table>(call.args[0]);
    if (!table || call.count > 2) return call_after_charge(w);
    const std::uint32_t n = table->quick_border(heap_);  // kLinearBorder lies after every array part
    std::int64_t position = n;
    if (call.count == 2 && !small_integer(call.args[1], position)) return call_after_charge(w);
    if (position < 1 || position > n) return call_after_charge(w);
    const std::int64_t moved = n - position;
    const auto writable = txn_.writable(*table);
    if (moved > kMaxMove || n > table->array_size() || !writable) return call_after_charge(w);
    budget_ -= moved / 4;
    const auto at = static_cast<std::uint32_t>(position - 1);
    const Value removed = table->array()[at];
    if (moved) writable->move_slots(at, at + 1, static_cast<std::uint32_t>(moved));
    writable->set_slot(n - 1, Value::nil());
    return call.done(t, removed);
}

}  // namespace arenite

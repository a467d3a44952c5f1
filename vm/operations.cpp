// Operations that may need a metamethod (lvm.c of PUC Lua 5.1). Each answers at once or leaves a pending operation.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "heap/number_text.h"
#include "vm/machine.h"
#include "vm/operations.h"
#include "vm/pending.h"

namespace arenite {

double Machine::arith(ArithOp op, double a, double b) {
    switch (op) {
        case ArithOp::Add: return a + b;
        case ArithOp::Sub: return a - b;
        case ArithOp::Mul: return a * b;
        case ArithOp::Div: return a / b;
        case ArithOp::Mod: return a - std::floor(a / b) * b;
        case ArithOp::Pow: return std::pow(a, b);
        case ArithOp::Unm: return -a;
    }
    return 0;
}

bool Machine::to_string(Value v, Value& out) {
    if (v.is_string()) {
        out = v;
        return true;
    }
    char buffer[lib::kNumberTextMax];
    const std::size_t n = lib::to_text(v.as_number(), buffer);
    out = ObjectFactory::make_string(heap_, {buffer, n});
    return !out.is_nil();
}

int Machine::compare_strings(std::string_view a, std::string_view b) {
    // strcoll in the C locale, piece by piece between NULs, is an unsigned byte comparison (lvm.c l_strcmp).
    return a.compare(b);
}

IndexAnswer index_chain(const Heap& heap, Value object, Value key, std::int64_t& budget) {
    for (int loop = 0; loop < kMaxMetaLoop; ++loop) {
        if (loop != 0) budget -= kHopCost;
        Value metamethod;
        if (const Table* t = heap.get<Table>(object)) {
            const Value found = t->value_of(heap, key);
            if (!found.is_nil()) return {IndexAnswer::Found, found, {}};
            metamethod = heap.metamethod_of(t->metatable(), Metamethod::Index);
            if (metamethod.is_nil()) return {IndexAnswer::Found, Value::nil(), {}};
        } else {
            metamethod = heap.metamethod(object, Metamethod::Index);
            if (metamethod.is_nil())
                return {loop == 0 ? IndexAnswer::NotIndexable : IndexAnswer::ChainNotIndexable, object, {}};
        }
        if (metamethod.is_function()) return {IndexAnswer::NeedsCall, metamethod, object};
        object = metamethod;
    }
    return {IndexAnswer::Loop, Value::nil(), {}};
}

Next Machine::op_index(Value object, Value key, std::uint32_t dst, int object_reg) {
    if (key.is<LongString>() && !settle_key(object, key, Lookup::Index)) return again();
    const IndexAnswer answer = index_chain(heap_, object, key, budget_);
    switch (answer.kind) {
        case IndexAnswer::Found: thread_->frame->base[dst] = answer.value; return Next::Continue;
        case IndexAnswer::NeedsCall: return call_pending(pending::kStore, answer.value, answer.object, key);
        case IndexAnswer::NotIndexable: return type_error(object_reg, answer.value, "index");
        case IndexAnswer::ChainNotIndexable: return type_error(-1, answer.value, "index");
        case IndexAnswer::Loop: return raise_text("loop in gettable");
    }
    __builtin_unreachable();
}

Next Machine::op_new_index(Value object, Value key, Value value, int object_reg) {
    if (key.is<LongString>() && !settle_key(object, key, Lookup::NewIndex)) return again();
    for (int loop = 0; loop < kMaxMetaLoop; ++loop) {
        Value metamethod;
        if (Table* t = heap_.get<Table>(object)) {
            const bool present = !t->value_of(heap_, key).is_nil();
            if (!present) {
                // PUC makes the slot before it looks for a metamethod, and that refuses these keys (ltable.c luaH_set).
                if (key.is_nil()) return table_error(TableStatus::NilKey);
                if (key.is_number() && key.as_number() != key.as_number()) return table_error(TableStatus::NanKey);
                metamethod = heap_.metamethod_of(t->metatable(), Metamethod::NewIndex);
            }
            if (present || metamethod.is_nil()) {
                const TableStatus status = txn_.raw_set_resumable(*t, key, value, budget_);
                if (status == TableStatus::Ok) return Next::Continue;
                if (status == TableStatus::Unfinished) return again();
                if (status != TableStatus::OutOfMemory) return table_error(status);
                txn_.make_room();
                return no_memory();
            }
        } else {
            metamethod = heap_.metamethod(object, Metamethod::NewIndex);
            if (metamethod.is_nil()) return type_error(loop == 0 ? object_reg : -1, object, "index");
        }
        if (metamethod.is_function()) return call_pending(pending::kDiscard, metamethod, object, key, &value);
        object = metamethod;
        budget_ -= kHopCost;
    }
    return raise_text("loop in settable");
}

Next Machine::op_arith(ArithOp op, Value a, Value b, std::uint32_t dst, int reg_a, int reg_b) {
    using Answer = LongNumerals::Answer;
    double x = 0;
    double y = 0;
    const Answer first = convert_number(a, x);
    const Answer second = first == Answer::Number ? convert_number(b, y) : Answer::NoNumber;
    if (first == Answer::Unfinished || second == Answer::Unfinished) return again();
    if (second == Answer::Number) {
        thread_->frame->base[dst] = Value::canonical(arith(op, x, y));
        return Next::Continue;
    }
    constexpr Metamethod metamethods[] = {Metamethod::Add, Metamethod::Sub, Metamethod::Mul, Metamethod::Div,
                                          Metamethod::Mod, Metamethod::Pow, Metamethod::Unm};
    const Metamethod m = metamethods[static_cast<unsigned>(op)];
    Value metamethod = heap_.metamethod(a, m);
    if (metamethod.is_nil()) metamethod = heap_.metamethod(b, m);
    if (metamethod.is_nil()) {
        const bool is_first = first == Answer::NoNumber;
        return type_error(is_first ? reg_a : reg_b, is_first ? a : b, "perform arithmetic on");
    }
    return call_pending(pending::kStore, metamethod, a, b);
}

Next Machine::op_length(Value v, std::uint32_t dst, int reg) {
    Value& out = thread_->frame->base[dst];
    if (const Table* t = heap_.get<Table>(v)) {
        std::uint32_t border = 0;
        if (!border_resumable(*t, border)) return again();
        out = Value::number(border);
        return Next::Continue;
    }
    if (v.is_string()) {
        out = Value::number(static_cast<double>(heap_.string(v).size()));
        return Next::Continue;
    }
    const Value metamethod = heap_.metamethod(v, Metamethod::Len);
    if (metamethod.is_nil()) return type_error(reg, v, "get length of");
    return call_pending(pending::kStore, metamethod, v, Value::nil());
}

Next Machine::finish_jump(Instruction w, bool result) {
    if (result != kNegatedJumps.has(ins::op(w))) thread_->frame->pc += ins::jump(w);
    return Next::Reload;
}

namespace {
/// lvm.c get_compTM / call_orderTM: both sides must have the same metamethod.
Value shared_metamethod(const Heap& heap, Value a, Value b, Metamethod m) {
    const Value first = heap.metamethod(a, m);
    if (first.is_nil()) return first;
    const Value second = heap.metamethod(b, m);
    return heap.raw_equal(first, second) ? first : Value::nil();
}
}  // namespace

Value order_metamethod(const Heap& heap, Value a, Value b, Metamethod m) {
    return shared_metamethod(heap, a, b, m);
}

Next Machine::op_equal(Value a, Value b, Instruction w) {
    bool equal = false;
    if (!equal_resumable(a, b, equal)) return again();
    if (equal) return finish_jump(w, true);
    const bool comparable = (a.is<Table>() && b.is<Table>()) || (a.is<Userdata>() && b.is<Userdata>());
    const Value metamethod = comparable ? shared_metamethod(heap_, a, b, Metamethod::Eq) : Value::nil();
    if (metamethod.is_nil()) return finish_jump(w, false);
    return call_pending(pending::kJump, metamethod, a, b);
}

Next Machine::op_less(Value a, Value b, Instruction w) {
    if (a.is_number() && b.is_number()) return finish_jump(w, a.as_number() < b.as_number());
    if (a.is_string() && b.is_string()) {
        int order = 0;
        if (!compare_resumable(a, b, order)) return again();
        return finish_jump(w, order < 0);
    }
    const Value metamethod = a.type() == b.type() ? shared_metamethod(heap_, a, b, Metamethod::Lt) : Value::nil();
    if (metamethod.is_nil()) return compare_error(a, b);
    return call_pending(pending::kJump, metamethod, a, b);
}

Next Machine::op_less_equal(Value a, Value b, Instruction w) {
    if (a.is_number() && b.is_number()) return finish_jump(w, a.as_number() <= b.as_number());
    if (a.is_string() && b.is_string()) {
        int order = 0;
        if (!compare_resumable(a, b, order)) return again();
        return finish_jump(w, order <= 0);
    }
    if (a.type() != b.type()) return compare_error(a, b);
    Value metamethod = shared_metamethod(heap_, a, b, Metamethod::Le);
    if (!metamethod.is_nil()) return call_pending(pending::kJump, metamethod, a, b);
    metamethod = shared_metamethod(heap_, b, a, Metamethod::Lt);
    if (metamethod.is_nil()) return compare_error(a, b);
    return call_pending(pending::kJumpLe, metamethod, b, a);
}

namespace {
/// How many bytes the text of a string or number has.
[[gnu::always_inline]] inline std::size_t text_size(const Heap& heap, Value v) {
    if (!v.is_number()) return heap.string(v).size();
    char number[lib::kNumberTextMax];
    return lib::to_text(v.as_number(), number);
}

/// Writes the bytes of `n` strings and numbers.
void write_all(const Heap& heap, const Value* operands, std::uint32_t n, char* at) {
    for (std::uint32_t i = 0; i < n; ++i) {
        if (operands[i].is_number()) {
            char number[lib::kNumberTextMax];
            const std::size_t length = lib::to_text(operands[i].as_number(), number);
            std::memcpy(at, number, length);
            at += length;
        } else {
            const std::string_view text = heap.string(operands[i]);
            if (!text.empty()) std::memcpy(at, text.data(), text.size());
            at += text.size();
        }
    }
}

/// The string of them, `total` bytes in all; nil when memory is out.
Value concat_now(Heap& heap, const Value* operands, std::uint32_t n, std::size_t total) {
    if (total <= kShortStringMax) {
        char bytes[kShortStringMax];
        write_all(heap, operands, n, bytes);
        return ObjectFactory::intern(heap, {bytes, total});
    }
    PendingConcat text;
    PendingConcat::Layout layout;
    layout.add(total);
    if (!text.begin(heap, nullptr, nullptr, layout)) return Value::nil();
    write_all(heap, operands, n, text.data());
    const Value result = text.finish(heap);
    if (result.is_nil()) text.cancel(heap);
    return result;
}
}  // namespace

Next Machine::op_concat(Instruction w, std::uint32_t remaining) {
    // lvm.c luaV_concat: from the right, as many strings and numbers at once as there are.
    Value* first = thread_->frame->base + ins::b(w);
    const auto convertible = [](Value v) { return v.is_string() || v.is_number(); };
    // The instruction begins with all of its operands again: those that are in a result already are empty now.
    const auto begin_again = [&] {
        for (std::uint32_t i = remaining; i <= ins::c(w) - ins::b(w); ++i) first[i] = empty_string_;
    };
    while (remaining > 1) {
        const Value x = first[remaining - 2];
        const Value y = first[remaining - 1];
        if (!convertible(x) || !convertible(y)) {
            Value metamethod = heap_.metamethod(x, Metamethod::Concat);
            if (metamethod.is_nil()) metamethod = heap_.metamethod(y, Metamethod::Concat);
            if (metamethod.is_nil()) {
                const int reg = static_cast<int>(ins::b(w) + remaining - 2);
                // Should it begin again: what is in a result already is empty now.
                for (std::uint32_t i = remaining; i <= ins::c(w) - ins::b(w); ++i) first[i] = empty_string_;
                return concat_error(reg, x, reg + 1, y);
            }
            return call_pending(pending::kConcat, metamethod, x, y, nullptr, remaining);
        }
        std::uint32_t n = 0;  // operands taken: first[remaining - n .. remaining)
        std::size_t total = 0;
        std::uint32_t texts = 0;  // of them, those that are not empty
        Value text = Value::nil();
        while (n < remaining && convertible(first[remaining - 1 - n])) {
            const Value operand = first[remaining - 1 - n];
            const std::size_t size = text_size(heap_, operand);
            total += size;
            ++n;
            if (size == 0) continue;
            ++texts;
            text = operand;
        }
        if (texts == 1 && text.is_string()) {
            // A string and nothing are that string, as in lvm.c: without a copy.
            remaining -= n - 1;
            first[remaining - 1] = text;
            continue;
        }
        if (total > heap_.slice_sizes.bytes && total > kShortStringMax) {
            PendingConcat::Layout layout;
            for (std::uint32_t i = 0; i < n; ++i) layout.add(text_size(heap_, first[remaining - n + i]));
            Value result;
            const bool over = concat_resumable(first + (remaining - n), n, layout, result);
            if (result.is_nil()) {
                begin_again();
                return over ? no_memory() : again();
            }
            remaining -= n - 1;
            first[remaining - 1] = result;
            continue;
        }
        budget_ -= static_cast<std::int64_t>(total / 64);
        const Value* operands = first + (remaining - n);
        const Value result = concat_now(heap_, operands, n, total);
        if (result.is_nil()) {
            begin_again();
            return no_memory();
        }
        remaining -= n - 1;
        first[remaining - 1] = result;
    }
    thread_->frame->base[ins::a(w)] = first[0];
    return Next::Reload;
}

}  // namespace arenite

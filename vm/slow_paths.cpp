// The slow paths of opcodes: whole instructions, with everything that the fast paths in vm/fast/handlers.inc leave out.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "heap/number_text.h"
#include "vm/hooks.h"
#include "vm/machine.h"
#include "vm/pending.h"
#include "vm/work.h"

namespace arenite {

namespace {
struct View {
    Frame* frame;
    Value* base;
    Closure* closure;
    const Value* k;
    unsigned a, b, c;
    View(Frame* f, Instruction w)
        : frame(f),
          base(f->base),
          closure(reinterpret_cast<Closure*>(f->function)),
          k(closure->constants()),
          a(ins::a(w)),
          b(ins::b(w)),
          c(ins::c(w)) {}

    /// The value of an operand, which is a register, a constant or an integer (opcodes.def).
    [[nodiscard]] Value operand_b(Instruction w) const { return operand(op_info(ins::op(w)).b, b); }
    [[nodiscard]] Value operand_c(Instruction w) const { return operand(op_info(ins::op(w)).c, c); }

private:
    [[nodiscard]] Value operand(char kind, unsigned number) const {
        if (is_constant_operand(kind)) return k[number];
        return kind == 'i' ? Value::number(number) : base[number];
    }
};

/// Globals are fields of the function's environment: their key is operand b. Other tables are operand b of what reads a field
/// and operand a of what writes one; their keys follow, and then the value.
[[nodiscard]] bool is_of_globals(Op op) {
    return op == Op::GETGLOBAL || op == Op::GETGLOBALR || op == Op::SETGLOBAL || op == Op::SETGLOBALR;
}

/// Writes the hint of the instruction just executed (BC2): where its key was found.
void set_hint(const Frame* f, const Table& t, const Value* slot) {
    const auto at =
        reinterpret_cast<const char*>(slot) - offsetof(Node, value) - reinterpret_cast<const char*>(t.nodes());
    const auto index = static_cast<std::size_t>(at) / sizeof(Node);
    if (index > 0xFFFF) return;
    auto* word = const_cast<Instruction*>(f->pc - 1);
    *word = (*word & 0x0000'FFFF'FFFF'FFFFull) | static_cast<Instruction>(index) << 48;
}

/// The own or inherited field of a table (or string) by constant name; null when that takes the general way.
const Value* named_field(Heap& heap, const Frame* f, Instruction w, Value object, Value key) {
    if (const Table* t = heap.get<Table>(object)) {
        const Value* slot = t->find_word(key.bits);
        if (slot && !slot->is_nil()) {
            if (op_info(ins::op(w)).d == 'h') set_hint(f, *t, slot);
            return slot;
        }
    }
    return heap.inherited_field(heap.metatable(object), key);
}
}  // namespace

Next Machine::slow_get(Instruction w) {
    const View v(thread_->frame, w);
    const bool global = is_of_globals(ins::op(w));
    const Value object = global ? v.closure->environment() : v.base[v.b];
    const Value key = global ? v.operand_b(w) : v.operand_c(w);
    if (ins::op(w) == Op::SELF) v.base[v.a + 1] = object;
    if (key.is<ShortString>() && (op_info(ins::op(w)).d == 'h' || ins::op(w) == Op::SELF)) {
        if (const Value* slot = named_field(heap_, v.frame, w, object, key)) {
            v.base[v.a] = *slot;
            return Next::Continue;
        }
    }
    return op_index(object, key, v.a, global ? -1 : static_cast<int>(v.b));
}

Next Machine::slow_set(Instruction w) {
    const View v(thread_->frame, w);
    const bool global = is_of_globals(ins::op(w));
    const Value object = global ? v.closure->environment() : v.base[v.a];
    const Value key = v.operand_b(w);
    const Value value = global ? v.base[v.a] : v.operand_c(w);
    // Writes that a cycle has made slow push it on (Collector, C13).
    if (__builtin_expect(heap_.pacing().gc_due, 0) && !collect_in_lua_frame()) return again();
    const Next next = op_new_index(object, key, value, global ? -1 : static_cast<int>(v.a));
    if (next == Next::Continue && op_info(ins::op(w)).d == 'h') {
        if (const Table* t = heap_.get<Table>(object)) {
            if (const Value* slot = t->find_word(key.bits)) set_hint(v.frame, *t, slot);
        }
    }
    return next;
}

Next Machine::slow_new_entry(Instruction w) {
    constexpr std::uint32_t kFew = 64;  // larger tables may take more than an instruction's time to grow
    View v(thread_->frame, w);
    Table* t = heap_.get<Table>(v.base[v.a]);
    if (!t) return slow_set(w);
    const auto writable = txn_.writable(*t);
    if (!writable) return slow_set(w);
    const bool named = kConstantB.has(ins::op(w));
    const Value key = v.operand_b(w);
    if (t->node_count() + t->array_size() > kFew && !txn_.has_room(*writable, key)) return slow_set(w);
    const Value value = v.operand_c(w);
    if (txn_.insert_absent(*writable, key, value) != TableStatus::Ok) return slow_set(w);
    if (named) {
        if (const Value* slot = t->find_word(key.bits)) set_hint(v.frame, *t, slot);
    }
    return Next::Continue;
}

Next Machine::slow_new_key(Instruction w) {
    constexpr std::uint32_t kFew = 256;  // as above
    View v(thread_->frame, w);
    Table* t = heap_.get<Table>(v.base[v.a]);
    const Value key = v.operand_b(w);
    const Value value = v.operand_c(w);
    if (!t || !t->metatable().is_nil() || value.is_nil()) return slow_set(w);
    const auto writable = txn_.writable(*t);
    if (!writable) return slow_set(w);
    if (t->array_size() + t->node_count() > kFew) return slow_set(w);
    const bool next = key.is_number() && t->node_count() == 0 && key.as_number() == t->array_size() + 1.0;
    return next && txn_.append(*writable, value) ? Next::Continue : slow_set(w);
}

Next Machine::slow_arith(Instruction w) {
    View v(thread_->frame, w);
    const auto op = static_cast<unsigned>(ins::op(w));
    const auto first = static_cast<unsigned>(Op::ADD);
    // Three groups of six in the order of opcodes.def: RR, RK, KR.
    static_assert(static_cast<unsigned>(Op::ADDK) == static_cast<unsigned>(Op::ADD) + 6);
    static_assert(static_cast<unsigned>(Op::KADD) == static_cast<unsigned>(Op::ADD) + 12);
    const auto arith_op = static_cast<ArithOp>((op - first) % 6);
    const Value a = v.operand_b(w);
    const Value b = v.operand_c(w);
    if (a.is_number() && b.is_number()) {
        v.base[v.a] = Value::canonical(arith(arith_op, a.as_number(), b.as_number()));
        return Next::Continue;
    }
    return op_arith(arith_op, a, b, v.a, kConstantB.has(ins::op(w)) ? -1 : static_cast<int>(v.b),
                    kConstantC.has(ins::op(w)) ? -1 : static_cast<int>(v.c));
}

Next Machine::slow_unary(Instruction w) {
    View v(thread_->frame, w);
    const Value x = v.base[v.b];
    if (ins::op(w) == Op::LEN) return op_length(x, v.a, static_cast<int>(v.b));
    return op_arith(ArithOp::Unm, x, x, v.a, static_cast<int>(v.b), static_cast<int>(v.b));
}

Next Machine::slow_compare(Instruction w) {
    View v(thread_->frame, w);
    const Value a = v.base[v.a];
    const Value b = v.operand_b(w);
    switch (ins::op(w)) {
        case Op::JEQ:
        case Op::JNE: return op_equal(a, b, w);
        case Op::JEQK:
        case Op::JNEK: {
            bool equal = false;
            return equal_resumable(a, b, equal) ? finish_jump(w, equal) : again();
        }
        case Op::JLT:
        case Op::JNLT: return op_less(a, b, w);
        case Op::JLE:
        case Op::JNLE: return op_less_equal(a, b, w);
        case Op::JLTK:
        case Op::JNLTK: return op_less(a, b, w);
        case Op::JLEK:
        case Op::JNLEK: return op_less_equal(a, b, w);
        case Op::JGTK:
        case Op::JNGTK: return op_less(b, a, w);
        case Op::JGEK:
        case Op::JNGEK: return op_less_equal(b, a, w);
        default: return slow_corrupt(w);
    }
}

namespace {
/// Concatenates strings and numbers whose text is a short string; nil when it is not, or memory is out.
Value concat_short(Heap& heap, const Value* operands, std::uint32_t n) {
    char bytes[kShortStringMax + std::max(lib::kNumberTextMax, ShortString::kCopySlack)];
    std::size_t size = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
        const Value v = operands[i];
        if (v.is_number()) {
            char number[lib::kNumberTextMax];
            const std::size_t length = lib::to_text(v.as_number(), number);
            // Of a fixed size: no call, which _FORTIFY_SOURCE would make it. There is room for any number (bytes).
            __builtin_memcpy(bytes + size, number, sizeof number);
            size += length;
        } else {
            const ShortString* s = heap.get<ShortString>(v);
            if (!s || size + s->view().size() > kShortStringMax) return Value::nil();
            s->copy_to(bytes + size);
            size += s->view().size();
        }
        if (size > kShortStringMax) return Value::nil();
    }
    return ObjectFactory::intern(heap, {bytes, size});
}
}  // namespace

Next Machine::slow_concat(Instruction w) {
    if (const Next next = safepoint(); next != Next::Continue) return next;
    View v(thread_->frame, w);
    const Value text = concat_short(heap_, v.base + v.b, v.c - v.b + 1);
    if (!text.is_nil()) {
        v.base[v.a] = text;
        return Next::Continue;
    }
    return op_concat(w, ins::c(w) - ins::b(w) + 1);
}

Next Machine::slow_new_table(Instruction w) {
    const bool large = ins::b(w) > heap_.slice_sizes.slots;
    if (large) {  // made already, and grows?
        Table* t = heap_.get<Table>(thread_->frame->base[ins::a(w)]);
        const TableGrowth& growth = txn_.growth();
        const bool grows = t && (growth.is(*t, TableGrowth::Kind::Reserve, Value::number(ins::b(w))) ||
                                 (growth.gives_back(*t) && t->array_size() == ins::b(w)));
        if (grows) return reserve_items(w, *t);
    }
    // What is about to be overwritten must not outlive the collection: a loop may wait for it to go.
    thread_->frame->base[ins::a(w)] = Value::nil();
    if (const Next next = safepoint(); next != Next::Continue) return next;
    // A large array part is made in slices; more nodes come with the fields.
    const std::uint32_t array = large ? 0 : ins::b(w);
    const auto hash = static_cast<std::uint32_t>(std::min<std::size_t>(ins::c(w), heap_.slice_sizes.slots / 4));
    budget_ -= array / 8 + hash / 2;
    const Handle<Table> t = ObjectFactory::make_table(heap_, array, hash);
    if (!t) return no_memory();
    thread_->frame->base[ins::a(w)] = Value::object(t);
    return large ? reserve_items(w, *heap_.get(t)) : Next::Continue;
}

Next Machine::reserve_items(Instruction w, Table& t) {
    const TableStatus s = txn_.reserve_array_resumable(t, ins::b(w), budget_);
    if (s == TableStatus::Unfinished) return again();
    if (s == TableStatus::OutOfMemory) return no_memory();
    return s == TableStatus::Ok ? Next::Continue : table_error(s);
}

namespace {
/// What the array part of a constructor grows to for `size` items, where NEWTABLE could not say how many there are: up
/// to an eighth more, so that it grows a few times and not with each SETLIST. PUC's NEWTABLE says the same
/// (luaO_int2fb).
std::uint32_t room_for_items(std::uint32_t size) {
    if (size <= 0xFFFF) return size;
    const auto shift = static_cast<unsigned>(std::bit_width(size)) - 4;
    const std::uint64_t rounded = ((std::uint64_t{size} + (1u << shift) - 1) >> shift) << shift;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(rounded, Table::kMaxArray));
}
}  // namespace

Next Machine::slow_set_list(Instruction w) {
    View v(thread_->frame, w);
    Table* t = heap_.get<Table>(v.base[v.a]);
    if (!t) return slow_corrupt(w);
    const Value* items = v.base + v.a + 1;
    const auto n = static_cast<std::uint32_t>(v.b == kMulti ? thread_->top - items : v.b);
    const std::uint64_t start = ins::cd(w);
    if (n == 0) return Next::Continue;
    const std::uint64_t last = start + n - 1;
    if (last > Table::kMaxArray) return out_of_memory();
    const auto size = static_cast<std::uint32_t>(last);
    // Few items, as most constructors have: nothing to be kept (and charged as SETLIST does).
    const auto put_few = [&] {
        constexpr std::uint32_t kFew = 64;
        if (n > kFew || size > t->array_size()) return false;
        const auto writable = txn_.writable(*t);
        if (!writable) return false;
        writable->set_slots(static_cast<std::uint32_t>(start - 1), items, n);
        budget_ -= n / 8;
        return true;
    };
    if (put_few()) return Next::Continue;
    const bool grows = size > t->array_size() && v.b != kMulti;
    const TableStatus room = txn_.reserve_array_resumable(*t, grows ? room_for_items(size) : size, budget_);
    if (room == TableStatus::Unfinished) return again();
    if (room == TableStatus::OutOfMemory) return no_memory();
    if (room != TableStatus::Ok) return table_error(room);
    if (put_few()) return Next::Continue;
    LongMove& move = move_;
    if (!move.is(t->self, v.frame, v.frame->pc)) move = {t->self, v.frame, v.frame->pc, 0};
    while (move.done < n) {
        const std::uint32_t end = std::min(n, move.done + LongMove::kSlice);
        if (const auto writable = txn_.writable(*t); writable && last <= t->array_size()) {
            writable->set_slots(static_cast<std::uint32_t>(start - 1) + move.done, items + move.done, end - move.done);
            budget_ -= (end - move.done) / 8;
        } else {
            for (std::uint32_t i = move.done; i < end; ++i) {
                const TableStatus s = txn_.raw_set_integer(*t, static_cast<std::int64_t>(start + i), items[i]);
                if (s != TableStatus::Ok) return table_error(s);
            }
            budget_ -= end - move.done;
        }
        move.done = end;
        if (budget_ < 0 && end < n) return again();
    }
    move = {};
    return Next::Continue;
}

Next Machine::slow_cell(Instruction w) {
    View v(thread_->frame, w);
    if (ins::op(w) == Op::NEWCELL) {
        if (const Next next = safepoint(); next != Next::Continue) return next;
        const Handle<Cell> cell = ObjectFactory::make_cell(heap_, v.base[v.a]);
        if (!cell) return no_memory();
        v.base[v.a] = Value::object(cell);
        return Next::Continue;
    }
    const bool up = ins::op(w) == Op::SETUPCELL;
    Cell* cell = heap_.get<Cell>(up ? v.closure->upvalue(v.b) : v.base[v.a]);
    if (!cell) return slow_corrupt(w);
    const TxnStatus s = txn_.set_cell(*cell, up ? v.base[v.a] : v.base[v.b]);
    return s == TxnStatus::Ok ? Next::Continue : no_memory();
}

Next Machine::slow_closure(Instruction w) {
    if (const Next next = safepoint(); next != Next::Continue) return next;
    View v(thread_->frame, w);
    const Prototype* p = heap_.get(v.closure->prototype());
    if (!p || ins::cd(w) >= p->child_count()) return slow_corrupt(w);
    const Handle<Prototype> child = p->child(ins::cd(w));
    const auto make = [&] {
        const auto made = ObjectFactory::make_closure(heap_, child, v.closure->environment());
        if (!made) return false;
        v.base[v.a] = made->value();
        const Prototype* q = heap_.get(child);
        for (std::uint32_t i = 0; i < q->upvalue_count(); ++i) {
            const UpvalueInfo& u = q->upvalue(i);
            made->set_upvalue(i, u.from_local ? v.base[u.index] : v.closure->upvalue(u.index));
        }
        return true;
    };
    return make() ? Next::Continue : no_memory();
}

Next Machine::slow_vararg(Instruction w) {
    View v(thread_->frame, w);
    const std::uint32_t have = v.frame->count;
    const std::uint32_t want = v.b == kMulti ? have : v.b;
    const Frame* f = thread_->frame;
    LongMove& move = move_;
    if (!move.is(thread_->self, f, f->pc)) move = {thread_->self, f, f->pc, 0};
    Value* dst = nullptr;
    for (bool more = true; more; more = move.done < want) {
        const std::uint32_t end = std::min(want, move.done + LongMove::kSlice);
        dst = ensure_stack(f->base + v.a, end + 1);  // the stack, too, grows slice by slice
        if (!dst) return no_room(From::Instruction);
        const Value* from = f->base - 1 - have;
        for (std::uint32_t i = move.done; i < end; ++i) dst[i] = i < have ? from[i] : Value::nil();
        budget_ -= (end - move.done) / 8;
        move.done = end;
        if (budget_ < 0 && end < want) return again();
    }
    move = {};
    if (v.b == kMulti) thread_->top = dst + want;
    return Next::Reload;
}

namespace {
/// The field `n` of an `arg` table. False: memory is out.
bool set_arg_count(Heap& heap, Transaction& txn, Table& t, std::uint32_t n) {
    const Value name = ObjectFactory::make_string(heap, "n");
    return !name.is_nil() && txn.raw_set(t, name, Value::number(n)) == TableStatus::Ok;
}
}  // namespace

Next Machine::long_arg_table(Instruction w) {
    Frame* f = thread_->frame;
    const std::uint32_t n = f->count;
    LongMove& move = move_;  // of it, `done` is one more than there are
    Table* t = heap_.get<Table>(f->base[ins::a(w)]);
    if (!t || !move.is(t->self, f, f->pc)) {
        f->base[ins::a(w)] = Value::nil();
        if (const Next next = safepoint(); next != Next::Continue) return next;
        t = heap_.get(ObjectFactory::make_table(heap_, 0, 1));
        if (!t) return no_memory();
        f->base[ins::a(w)] = Value{t->self};
        move = {t->self, f, f->pc, 1};
    }
    const TableStatus room = txn_.reserve_array_resumable(*t, n, budget_);
    if (room == TableStatus::Unfinished) return again();
    if (room == TableStatus::OutOfMemory) return no_memory();
    if (room != TableStatus::Ok) return table_error(room);
    const Value* from = f->base - 1 - n;
    while (move.done <= n) {  // (at n + 1 all are there)
        const std::uint32_t end = std::min(n, move.done - 1 + LongMove::kSlice);
        for (std::uint32_t i = move.done - 1; i < end; ++i) {
            const TableStatus s = txn_.raw_set_integer(*t, i + 1, from[i]);
            if (s != TableStatus::Ok) return table_error(s);
        }
        budget_ -= end - (move.done - 1);
        move.done = end + 1;
        if (budget_ < 0 && end < n) return again();
    }
    if (!set_arg_count(heap_, txn_, *t, n)) return out_of_memory();
    move = {};
    return Next::Continue;
}

Next Machine::slow_arg_table(Instruction w) {
    if (thread_->frame->count > heap_.slice_sizes.slots) return long_arg_table(w);
    if (const Next next = safepoint(); next != Next::Continue) return next;
    View v(thread_->frame, w);
    const std::uint32_t n = v.frame->count;
    const Value* from = v.base - 1 - n;
    const auto make = [&] {
        const Handle<Table> h = ObjectFactory::make_table(heap_, n, 1);
        Table* t = heap_.get(h);
        bool ok = t != nullptr;
        for (std::uint32_t i = 0; ok && i < n; ++i) {
            ok = txn_.raw_set_integer(*t, i + 1, from[i]) == TableStatus::Ok;
        }
        ok = ok && set_arg_count(heap_, txn_, *t, n);
        return ok ? Value::object(h) : Value::nil();
    };
    const Value table = make();
    if (table.is_nil()) return no_memory();
    v.base[v.a] = table;
    return Next::Continue;
}

Next Machine::slow_for_prep(Instruction w) {
    View v(thread_->frame, w);
    static constexpr const char* kNames[] = {"'for' initial value must be a number", "'for' limit must be a number",
                                             "'for' step must be a number"};
    for (unsigned i = 0; i < 3; ++i) {
        double d = 0;
        const LongNumerals::Answer answer = convert_number(v.base[v.a + i], d);
        if (answer == LongNumerals::Answer::Unfinished) return again();
        if (answer == LongNumerals::Answer::NoNumber) return raise_text(kNames[i]);
        v.base[v.a + i] = Value::canonical(d);
    }
    --v.frame->pc;  // now with numbers
    return Next::Reload;
}

Next Machine::slow_tfor_call(Instruction w) {
    View v(thread_->frame, w);
    if ((budget_ -= 2) < 0) return slow_budget(w);
    const Value f = v.base[v.a];
    if (f.bits == pairs_next_.bits || f.bits == builtin_next_.bits) {
        if (const Table* t = heap_.get<Table>(v.base[v.a + 1])) {
            const std::int64_t index = t->iteration_index(heap_, v.base[v.a + 2]);
            if (index >= 0) {
                Value key = Value::nil();
                Value value = Value::nil();
                if (!search_resumable(*t, v.base[v.a + 2], static_cast<std::uint64_t>(index), key, value)) {
                    return again();
                }
                Value* out = v.base + v.a + 3;
                out[0] = key;
                if (v.c > 1) out[1] = value;
                for (unsigned n = 2; n < v.c; ++n) out[n] = Value::nil();
                // The hint, so that the fast form goes on from here (it skips few empty nodes at once).
                const std::int64_t node = t->iteration_index(heap_, key) - 1 - t->array_size();
                if (f.bits == pairs_next_.bits && node >= 0) {
                    auto& own = const_cast<Instruction&>(thread_->frame->pc[-1]);
                    own = ins::abcd(ins::op(own), ins::a(own), ins::b(own), ins::c(own), static_cast<unsigned>(node));
                }
                return Next::Continue;
            }
        }
    }
    return call_iterator(w);
}

Next Machine::call_iterator(Instruction w) {
    View v(thread_->frame, w);
    const Value f = v.base[v.a];
    Value* func = v.base + v.a + 3;
    func[0] = f;
    func[1] = v.base[v.a + 1];
    func[2] = v.base[v.a + 2];
    const bool callable = f.is_function();
    if (!callable && heap_.metamethod(f, Metamethod::Call).is_nil()) {
        return type_error(-1, f, "call");
    }
    return call(func, 2, From::Instruction);
}

Next Machine::slow_call(Instruction w) {
    if ((budget_ -= 4) < 0) return slow_budget(w);
    return call_after_charge(w);
}

Next Machine::call_after_charge(Instruction w) {
    // Arguments without a fixed number stand above the registers.
    if (__builtin_expect(heap_.pacing().gc_due, 0) && ins::b(w) != kMulti) {
        if (const Next next = safepoint_due(); next != Next::Continue) return next;
    }
    Frame* f = thread_->frame;
    Value* func = f->base + ins::a(w);
    const std::uint32_t nargs = ins::b(w) == kMulti ? static_cast<std::uint32_t>(thread_->top - func - 1) : ins::b(w);
    return call(func, nargs, From::Instruction);
}

Next Machine::slow_tail_call(Instruction w) {
    if ((budget_ -= 4) < 0) return slow_budget(w);
    return tail_call(w);
}

Next Machine::slow_return(Instruction w) {
    if ((budget_ -= 4) < 0) return slow_budget(w);
    const Frame* f = thread_->frame;
    Value* first = f->base + ins::a(w);
    std::uint32_t n = 0;
    switch (ins::op(w)) {
        case Op::RET0: break;
        case Op::RET1: n = 1; break;
        default: n = ins::b(w) == kMulti ? static_cast<std::uint32_t>(thread_->top - first) : ins::b(w);
    }
    return return_values(first, n);
}

Next Machine::slow_corrupt(Instruction) {
    // A stale handle or malformed code: an error value, never undefined behaviour.
    return raise(error_string("stale or corrupt reference"));
}

Next Machine::slow_host_end(Instruction) {
    const Thread& t = *thread_;
    results_ = {t.stack + 1, static_cast<std::size_t>(t.top - t.stack - 1)};
    status_ = RunStatus::Finished;
    return Next::Exit;
}

Next Machine::slow_internal(Instruction w) {
    Thread& t = *thread_;
    Frame* f = t.frame;
    --f->pc;  // back on the K_* instruction: it is this frame's identity
    if (ins::op(w) == Op::K_SORT) leave_steps();
    // Natives that call back in a loop, and chains of returns, are stopped here (MA2); what they wait for is below
    // `top`.
    if (budget_ < 0 && f->kind() == FrameKind::Native) return slow_budget(ins::abcd(Op::K_NATIVE));
    switch (ins::op(w)) {
        case Op::K_SORT:
        case Op::K_NATIVE: return resume_native();
        case Op::K_START: return start_native();
        case Op::K_PCALL: {
            Value* dst = f->base - 1;
            *dst = Value::boolean(true);
            return finish_call(dst, dst, static_cast<std::uint32_t>(t.top - dst));
        }
        case Op::K_XPCALL: {
            Value* dst = f->base - 1;
            f->base[0] = Value::boolean(true);
            return finish_call(dst, f->base, static_cast<std::uint32_t>(t.top - f->base));
        }
        case Op::K_LEAVE: {
            const Value* first = f->base + f->count + f->locals();
            return finish_call(f->base - 1, first, static_cast<std::uint32_t>(t.top - first));
        }
        case Op::K_HOOK: return hook_returned();
        case Op::K_HANDLER: return unwind_to(t.frames + f->count, f->base[0]);
        case Op::K_COEND: return coroutine_end();
        default: break;
    }
    // The rest are pending operations of the Lua frame below.
    const std::uint32_t count = f->count;
    Frame* lua = --t.frame;
    const Value result = *frame_top(lua);
    const Instruction interrupted = lua->pc[-1];
    switch (ins::op(w)) {
        case Op::K_STORE: lua->base[ins::a(interrupted)] = result; return Next::Reload;
        case Op::K_JUMP: return finish_jump(interrupted, result.truthy());
        case Op::K_JUMPLE: return finish_jump(interrupted, !result.truthy());
        case Op::K_DISCARD: return Next::Reload;
        case Op::K_RETRY:
            if (t.hook_running == static_cast<std::uint32_t>(f - t.frames)) t.hook_running = 0;
            --lua->pc;
            return Next::Reload;
        case Op::K_CONCAT:
            lua->base[ins::b(interrupted) + count - 2] = result;
            return op_concat(interrupted, count - 1);
        default: return slow_corrupt(w);
    }
}

}  // namespace arenite

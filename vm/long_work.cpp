// Work of single instructions that grows with one object, in slices (heap/long_work.h, vm/long_work.h).
#include "vm/long_work.h"

#include <algorithm>
#include <cstring>

#include "vm/interpreter.h"
#include "vm/lib/number_text.h"
#include "vm/operations.h"

namespace arenite {

namespace {
/// Copying and comparing: about 10 bytes a nanosecond, less where pages are touched for the first time.
std::int64_t units_of_bytes(std::size_t bytes) {
    return 1 + static_cast<std::int64_t>(bytes / LongWork::kBytesPerUnit);
}
}  // namespace

bool Interpreter::compare_slices(Vm& vm, Value a, Value b, int& order) {
    const Heap& heap = vm.heap_;
    const std::string_view x = heap.string(a);
    const std::string_view y = heap.string(b);
    const std::size_t common = std::min(x.size(), y.size());
    if (common <= heap.long_work.bytes) {
        order = compare_strings(x, y);
        return true;
    }
    LongComparison& c = vm.comparison_;
    if (c.a != a.bits || c.b != b.bits) c = {a.bits, b.bits, 0};
    while (c.done < common) {
        const std::size_t n = std::min(heap.long_work.slice_bytes, common - c.done);
        order = std::memcmp(x.data() + c.done, y.data() + c.done, n);
        vm.budget_ -= units_of_bytes(n);
        if (order != 0) return true;
        c.done += n;
        if (c.done < common && vm.budget_ < 0) return false;
    }
    order = x.size() < y.size() ? -1 : x.size() > y.size() ? 1 : 0;
    return true;
}

bool Interpreter::equal_slices(Vm& vm, Value a, Value b, bool& equal) {
    const LongString* x = vm.heap_.get<LongString>(a);
    const LongString* y = vm.heap_.get<LongString>(b);
    equal =
        x && y && x->view().size() == y->view().size() && !(x->has_hash() && y->has_hash() && x->hash() != y->hash());
    int order = 0;
    if (!equal) {
        equal = vm.heap_.raw_equal(a, b);
    } else if (a.bits != b.bits) {
        if (!compare_slices(vm, a, b, order)) return false;
        equal = order == 0;
    }
    return true;
}

bool Interpreter::settle_key(Vm& vm, Value object, Value& key, Metamethod m) {
    Heap& heap = vm.heap_;
    if (heap.string(key).size() <= heap.long_work.bytes) return true;
    for (int loop = 0; loop < kMaxMetaLoop; ++loop) {
        Value handler;
        if (const Table* t = heap.get<Table>(object)) {
            if (!heap.hash_slices(key, vm.budget_)) return false;
            const Value found = t->similar_key(heap, key);
            if (!found.is_nil()) {
                int order = 0;
                if (found.bits != key.bits && !compare_slices(vm, key, found, order)) return false;
                if (order == 0) key = found;
                return true;
            }
            handler = heap.metamethod_of(t->metatable(), m);
        } else {
            handler = heap.metamethod(object, m);
        }
        if (handler.is_nil() || handler.is_function()) return true;
        object = handler;
    }
    return true;
}

bool Interpreter::search_slices(Vm& vm, const Table& t, Value control, std::uint64_t index, Value& key, Value& value) {
    const LongWork& limits = vm.heap_.long_work;
    LongSearch& s = vm.search_;
    if (s.table == t.self && s.key.bits == control.bits && s.array == t.array() && s.nodes == t.nodes()) {
        index = std::max(index, s.index);
    }
    const std::uint64_t end = std::uint64_t{t.array_size()} + t.node_count();
    for (;;) {
        const std::uint64_t before = index;
        const bool found = t.next_entry(index, key, value, limits.slice_slots);
        vm.budget_ -= static_cast<std::int64_t>((index - before) / 8);
        if (found || index >= end) {
            if (!found) key = value = Value::nil();
            s.table = 0;
            return true;
        }
        if (vm.budget_ < 0) {
            s = {t.self, control, t.array(), t.nodes(), index};
            return false;
        }
    }
}

bool Interpreter::concat_slices(Vm& vm, const Value* operands, std::size_t n, std::size_t total, Value& out) {
    Heap& heap = vm.heap_;
    TextInMaking& text = vm.txn_.text();
    const Frame* f = vm.thread_->frame;
    out = Value::nil();
    if (!text.is(f, f->pc, total) && !text.begin(heap, f, f->pc, total)) {
        vm.cancel_long_work();
        collect_for_memory(vm);
        if (!text.begin(heap, f, f->pc, total)) return true;
    }
    while (text.operand < n) {
        const std::size_t before = text.done;
        while (text.operand < n && text.done - before < heap.long_work.slice_bytes) {
            const Value v = operands[text.operand];
            std::size_t copied = 0;
            bool whole = true;
            if (v.is_number()) {
                char number[lib::kNumberTextMax];
                copied = lib::to_text(v.as_number(), number);
                std::memcpy(text.data() + text.done, number, copied);
            } else {
                const std::string_view bytes = heap.string(v);
                copied = std::min(bytes.size() - text.offset, heap.long_work.slice_bytes - (text.done - before));
                if (copied) std::memcpy(text.data() + text.done, bytes.data() + text.offset, copied);
                text.offset += copied;
                whole = text.offset == bytes.size();
            }
            text.done += copied;
            if (whole) {
                ++text.operand;
                text.offset = 0;
            }
        }
        vm.budget_ -= units_of_bytes(text.done - before);
        if (vm.budget_ < 0 && text.operand < n) return false;
    }
    out = text.finish(heap);
    if (out.is_nil()) {
        collect_for_memory(vm);
        out = text.finish(heap);
    }
    if (out.is_nil()) text.cancel(heap);
    return true;
}

}  // namespace arenite

// Work of single instructions that grows with one object, in slices (heap/slice_sizes.h, vm/long_work.h).
#include "vm/long_work.h"

#include <algorithm>
#include <cstring>

#include "heap/number_text.h"
#include "vm/levels.h"
#include "vm/machine.h"
#include "vm/operations.h"
#include "vm/work.h"

namespace arenite {

namespace {
/// Copying and comparing: about 10 bytes a nanosecond, less where pages are touched for the first time.
std::int64_t units_of_bytes(std::size_t bytes) {
    return 1 + static_cast<std::int64_t>(bytes / SliceSizes::kBytesPerUnit);
}
}  // namespace

LongNumerals::Answer LongNumerals::convert(std::uint64_t name, std::string_view text, std::int64_t& budget,
                                           double& out) {
    constexpr std::size_t kSlice = std::size_t{1} << 14;  // about 15 us
    for (const Known& known : known_) {
        if (known.name != name) continue;
        out = known.value;
        return known.is_number ? Answer::Number : Answer::NoNumber;
    }
    if (name_ != name) scan_ = {};
    name_ = name;
    for (;;) {
        double value = 0;
        const lib::NumeralScan::Status status = scan_.run(text, kSlice, value);
        budget -= static_cast<std::int64_t>(kSlice / 4);
        if (status != lib::NumeralScan::Status::More) {
            name_ = 0;
            const bool is_number = status == lib::NumeralScan::Status::Number;
            known_[oldest_++ % kKept] = {name, value, is_number};
            out = is_number ? value : out;
            return is_number ? Answer::Number : Answer::NoNumber;
        }
        if (budget < 0) return Answer::Unfinished;
    }
}

LongNumerals::Answer Machine::convert_text(Value v, double& out) {
    using Answer = LongNumerals::Answer;
    if (!v.is_string()) return Answer::NoNumber;
    const std::string_view text = heap_.string(v);
    if (text.size() > LongNumerals::kShort) return numerals_.convert(v.bits, text, budget_, out);
    budget_ -= static_cast<std::int64_t>(text.size() / 4);
    return lib::from_text(text, out) ? Answer::Number : Answer::NoNumber;
}

bool Machine::border_resumable(const Table& t, std::uint32_t& out) {
    constexpr std::uint64_t kSlice = 1024;  // keys
    out = t.quick_border(heap_);
    if (out != Table::kLinearBorder) return true;
    LongBorder& b = border_;
    if (b.table != t.self || b.nodes != t.nodes()) b = {t.self, t.nodes(), 1};
    for (;;) {
        const std::uint64_t before = b.key;
        const bool found = t.linear_border(heap_, b.key, kSlice);
        budget_ -= static_cast<std::int64_t>(b.key - before) + 1;
        if (found) {
            out = static_cast<std::uint32_t>(b.key - 1);
            b = {};
            return true;
        }
        if (budget_ < 0) return false;
    }
}

bool Machine::level_resumable(const Thread& t, std::int64_t level, Level& out) {
    constexpr std::size_t kSlice = 8192;  // frames
    LongWalk& w = walk_;
    if (w.thread != t.self || w.top != t.frame || w.level != level) w = {t.self, t.frame, level, t.frame, level};
    for (;;) {
        const Frame* before = w.at;
        const bool found = find_level_step(t, w.at, w.left, kSlice, out);
        budget_ -= (before - w.at) / 4;
        if (found) {
            w = {};
            return true;
        }
        if (budget_ < 0) return false;
    }
}

bool Machine::join_resumable(const std::string_view* parts, std::size_t count, Value& out) {
    Heap& heap = heap_;
    PendingConcat::Layout layout;
    for (std::size_t i = 0; i < count; ++i) layout.add(parts[i].size());
    const std::size_t total = layout.size();
    out = memory_error_;
    PendingConcat& text = txn_.text();
    const Frame* f = thread_->frame;
    char small[512];
    if (total <= sizeof small) {
        char* at = small;
        for (std::size_t i = 0; i < count; ++i) at += parts[i].copy(at, parts[i].size());
        const Value made = ObjectFactory::make_string(heap, {small, total});
        if (!made.is_nil()) out = made;
        return true;
    }
    if (!text.is(f, f->pc, layout) && !text.begin(heap, f, f->pc, layout)) return true;
    while (text.operand < count) {
        const std::string_view part = parts[text.operand];
        const std::size_t n = std::min(part.size() - text.offset, heap.slice_sizes.slice_bytes);
        if (n != 0) std::memcpy(text.data() + text.done, part.data() + text.offset, n);
        text.done += n;
        text.offset += n;
        if (text.offset == part.size()) {
            ++text.operand;
            text.offset = 0;
        }
        budget_ -= static_cast<std::int64_t>(work_of_fresh_bytes(n));
        if (budget_ < 0 && text.done < total && total > heap.slice_sizes.bytes) return false;
    }
    const Value made = text.finish(heap);
    if (made.is_nil()) text.cancel(heap);
    if (!made.is_nil()) out = made;
    return true;
}

bool Machine::compare_resumable(Value a, Value b, int& order) {
    const Heap& heap = heap_;
    const std::string_view x = heap.string(a);
    const std::string_view y = heap.string(b);
    const std::size_t common = std::min(x.size(), y.size());
    if (common <= heap.slice_sizes.bytes) {
        budget_ -= static_cast<std::int64_t>(common / SliceSizes::kBytesPerUnit);
        order = compare_strings(x, y);
        return true;
    }
    LongComparison& c = comparison_;
    if (c.a != a.bits || c.b != b.bits) c = {a.bits, b.bits, 0};
    while (c.done < common) {
        const std::size_t n = std::min(heap.slice_sizes.slice_bytes, common - c.done);
        order = std::memcmp(x.data() + c.done, y.data() + c.done, n);
        budget_ -= units_of_bytes(n);
        if (order != 0) return true;
        c.done += n;
        if (c.done < common && budget_ < 0) return false;
    }
    order = x.size() < y.size() ? -1 : x.size() > y.size() ? 1 : 0;
    return true;
}

bool Machine::equal_resumable(Value a, Value b, bool& equal) {
    const LongString* x = heap_.get<LongString>(a);
    const LongString* y = heap_.get<LongString>(b);
    equal =
        x && y && x->view().size() == y->view().size() && !(x->has_hash() && y->has_hash() && x->hash() != y->hash());
    int order = 0;
    if (!equal) {
        equal = x && y ? false : heap_.raw_equal(a, b);  // no two long strings: one word, or numbers
    } else if (a.bits != b.bits) {
        if (!compare_resumable(a, b, order)) return false;
        equal = order == 0;
    }
    return true;
}

bool Machine::settle_key(Value object, Value& key, Lookup lookup) {
    constexpr std::size_t kShort = 1024;  // bytes that are compared or hashed in one piece, whatever comes of it
    Heap& heap = heap_;
    if (heap.string(key).size() <= std::min(kShort, heap.slice_sizes.bytes)) return true;
    if (!heap.hash_resumable(key, budget_)) return false;
    const auto settle = [&](const Table& t, bool live) {
        const Value found = t.similar_key(heap, key, live);
        if (found.is_nil()) return true;
        int order = 0;
        if (found.bits != key.bits && !compare_resumable(key, found, order)) return false;
        if (order == 0) key = found;
        return true;
    };
    if (lookup == Lookup::Raw) {
        const Table* t = heap.get<Table>(object);
        return !t || settle(*t, false);
    }
    const Metamethod m = lookup == Lookup::Index ? Metamethod::Index : Metamethod::NewIndex;
    for (int loop = 0; loop < kMaxMetaLoop; ++loop) {
        Value metamethod;
        if (const Table* t = heap.get<Table>(object)) {
            // Of a chain, only where the key has a value counts; there it is looked up by its own name.
            if (!t->similar_key(heap, key, true).is_nil()) return settle(*t, true);
            metamethod = heap.metamethod_of(t->metatable(), m);
            if (metamethod.is_nil() && lookup == Lookup::NewIndex) return settle(*t, false);
        } else {
            metamethod = heap.metamethod(object, m);
        }
        if (metamethod.is_nil() || metamethod.is_function()) return true;
        object = metamethod;
        budget_ -= kHopCost;
    }
    return true;
}

bool Machine::search_resumable(const Table& t, Value control, std::uint64_t index, Value& key, Value& value) {
    const SliceSizes& limits = heap_.slice_sizes;
    LongSearch& s = search_;
    if (s.table == t.self && s.key.bits == control.bits && s.array == t.array() && s.nodes == t.nodes()) {
        index = std::max(index, s.index);
    }
    const std::uint64_t end = std::uint64_t{t.array_size()} + t.node_count();
    for (;;) {
        const std::uint64_t before = index;
        const bool found = t.next_entry(index, key, value, limits.slice_slots);
        budget_ -= static_cast<std::int64_t>((index - before) / 8);
        if (found || index >= end) {
            if (!found) key = value = Value::nil();
            s.table = 0;
            return true;
        }
        if (budget_ < 0) {
            s = {t.self, control, t.array(), t.nodes(), index};
            return false;
        }
    }
}

bool Machine::concat_resumable(const Value* operands, std::size_t n, const PendingConcat::Layout& total, Value& out) {
    Heap& heap = heap_;
    PendingConcat& text = txn_.text();
    const Frame* f = thread_->frame;
    out = Value::nil();
    if (!text.is(f, f->pc, total) && !text.begin(heap, f, f->pc, total)) {
        txn_.make_room();
        return true;
    }
    while (text.operand < n) {
        const std::size_t before = text.done;
        while (text.operand < n && text.done - before < heap.slice_sizes.slice_bytes) {
            const Value v = operands[text.operand];
            std::size_t copied = 0;
            bool whole = true;
            if (v.is_number()) {
                char number[lib::kNumberTextMax];
                copied = lib::to_text(v.as_number(), number);
                std::memcpy(text.data() + text.done, number, copied);
            } else {
                const std::string_view bytes = heap.string(v);
                copied = std::min(bytes.size() - text.offset, heap.slice_sizes.slice_bytes - (text.done - before));
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
        budget_ -= units_of_bytes(text.done - before);
        if (budget_ < 0 && text.operand < n) return false;
    }
    out = text.finish(heap);  // when that finds no memory, it is tried again with what there is
    return true;
}

}  // namespace arenite

// The table library (Lua 5.1 §5.5), as PUC Lua 5.1.5 has it: raw accesses, positions of type int.
//
// Functions that walk a table keep their position in local slots, so that a table of any length can be worked on in
// slices (native.h, N2).
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "txn/payload_slots.h"
#include "vm/lib/lib.h"
#include "vm/lib/text_builder.h"

namespace arenite::lib {
namespace {

/// Steps between two charges of a loop that calls nothing.
constexpr std::int64_t kSlice = 128;
/// Units that reading one element of a table and writing another costs.
constexpr std::int64_t kRawWork = 8;

/// State of a native that continues after running out of budget.
constexpr std::uint32_t kContinue = 1;
/// State of a native whose callback has returned.
constexpr std::uint32_t kReturned = 2;

[[nodiscard]] std::int64_t local_integer(const NativeContext& cx, std::uint32_t slot) {
    return static_cast<std::int64_t>(cx.local_number(slot));
}
void set_local_integer(NativeContext& cx, std::uint32_t slot, std::int64_t i) {
    cx.set_local_number(slot, static_cast<double>(i));
}
[[nodiscard]] Value integer_value(std::int64_t i) {
    return Value::number(static_cast<double>(i));
}

/// Moves the slots [lowest, highest] of an array part by one, in the direction of `step`; the last one is only read.
/// False: they are not all there, or may not be written.
bool move_slots(NativeContext& cx, Handle<Table> t, std::int64_t lowest, std::int64_t highest, std::int64_t step) {
    const ArraySlots slots(library(cx).txn(), library(cx).heap(), t);
    if (lowest < 1 || static_cast<std::uint64_t>(highest) > slots.size()) return false;
    const auto low = static_cast<std::size_t>(lowest - 1);
    const auto count = static_cast<std::size_t>(highest - lowest);
    slots.move(step > 0 ? low + 1 : low, step > 0 ? low : low + 1, count);
    return true;
}

/// Moves t[i + step] to t[i] for i from `from` until `until`, in slices; slot 0 holds i, and when all is done until the
/// native is done. True: finished; false: `out` is to be returned.
bool shift(NativeContext& cx, Handle<Table> t, std::int64_t from, std::int64_t until, std::int64_t step,
           NativeResult& out) {
    constexpr std::int64_t kBulk = 8192;  // values moved at once within the array part
    std::int64_t i = from;
    const auto stop_at_i = [&] {
        set_local_integer(cx, 0, i);
        cx.restartable_in(kContinue);
        out = cx.unfinished() ? cx.suspend(kContinue) : cx.failed();
        return false;
    };
    while (i != until) {
        // An old table of which so much is written to would be moved anyway (transaction.h, X6).
        const bool most = static_cast<std::size_t>((until - i) * step) > ArrayView(library(cx).heap(), t).size() / 8;
        if (most && !library(cx).move_resumable(t)) return stop_at_i();
        const std::int64_t bulk = std::min(kBulk, (until - i) * step);
        const std::int64_t lowest = std::min(i, i + bulk * step);
        const std::int64_t highest = std::max(i, i + bulk * step);
        std::uint64_t work = 0;
        if (move_slots(cx, t, lowest, highest, step)) {
            i += bulk * step;
            work = work_of_bytes(static_cast<std::size_t>(bulk) * sizeof(Value));
        } else {
            const std::int64_t count = std::min(kSlice, (until - i) * step);
            for (const std::int64_t stop = i + count * step; i != stop; i += step) {
                if (library(cx).raw_set_resumable(t, integer_value(i), cx.raw_get(t, i + step))) continue;
                return stop_at_i();
            }
            work = static_cast<std::uint64_t>(count) * kRawWork;
        }
        if (!cx.charge(work) && i != until) {
            set_local_integer(cx, 0, i);
            out = cx.suspend(kContinue);
            return false;
        }
    }
    if (from != until) {
        set_local_integer(cx, 0, i);
        cx.restartable_in(kContinue);
    }
    return true;
}

/// Sets t[i], after shift(), which has moved something or not: then nothing has been changed yet.
bool set_last(NativeContext& cx, Handle<Table> t, std::int64_t i, Value v, bool moved, NativeResult& out) {
    if (library(cx).raw_set_resumable(t, integer_value(i), v)) return true;
    out = cx.unfinished() && moved ? cx.suspend(kContinue) : cx.failed();
    return false;
}

/// table.insert (table, [pos,] value)
NativeResult insert(NativeContext& cx) {
    cx.restartable();
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    std::int32_t position = 0;
    std::int64_t empty = 0;  // where the first move goes
    if (cx.state() == 0) {
        std::uint32_t length = 0;
        if (!library(cx).length_resumable(t, length)) return cx.failed();
        empty = std::int64_t{length} + 1;
        if (cx.arg_count() == 2) {
            const Value key = integer_value(empty);
            return library(cx).raw_set_resumable(t, key, cx.arg(1)) ? cx.done() : cx.failed();
        }
        if (cx.arg_count() != 3) return cx.error("wrong number of arguments to 'insert'");
        if (!check_int(cx, 1, position)) return cx.failed();
        empty = std::max<std::int64_t>(empty, position);  // "grow" the array if necessary
        if (empty > position && !cx.reserve(1)) return cx.failed();
    } else {
        if (!check_int(cx, 1, position)) return cx.failed();
        empty = local_integer(cx, 0);
    }
    NativeResult out{};
    const bool moved = cx.state() != 0 || empty != position;
    if (!shift(cx, t, empty, position, -1, out) || !set_last(cx, t, position, cx.arg(2), moved, out)) return out;
    return cx.done();
}

/// table.remove (table [, pos])
NativeResult remove(NativeContext& cx) {
    cx.restartable();
    enum : std::uint32_t { kAt, kEnd, kResult };
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    std::int64_t at = 0;
    std::int64_t end = 0;
    Value result = Value::nil();
    if (cx.state() == 0) {
        std::uint32_t length = 0;
        if (!library(cx).length_resumable(t, length)) return cx.failed();
        end = length;
        std::int32_t position = 0;
        if (!opt_int(cx, 1, to_int(end), position)) return cx.failed();
        if (!(1 <= position && position <= end)) return cx.done();  // outside: nothing to remove
        at = position;
        result = cx.raw_get(t, at);
        if (at != end) {
            if (!cx.reserve(3)) return cx.failed();
            set_local_integer(cx, kEnd, end);
            cx.set_local(kResult, result);
        }
    } else {
        at = local_integer(cx, kAt);
        end = local_integer(cx, kEnd);
        result = cx.local(kResult);
    }
    NativeResult out{};
    const bool moved = cx.state() != 0 || at != end;
    if (!shift(cx, t, at, end, 1, out) || !set_last(cx, t, end, Value::nil(), moved, out)) return out;
    return cx.done(result);
}

/// table.concat (table [, sep [, i [, j]]])
class Concatenation {
public:
    explicit Concatenation(NativeContext& cx) : cx_(cx), heap_(library(cx).heap()), text_(cx, kText) {}

    NativeResult run() {
        Handle<Table> t;
        if (!cx_.opt_string(1, "", separator_) || !cx_.check_table(0, t)) return cx_.failed();
        if (cx_.state() == 0) {
            cx_.restartable();
            std::int32_t from = 0;
            std::int32_t to = 0;
            if (!opt_int(cx_, 2, 1, from)) return cx_.failed();
            if (cx_.none_or_nil(3)) {
                std::uint32_t length = 0;
                if (!library(cx_).length_resumable(t, length)) return cx_.failed();
                to = to_int(length);
            } else if (!check_int(cx_, 3, to)) {
                return cx_.failed();
            }
            if (!cx_.reserve(kSlots)) return cx_.failed();
            at_ = from;
            last_ = to;
            set_local_integer(cx_, kLast, last_);
        } else {
            at_ = local_integer(cx_, kAt);
            last_ = local_integer(cx_, kLast);
        }
        std::uint32_t state = cx_.state();
        for (; at_ <= last_; ++at_) {
            if (state != kSeparator) {
                if (work_ >= kSlice) pay();
                if (spent_ || text_.spent()) return stop(kContinue, Status::Spent);
                ++work_;
                const Value v = element(t, at_);
                Status status = Status::Ok;
                if (v.is_string()) {
                    status = text_.add(cx_.string(v));
                } else if (v.is_number()) {
                    status = text_.add(NumberText(v.as_number()).view());
                } else {
                    return cx_.error("invalid value (%s) at index %d in table for 'concat'", type_name(v.type()),
                                     to_int(at_));
                }
                if (status != Status::Ok) return stop(kContinue, status);
            }
            state = kContinue;
            if (at_ == last_) continue;
            if (const Status status = text_.add(separator_); status != Status::Ok) return stop(kSeparator, status);
        }
        pay();
        Value out = Value::nil();
        const Status status = text_.finish(out);
        return status == Status::Ok ? cx_.done(out) : stop(kContinue, status);
    }

private:
    using Status = TextBuilder::Status;
    enum : std::uint32_t { kAt, kLast, kText, kSlots = kText + TextBuilder::kSlots };
    /// States: kContinue at an element, or all are there; at the separator after an element.
    static constexpr std::uint32_t kSeparator = 2;

    Value element(Handle<Table> t, std::int64_t at) const {
        const ArrayView values(heap_, t);
        const auto index = static_cast<std::uint64_t>(at - 1);
        return index < values.size() ? values[index] : cx_.raw_get(t, at);
    }
    void pay() {
        if (!cx_.charge(static_cast<std::uint64_t>(work_))) spent_ = true;
        work_ = 0;
    }
    NativeResult stop(std::uint32_t state, Status why) {
        set_local_integer(cx_, kAt, at_);
        if (why == Status::Failed && cx_.state() == 0) return cx_.failed();  // from the beginning
        if (!text_.save()) return cx_.failed();
        if (why == Status::Spent) return cx_.suspend(state);
        cx_.restartable_in(state);
        return cx_.failed();
    }

    NativeContext& cx_;
    const Heap& heap_;
    TextBuilder text_;
    std::string_view separator_;
    std::int64_t at_ = 0;
    std::int64_t last_ = 0;
    std::int64_t work_ = 0;  ///< not charged yet
    bool spent_ = false;
};

NativeResult concat(NativeContext& cx) {
    return Concatenation(cx).run();
}

/// table.maxn (table)
NativeResult maxn(NativeContext& cx) {
    enum : std::uint32_t { kKey, kMax, kSlots };
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    Value key = Value::nil();
    double max = 0;
    if (cx.state() == 0) {
        if (!cx.reserve(kSlots)) return cx.failed();
    } else {
        key = cx.local(kKey);
        max = cx.local_number(kMax);
    }
    for (;;) {
        for (std::int64_t n = 0; n < kSlice; ++n) {
            Value value = Value::nil();
            bool more = false;
            if (!cx.next(t, key, value, more)) return cx.failed();
            if (!more) {
                (void)cx.charge(static_cast<std::uint64_t>(n));
                return cx.done_number(max);
            }
            if (key.is_number()) max = std::max(max, key.as_number());
        }
        if (!cx.charge(kSlice)) {
            cx.set_local(kKey, key);
            cx.set_local_number(kMax, max);
            return cx.suspend(kContinue);
        }
    }
}

/// table.getn (table)
NativeResult getn(NativeContext& cx) {
    Handle<Table> t;
    std::uint32_t length = 0;
    return cx.check_table(0, t) && library(cx).length_resumable(t, length) ? cx.done_number(length) : cx.failed();
}

/// table.setn (table, n)
NativeResult setn(NativeContext& cx) {
    Handle<Table> t;
    return cx.check_table(0, t) ? cx.error("'setn' is obsolete") : cx.failed();
}

/// table.foreach (table, f)
NativeResult foreach_pair(NativeContext& cx) {
    enum : std::uint32_t { kKey, kSlots };
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    if (cx.state() == 0) {
        if (!cx.check_function(1) || !cx.reserve(kSlots)) return cx.failed();
    } else if (cx.state() == kReturned) {
        if (const Value r = first_result(cx); !r.is_nil()) return cx.done(r);
        if (!cx.charge(1)) return cx.suspend(kContinue);
    }
    Value key = cx.local(kKey);
    Value value = Value::nil();
    bool more = false;
    if (!cx.next(t, key, value, more)) return cx.failed();
    if (!more) return cx.done();
    cx.set_local(kKey, key);
    return cx.call(kReturned, cx.arg(1), {key, value});
}

/// table.foreachi (table, f)
NativeResult foreach_index(NativeContext& cx) {
    enum : std::uint32_t { kAt, kCount, kSlots };
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    if (cx.state() == 0) {
        std::uint32_t n = 0;
        if (!library(cx).length_resumable(t, n)) return cx.failed();
        if (!cx.check_function(1) || !cx.reserve(kSlots)) return cx.failed();
        set_local_integer(cx, kAt, 0);
        set_local_integer(cx, kCount, n);
    } else if (cx.state() == kReturned) {
        if (const Value r = first_result(cx); !r.is_nil()) return cx.done(r);
        if (!cx.charge(1)) return cx.suspend(kContinue);
    }
    const std::int64_t i = local_integer(cx, kAt) + 1;
    if (i > local_integer(cx, kCount)) return cx.done();
    set_local_integer(cx, kAt, i);
    return cx.call(kReturned, cx.arg(1), {integer_value(i), cx.raw_get(t, i)});
}

}  // namespace

void open_table(LibraryBuilder& b) {
    b.library("table");
    fast_function(b, "concat", concat, FastNative::Concat);
    b.function("foreach", foreach_pair);
    b.function("foreachi", foreach_index);
    b.function("getn", getn);
    b.function("maxn", maxn);
    fast_function(b, "insert", insert, FastNative::Insert);
    fast_function(b, "remove", remove, FastNative::Remove);
    b.function("setn", setn);
    b.function("sort", table_sort);
}

}  // namespace arenite::lib

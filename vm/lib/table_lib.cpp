// The table library (Lua 5.1 §5.5), as PUC Lua 5.1.5 has it: raw accesses, positions of type int.
//
// Functions that walk a table keep their position in local slots, so that a table of any length can be worked on in
// slices (native.h, N2).
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "vm/lib/lib.h"
#include "vm/lib/text_builder.h"

namespace arenite::lib {
namespace {

/// Steps between two charges of a loop that calls nothing.
constexpr std::int64_t kSlice = 128;

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

/// Moves t[i + step] to t[i] for i from `from` until `until`, in slices; slot 0 holds i. True: finished; false: `out`
/// is to be returned.
bool shift(NativeContext& cx, Handle<Table> t, std::int64_t from, std::int64_t until, std::int64_t step,
           NativeResult& out) {
    std::int64_t i = from;
    while (i != until) {
        const std::int64_t count = std::min(kSlice, (until - i) * step);
        for (const std::int64_t stop = i + count * step; i != stop; i += step) {
            if (!cx.raw_set(t, i, cx.raw_get(t, i + step))) {
                out = cx.failed();
                return false;
            }
        }
        if (!cx.charge(static_cast<std::uint64_t>(count)) && i != until) {
            set_local_integer(cx, 0, i);
            out = cx.suspend(kContinue);
            return false;
        }
    }
    return true;
}

/// table.insert (table, [pos,] value)
NativeResult insert(NativeContext& cx) {
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    std::int32_t position = 0;
    std::int64_t empty = 0;  // where the first move goes
    if (cx.state() == 0) {
        empty = std::int64_t{cx.raw_length(t)} + 1;
        if (cx.arg_count() == 2) {
            const Value key = integer_value(empty);
            return cx.raw_set_slice(t, key, cx.arg(1)) ? cx.done() : cx.failed();
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
    if (!shift(cx, t, empty, position, -1, out)) return out;
    return cx.raw_set(t, position, cx.arg(2)) ? cx.done() : cx.failed();
}

/// table.remove (table [, pos])
NativeResult remove(NativeContext& cx) {
    enum : std::uint32_t { kAt, kEnd, kResult };
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    std::int64_t at = 0;
    std::int64_t end = 0;
    Value result = Value::nil();
    if (cx.state() == 0) {
        end = cx.raw_length(t);
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
    if (!shift(cx, t, at, end, 1, out)) return out;
    return cx.raw_set(t, end, Value::nil()) ? cx.done(result) : cx.failed();
}

/// table.concat (table [, sep [, i [, j]]])
NativeResult concat(NativeContext& cx) {
    enum : std::uint32_t { kAt, kLast, kText, kSlots };
    std::string_view separator;
    Handle<Table> t;
    if (!cx.opt_string(1, "", separator) || !cx.check_table(0, t)) return cx.failed();
    std::int64_t i = 0;
    std::int64_t last = 0;
    if (cx.state() == 0) {
        std::int32_t from = 0;
        std::int32_t to = 0;
        if (!opt_int(cx, 2, 1, from)) return cx.failed();
        if (cx.none_or_nil(3)) {
            to = to_int(cx.raw_length(t));
        } else if (!check_int(cx, 3, to)) {
            return cx.failed();
        }
        if (!cx.reserve(kSlots)) return cx.failed();
        i = from;
        last = to;
        set_local_integer(cx, kLast, last);
    } else {
        i = local_integer(cx, kAt);
        last = local_integer(cx, kLast);
    }
    TextBuilder text(cx, kText);
    std::uint64_t work = 0;
    for (; i <= last; ++i) {
        if (work >= static_cast<std::uint64_t>(kSlice)) {
            const bool left = cx.charge(work);
            work = 0;
            if (!left) {
                if (!text.save()) return cx.failed();
                set_local_integer(cx, kAt, i);
                return cx.suspend(kContinue);
            }
        }
        const Value v = cx.raw_get(t, i);
        std::size_t size = separator.size();
        if (v.is_string()) {
            const std::string_view bytes = cx.string(v);
            if (!text.add(bytes)) return cx.failed();
            size += bytes.size();
        } else if (v.is_number()) {
            if (!text.add(NumberText(v.as_number()).view())) return cx.failed();
        } else {
            return cx.error("invalid value (%s) at index %d in table for 'concat'", type_name(v.type()), to_int(i));
        }
        if (i != last && !text.add(separator)) return cx.failed();
        work += 1 + work_of_bytes(size);
    }
    (void)cx.charge(work);
    Value out = Value::nil();
    return text.finish(out) ? cx.done(out) : cx.failed();
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
    return cx.check_table(0, t) ? cx.done_number(cx.raw_length(t)) : cx.failed();
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
        const std::uint32_t n = cx.raw_length(t);
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
    b.function("concat", concat);
    b.function("foreach", foreach_pair);
    b.function("foreachi", foreach_index);
    b.function("getn", getn);
    b.function("maxn", maxn);
    b.function("insert", insert, FastNative::Insert);
    b.function("remove", remove, FastNative::Remove);
    b.function("setn", setn);
    b.function("sort", table_sort);
}

}  // namespace arenite::lib

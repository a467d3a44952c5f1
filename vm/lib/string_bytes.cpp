// The functions of the string library that see a string as bytes: byte, char, dump, len, lower, rep, reverse, sub and
// upper (Lua 5.1 §5.4).
#include <algorithm>
#include <array>
#include <cstring>

#include "vm/lib/string_natives.h"
#include "vm/machine.h"
#include "vm/text/string_classes.h"

namespace arenite::lib {
namespace {

/// Bytes written between two charges.
constexpr std::size_t kSlice = 1 << 14;
/// Results up to this size are made on the C++ stack.
constexpr std::size_t kSmall = 512;
/// Local slots of a result that is made slice by slice.
enum Slot : std::uint32_t { kResult, kFilled, kSlots };
enum State : std::uint32_t { kStart, kFilling };

/// Returns the string of `size` bytes that fill(out, from, to) makes: called for one range after the other, it writes
/// out[from, to) and may read what is before. Suspends between slices. The native is restartable() when it calls this.
template <class Fill>
NativeResult done_filled(NativeContext& cx, std::size_t size, Fill fill) {
    Value text = Value::nil();
    if (size <= kSmall) {
        char small[kSmall];
        fill(small, std::size_t{0}, size);
        (void)cx.charge(work_of_bytes(size));
        return cx.new_string({small, size}, text) ? cx.done(text) : cx.failed();
    }
    std::size_t filled = 0;
    if (cx.state() == kStart) {
        Value buffer = Value::nil();
        if (!cx.reserve(kSlots) || !cx.new_buffer(buffer)) return cx.failed();
        cx.set_local(kResult, buffer);
        if (!library(cx).buffer_assign_unset(buffer, size)) return cx.failed();
    } else {
        filled = static_cast<std::size_t>(cx.local_number(kFilled));
    }
    while (filled < size) {
        const std::size_t to = std::min(size, filled + kSlice);
        const BufferBytes out(cx, cx.local(kResult));
        if (!out) return cx.failed();
        fill(out.data(), filled, to);
        const std::uint64_t work = work_of_fresh_bytes(to - filled);
        filled = to;
        if (!cx.charge(work) && filled < size) {
            cx.set_local_number(kFilled, static_cast<double>(filled));
            return cx.suspend(kFilling);
        }
    }
    cx.set_local_number(kFilled, static_cast<double>(filled));
    cx.restartable_in(kFilling);
    return cx.finish(cx.local(kResult), text) ? cx.done(text) : cx.failed();
}

/// A string whose bytes are those of argument 0 mapped by a table.
NativeResult done_mapped(NativeContext& cx, const std::array<char, 256>& table) {
    cx.restartable();
    std::string_view s;
    if (!cx.check_string(0, s)) return cx.failed();
    return done_filled(cx, s.size(), [&](char* out, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) out[i] = table[static_cast<unsigned char>(s[i])];
    });
}

template <class Map>
constexpr std::array<char, 256> make_table(Map map) {
    std::array<char, 256> table{};
    for (unsigned c = 0; c < 256; ++c) table[c] = static_cast<char>(map(static_cast<unsigned char>(c)));
    return table;
}
constexpr std::array<char, 256> kLower = make_table([](unsigned char c) { return to_lower(c); });
constexpr std::array<char, 256> kUpper = make_table([](unsigned char c) { return to_upper(c); });

}  // namespace

NativeResult string_len(NativeContext& cx) {
    std::string_view s;
    if (!cx.check_string(0, s)) return cx.failed();
    return cx.done(Value::number(static_cast<double>(s.size())));
}

NativeResult string_sub(NativeContext& cx) {
    cx.restartable();
    std::string_view s;
    std::int64_t first = 0;
    std::int64_t last = -1;
    if (!cx.check_string(0, s) || !cx.check_integer(1, first) || !cx.opt_integer(2, -1, last)) return cx.failed();
    first = std::max<std::int64_t>(relative_position(first, s.size()), 1);
    last = std::min(relative_position(last, s.size()), static_cast<std::int64_t>(s.size()));
    if (first == 1 && last == static_cast<std::int64_t>(s.size()) && cx.arg(0).is_string()) return cx.done(cx.arg(0));
    std::string_view part;
    if (first <= last) part = s.substr(static_cast<std::size_t>(first - 1), static_cast<std::size_t>(last - first + 1));
    if (part.size() > kSlice) {
        return done_filled(cx, part.size(), [&](char* out, std::size_t from, std::size_t to) {
            std::memcpy(out + from, part.data() + from, to - from);
        });
    }
    (void)cx.charge(work_of_fresh_bytes(part.size()));
    Value text = Value::nil();
    return cx.new_string(part, text) ? cx.done(text) : cx.failed();
}

NativeResult string_lower(NativeContext& cx) {
    return done_mapped(cx, kLower);
}

NativeResult string_upper(NativeContext& cx) {
    return done_mapped(cx, kUpper);
}

NativeResult string_reverse(NativeContext& cx) {
    cx.restartable();
    std::string_view s;
    if (!cx.check_string(0, s)) return cx.failed();
    return done_filled(cx, s.size(), [&](char* out, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) out[i] = s[s.size() - 1 - i];
    });
}

NativeResult string_rep(NativeContext& cx) {
    cx.restartable();
    std::string_view s;
    std::int32_t count = 0;
    if (!cx.check_string(0, s) || !check_int(cx, 1, count)) return cx.failed();
    if (count == 1 && cx.arg(0).is_string()) return cx.done(cx.arg(0));
    std::size_t size = 0;
    if (count > 0 && __builtin_mul_overflow(s.size(), static_cast<std::size_t>(count), &size)) {
        return cx.error("resulting string too large");
    }
    return done_filled(cx, size, [&](char* out, std::size_t from, std::size_t to) {
        if (s.size() == 1) {
            std::memset(out + from, s[0], to - from);
            return;
        }
        while (from < to) {
            // The result repeats itself: what belongs here stands at the same place of the period at the start.
            const std::size_t place = from % s.size();
            if (from < s.size() || from - place < kSmall) {
                from += s.substr(place).copy(out + from, to - from);
            } else {
                const std::size_t n = std::min(to - from, from - place);
                std::memcpy(out + from, out + place, n);
                from += n;
            }
        }
    });
}

NativeResult string_byte(NativeContext& cx) {
    std::string_view s;
    std::int64_t first = 1;
    std::int64_t last = 0;
    if (!cx.check_string(0, s) || !cx.opt_integer(1, 1, first)) return cx.failed();
    first = relative_position(first, s.size());
    if (!cx.opt_integer(2, first, last)) return cx.failed();
    last = std::min(relative_position(last, s.size()), static_cast<std::int64_t>(s.size()));
    first = std::max<std::int64_t>(first, 1);
    if (first > last) return cx.done();
    const std::int64_t n = last - first + 1;
    if (n == 1) return cx.done(Value::number(static_cast<unsigned char>(s[static_cast<std::size_t>(first - 1)])));
    if (n > INT32_MAX) return cx.error("string slice too long");
    if (n + cx.arg_count() > kMaxNativeSlots) return cx.error("stack overflow (string slice too long)");
    cx.restartable();
    (void)cx.charge(static_cast<std::uint64_t>(n) / 4);
    cx.begin_results();
    for (const char c : s.substr(static_cast<std::size_t>(first - 1), static_cast<std::size_t>(n))) {
        if (!cx.push(Value::number(static_cast<unsigned char>(c)))) return cx.failed();
    }
    return cx.done_pushed();
}

namespace {
/// The bytes that the arguments [first, end) stand for. False: `error` is to be returned.
bool put_chars(NativeContext& cx, std::uint32_t first, std::uint32_t end, char* out, NativeResult& error) {
    for (std::uint32_t i = first; i < end; ++i) {
        std::int32_t c = 0;
        if (!check_int(cx, i, c)) {
            error = cx.failed();
            return false;
        }
        if (c < 0 || c > 255) {
            error = cx.arg_error(i, "invalid value");
            return false;
        }
        out[i - first] = static_cast<char>(c);
    }
    return true;
}

/// string.char of many arguments.
NativeResult many_chars(NativeContext& cx) {
    enum Slot : std::uint32_t { kBuffer, kDone, kSlots };
    constexpr std::uint32_t kSlice = 4096;
    if (cx.state() == 0) {
        cx.restartable();
        Value buffer = Value::nil();
        if (!cx.reserve(kSlots) || !cx.new_buffer(buffer)) return cx.failed();
        cx.set_local(kBuffer, buffer);
        cx.set_local_number(kDone, 0);
    }
    for (auto done = static_cast<std::uint32_t>(cx.local_number(kDone)); done < cx.arg_count();) {
        const std::uint32_t end = std::min(cx.arg_count(), done + kSlice);
        char bytes[kSlice];
        NativeResult error{};
        if (!put_chars(cx, done, end, bytes, error)) return error;
        if (!cx.append(cx.local(kBuffer), {bytes, end - done})) return cx.failed();
        cx.set_local_number(kDone, end);
        if (!cx.charge((end - done) / 4)) return cx.suspend(1);
        done = end;
    }
    Value text = Value::nil();
    return cx.finish(cx.local(kBuffer), text) ? cx.done(text) : cx.failed();
}
}  // namespace

NativeResult string_char(NativeContext& cx) {
    constexpr std::uint32_t kMany = 4096;
    const std::uint32_t n = cx.arg_count();
    if (n > kMany) return many_chars(cx);
    cx.restartable();
    char small[kSmall];
    Value buffer = Value::nil();
    NativeResult error{};
    if (n <= kSmall) {
        if (!put_chars(cx, 0, n, small, error)) return error;
    } else {
        if (!cx.new_buffer(buffer) || !cx.buffer_resize(buffer, n)) return cx.failed();
        const BufferBytes out(cx, buffer);
        if (!out) return cx.failed();
        if (!put_chars(cx, 0, n, out.data(), error)) return error;
    }
    (void)cx.charge(n / 4);
    Value text = Value::nil();
    const bool made = n > kSmall ? cx.finish(buffer, text) : cx.new_string({small, n}, text);
    return made ? cx.done(text) : cx.failed();
}

NativeResult string_dump(NativeContext& cx) {
    enum : std::uint32_t { kStart, kGoOn, kAgain };  // kAgain: after a collection for want of memory (N4)
    if (!cx.check_type(0, LuaType::Function)) return cx.failed();
    const Heap& heap = library(cx).machine().heap();
    const Closure* c = heap.get<Closure>(cx.arg(0));
    const Prototype* p = c ? heap.get(c->prototype()) : nullptr;
    if (!p) return cx.error("unable to dump given function");
    Value text = Value::nil();
    bool stale = false;
    if (!library(cx).machine().dump_resumable(*p, cx.arg(0), text, stale))
        return cx.suspend(cx.state() == kAgain ? kAgain : kGoOn);
    if (!text.is_nil()) return cx.done(text);
    if (stale) return cx.error("stale or corrupt reference");
    if (cx.state() != kAgain) cx.restartable_in(kAgain);
    return cx.out_of_memory();
}

}  // namespace arenite::lib

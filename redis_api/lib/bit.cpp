// bit (Lua BitOp 1.0.2, http://bitop.luajit.org/api.html): operations on 32-bit integers. Arguments are reduced modulo
// 2^32 after rounding to the nearest integer, results are signed.
#include "redis_api/lib/bit.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

#include "redis_api/lib/long_numeral.h"

namespace arenite::redis {
namespace {

/// State of a native whose arguments are being made numbers; its only local slot is the numeral's.
constexpr std::uint32_t kConverting = 1;

/// The low 32 bits of a number, as BitOp takes them from the mantissa after adding 2^52 + 2^51. A NaN gives 0.
[[nodiscard]] std::uint32_t low_bits(double d) {
    constexpr double kShift = 6755399441055744.0;
    return static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(d + kShift));
}

/// Makes numbers of arguments that are long strings, in slices, and the empty string of those that are no numerals.
/// False: `out` is what the native returns.
[[nodiscard]] bool settle_arguments(NativeContext& cx, NativeResult& out) {
    bool reserved = cx.state() != 0;
    for (std::uint32_t i = 0; i < cx.arg_count(); ++i) {
        if (!cx.arg(i).is_string()) continue;
        const std::string_view text = cx.string(cx.arg(i));
        if (text.size() <= kLongNumeral) continue;
        if (!reserved) {
            cx.restartable();
            if (!cx.reserve(1)) {
                out = cx.failed();
                return false;
            }
            reserved = true;
        }
        cx.restartable_in(kConverting);
        double number = 0;
        Value value = Value::nil();
        switch (read_numeral(cx, 0, text, number)) {
            case NumeralStatus::Number: value = Value::canonical(number); break;
            case NumeralStatus::NoNumber:
                if (cx.new_string("", value)) break;
                [[fallthrough]];
            case NumeralStatus::Failed: out = cx.failed(); return false;
            case NumeralStatus::Spent: out = cx.suspend(kConverting); return false;
        }
        cx.set_arg(i, value);
        if (!cx.charge(1)) {
            out = cx.suspend(kConverting);
            return false;
        }
    }
    return true;
}

[[nodiscard]] bool read(NativeContext& cx, std::uint32_t i, std::uint32_t& bits) {
    double d = 0;
    if (!cx.check_number(i, d)) return false;
    bits = low_bits(d);
    return true;
}

NativeResult done(NativeContext& cx, std::uint32_t bits) {
    return cx.done_number(static_cast<std::int32_t>(bits));
}

/// A function of one argument.
template <std::uint32_t operation(std::uint32_t)>
NativeResult unary(NativeContext& cx) {
    NativeResult out{};
    if (!settle_arguments(cx, out)) return out;
    std::uint32_t b = 0;
    return read(cx, 0, b) ? done(cx, operation(b)) : cx.failed();
}

/// A function of one argument or more. The first is examined first, then the others from the last one on: that is the
/// one an error names.
template <std::uint32_t operation(std::uint32_t, std::uint32_t)>
NativeResult fold(NativeContext& cx) {
    NativeResult out{};
    if (!settle_arguments(cx, out)) return out;
    std::uint32_t b = 0;
    if (!read(cx, 0, b)) return cx.failed();
    for (std::uint32_t i = cx.arg_count(); i > 1; --i) {
        std::uint32_t next = 0;
        if (!read(cx, i - 1, next)) return cx.failed();
        b = operation(b, next);
    }
    (void)cx.charge(cx.arg_count());
    return done(cx, b);
}

/// A shift or rotation, of which the lower five bits count.
template <std::uint32_t operation(std::uint32_t, std::uint32_t)>
NativeResult shift(NativeContext& cx) {
    NativeResult out{};
    if (!settle_arguments(cx, out)) return out;
    std::uint32_t b = 0;
    std::uint32_t n = 0;
    if (!read(cx, 0, b) || !read(cx, 1, n)) return cx.failed();
    return done(cx, operation(b, n & 31));
}

constexpr std::uint32_t same(std::uint32_t b) {
    return b;
}
constexpr std::uint32_t complement(std::uint32_t b) {
    return ~b;
}
constexpr std::uint32_t swap_bytes(std::uint32_t b) {
    return __builtin_bswap32(b);
}
constexpr std::uint32_t conjunction(std::uint32_t a, std::uint32_t b) {
    return a & b;
}
constexpr std::uint32_t disjunction(std::uint32_t a, std::uint32_t b) {
    return a | b;
}
constexpr std::uint32_t difference(std::uint32_t a, std::uint32_t b) {
    return a ^ b;
}
constexpr std::uint32_t shift_left(std::uint32_t b, std::uint32_t n) {
    return b << n;
}
constexpr std::uint32_t shift_right(std::uint32_t b, std::uint32_t n) {
    return b >> n;
}
constexpr std::uint32_t shift_arithmetically(std::uint32_t b, std::uint32_t n) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(b) >> n);
}
constexpr std::uint32_t rotate_left(std::uint32_t b, std::uint32_t n) {
    return std::rotl(b, static_cast<int>(n));
}
constexpr std::uint32_t rotate_right(std::uint32_t b, std::uint32_t n) {
    return std::rotr(b, static_cast<int>(n));
}

/// bit.tohex (x [, n]): |n| digits, capital ones if n is negative.
NativeResult tohex(NativeContext& cx) {
    constexpr std::uint32_t kDigits = 8;
    NativeResult out{};
    if (!settle_arguments(cx, out)) return out;
    std::uint32_t b = 0;
    std::uint32_t n = kDigits;
    if (!read(cx, 0, b) || (cx.has_arg(1) && !read(cx, 1, n))) return cx.failed();
    const bool capitals = static_cast<std::int32_t>(n) < 0;
    n = std::min(capitals ? 0 - n : n, kDigits);  // of -2^31 there is no positive int32 (CVE-2024-31449)
    char digits[kDigits];
    for (std::uint32_t i = n; i-- > 0; b >>= 4) {
        digits[i] = (capitals ? "0123456789ABCDEF" : "0123456789abcdef")[b & 15];
    }
    Value text = Value::nil();
    cx.restartable();
    return cx.new_string({digits, n}, text) ? cx.done(text) : cx.failed();
}

}  // namespace

void open_bit(LibraryBuilder& builder) {
    builder.library("bit");
    builder.function("tobit", unary<same>);
    builder.function("bnot", unary<complement>);
    builder.function("bswap", unary<swap_bytes>);
    builder.function("band", fold<conjunction>);
    builder.function("bor", fold<disjunction>);
    builder.function("bxor", fold<difference>);
    builder.function("lshift", shift<shift_left>);
    builder.function("rshift", shift<shift_right>);
    builder.function("arshift", shift<shift_arithmetically>);
    builder.function("rol", shift<rotate_left>);
    builder.function("ror", shift<rotate_right>);
    builder.function("tohex", tohex);
}

}  // namespace arenite::redis

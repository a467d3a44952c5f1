// Numbers in structures, converted as gcc on x86-64 converts what C leaves undefined: Redis's results for numbers that do
// not fit.
#pragma once

#include <cstddef>
#include <cstdint>

#include <arenite/native.h>
#include "redis_api/script_environment.h"

namespace arenite::redis {

/// static_cast<unsigned long>(double): beyond 2^64 it is 0; NaN, and what is below -2^63, is 2^63.
[[nodiscard]] constexpr std::uint64_t truncate_to_uint64(double number) {
    constexpr std::uint64_t kTop = std::uint64_t{1} << 63;
    if (number >= 0x1p63) return static_cast<std::uint64_t>(truncate_to_int64(number - 0x1p63)) ^ kTop;
    return static_cast<std::uint64_t>(truncate_to_int64(number));
}

/// The bits of an integer of `size` bytes; the bytes beyond 8 are 0, whatever its sign.
[[nodiscard]] constexpr std::uint64_t integer_bits(double number) {
    return number < 0 ? static_cast<std::uint64_t>(truncate_to_int64(number)) : truncate_to_uint64(number);
}

/// Writes `size` bytes of `bits`, which is 0 from the ninth on.
inline void put_bytes(char* out, std::uint64_t bits, std::size_t size, bool little_endian) {
    for (std::size_t i = 0; i < size; ++i) {
        const std::size_t place = little_endian ? i : size - 1 - i;
        out[place] = static_cast<char>(i < 8 ? bits >> (8 * i) : 0);
    }
}

/// The lowest eight of `size` bytes.
[[nodiscard]] inline std::uint64_t get_bytes(const char* bytes, std::size_t size, bool little_endian) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < size && i < 8; ++i) {
        const std::size_t place = little_endian ? i : size - 1 - i;
        bits |= std::uint64_t{static_cast<unsigned char>(bytes[place])} << (8 * i);
    }
    return bits;
}

/// The integer that `size` bytes stand for. The sign of more than eight bytes is looked for at the bit that x86 shifts by:
/// the place modulo 64.
[[nodiscard]] constexpr double integer_of(std::uint64_t bits, std::size_t size, bool is_signed) {
    if (!is_signed) return static_cast<double>(bits);
    const std::uint64_t mask = ~std::uint64_t{0} << ((size * 8 - 1) & 63);
    if ((bits & mask) != 0) bits |= mask;
    return static_cast<double>(static_cast<std::int64_t>(bits));
}

/// Integers of 64 bits in two local slots: doubles hold only 53 of them.
inline void set_local_wide(NativeContext& cx, std::uint32_t slot, std::uint64_t v) {
    cx.set_local_number(slot, static_cast<double>(v >> 32));
    cx.set_local_number(slot + 1, static_cast<double>(v & 0xFFFF'FFFF));
}
[[nodiscard]] inline std::uint64_t local_wide(const NativeContext& cx, std::uint32_t slot) {
    return static_cast<std::uint64_t>(cx.local_number(slot)) << 32 |
           static_cast<std::uint64_t>(cx.local_number(slot + 1));
}

}  // namespace arenite::redis

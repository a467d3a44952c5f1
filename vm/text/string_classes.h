// Character classes of the C locale, as PUC's <ctype.h> calls see them: sets of bytes as bitmaps.
#pragma once

#include <array>
#include <cstdint>

namespace arenite::lib {

/// 256 bits, bit c & 7 of byte c >> 3 for the byte c.
using ByteSet = std::array<std::uint8_t, 32>;

[[nodiscard]] constexpr bool has_byte(const std::uint8_t* set, unsigned char c) {
    return set[c >> 3] >> (c & 7) & 1;
}
constexpr void add_byte(std::uint8_t* set, unsigned char c) {
    set[c >> 3] = static_cast<std::uint8_t>(set[c >> 3] | 1u << (c & 7));
}

[[nodiscard]] constexpr bool is_upper(unsigned char c) {
    return c >= 'A' && c <= 'Z';
}
[[nodiscard]] constexpr bool is_lower(unsigned char c) {
    return c >= 'a' && c <= 'z';
}
[[nodiscard]] constexpr bool is_alpha(unsigned char c) {
    return is_upper(c) || is_lower(c);
}
[[nodiscard]] constexpr bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr unsigned char to_lower(unsigned char c) {
    return static_cast<unsigned char>(is_upper(c) ? c + 32 : c);
}
[[nodiscard]] constexpr unsigned char to_upper(unsigned char c) {
    return static_cast<unsigned char>(is_lower(c) ? c - 32 : c);
}

/// Letters of the classes of Lua 5.1 §5.4.1, in the order of kClassSets; an upper case letter is the complement.
inline constexpr char kClassLetters[] = "acdlpsuwxz";
inline constexpr unsigned kClassCount = sizeof kClassLetters - 1;

namespace detail {
[[nodiscard]] constexpr bool in_class(unsigned char c, char letter) {
    const bool graphic = c > ' ' && c < 0x7F;
    switch (letter) {
        case 'a': return is_alpha(c);
        case 'c': return c < ' ' || c == 0x7F;
        case 'd': return is_digit(c);
        case 'l': return is_lower(c);
        case 'p': return graphic && !is_alpha(c) && !is_digit(c);
        case 's': return c == ' ' || (c >= '\t' && c <= '\r');
        case 'u': return is_upper(c);
        case 'w': return is_alpha(c) || is_digit(c);
        case 'x': return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
        default: return c == 0;  // 'z'
    }
}
[[nodiscard]] constexpr std::array<ByteSet, 2 * kClassCount> make_class_sets() {
    std::array<ByteSet, 2 * kClassCount> sets{};
    for (unsigned i = 0; i < kClassCount; ++i) {
        for (unsigned c = 0; c < 256; ++c) {
            const bool in = in_class(static_cast<unsigned char>(c), kClassLetters[i]);
            add_byte(sets[2 * i + (in ? 0 : 1)].data(), static_cast<unsigned char>(c));
        }
    }
    return sets;
}
/// The same as a byte for each byte, without the complements: for long runs.
[[nodiscard]] constexpr std::array<std::array<bool, 256>, kClassCount> make_class_members() {
    std::array<std::array<bool, 256>, kClassCount> members{};
    for (unsigned i = 0; i < kClassCount; ++i) {
        for (unsigned c = 0; c < 256; ++c) members[i][c] = in_class(static_cast<unsigned char>(c), kClassLetters[i]);
    }
    return members;
}
/// Index of the set of each escaped byte, or -1.
[[nodiscard]] constexpr std::array<std::int8_t, 256> make_class_index() {
    std::array<std::int8_t, 256> index{};
    index.fill(-1);
    for (unsigned i = 0; i < kClassCount; ++i) {
        const auto letter = static_cast<unsigned char>(kClassLetters[i]);
        index[letter] = static_cast<std::int8_t>(2 * i);
        index[to_upper(letter)] = static_cast<std::int8_t>(2 * i + 1);
    }
    return index;
}
}  // namespace detail

/// The set of class i and, after it, its complement.
inline constexpr auto kClassSets = detail::make_class_sets();
inline constexpr auto kClassMembers = detail::make_class_members();
/// kClassIndex[x]: the set that %x stands for in kClassSets; -1 when %x stands for x itself.
inline constexpr auto kClassIndex = detail::make_class_index();

}  // namespace arenite::lib

// Handle<T>: a typed, validated reference to an object in a VM's arenas (arena/handle_word.h).
#pragma once

#include <cstdint>
#include <type_traits>

namespace arenite {

/// The bit layout shared by handles and Values.
namespace word {
inline constexpr unsigned kTagShift = 47;
inline constexpr std::uint64_t kBoxed = 0xFFF8'0000'0000'0000ull;
/// Generation and position: what a dead slot's first word may keep (H2).
inline constexpr std::uint64_t kDeadMask = 0x0000'7FFF'FFFF'FFFFull;

[[nodiscard]] constexpr unsigned tag(std::uint64_t bits) {
    return static_cast<unsigned>(bits >> kTagShift) & 0xF;
}
[[nodiscard]] constexpr std::uint32_t position(std::uint64_t bits) {
    return static_cast<std::uint32_t>(bits);
}
}  // namespace word

/// A reference to a T (a class with a static `kTag`). Trivially copyable; owns nothing; null when zero.
template <class T>
struct Handle {
    std::uint64_t bits = 0;

    [[nodiscard]] constexpr bool is_null() const { return bits == 0; }
    [[nodiscard]] constexpr explicit operator bool() const { return bits != 0; }
    [[nodiscard]] constexpr std::uint32_t position() const { return word::position(bits); }
    friend constexpr bool operator==(Handle, Handle) = default;
};
static_assert(sizeof(Handle<int>) == 8 && std::is_trivially_copyable_v<Handle<int>>);

}  // namespace arenite

// Handle<T>: a typed, validated reference to an object in a VM's arenas.
//
// Invariants
//  H1. A handle is the 64-bit word [13 ones][4 tag][15 generation][32 position]; the position counts 8-byte units from
//      the base of the VM's address range. It is also the Value that holds the object (arenite/value.h).
//  H2. The first word (`self`) of a live slot is exactly the handle that names it. The `self` of a dead or never used
//      slot equals no handle: its upper 17 bits are zero.
//  H3. A slot gets a new generation at each allocation. A slot whose generations are used up is retired, never reused.
//  H4. A slot counts its generations from 1 to kMaxGeneration. A handle has the number xored with the mask of its heap (15
//      bits, drawn for each VM), so that handles of two VMs differ though their slots are the same; dead slots keep the
//      number itself. So a slot has all its generations whatever the mask, and a zeroed slot matches no handle.
#pragma once

#include <cstdint>
#include <type_traits>

namespace arenite {

/// The bit layout shared by handles and Values.
namespace word {
inline constexpr unsigned kTagShift = 47;
inline constexpr unsigned kGenerationShift = 32;
inline constexpr std::uint64_t kBoxed = 0xFFF8'0000'0000'0000ull;
inline constexpr std::uint32_t kMaxGeneration = 0x7FFF;
inline constexpr std::uint64_t kPositionMask = 0xFFFF'FFFFull;
/// Generation and position: what a dead slot's first word may keep (H2).
inline constexpr std::uint64_t kDeadMask = 0x0000'7FFF'FFFF'FFFFull;

[[nodiscard]] constexpr std::uint64_t make(unsigned tag, std::uint32_t generation, std::uint32_t position) {
    return kBoxed | static_cast<std::uint64_t>(tag) << kTagShift |
           static_cast<std::uint64_t>(generation) << kGenerationShift | position;
}
[[nodiscard]] constexpr unsigned tag(std::uint64_t bits) {
    return static_cast<unsigned>(bits >> kTagShift) & 0xF;
}
/// The generation as the word has it: in a handle, under the mask of its heap (H4).
[[nodiscard]] constexpr std::uint32_t generation(std::uint64_t bits) {
    return static_cast<std::uint32_t>(bits >> kGenerationShift) & kMaxGeneration;
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
    [[nodiscard]] constexpr std::uint32_t generation() const { return word::generation(bits); }
    friend constexpr bool operator==(Handle, Handle) = default;
};
static_assert(sizeof(Handle<int>) == 8 && std::is_trivially_copyable_v<Handle<int>>);

}  // namespace arenite

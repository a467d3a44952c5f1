// The words of handles and of slots: what makes a handle valid.
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

#include <arenite/handle.h>

namespace arenite::word {

inline constexpr unsigned kGenerationShift = 32;
inline constexpr std::uint32_t kMaxGeneration = 0x7FFF;

[[nodiscard]] constexpr std::uint64_t make(unsigned tag, std::uint32_t generation, std::uint32_t position) {
    return kBoxed | static_cast<std::uint64_t>(tag) << kTagShift |
           static_cast<std::uint64_t>(generation) << kGenerationShift | position;
}
/// The generation as the word has it: in a handle, under the mask of its heap (H4).
[[nodiscard]] constexpr std::uint32_t generation(std::uint64_t bits) {
    return static_cast<std::uint32_t>(bits >> kGenerationShift) & kMaxGeneration;
}

}  // namespace arenite::word

// What an instruction does to the registers, from the operand kinds of opcodes.def and the few opcodes that work on
// ranges. Shared by both parts of the verifier.
#pragma once

#include <array>
#include <cstdint>

#include "heap/function_unit.h"

namespace arenite::compiler {

struct RegisterRange {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};

struct RegisterEffects {
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    std::array<RegisterRange, 3> reads{};
    std::uint32_t read_count = 0;
    RegisterRange writes;           ///< whatever comes next
    RegisterRange fall_writes;      ///< only when it falls through
    RegisterRange jump_writes;      ///< only when it jumps
    std::uint32_t clobbers = kNone;  ///< this register and all above are undefined before the writes
    std::uint32_t highest = kNone;   ///< highest register touched at all
};

/// `pc` is in range and its opcode valid. For an instruction that takes values up to top, the instruction before it
/// must set the top (V4): the values below the top's base count as read.
[[nodiscard]] RegisterEffects register_effects(const FunctionUnit& unit, std::size_t pc);

/// The instruction takes values up to top; it gives all its values and sets the top.
[[nodiscard]] bool reads_top(Instruction i);
[[nodiscard]] bool sets_top(Instruction i);

}  // namespace arenite::compiler

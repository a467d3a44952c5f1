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
    RegisterRange writes;            ///< whatever comes next
    RegisterRange fall_writes;       ///< only when it falls through
    RegisterRange jump_writes;       ///< only when it jumps
    std::uint32_t clobbers = kNone;  ///< this register and all above are undefined before the writes
    std::uint32_t highest = kNone;   ///< highest register touched at all
};

/// What the verifier asks of an opcode for every instruction, ready to hand.
struct OpFacts {
    Instruction zero_mask = 0;  ///< operands that must be zero
    bool ends = false;          ///< flag T
    bool internal = false;      ///< flag I
    bool jumps = false;         ///< has an offset
    bool simple = false;        ///< touches only the registers its operands name, always in the same way:
    std::uint8_t reads = 0;     ///< ... a (1), b (2), c (4)
    bool writes_a = false;
};

[[nodiscard]] constexpr OpFacts make_op_facts(Op op) {
    const OpInfo& info = op_info(op);
    OpFacts f;
    const char kinds[4] = {info.a, info.b, info.c, info.d};
    const Instruction fields[4] = {0xFF00ull, 0xFFFF0000ull, 0xFFFFull << 32, 0xFFFFull << 48};
    for (int k = 0; k < 4; ++k) {
        if (kinds[k] == '_' || kinds[k] == 'h') f.zero_mask |= fields[k];
        if (kinds[k] == 'r' || kinds[k] == 'x') f.reads |= static_cast<std::uint8_t>(1 << k);
        if (kinds[k] == 'R' || kinds[k] == 'n') f.simple = true;  // inverted below
    }
    f.writes_a = info.a == 'w' || info.a == 'x';
    f.ends = info.has('T');
    f.internal = info.has('I');
    f.jumps = info.c == 'j';
    f.simple = !f.simple && op != Op::SELF && op != Op::FORPREP && op != Op::FORLOOP && op != Op::TFORPREP &&
               op != Op::TFORLOOP && op != Op::JTSET && op != Op::JFSET;
    return f;
}

inline constexpr auto kOpFacts = [] {
    std::array<OpFacts, kOpcodeCount> facts{};
    for (unsigned i = 0; i < kOpcodeCount; ++i) {
        facts[i] = make_op_facts(static_cast<Op>(i));
    }
    return facts;
}();
[[nodiscard]] constexpr const OpFacts& op_facts(Instruction i) {
    return kOpFacts[static_cast<unsigned>(i & 0xFF)];
}

/// `pc` is in range and its opcode valid. For an instruction that takes values up to top, the instruction before it
/// must set the top (V4): the values below the top's base count as read.
[[nodiscard]] RegisterEffects register_effects(const FunctionUnit& unit, std::size_t pc);

/// The instruction takes values up to top; it gives all its values and sets the top.
[[nodiscard]] bool reads_top(Instruction i);
[[nodiscard]] bool sets_top(Instruction i);

}  // namespace arenite::compiler

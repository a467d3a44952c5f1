// Instruction words and the opcode enumeration, made from opcodes.def.
//
// Invariants
//  BC1. An instruction is 64 bits: op8 a8 b16 c16 d16, little end first; nothing else is ever stored in a code array.
//  BC2. Stored or loaded bytecode has every hint operand ('h') zero; only the VM writes hints, and every use of one is
//       bounds-checked and verified by comparing the key found there.
//  BC3. Only JMPBACK, FORLOOP and TFORLOOP have negative offsets.
#pragma once

#include <cstdint>
#include <string_view>

namespace arenite {

using Instruction = std::uint64_t;

enum class Op : std::uint8_t {
#define ARENITE_OP(name, a, b, c, d, flags, cost, doc) name,
#include "heap/opcodes.def"
#undef ARENITE_OP
};

inline constexpr unsigned kOpcodeCount = 0
#define ARENITE_OP(name, a, b, c, d, flags, cost, doc) +1
#include "heap/opcodes.def"
#undef ARENITE_OP
    ;
static_assert(kOpcodeCount <= 256);

/// "All results" / "arguments up to top" in a count operand.
inline constexpr std::uint32_t kMulti = 0xFFFF;
/// Registers a function may use (the limit of PUC Lua 5.1, MAXSTACK).
inline constexpr unsigned kMaxRegisters = 250;

/// Static facts of an opcode, as listed in opcodes.def.
struct OpInfo {
    std::string_view name;
    char a, b, c, d;
    std::string_view flags;
    unsigned cost;
    std::string_view doc;
    [[nodiscard]] constexpr bool has(char flag) const { return flags.find(flag) != std::string_view::npos; }
};

inline constexpr OpInfo kOpInfo[kOpcodeCount] = {
#define ARENITE_OP(name, a, b, c, d, flags, cost, doc) {#name, a, b, c, d, flags, cost, doc},
#include "heap/opcodes.def"
#undef ARENITE_OP
};

[[nodiscard]] constexpr const OpInfo& op_info(Op op) {
    return kOpInfo[static_cast<unsigned>(op)];
}

/// Opcodes of which opcodes.def says something: a test of one bit.
class OpSet {
public:
    template <class Says>
    explicit constexpr OpSet(Says says) {
        for (unsigned i = 0; i < kOpcodeCount; ++i) {
            if (says(kOpInfo[i])) words_[i / 64] |= 1ull << i % 64;
        }
    }
    [[nodiscard]] constexpr bool has(Op op) const {
        const auto i = static_cast<unsigned>(op);
        return words_[i / 64] >> i % 64 & 1;
    }

private:
    std::uint64_t words_[4] = {};
};
[[nodiscard]] constexpr bool is_constant_operand(char kind) {
    return kind == 'k' || kind == 's' || kind == 'm';
}
inline constexpr OpSet kConstantB([](const OpInfo& op) { return is_constant_operand(op.b); });
inline constexpr OpSet kConstantC([](const OpInfo& op) { return is_constant_operand(op.c); });
/// Jumps that are taken when their condition does not hold.
inline constexpr OpSet kNegatedJumps([](const OpInfo& op) { return op.has('N'); });

namespace ins {
[[nodiscard]] constexpr Instruction abcd(Op op, unsigned a = 0, unsigned b = 0, unsigned c = 0, unsigned d = 0) {
    return static_cast<Instruction>(op) | static_cast<Instruction>(a & 0xFF) << 8 |
           static_cast<Instruction>(b & 0xFFFF) << 16 | static_cast<Instruction>(c & 0xFFFF) << 32 |
           static_cast<Instruction>(d & 0xFFFF) << 48;
}
/// An instruction whose c and d are one 32-bit operand (jump offset, long constant index, prototype index).
[[nodiscard]] constexpr Instruction abx(Op op, unsigned a, unsigned b, std::uint32_t cd) {
    return abcd(op, a, b) | static_cast<Instruction>(cd) << 32;
}
[[nodiscard]] constexpr Op op(Instruction w) {
    return static_cast<Op>(w & 0xFF);
}
[[nodiscard]] constexpr unsigned a(Instruction w) {
    return static_cast<unsigned>(w >> 8) & 0xFF;
}
[[nodiscard]] constexpr unsigned b(Instruction w) {
    return static_cast<unsigned>(w >> 16) & 0xFFFF;
}
[[nodiscard]] constexpr unsigned c(Instruction w) {
    return static_cast<unsigned>(w >> 32) & 0xFFFF;
}
[[nodiscard]] constexpr unsigned d(Instruction w) {
    return static_cast<unsigned>(w >> 48);
}
[[nodiscard]] constexpr std::uint32_t cd(Instruction w) {
    return static_cast<std::uint32_t>(w >> 32);
}
[[nodiscard]] constexpr std::int32_t jump(Instruction w) {
    return static_cast<std::int32_t>(w >> 32);
}
[[nodiscard]] constexpr Instruction with_cd(Instruction w, std::uint32_t cd) {
    return (w & 0xFFFFFFFFull) | static_cast<Instruction>(cd) << 32;
}
[[nodiscard]] constexpr Instruction with_a(Instruction w, unsigned a) {
    return (w & ~0xFF00ull) | static_cast<Instruction>(a & 0xFF) << 8;
}
}  // namespace ins

}  // namespace arenite

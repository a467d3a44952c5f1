// docs/opcodes.md is made from opcodes.def: this test compares it, and writes it when ARENITE_UPDATE_DOCS is set.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "heap/bytecode.h"

namespace arenite {
namespace {

std::string operand(char kind) {
    switch (kind) {
        case '_': return "";
        case 'r': return "reg";
        case 'w': return "reg (written)";
        case 'x': return "reg (read, written)";
        case 'R': return "reg (range)";
        case 'k': return "constant";
        case 's': return "short string";
        case 'm': return "number";
        case 'u': return "upvalue";
        case 'i': return "immediate";
        case 'n': return "count";
        case 'h': return "hint";
        case 'j': return "jump (32)";
        case 'K': return "constant (32)";
        case 'P': return "prototype (32)";
        case 'I': return "immediate (32)";
        default: return "…";
    }
}

std::string page() {
    std::ostringstream out;
    out << "# Opcodes\n\nMade from `heap/opcodes.def` by `tests/heap/opcodes_doc_test.cpp` (run it with "
           "ARENITE_UPDATE_DOCS=1 to\n"
           "renew this page). An instruction is `op8 a8 b16 c16 d16`; 32-bit operands take c and d together. Flags: E "
           "may\n"
           "raise, C may call, G may allocate, T does not fall through, J may jump, M reads or sets the top, I "
           "internal,\nN jumps when its condition does not hold, B charges four units and checks whether they are "
           "there before it does anything.\n\n"
           "| # | name | a | b | c | d | flags | cost | meaning |\n|---|---|---|---|---|---|---|---|---|\n";
    for (unsigned i = 0; i < kOpcodeCount; ++i) {
        const OpInfo& o = kOpInfo[i];
        out << "| " << i << " | " << o.name << " | " << operand(o.a) << " | " << operand(o.b) << " | " << operand(o.c)
            << " | " << operand(o.d) << " | " << o.flags << " | " << o.cost << " | " << o.doc << " |\n";
    }
    return out.str();
}

TEST(Opcodes, ThePageIsUpToDate) {
    const std::string path = std::string(ARENITE_SOURCE_DIR) + "/docs/opcodes.md";
    if (std::getenv("ARENITE_UPDATE_DOCS")) std::ofstream(path) << page();
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    EXPECT_EQ(text.str(), page());
}

// BC1: every field goes in and comes out whole, at its extremes.
TEST(Opcodes, BC1_EncodeDecode) {
    for (unsigned i = 0; i < kOpcodeCount; ++i) {
        const auto op = static_cast<Op>(i);
        for (unsigned a : {0u, 1u, 249u, 255u}) {
            for (unsigned b : {0u, 1u, 0x7FFFu, 0xFFFFu}) {
                const Instruction w = ins::abcd(op, a, b, 0xFFFF - b, b);
                EXPECT_EQ(ins::op(w), op);
                EXPECT_EQ(ins::a(w), a);
                EXPECT_EQ(ins::b(w), b);
                EXPECT_EQ(ins::c(w), 0xFFFF - b);
                EXPECT_EQ(ins::d(w), b);
                const Instruction j = ins::with_cd(w, static_cast<std::uint32_t>(-5));
                EXPECT_EQ(ins::jump(j), -5);
                EXPECT_EQ(ins::b(j), b);
                EXPECT_EQ(ins::a(ins::with_a(j, 77)), 77u);
            }
        }
    }
}

}  // namespace
}  // namespace arenite

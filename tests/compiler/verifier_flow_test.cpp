// V6 where ways join: what one of them does not leave in a register is not in it (compiler/verifier_flow.h).
#include <gtest/gtest.h>

#include <initializer_list>

#include "tests/compiler/compiler_test.h"

namespace arenite::compiler::test {
namespace {

/// What the verifier says of a main function of this code, with 8 registers, none of which holds anything at its begin.
std::string verdict(std::initializer_list<Instruction> code) {
    Compiled c("return function() end");
    FunctionUnit& u = *c.unit();
    u.code.clear();
    u.lines.clear();
    u.locals.clear();
    for (const Instruction i : code) {
        u.code.push_back(i);
        u.lines.push_back(1);
    }
    u.max_stack = 8;
    const auto error = verify(u);
    return error ? error->substr(error->rfind(": ") + 2) : "accepted";
}

Instruction jump(Op op, int by, unsigned a = 0) {
    return ins::with_cd(ins::abcd(op, a), static_cast<std::uint32_t>(by));
}
constexpr Instruction load(unsigned a) {
    return ins::abcd(Op::LOADTRUE, a);
}
const Instruction kReturn = ins::abcd(Op::RETV, 0, 0);

TEST(VerifierFlow, V6_AJoinKnowsWhatBothWaysLeave) {
    const Instruction cell = ins::abcd(Op::NEWCELL, 1);
    const Instruction read_cell = ins::abcd(Op::GETCELL, 0, 1);
    const Instruction read = ins::abcd(Op::MOVE, 2, 1);
    EXPECT_EQ(verdict({load(0), load(1), cell, jump(Op::JF, 1), load(2), read_cell, kReturn}), "accepted");
    EXPECT_EQ(verdict({load(0), load(1), cell, jump(Op::JF, 1), load(1), read_cell, kReturn}),
              "register does not hold a cell");
    EXPECT_EQ(verdict({load(0), load(1), jump(Op::JF, 1), cell, read_cell, kReturn}), "register does not hold a cell");
    EXPECT_EQ(verdict({load(0), load(1), jump(Op::JF, 1), cell, read, kReturn}), "register does not hold a value");
    EXPECT_EQ(verdict({load(0), load(1), cell, jump(Op::JF, 1), load(1), read, kReturn}),
              "register does not hold a value");
    EXPECT_EQ(verdict({load(0), jump(Op::JF, 1), load(1), read, kReturn}), "register does not hold a value");
}

TEST(VerifierFlow, V6_AJumpBackIsAWayToo) {
    const Instruction read = ins::abcd(Op::MOVE, 0, 1);
    EXPECT_EQ(verdict({load(0), load(1), read, load(2), jump(Op::JMPBACK, -3)}), "accepted");
    EXPECT_EQ(verdict({load(0), load(1), read, ins::abcd(Op::NEWCELL, 1), jump(Op::JMPBACK, -3)}),
              "register does not hold a value");
    // Through two loops: the inner one's begin learns of it in the third pass.
    EXPECT_EQ(verdict({load(0), load(1), load(2), read, jump(Op::JF, 1), jump(Op::JMPBACK, -3),
                       ins::abcd(Op::NEWCELL, 1), jump(Op::JMPBACK, -6)}),
              "register does not hold a value");
}

TEST(VerifierFlow, V6_CallsLeaveNothingAboveTheirResults) {
    const auto after_call = [](unsigned results, Instruction read) {
        return verdict({load(0), load(1), load(2), load(3), ins::abcd(Op::CALL, 1, 2, results), read, kReturn});
    };
    EXPECT_EQ(after_call(0, ins::abcd(Op::MOVE, 4, 0)), "accepted");
    EXPECT_EQ(after_call(0, ins::abcd(Op::MOVE, 4, 1)), "register does not hold a value");
    EXPECT_EQ(after_call(1, ins::abcd(Op::MOVE, 4, 1)), "accepted");
    EXPECT_EQ(after_call(1, ins::abcd(Op::MOVE, 4, 2)), "register does not hold a value");
    EXPECT_EQ(after_call(1, ins::abcd(Op::MOVE, 4, 3)), "register does not hold a value");
    EXPECT_EQ(after_call(3, ins::abcd(Op::MOVE, 4, 3)), "accepted");
}

}  // namespace
}  // namespace arenite::compiler::test

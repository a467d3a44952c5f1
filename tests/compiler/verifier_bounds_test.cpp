// The verifier refuses the first index that is not there, jumps into the middle of what belongs together, and captures of
// the other kind: for each of compiler/verifier.h's V2 to V8 the smallest step over the line.
#include <gtest/gtest.h>

#include "tests/compiler/compiler_test.h"

namespace arenite::compiler::test {
namespace {

/// Where the first instruction with that opcode is.
std::size_t place_of(const FunctionUnit& u, Op op, std::size_t from = 0) {
    for (std::size_t pc = from; pc < u.code.size(); ++pc) {
        if (ins::op(u.code[pc]) == op) return pc;
    }
    ADD_FAILURE() << "no " << op_info(op).name << " in\n" << disassemble(u);
    return 0;
}

/// What the verifier says of a chunk without debug information in which `change` has changed something.
template <class Change>
std::string after(std::string_view source, Change change) {
    Compiled c(source);
    EXPECT_TRUE(c.ok()) << c.message();
    if (!c.ok()) return {};
    c.unit()->locals.clear();
    EXPECT_EQ(verify(*c.unit()), std::nullopt);
    change(*c.unit());
    const auto error = verify(*c.unit());
    return error ? error->substr(error->rfind(": ") + 2) : "accepted";
}

Instruction jump_to(std::size_t from, std::size_t to, Instruction i) {
    return ins::with_cd(
        i, static_cast<std::uint32_t>(static_cast<std::int64_t>(to) - static_cast<std::int64_t>(from) - 1));
}

TEST(VerifierBounds, V2_TheFirstThatIsNotThere) {
    const std::string_view sum = "local a, b = 1, 2 local c = a + b local function f() return a end return c .. f()";
    const auto change_sum = [&](Instruction (*to)(const FunctionUnit& u, Instruction i)) {
        return after(sum, [to](FunctionUnit& u) {
            Instruction& i = u.code[place_of(u, Op::ADD)];
            i = to(u, i);
        });
    };
    EXPECT_EQ(change_sum([](const FunctionUnit& u, Instruction i) { return ins::with_a(i, u.max_stack); }),
              "no such register");
    EXPECT_EQ(change_sum([](const FunctionUnit& u, Instruction i) {
                  return ins::abcd(Op::ADD, ins::a(i), u.max_stack, ins::c(i));
              }),
              "no such register");
    EXPECT_EQ(change_sum([](const FunctionUnit& u, Instruction i) {
                  return ins::abcd(Op::ADD, ins::a(i), ins::b(i), u.max_stack);
              }),
              "no such register");
    const auto constants = [](const FunctionUnit& u) { return static_cast<std::uint32_t>(u.constants.size()); };
    EXPECT_EQ(after(sum,
                    [&](FunctionUnit& u) {
                        Instruction& i = u.code[place_of(u, Op::LOADK)];
                        i = ins::with_cd(i, constants(u));
                    }),
              "no such constant");
    EXPECT_EQ(after("local t = {} t[1] = 'x'",
                    [&](FunctionUnit& u) {
                        Instruction& i = u.code[place_of(u, Op::SETINDEXK)];
                        i = ins::abcd(Op::SETINDEXK, ins::a(i), ins::b(i), constants(u));
                    }),
              "no such constant");
    EXPECT_EQ(after("local t = {} return t.x",
                    [&](FunctionUnit& u) {
                        Instruction& i = u.code[place_of(u, Op::GETFIELD)];
                        i = ins::abcd(Op::GETFIELD, ins::a(i), ins::b(i), constants(u));
                    }),
              "constant is not a short string");
    EXPECT_EQ(after("local a = ... return a + 1",
                    [&](FunctionUnit& u) {
                        Instruction& i = u.code[place_of(u, Op::ADDK)];
                        i = ins::abcd(Op::ADDK, ins::a(i), ins::b(i), constants(u));
                    }),
              "constant is not a number");
    EXPECT_EQ(after(sum,
                    [](FunctionUnit& u) {
                        Instruction& i = u.code[place_of(u, Op::CLOSURE)];
                        i = ins::with_cd(i, static_cast<std::uint32_t>(u.children.size()));
                    }),
              "no such function");
    EXPECT_EQ(after(sum,
                    [](FunctionUnit& u) {
                        FunctionUnit& f = *u.children[0];
                        Instruction& i = f.code[place_of(f, Op::GETUPVAL)];
                        i = ins::abcd(Op::GETUPVAL, ins::a(i), static_cast<std::uint32_t>(f.upvalues.size()));
                    }),
              "no such upvalue");
    EXPECT_EQ(after("local a, b = ... a(a, b)",
                    [](FunctionUnit& u) {
                        Instruction& i = u.code[place_of(u, Op::CALL)];
                        i = ins::abcd(Op::CALL, ins::a(i), u.max_stack - ins::a(i), ins::c(i));
                    }),
              "no such registers");
}

TEST(VerifierBounds, V2_NamesAreShortStrings) {
    const std::string name(48, 'n');
    const std::string source = "local s = '" + name + "' local t = {} return t.x, s";
    EXPECT_EQ(after(source,
                    [&](FunctionUnit& u) {
                        std::uint32_t k = 0;
                        while (u.constants[k].kind != UnitConstant::Kind::String || u.constants[k].string != name) ++k;
                        Instruction& i = u.code[place_of(u, Op::GETFIELD)];
                        i = ins::abcd(Op::GETFIELD, ins::a(i), ins::b(i), k);
                    }),
              "constant is not a short string");
}

TEST(VerifierBounds, V3_JumpsEndInTheCode) {
    const std::string_view source = "local a = ... if a then a = 1 end return a";
    const auto to = [&](std::size_t behind) {
        return after(source, [behind](FunctionUnit& u) {
            const std::size_t pc = place_of(u, Op::JF);
            u.code[pc] = jump_to(pc, u.code.size() - 1 + behind, u.code[pc]);
        });
    };
    EXPECT_EQ(to(0), "accepted");
    EXPECT_EQ(to(1), "jumps out of the code");
    EXPECT_EQ(after("while true do local a = ... end",
                    [](FunctionUnit& u) {
                        const std::size_t pc = place_of(u, Op::JMPBACK);
                        u.code[pc] = jump_to(pc, static_cast<std::size_t>(-1), u.code[pc]);
                    }),
              "jumps out of the code");
}

/// In two cases the value that the jump goes around is there anyway, so that nothing but V4 refuses.
TEST(VerifierBounds, V4_NoJumpToWhatReadsTheTop) {
    for (const auto& [source, reader] :
         {std::pair<std::string_view, Op>{"local f, a = ... if a then a = f(f, ...) end", Op::CALLM},
          {"local f, a = ... if a then a = 1 end return f(f, f())", Op::TAILCALL},
          {"local f, a = ... if a then a = 1 end return f, f()", Op::RETV},
          {"local f, a = ... if a then a = 1 end local t = {f, f()}", Op::SETLIST}}) {
        SCOPED_TRACE(source);
        EXPECT_EQ(after(source,
                        [op = reader](FunctionUnit& u) {
                            const std::size_t pc = place_of(u, Op::JF);
                            u.code[pc] = jump_to(pc, place_of(u, op), u.code[pc]);
                        }),
                  "jump to an instruction that uses the top");
    }
}

TEST(VerifierBounds, V5_LoopsBelongTogether) {
    const std::string_view numeric = "local a, b = ... for i = 1, 2 do a = i end for i = 3, 4 do b = i end";
    EXPECT_EQ(after(numeric,
                    [](FunctionUnit& u) {
                        // The second loop's end goes on with its registers one higher.
                        const std::size_t pc = place_of(u, Op::FORLOOP);
                        Instruction& i = u.code[place_of(u, Op::FORLOOP, pc + 1)];
                        i = ins::with_a(i, ins::a(i) + 1);
                    }),
              "FORPREP without its FORLOOP");
    EXPECT_EQ(after(numeric,
                    [](FunctionUnit& u) {
                        const std::size_t first = place_of(u, Op::FORPREP);
                        const std::size_t end = place_of(u, Op::FORLOOP, place_of(u, Op::FORLOOP) + 1);
                        u.code[end] = jump_to(end, first + 1, u.code[end]);
                    }),
              "FORPREP without its FORLOOP");
}

TEST(VerifierBounds, V7_InnerCapturesAreOfTheirKind) {
    // In the middle function the innermost one's upvalue is an upvalue too.
    const auto inner = [](std::string_view source, bool uses, auto change) {
        return after(source, [&](FunctionUnit& u) {
            FunctionUnit& middle = *u.children[0];
            FunctionUnit& innermost = *middle.children[0];
            EXPECT_EQ(innermost.upvalues.size(), 1u);
            EXPECT_FALSE(innermost.upvalues[0].from_local);
            if (!uses) {  // so that nothing of the innermost one's own is wrong
                innermost.code.clear();
                innermost.lines.clear();
                innermost.code.push_back(ins::abcd(Op::RET0));
                innermost.lines.push_back(1);
                innermost.locals.clear();
            }
            change(middle, innermost);
        });
    };
    const std::string_view cell = "local a = 1 return function() return function() a = a + 1 return a end end";
    const std::string_view value = "local a = 1 return function() return function() return a end end";
    for (const std::string_view source : {cell, value}) {
        SCOPED_TRACE(source);
        EXPECT_EQ(inner(source, false, [](FunctionUnit&, FunctionUnit&) {}), "accepted");
        EXPECT_EQ(inner(source, false,
                        [](FunctionUnit&, FunctionUnit& f) { f.upvalues[0].by_value = !f.upvalues[0].by_value; }),
                  "closure captures what is not there");
        EXPECT_EQ(inner(source, false,
                        [](FunctionUnit& m, FunctionUnit& f) {
                            f.upvalues[0].index = static_cast<std::uint8_t>(m.upvalues.size());
                        }),
                  "closure captures what is not there");
        EXPECT_EQ(inner(source, false,
                        [](FunctionUnit& m, FunctionUnit& f) {
                            f.upvalues[0].from_local = true;
                            f.upvalues[0].index = m.max_stack;
                        }),
                  "closure captures what is not there");
    }
}

}  // namespace
}  // namespace arenite::compiler::test

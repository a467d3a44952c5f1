#include "compiler/verifier.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "compiler/dump.h"
#include "tests/compiler/compiler_test.h"

namespace arenite::compiler::test {
namespace {

constexpr std::string_view kProgram = R"lua(
    local a, b, t = 1, "two", {1, 2, 3, x = 4}
    local function f(x, ...) local y = x y = y + 1 return function() y = y + a return y, arg end end
    local function v(...) local p, q = ... t[p] = q return select('#', ...), ... end
    for i = 1, 10 do t[i] = i * 2 if t[i] == 6 then break end end
    for k, w in pairs(t) do t.y = k w = w .. b .. "c" .. k f(w, v(k))(w) end
    while a < 5 do a = a + 1 if a == 3 or b and not t then t:m(a, v()) end end
    repeat local z = t.x until z and z > 3
    long_name_long_name_long_name_long_name_long_name_long_name = -#t
    return f(a and b or t, v(1, 2)), {v(), v()}
)lua";

FunctionUnit* find(FunctionUnit* unit, Op op, std::size_t& pc) {
    for (pc = 0; pc < unit->code.size(); ++pc) {
        if (ins::op(unit->code[pc]) == op) {
            return unit;
        }
    }
    for (FunctionUnit* child : unit->children) {
        if (FunctionUnit* found = find(child, op, pc)) {
            return found;
        }
    }
    return nullptr;
}

/// Compiles the program, changes the first instruction with the given opcode, and says what the verifier says.
template <class Change>
std::string after_change(Op op, Change change) {
    Compiled c(kProgram);
    EXPECT_TRUE(c.ok()) << c.message();
    EXPECT_EQ(verify(*c.unit()), std::nullopt);
    std::size_t pc = 0;
    FunctionUnit* unit = find(c.unit(), op, pc);
    if (unit == nullptr) {
        ADD_FAILURE() << "no " << op_info(op).name;
        return {};
    }
    change(*unit, pc);
    const auto error = verify(*c.unit());
    return error ? error->substr(error->rfind(": ") + 2) : "accepted";
}

std::string with_word(Op op, Instruction (*change)(Instruction)) {
    return after_change(op, [change](FunctionUnit& u, std::size_t pc) { u.code[pc] = change(u.code[pc]); });
}

TEST(Verifier, RefusesBadOperands) {
    using I = Instruction;
    EXPECT_EQ(with_word(Op::MOVE, [](I i) { return i | I{1} << 32; }), "unused operand or hint is not zero");
    EXPECT_EQ(with_word(Op::GETGLOBAL, [](I i) { return i | I{1} << 48; }), "unused operand or hint is not zero");
    EXPECT_EQ(with_word(Op::MOVE, [](I i) { return i | 0xFF00; }), "no such register");
    EXPECT_EQ(with_word(Op::MOVE, [](I i) { return i | 0xFFFF0000; }), "no such register");
    EXPECT_EQ(with_word(Op::LOADK, [](I i) { return ins::with_cd(i, 9999); }), "no such constant");
    EXPECT_EQ(with_word(Op::GETGLOBAL, [](I i) { return ins::abcd(Op::GETGLOBAL, ins::a(i), 0); }),
              "constant is not a short string");
    EXPECT_EQ(with_word(Op::ADDK, [](I i) { return i | I{0xFFFF} << 32; }), "constant is not a number");
    EXPECT_EQ(with_word(Op::CLOSURE, [](I i) { return ins::with_cd(i, 99); }), "no such function");
    EXPECT_EQ(with_word(Op::GETUPVAL, [](I i) { return i | 0xFFFF0000; }), "no such upvalue");
    EXPECT_EQ(with_word(Op::MOVE, [](I) { return I{255}; }), "unknown opcode");
    EXPECT_EQ(with_word(Op::MOVE, [](I) { return ins::abcd(Op::K_STORE); }), "unknown opcode");
    EXPECT_EQ(with_word(Op::CONCAT, [](I i) { return ins::abcd(Op::CONCAT, ins::a(i), ins::b(i), ins::b(i)); }),
              "CONCAT needs two values");
}

TEST(Verifier, RefusesBadRanges) {
    EXPECT_EQ(with_word(Op::CALL, [](Instruction i) { return ins::abcd(Op::CALL, ins::a(i), 200, ins::c(i)); }),
              "no such registers");
    EXPECT_EQ(with_word(Op::CALL, [](Instruction i) { return ins::abcd(Op::CALL, ins::a(i), ins::b(i), 200); }),
              "no such registers");
    EXPECT_EQ(with_word(Op::CALL, [](Instruction i) { return ins::abcd(Op::CALL, ins::a(i), kMulti, ins::c(i)); }),
              "CALL needs fixed counts");
    EXPECT_EQ(with_word(Op::CALL, [](Instruction i) { return ins::abcd(Op::CALLM, ins::a(i), kMulti, ins::c(i)); }),
              "nothing sets the top it uses");
    EXPECT_EQ(with_word(Op::CALL, [](Instruction i) { return ins::abcd(Op::CALLM, ins::a(i), ins::b(i), kMulti); }),
              "nothing uses the top it sets");
    EXPECT_EQ(with_word(Op::CALLM, [](Instruction i) { return ins::abcd(Op::CALL, ins::a(i), 0, 0); }),
              "nothing sets the top it uses");
    EXPECT_EQ(with_word(Op::SETLIST, [](Instruction i) { return ins::with_cd(i, 0); }), "bad index");
    EXPECT_EQ(with_word(Op::TFORCALL, [](Instruction i) { return ins::abcd(Op::TFORCALL, ins::a(i), 0, 0); }),
              "bad number of results");
}

TEST(Verifier, RefusesBadControl) {
    EXPECT_EQ(with_word(Op::JMPBACK, [](Instruction i) { return ins::with_cd(i, 0); }), "jumps in the wrong direction");
    EXPECT_EQ(with_word(Op::JF, [](Instruction i) { return ins::with_cd(i, 0xFFFFFFFF); }),
              "jumps in the wrong direction");
    EXPECT_EQ(with_word(Op::JF, [](Instruction i) { return ins::with_cd(i, 100000); }), "jumps out of the code");
    EXPECT_EQ(with_word(Op::FORPREP, [](Instruction i) { return ins::with_cd(i, ins::cd(i) + 1); }),
              "FORPREP without its FORLOOP");
    EXPECT_EQ(with_word(Op::FORLOOP, [](Instruction i) { return ins::with_cd(i, ins::cd(i) + 1); }),
              "FORPREP without its FORLOOP");
    EXPECT_EQ(with_word(Op::FORLOOP, [](Instruction i) { return ins::with_a(i, ins::a(i) + 1); }),
              "FORPREP without its FORLOOP");
    EXPECT_EQ(with_word(Op::TFORPREP, [](Instruction i) { return ins::with_cd(i, ins::cd(i) - 1); }),
              "TFORPREP without its loop");
    EXPECT_EQ(with_word(Op::TFORLOOP, [](Instruction i) { return ins::with_cd(i, ins::cd(i) + 1); }),
              "TFORPREP without its loop");
    EXPECT_EQ(with_word(Op::RETV, [](Instruction i) { return ins::abcd(Op::RETN, ins::a(i), ins::b(i)); }),
              "not for vararg functions");
    EXPECT_EQ(
        after_change(Op::JMPBACK, [](FunctionUnit& u, std::size_t) { u.code.back() = ins::abcd(Op::MOVE, 0, 1); }),
        "control can run past the end");
    EXPECT_EQ(after_change(Op::RET0,
                           [](FunctionUnit& u, std::size_t) {
                               u.code.clear();
                               u.lines.clear();
                           }),
              "no code, or too much");
}

TEST(Verifier, RefusesUndefinedRegistersAndCells) {
    EXPECT_EQ(after_change(Op::NEWCELL,
                           [](FunctionUnit& u, std::size_t pc) {
                               u.code[pc] = ins::abcd(Op::MOVE, ins::a(u.code[pc]), ins::a(u.code[pc]));
                               u.locals.clear();
                           }),
              "closure captures a register that does not hold what it expects");
    EXPECT_EQ(with_word(Op::GETCELL, [](Instruction i) { return ins::abcd(Op::MOVE, ins::a(i), ins::b(i)); }),
              "register does not hold a value");
    EXPECT_EQ(with_word(Op::GETUPCELL, [](Instruction i) { return ins::abcd(Op::GETUPVAL, ins::a(i), ins::b(i)); }),
              "upvalue is a cell");
    EXPECT_EQ(with_word(Op::GETUPVAL, [](Instruction i) { return ins::abcd(Op::GETUPCELL, ins::a(i), ins::b(i)); }),
              "upvalue is not a cell");
    EXPECT_EQ(after_change(Op::GETUPVAL,
                           [](FunctionUnit& u, std::size_t) {
                               u.max_stack = 20;
                               u.code[0] = ins::abcd(Op::MOVE, 0, 17);
                           }),
              "register does not hold a value");
    EXPECT_EQ(after_change(Op::NEWCELL,
                           [](FunctionUnit& u, std::size_t) {
                               for (UnitLocal& l : u.locals) l.in_cell = false;
                           }),
              "a visible variable's register does not hold it");
    Compiled loop("for i = 1, 2 do local x = i end");
    FunctionUnit& u = *loop.unit();
    ASSERT_EQ(code_of(u), "LOADK 0 k0\nLOADK 1 k1\nLOADK 2 k0\nFORPREP 0 +2\nMOVE 4 3\nFORLOOP 0 -2\nRETV 0 0\n");
    u.locals.clear();
    EXPECT_EQ(verify(u), std::nullopt);
    u.code[4] = ins::abcd(Op::LOADTRUE, 1);  // the limit
    EXPECT_EQ(verify(u), "function at line 0: instruction 6: FORLOOP on registers that its FORPREP has not checked");
}

TEST(Verifier, RefusesBadHeaders) {
    const auto change = [](void (*f)(FunctionUnit&)) {
        Compiled c(kProgram);
        f(*c.unit());
        const auto error = verify(*c.unit());
        return error ? error->substr(error->rfind(": ") + 2) : "accepted";
    };
    EXPECT_EQ(change([](FunctionUnit& u) { u.lines.pop_back(); }), "one line per instruction is needed");
    EXPECT_EQ(change([](FunctionUnit& u) { u.max_stack = 250; }), "bad number of registers");
    EXPECT_EQ(change([](FunctionUnit& u) {
                  u.max_stack = 3;
                  u.locals.clear();
              }),
              "no such register");
    EXPECT_EQ(change([](FunctionUnit& u) { u.num_params = 200; }), "more parameters than registers");
    EXPECT_EQ(change([](FunctionUnit& u) { u.children[0] = nullptr; }), "missing child");
    EXPECT_EQ(change([](FunctionUnit& u) { u.is_vararg = false; }), "only for vararg functions");
    EXPECT_EQ(change([](FunctionUnit& u) { u.locals[0].end_pc = 100000; }), "bad debug information of a variable");
    EXPECT_EQ(change([](FunctionUnit& u) { u.locals[1].reg = u.locals[0].reg; }), "two variables in one register");
    EXPECT_EQ(change([](FunctionUnit& u) { u.constants[0].number = std::numeric_limits<double>::quiet_NaN(); }),
              "constant is not a number");
    EXPECT_EQ(change([](FunctionUnit& u) { u.children[0]->upvalues[0].index = 30; }),
              "closure captures what is not there");
    EXPECT_EQ(change([](FunctionUnit& u) { u.upvalues.push_back({true, true, 200, "a main function's upvalue"}); }),
              "accepted");
}

TEST(Verifier, BoundsTheDepth) {
    Compiled c("return function() end");
    FunctionUnit* inner = c.unit()->children[0];
    for (std::size_t i = 0; i < kMaxFunctionDepth; ++i) {
        auto* outer = ::new (c.memory()->allocate(sizeof(FunctionUnit))) FunctionUnit(c.memory());
        outer->code.assign(c.unit()->code.begin(), c.unit()->code.end());
        outer->lines.assign(c.unit()->lines.begin(), c.unit()->lines.end());
        outer->is_vararg = true;
        outer->children.push_back(inner);
        inner = outer;
    }
    EXPECT_EQ(verify(*inner->children[0]), std::nullopt);
    EXPECT_EQ(verify(*inner), "functions nested too deeply");
}

/// One field of one function is changed at random, often. Whatever the verifier says, it must not crash; what it
/// accepts must survive the listing and a dump.
TEST(Verifier, SurvivesMutations) {
    std::mt19937_64 random(7);
    const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
    int accepted = 0;
    int refused = 0;
    for (int round = 0; round < 10000; ++round) {
        Compiled c(kProgram);
        std::vector<FunctionUnit*> units{c.unit()};
        for (std::size_t i = 0; i < units.size(); ++i) {
            units.insert(units.end(), units[i]->children.begin(), units[i]->children.end());
        }
        FunctionUnit& u = *units[below(units.size())];
        Instruction& word = u.code[below(u.code.size())];
        switch (below(10)) {
            case 0: word ^= Instruction{1} << below(64); break;
            case 1: word = (word & ~Instruction{0xFF}) | below(kOpcodeCount + 2); break;
            case 2: word = ins::with_a(word, static_cast<unsigned>(below(u.max_stack + 2u))); break;
            case 3: word = (word & ~Instruction{0xFFFF0000}) | below(u.max_stack + 2u) << 16; break;
            case 4: word = ins::with_cd(word, static_cast<std::uint32_t>(below(40)) - 20); break;
            case 5: std::swap(word, u.code[below(u.code.size())]); break;
            case 6:
                if (!u.upvalues.empty()) {
                    UnitUpvalue& up = u.upvalues[below(u.upvalues.size())];
                    const std::size_t which = below(3);
                    if (which == 0) up.by_value = !up.by_value;
                    if (which == 1) up.from_local = !up.from_local;
                    if (which == 2) up.index = static_cast<std::uint8_t>(below(20));
                }
                break;
            case 7:
                if (!u.constants.empty()) {
                    u.constants[below(u.constants.size())].kind = static_cast<UnitConstant::Kind>(below(6));
                }
                break;
            case 8:
                if (!u.locals.empty()) {
                    UnitLocal& l = u.locals[below(u.locals.size())];
                    const std::size_t which = below(4);
                    if (which == 0) l.start_pc = static_cast<std::uint32_t>(below(u.code.size() + 2));
                    if (which == 1) l.end_pc = static_cast<std::uint32_t>(below(u.code.size() + 2));
                    if (which == 2) l.reg = static_cast<std::uint8_t>(below(u.max_stack + 1u));
                    if (which == 3) l.in_cell = !l.in_cell;
                }
                break;
            default: {
                const std::size_t which = below(3);
                if (which == 0) u.max_stack = static_cast<std::uint8_t>(below(256));
                if (which == 1) u.num_params = static_cast<std::uint8_t>(below(256));
                if (which == 2) u.is_vararg = !u.is_vararg;
                break;
            }
        }
        if (verify(*c.unit())) {
            ++refused;
            (void)disassemble(*c.unit());
            continue;
        }
        ++accepted;
        EXPECT_FALSE(disassemble(*c.unit()).empty());
        const std::string bytes = dump(*c.unit(), false);
        const auto again = undump(bytes, "=t", c.memory());
        ASSERT_EQ(again.index(), 0u) << std::get<CompileError>(again).message;
        EXPECT_EQ(dump(*std::get<FunctionUnit*>(again), false), bytes);
    }
    EXPECT_GT(refused, 4000);
    EXPECT_GT(accepted, 250);
}

}  // namespace
}  // namespace arenite::compiler::test

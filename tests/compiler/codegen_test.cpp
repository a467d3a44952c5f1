// Listings of the constructs that matter for speed or order of evaluation.
#include <gtest/gtest.h>

#include "tests/compiler/compiler_test.h"

namespace arenite::compiler::test {
namespace {

/// The code of a function with parameters a, b, c, d and the given body.
std::string body(std::string_view text) {
    Compiled c("local function f(a, b, c, d) " + std::string(text) + " end");
    EXPECT_TRUE(c.ok()) << c.message();
    if (!c.ok()) {
        return {};
    }
    EXPECT_EQ(verify(*c.unit()), std::nullopt);
    std::string code = code_of(*c.unit()->children[0]);
    EXPECT_TRUE(code.ends_with("RET0\n"));
    code.resize(code.size() - 5);
    return code;
}

std::string main_code(std::string_view text) {
    Compiled c(text);
    EXPECT_TRUE(c.ok()) << c.message();
    EXPECT_EQ(verify(*c.unit()), std::nullopt);
    return code_of(*c.unit());
}

TEST(Codegen, OperandsStayWhereTheyAre) {
    EXPECT_EQ(body("a = b + c"), "ADD 0 1 2\n");
    EXPECT_EQ(body("a = b + 1"), "ADDK 0 1 k0\n");
    EXPECT_EQ(body("a = 1 - b"), "KSUB 0 k0 1\n");
    EXPECT_EQ(body("local x = a * b + c * d"), "MUL 4 0 1\nMUL 5 2 3\nADD 4 4 5\n");
    EXPECT_EQ(body("local x = a"), "MOVE 4 0\n");
    EXPECT_EQ(body("a = 'x' + b"), "LOADK 4 k0\nADD 0 4 1\n");
    EXPECT_EQ(body("a = -b; a = not b; a = #b"), "UNM 0 1\nNOT 0 1\nLEN 0 1\n");
    EXPECT_EQ(body("a = a"), "");
    EXPECT_EQ(body("a, b = b, a"), "MOVE 4 1\nMOVE 1 0\nMOVE 0 4\n");
}

TEST(Codegen, ConstantsAreFoldedAsInLua51) {
    EXPECT_EQ(body("a = 1 + 2 * 3 ^ 2 / 4 - -5"), "LOADK 0 k0\n");
    EXPECT_EQ(body("a = 1 / 0"), "LOADK 4 k1\nDIVK 0 4 k0\n");
    EXPECT_EQ(body("a = 1 % 0"), "LOADK 4 k1\nMODK 0 4 k0\n");
    EXPECT_EQ(body("a = 1e308 * 10 - 1e308 * 10"), "LOADK 4 k0\nSUBK 0 4 k0\n");  // inf is folded, NaN is not
    EXPECT_EQ(body("a = '1' + 2"), "LOADK 4 k1\nADDK 0 4 k0\n");
    EXPECT_EQ(body("a = not nil; a = not 1"), "LOADTRUE 0\nLOADFALSE 0\n");
    EXPECT_EQ(body("a = 1 < 2"), "LOADK 4 k1\nJLTK 4 k0 +1\nLFALSESKIP 0\nLOADTRUE 0\n");
    EXPECT_EQ(body("a = #'x'"), "LOADK 4 k0\nLEN 0 4\n");
    EXPECT_EQ(body("a = b + 0; a = b + -0"), "ADDK 0 1 k0\nADDK 0 1 k0\n");  // one constant, as in PUC
}

TEST(Codegen, Tables) {
    EXPECT_EQ(body("a = b.x; a = b[c]; a = b[1]; a = b[65535]; a = b[65536]; a = b[-1]; a = b[1.5]"),
              "GETFIELD 0 1 k0\nGETTABLE 0 1 2\nGETINDEX 0 1 1\nGETINDEX 0 1 65535\n"
              "LOADK 4 k1\nGETTABLE 0 1 4\nLOADK 4 k2\nGETTABLE 0 1 4\nLOADK 4 k3\nGETTABLE 0 1 4\n");
    EXPECT_EQ(body("a.x = b; a.x = 1; a.x = nil; a[1] = b; a[1] = 'x'; a[b] = c; a[b] = true"),
              "SETFIELD 0 k0 1\nSETFIELDK 0 k0 k1\nSETFIELDK 0 k0 k2\nSETINDEX 0 1 1\nSETINDEXK 0 1 k0\n"
              "SETTABLE 0 1 2\nSETTABLEK 0 1 k3\n");
    EXPECT_EQ(body("a = {x = 1, y = b, 2, 3; [c] = d, [7] = false}"),
              "NEWTABLE 4 2 4\nSETFIELDK 4 k0 k1\nSETFIELD 4 k2 1\nLOADK 5 k3\nLOADK 6 k4\nSETTABLE 4 2 3\n"
              "SETINDEXK 4 7 k5\nSETLIST 4 2 1\nMOVE 0 4\n");
    EXPECT_EQ(body("return {a(), b()}"),
              "NEWTABLE 4 1 0\nMOVE 5 0\nCALL 5 0 1\nMOVE 6 1\nCALLM 6 0 *\nSETLIST 4 * 1\nRET1 4\n");
    // A key longer than an interned string goes through a register.
    EXPECT_EQ(body("a = b." + times("k", 47) + "; a = b." + times("k", 48)),
              "GETFIELD 0 1 k0\nLOADK 4 k1\nGETTABLE 0 1 4\n");
    EXPECT_EQ(body("a:" + times("m", 48) + "(b)"), "MOVE 5 0\nLOADK 4 k0\nGETTABLE 4 5 4\nMOVE 6 1\nCALL 4 2 0\n");
    EXPECT_EQ(body(times("g", 48) + " = " + times("h", 48)),
              "LOADK 4 k0\nGETGLOBALR 4 4\nLOADK 5 k1\nSETGLOBALR 4 5\n");
}

TEST(Codegen, ListItemsAreStoredByFifties) {
    const std::string code = body("a = {" + times("b,", 120) + "}");
    EXPECT_NE(code.find("NEWTABLE 4 120 0\n"), std::string::npos);
    EXPECT_NE(code.find("SETLIST 4 50 1\n"), std::string::npos);
    EXPECT_NE(code.find("SETLIST 4 50 51\n"), std::string::npos);
    EXPECT_NE(code.find("SETLIST 4 20 101\n"), std::string::npos);
}

TEST(Codegen, Concatenation) {
    EXPECT_EQ(body("a = a .. b .. 1 .. 'x'"), "MOVE 4 0\nMOVE 5 1\nLOADK 6 k0\nLOADK 7 k1\nCONCAT 0 4 7\n");
    EXPECT_EQ(body("a = (a .. b) .. c"), "MOVE 4 0\nMOVE 5 1\nCONCAT 4 4 5\nMOVE 5 2\nCONCAT 0 4 5\n");
}

TEST(Codegen, Conditions) {
    EXPECT_EQ(body("if a < b then c = d end"), "JNLT 0 1 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if a > b then c = d end"), "JNLT 1 0 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if a <= 1 then c = d end"), "JNLEK 0 k0 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if 1 <= a then c = d end"), "JNGEK 0 k0 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if a > 1 then c = d end"), "JNGTK 0 k0 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if a == nil then c = d end"), "JNEK 0 k0 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if nil ~= a then c = d end"), "JEQK 0 k0 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if not a then c = d end"), "JT 0 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if a and b then c = d end"), "JF 0 +2\nJF 1 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if a or b then c = d end"), "JT 0 +1\nJF 1 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if not (a and not b) then c = d end"), "JF 0 +2\nNOT 4 1\nJT 4 +1\nMOVE 2 3\n");
    EXPECT_EQ(body("if a then b() elseif c then d() else a() end"),
              "JF 0 +3\nMOVE 4 1\nCALL 4 0 0\nJMP +6\nJF 2 +3\nMOVE 4 3\nCALL 4 0 0\nJMP +2\nMOVE 4 0\nCALL 4 0 0\n");
    EXPECT_EQ(body("if a then return b else return c end"), "JF 0 +1\nRET1 1\nRET1 2\n");
    EXPECT_EQ(body("if true then a = b end if nil then a = b end"), "MOVE 0 1\nJMP +1\nMOVE 0 1\n");
}

TEST(Codegen, LogicalValues) {
    EXPECT_EQ(body("a = b and c"), "JFSET 0 1 +1\nMOVE 0 2\n");
    EXPECT_EQ(body("a = b or c"), "JTSET 0 1 +1\nMOVE 0 2\n");
    EXPECT_EQ(body("local x = a and b or c"), "JF 0 +1\nJTSET 4 1 +1\nMOVE 4 2\n");
    EXPECT_EQ(body("a = a or 1"), "JT 0 +1\nLOADK 0 k0\n");
    EXPECT_EQ(body("a = b == c"), "JEQ 1 2 +1\nLFALSESKIP 0\nLOADTRUE 0\n");
    EXPECT_EQ(body("a = not (b == c)"), "JNE 1 2 +1\nLFALSESKIP 0\nLOADTRUE 0\n");
    EXPECT_EQ(body("a = b < c and d"), "JNLT 1 2 +2\nMOVE 0 3\nJMP +2\nLFALSESKIP 0\nLOADTRUE 0\n");
}

TEST(Codegen, Loops) {
    EXPECT_EQ(body("while a < b do a = a + 1 end"), "JNLT 0 1 +2\nADDK 0 0 k0\nJMPBACK -3\n");
    EXPECT_EQ(body("while true do if a then break end end"), "JT 0 +1\nJMPBACK -2\n");
    EXPECT_EQ(body("while true do if a then\nbreak end end"), "JF 0 +1\nJMP +1\nJMPBACK -3\n");
    EXPECT_EQ(body("repeat local x = a until x == b"), "MOVE 4 0\nJEQ 4 1 +1\nJMPBACK -3\n");
    EXPECT_EQ(body("repeat a() until false"), "MOVE 4 0\nCALL 4 0 0\nJMPBACK -3\n");
    EXPECT_EQ(body("repeat a() until true"), "MOVE 4 0\nCALL 4 0 0\n");
    EXPECT_EQ(body("for i = 1, a do b = i end"),
              "LOADK 4 k0\nMOVE 5 0\nLOADK 6 k0\nFORPREP 4 +2\nMOVE 1 7\nFORLOOP 4 -2\n");
    EXPECT_EQ(body("for k, v in a, b do c = v end"),
              "MOVE 4 0\nMOVE 5 1\nLOADNIL 6 6\nTFORPREP 4 +1\nMOVE 2 8\nTFORCALL 4 2\nTFORLOOP 4 -3\n");
}

TEST(Codegen, Calls) {
    EXPECT_EQ(body("a(b, 1)"), "MOVE 4 0\nMOVE 5 1\nLOADK 6 k0\nCALL 4 2 0\n");
    EXPECT_EQ(body("local x, y = a(b(c))"), "MOVE 4 0\nMOVE 5 1\nMOVE 6 2\nCALLM 5 1 *\nCALLM 4 * 2\n");
    EXPECT_EQ(body("a:m(b)"), "SELF 4 0 k0\nMOVE 6 1\nCALL 4 2 0\n");
    EXPECT_EQ(body("a(b())"), "MOVE 4 0\nMOVE 5 1\nCALLM 5 0 *\nCALLM 4 * 0\n");
    EXPECT_EQ(body("a((b()))"), "MOVE 4 0\nMOVE 5 1\nCALL 5 0 1\nCALL 4 1 0\n");
    EXPECT_EQ(body("return a(b)"), "MOVE 4 0\nMOVE 5 1\nTAILCALL 4 1 *\nRETN 4 *\n");
    EXPECT_EQ(body("return (a(b))"), "MOVE 4 0\nMOVE 5 1\nCALL 4 1 1\nRET1 4\n");
    EXPECT_EQ(body("return a, b()"), "MOVE 4 0\nMOVE 5 1\nCALLM 5 0 *\nRETN 4 *\n");
    EXPECT_EQ(body("return a, b"), "MOVE 4 0\nMOVE 5 1\nRETN 4 2\n");
    EXPECT_EQ(body("return"), "RET0\n");
    EXPECT_EQ(body("a = 1, b()"), "LOADK 4 k0\nMOVE 5 1\nCALL 5 0 0\nMOVE 0 4\n");
}

TEST(Codegen, Varargs) {
    EXPECT_EQ(main_code("return ..."), "VARARG 0 *\nRETV 0 *\nRETV 0 0\n");
    EXPECT_EQ(main_code("local a, b = ..."), "VARARG 0 2\nRETV 0 0\n");
    EXPECT_EQ(main_code("return (...)"), "VARARG 0 1\nRETV 0 1\nRETV 0 0\n");
    Compiled with_table("local function f(x, ...) return arg end");
    EXPECT_EQ(code_of(*with_table.unit()->children[0]), "ARGTABLE 1\nRETV 1 1\nRETV 0 0\n");
    Compiled without("local function f(x, ...) return arg, ... end");
    EXPECT_EQ(code_of(*without.unit()->children[0]), "LOADNIL 1 1\nMOVE 2 1\nVARARG 3 *\nRETV 2 *\nRETV 0 0\n");
    EXPECT_EQ(without.unit()->children[0]->num_params, 1);
}

TEST(Codegen, OnlyCapturedAndMutatedVariablesLiveInCells) {
    Compiled by_value("local x = 1 return function() return x end");
    EXPECT_EQ(code_of(*by_value.unit()), "LOADK 0 k0\nCLOSURE 1 f0\nRETV 1 1\nRETV 0 0\n");
    EXPECT_EQ(code_of(*by_value.unit()->children[0]), "GETUPVAL 0 u0\nRET1 0\nRET0\n");
    EXPECT_TRUE(by_value.unit()->children[0]->upvalues[0].by_value);

    Compiled cell("local x = 1 local f = function() return x end x = 2 return x");
    EXPECT_EQ(code_of(*cell.unit()),
              "LOADK 0 k0\nNEWCELL 0\nCLOSURE 1 f0\nLOADK 2 k1\nSETCELL 0 2\nGETCELL 2 0\nRETV 2 1\nRETV 0 0\n");
    EXPECT_EQ(code_of(*cell.unit()->children[0]), "GETUPCELL 0 u0\nRET1 0\nRET0\n");
    EXPECT_FALSE(cell.unit()->children[0]->upvalues[0].by_value);
    EXPECT_TRUE(cell.unit()->locals[0].in_cell);
    EXPECT_EQ(cell.unit()->locals[0].start_pc, 2u);

    // The assignment may stand anywhere, also two functions further in.
    Compiled deep("local x return function() return x, function() x = 1 end end");
    EXPECT_EQ(code_of(*deep.unit()), "LOADNIL 0 0\nNEWCELL 0\nCLOSURE 1 f0\nRETV 1 1\nRETV 0 0\n");
    EXPECT_EQ(code_of(*deep.unit()->children[0]), "GETUPCELL 0 u0\nCLOSURE 1 f0\nRETN 0 2\nRET0\n");
    EXPECT_EQ(code_of(*deep.unit()->children[0]->children[0]), "LOADK 0 k0\nSETUPCELL 0 u0\nRET0\n");

    Compiled param("return function(a, b) b = a return function() return b end end");
    EXPECT_EQ(code_of(*param.unit()->children[0]), "NEWCELL 1\nSETCELL 1 0\nCLOSURE 2 f0\nRET1 2\nRET0\n");

    Compiled loop("for i = 1, 2 do f(function() i = i + 1 end) end");
    EXPECT_NE(code_of(*loop.unit()).find("FORPREP 0 +5\nNEWCELL 3\n"), std::string::npos);

    // A recursive local function is not assigned after its declaration.
    Compiled recursive("local function f() return f() end");
    EXPECT_EQ(code_of(*recursive.unit()), "CLOSURE 0 f0\nRETV 0 0\n");
    Compiled reassigned("local function f() return f() end f = nil");
    EXPECT_EQ(code_of(*reassigned.unit()),
              "LOADNIL 0 0\nNEWCELL 0\nCLOSURE 1 f0\nSETCELL 0 1\nLOADNIL 1 1\nSETCELL 0 1\nRETV 0 0\n");
    // In `local x = ... x ...` the inner x is another one.
    Compiled other("local x = f(function() return x end) x = 1");
    EXPECT_EQ(code_of(*other.unit()->children[0]), "GETGLOBAL 0 k0\nRET1 0\nRET0\n");
}

/// CG1: a cell is read when the operation happens, as the register is in PUC.
TEST(Codegen, CellsAreReadLate) {
    Compiled c("local x = 1 local function set() x = 2 end return x + set()");
    EXPECT_NE(code_of(*c.unit()).find("MOVE 2 1\nCALL 2 0 1\nGETCELL 3 0\nADD 2 3 2\n"), std::string::npos)
        << code_of(*c.unit());
}

TEST(Codegen, AssignmentsEvaluateTablesAndKeysFirst) {
    EXPECT_EQ(body("a, b[a] = c, d"), "MOVE 4 2\nSETTABLE 1 0 3\nMOVE 0 4\n");
    EXPECT_EQ(body("b[a], a = c, d"), "MOVE 4 0\nMOVE 5 2\nMOVE 0 3\nSETTABLE 1 4 5\n");  // a is needed as it was
    EXPECT_EQ(body("a.x, a = 1, 2"), "MOVE 4 0\nLOADK 5 k1\nLOADK 0 k2\nSETFIELD 4 k0 5\n");
}

TEST(Codegen, LargeConstantTablesFallBackToRegisters) {
    std::string text = "local t = ... ";
    for (int i = 0; i < 66000; ++i) {
        text += "t[" + std::to_string(i) + ".25] = 0 ";
    }
    Compiled c(text + "late = t.late + 70000.5 if t == 70001.5 then t:late(70002.5) end");
    ASSERT_TRUE(c.ok());
    EXPECT_EQ(verify(*c.unit()), std::nullopt);
    const std::string code = code_of(*c.unit());
    EXPECT_NE(code.find("GETGLOBALR"), code.find("SETGLOBALR"));
    EXPECT_NE(code.find("SETGLOBALR"), std::string::npos);
}

/// Lines as PUC gives them (compared with luac5.1 -l over whole files when this was written).
TEST(Codegen, Lines) {
    Compiled c("local a = b\n.c\n+\nd\n(\n1\n,\n2\n)\nlocal t = {\nx = f\n}\nfor i =\n1,\n2 do\nend");
    ASSERT_FALSE(c.ok());  // the ambiguous call
    Compiled d("local a = b\n.c\n+\nd(\n1\n,\n2\n)\nlocal t = {\nx = f\n}\nfor i =\n1,\n2 do\nend");
    ASSERT_TRUE(d.ok()) << d.message();
    std::string lines;
    for (std::size_t pc = 0; pc < d.unit()->code.size(); ++pc) {
        const Op op = ins::op(d.unit()->code[pc]);
        lines += std::string(op_info(op).name) + ":" + std::to_string(d.unit()->lines[pc]) + " ";
    }
    EXPECT_EQ(lines,
              "GETGLOBAL:1 GETFIELD:3 GETGLOBAL:4 LOADK:6 LOADK:8 CALL:4 ADD:8 NEWTABLE:9 GETGLOBAL:10 SETFIELD:10 "
              "LOADK:13 LOADK:14 LOADK:14 FORPREP:14 FORLOOP:12 RETV:15 ");
}

TEST(Codegen, DebugInformation) {
    Compiled c("local a\nlocal function f(x, ...)\nfor i = 1, 2 do local y end\nend");
    const FunctionUnit& f = *c.unit()->children[0];
    EXPECT_EQ(f.line_defined, 2u);
    EXPECT_EQ(f.last_line_defined, 4u);
    EXPECT_EQ(c.unit()->line_defined, 0u);
    std::string names;
    for (const UnitLocal& l : f.locals) {
        names += std::string(l.name) + "@" + std::to_string(l.reg) + " ";
    }
    EXPECT_EQ(names, "x@0 arg@1 (for index)@2 (for limit)@3 (for step)@4 i@5 y@6 ");
    EXPECT_EQ(f.source, "=t");
}

}  // namespace
}  // namespace arenite::compiler::test

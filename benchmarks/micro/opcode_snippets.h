// For each opcode a Lua statement whose code is that instruction, or that holds it in its natural company: what
// bench_opcodes measures. tests/vm/opcode_snippets_test.cpp looks for the opcode in what is compiled from them.
//
//  OS1. Every opcode of heap/opcodes.def has exactly one snippet; the build fails otherwise.
//  OS2. `body` may be repeated, and run any number of times.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "heap/bytecode.h"

namespace arenite::bench {

struct Snippet {
    Op op;
    std::string_view body;        ///< repeated in the loop
    std::string_view locals;      ///< in the function of the loop, before it
    std::string_view outer = "";  ///< in the chunk around that function
    std::string_view after = "";  ///< after the loop
    std::string_view with = "";   ///< what else the body runs
};

/// A global name that is too long to be interned.
#define ARENITE_LONG_NAME "a_global_variable_whose_name_is_longer_than_what_is_interned"

/// A row of moves that is long enough for a LOOK.
#define ARENITE_16_MOVES "a=b a=b a=b a=b a=b a=b a=b a=b a=b a=b a=b a=b a=b a=b a=b a=b "
#define ARENITE_64_MOVES ARENITE_16_MOVES ARENITE_16_MOVES ARENITE_16_MOVES ARENITE_16_MOVES

inline constexpr std::string_view kNumbers = "local a, b, c = 1, 2.5, 4";
inline constexpr std::string_view kTable = "local a, k, t = 1, 2, {10, 20, 30, x = 1, y = 2}";
inline constexpr std::string_view kObject =
    "local a, o = 1, setmetatable({}, {__add = function(x) return 1 end, __lt = function() return true end, "
    "__newindex = function() end, __concat = function() return 's' end})";

inline constexpr Snippet kSnippets[] = {
    {Op::MOVE, "a = b", kNumbers},
    {Op::LOADK, "a = 1.5", kNumbers},
    {Op::LOADNIL, "a = nil b = false", kNumbers, "", "", "LOADFALSE"},  // neighbours are merged
    {Op::LOADFALSE, "a = false", kNumbers},
    {Op::LOADTRUE, "a = true", kNumbers},
    {Op::LFALSESKIP, "a = b > c", kNumbers, "", "", "comparison"},

    {Op::GETUPVAL, "a = u", kNumbers, "local u = 1"},
    {Op::GETUPCELL, "a = u", kNumbers, "local u = 1 local function touch() u = 2 end"},
    {Op::SETUPCELL, "u = a", kNumbers, "local u = 1 local function touch() u = 2 end"},
    {Op::NEWCELL, "do local v = a local f = function() v = 1 end end", kNumbers, "", "", "MOVE, CLOSURE"},
    {Op::GETCELL, "a = v", "local a, v = 1, 2 local function touch() v = 3 end"},
    {Op::SETCELL, "v = a", "local a, v = 1, 2 local function touch() v = 3 end"},

    {Op::GETGLOBAL, "a = g", kNumbers, "g = 1"},
    {Op::SETGLOBAL, "g = a", kNumbers, "g = 1"},
    {Op::GETGLOBALR, "a = " ARENITE_LONG_NAME, kNumbers, ARENITE_LONG_NAME " = 1", "", "LOADK"},
    {Op::SETGLOBALR, ARENITE_LONG_NAME " = a", kNumbers, ARENITE_LONG_NAME " = 1", "", "LOADK"},

    {Op::GETTABLE, "a = t[k]", kTable},
    {Op::GETFIELD, "a = t.y", kTable},
    {Op::GETINDEX, "a = t[2]", kTable},
    {Op::SETTABLE, "t[k] = a", kTable},
    {Op::SETTABLEK, "t[k] = 5", kTable},
    {Op::SETFIELD, "t.y = a", kTable},
    {Op::SETFIELDK, "t.y = 5", kTable},
    {Op::SETINDEX, "t[2] = a", kTable},
    {Op::SETINDEXK, "t[2] = 5", kTable},
    {Op::SELF, "o:m()", "local o = {m = function() end}", "", "", "CALL, RET0"},
    {Op::NEWTABLE, "a = {}", kNumbers},
    {Op::SETLIST, "a = {b, c}", kNumbers, "", "", "NEWTABLE, MOVE, MOVE"},

    {Op::ADD, "a = b + c", kNumbers},
    {Op::SUB, "a = b - c", kNumbers},
    {Op::MUL, "a = b * c", kNumbers},
    {Op::DIV, "a = b / c", kNumbers},
    {Op::MOD, "a = b % c", kNumbers},
    {Op::POW, "a = b ^ c", kNumbers},
    {Op::ADDK, "a = b + 3", kNumbers},
    {Op::SUBK, "a = b - 3", kNumbers},
    {Op::MULK, "a = b * 3", kNumbers},
    {Op::DIVK, "a = b / 3", kNumbers},
    {Op::MODK, "a = b % 3", kNumbers},
    {Op::POWK, "a = b ^ 2", kNumbers},
    {Op::KADD, "a = 3 + b", kNumbers},
    {Op::KSUB, "a = 3 - b", kNumbers},
    {Op::KMUL, "a = 3 * b", kNumbers},
    {Op::KDIV, "a = 3 / b", kNumbers},
    {Op::KMOD, "a = 3 % b", kNumbers},
    {Op::KPOW, "a = 3 ^ b", kNumbers},
    {Op::UNM, "a = -b", kNumbers},
    {Op::NOT, "a = not b", kNumbers},
    {Op::LEN, "a = #t", kTable},
    {Op::CONCAT, "a = s .. r", "local a, s, r = 1, 'left', 'right'", "", "", "MOVE, MOVE"},

    {Op::JMP, "if b < c then a = 1 else a = 2 end", kNumbers, "", "", "comparison, LOADK"},
    {Op::JMPBACK, "while b do b = false end b = true", kNumbers, "", "", "JF, JF, LOADFALSE, LOADTRUE"},
    {Op::JT, "if not b then a = 1 end", kNumbers},
    {Op::JF, "if b then end", "local a, b = 1, false"},
    {Op::JTSET, "a = b or c", kNumbers},
    {Op::JFSET, "a = b and c", "local a, b, c = 1, false, 4"},
    {Op::JEQ, "if b ~= c then a = 1 end", "local a, b, c = 1, 4, 4"},
    {Op::JNE, "if b == c then a = 1 end", kNumbers},
    {Op::JEQK, "if b ~= 2.5 then a = 1 end", kNumbers},
    {Op::JNEK, "if b == 7 then a = 1 end", kNumbers},
    {Op::JLT, "if not (b < c) then a = 1 end", kNumbers},
    {Op::JNLT, "if c < b then a = 1 end", kNumbers},
    {Op::JLE, "if not (b <= c) then a = 1 end", kNumbers},
    {Op::JNLE, "if c <= b then a = 1 end", kNumbers},
    {Op::JLTK, "if not (b < 7) then a = 1 end", kNumbers},
    {Op::JNLTK, "if b < 1 then a = 1 end", kNumbers},
    {Op::JLEK, "if not (b <= 7) then a = 1 end", kNumbers},
    {Op::JNLEK, "if b <= 1 then a = 1 end", kNumbers},
    {Op::JGTK, "if not (b > 1) then a = 1 end", kNumbers},
    {Op::JNGTK, "if b > 7 then a = 1 end", kNumbers},
    {Op::JGEK, "if not (b >= 1) then a = 1 end", kNumbers},
    {Op::JNGEK, "if b >= 7 then a = 1 end", kNumbers},

    {Op::FORPREP, "for j = 1, 0 do end", kNumbers, "", "", "LOADK, LOADK, LOADK"},
    {Op::FORLOOP, "for j = 1, 16 do end", kNumbers, "", "", "16 turns of it, FORPREP and its operands"},
    {Op::TFORPREP, "for v in f do end", "local function f() end", "", "", "operands, TFORCALL, RET0, TFORLOOP"},
    {Op::TFORCALL, "for i, v in ipairs(t) do end", kTable, "", "", "4 turns of it and of TFORLOOP, ipairs"},
    {Op::TFORLOOP, "for k, v in next, t do end", kTable, "", "", "6 turns of TFORCALL and 5 of it"},

    {Op::CALL, "f()", "local function f() end", "", "", "MOVE, RET0"},
    {Op::CALLM, "f(g())", "local function f() end local function g() return 1, 2 end", "", "", "two calls"},
    {Op::TAILCALL, "f()", "local function g() end local function f() return g() end", "", "", "CALL, GETUPVAL, RET0"},
    {Op::RET0, "f()", "local function f() return end", "", "", "MOVE, CALL"},
    {Op::RET1, "a = f(b)", "local a, b = 1, 2 local function f(x) return x end", "", "", "MOVE, MOVE, CALL, MOVE"},
    {Op::RETN, "a, b = f(b)", "local a, b = 1, 2 local function f(x) return x, x end", "", "", "CALL, MOVEs"},
    {Op::RETV, "f()", "local function f(...) end", "", "", "MOVE, CALLM"},
    {Op::VARARG, "f(1, 2)", "local function f(...) local x = ... end", "", "", "CALL, LOADK, LOADK, RETV"},
    {Op::ARGTABLE, "f(1, 2)", "local function f(...) local x = arg end", "", "", "CALL, LOADK, LOADK, RETV"},
    {Op::LOOK, ARENITE_64_MOVES ARENITE_64_MOVES, kNumbers, "", "", "128 MOVEs"},
    {Op::CLOSURE, "a = function() end", kNumbers},

    {Op::K_STORE, "a = o + 1", kObject, "", "", "ADDK, the call of __add"},
    {Op::K_JUMP, "if o < o then end", kObject, "", "", "JNLT, the call of __lt"},
    {Op::K_JUMPLE, "if o <= o then end", kObject, "", "", "JNLE, the call of __lt"},
    {Op::K_DISCARD, "o.x = 1", kObject, "", "", "SETFIELDK, the call of __newindex"},
    {Op::K_CONCAT, "a = o .. o", kObject, "", "", "CONCAT, the call of __concat"},
    {Op::K_NATIVE, "tostring(o)",
     "local tostring, o = tostring, setmetatable({}, {__tostring = function() return 'o' end})", "", "",
     "tostring, the call of __tostring"},
    {Op::K_SORT, "sort(t, f)",
     "local sort, t = table.sort, {1, 2, 3, 4, 5, 6, 7, 8} local function f(a, b) return a < b end", "", "",
     "table.sort, K_NATIVE, about 20 calls of f"},
    {Op::K_GSUB, "gsub('aaaaaaaa', 'a', f)", "local gsub = string.gsub local function f() end", "", "",
     "string.gsub, 8 calls of f"},
    {Op::K_START, "pcall(type, 1)", "local pcall, type = pcall, type", "", "", "pcall, type"},
    {Op::K_PCALL, "pcall(f)", "local pcall = pcall local function f() end", "", "", "pcall, RET0"},
    {Op::K_XPCALL, "xpcall(f, f)", "local xpcall = xpcall local function f() end", "", "", "xpcall, RET0"},
    {Op::K_HANDLER, "xpcall(error, f)", "local xpcall, error = xpcall, error local function f() end", "", "",
     "xpcall, error, the call of the handler"},
    {Op::K_RETRY, "newproxy(p)",
     "local newproxy = newproxy local p = newproxy(true) getmetatable(p).__gc = function() end", "", "",
     "newproxy, its finalizer and collection"},
    {Op::K_LEAVE, "sort(t, f)", "local sort, t = table.sort, {1, 2} local function f(x, y) return x < y end", "", "",
     "table.sort of two numbers, the comparisons"},
    {Op::K_HOOK, "a = b", "local a, b = 1, 2 debug.sethook(function() end, '', 1)", "", "debug.sethook()",
     "MOVE, the call of the hook"},
    {Op::K_COEND, "resume(create(f))",
     "local create, resume = coroutine.create, coroutine.resume local function f() end", "", "",
     "coroutine.create, coroutine.resume"},
    {Op::K_HOSTEND, "", "", "", "", "a call by the host, FORPREP, RET0"},
};

constexpr std::size_t snippets_of(Op op) {
    std::size_t found = 0;
    for (const Snippet& s : kSnippets) found += s.op == op;
    return found;
}
constexpr bool every_opcode_has_one() {
    for (unsigned op = 0; op < kOpcodeCount; ++op) {
        if (snippets_of(static_cast<Op>(op)) != 1) return false;
    }
    return true;
}
static_assert(every_opcode_has_one(), "OS1: an opcode has no snippet, or two");

/// A chunk that returns function(n), which runs `copies` copies of the body n times.
inline std::string chunk_of(const Snippet& s, unsigned copies) {
    std::string text = std::string(s.outer) + "\nreturn function(n)\n" + std::string(s.locals) + "\nfor i = 1, n do\n";
    for (unsigned i = 0; i < copies; ++i) text += std::string(s.body) + "\n";
    return text + "end\n" + std::string(s.after) + "\nend\n";
}

}  // namespace arenite::bench

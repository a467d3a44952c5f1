// The words in which texts are refused are PUC's. Both lists are put to lua5.1 itself; no text is written down here.
#include <gtest/gtest.h>

#include <random>

#include "tests/compiler/compiler_test.h"

namespace arenite::compiler::test {
namespace {

using namespace std::string_literals;

std::string list(std::string_view prefix, int n) {
    std::string out;
    for (int i = 1; i <= n; ++i) {
        out += (i > 1 ? "," : "") + std::string(prefix) + std::to_string(i);
    }
    return out;
}

std::vector<std::string> refused_texts() {
    std::vector<std::string> t = {
        // Statements.
        "x",
        "x y",
        "x = ",
        "= 1",
        "x =",
        "x = = 1",
        "x, = 1",
        "x, y",
        "x, y = ",
        "1 = x",
        "x.1 = 2",
        "x: = 1",
        "x:y",
        "x:y = 1",
        "x.y",
        "x[1",
        "x[]= 1",
        "x[1] 2",
        "f() = 1",
        "(x) = 1",
        "(f()) = 1",
        "(f())",
        "f(), x = 1",
        "x, f() = 1",
        "x, (y) = 1",
        "'s' = 1",
        "'s'",
        "{}",
        "nil = 1",
        "true",
        "...",
        "not x",
        "-x",
        "x + 1",
        "x == 1",
        "local",
        "local 1",
        "local x y",
        "local x,",
        "local x, 1",
        "local x =",
        "local x = ,",
        "local function",
        "local function x",
        "local function x.y() end",
        "local function (x) end",
        "local f() end",
        "local x.y = 1",
        "function",
        "function x",
        "function x.",
        "function x.y:z.w() end",
        "function x:y:z() end",
        "function (x) end",
        "function x(",
        "function x(a",
        "function x(a,) end",
        "function x(a b) end",
        "function x(1) end",
        "function x(..., a) end",
        "function x(a, ...",
        "function x()",
        "function x() return",
        "function x[1]() end",
        "return 1,",
        "return return",
        "return 1 x = 2",
        "return; x = 1",
        "break",
        "break x",
        "do break end",
        "while true do function f() break end end",
        "for i = 1, 2 do break x() end",
        "if",
        "if x",
        "if x then",
        "if x then else",
        "if x then elseif",
        "if x then elseif y",
        "if x then else elseif y then end",
        "if x then else else end",
        "if then end",
        "if x do end",
        "\nif x then\n\ny()",
        "while",
        "while x",
        "while x do",
        "while x then end",
        "while do end",
        "\nwhile x do\ny()\n",
        "repeat",
        "repeat x()",
        "repeat until",
        "repeat\n\nx()\n",
        "do",
        "\ndo\nx()",
        "for",
        "for x",
        "for 1",
        "for x =",
        "for x = 1",
        "for x = 1 do",
        "for x = 1,",
        "for x = 1, 2",
        "for x = 1, 2, 3, 4 do end",
        "for x, y = 1, 2 do end",
        "for x in",
        "for x in y",
        "for x, in y do end",
        "for x, 1 in y do end",
        "for x in y do",
        "for x.y = 1, 2 do end",
        "\nfor x in y do\n\n",
        "end",
        "else",
        "elseif",
        "until",
        "then",
        "in x",
        "x = 1 end",
        "do end end",
        "goto x",
        ";",
        ";;",
        "x = 1;;",
        // Expressions.
        "x = (",
        "x = ()",
        "x = (1",
        "x = (1\n",
        "x = (\n1\n",
        "x = )",
        "x = {",
        "x = {1",
        "x = {\n1\n",
        "x = {1,,2}",
        "x = {,}",
        "x = {1 2}",
        "x = {x=}",
        "x = {[1]}",
        "x = {[1=2}",
        "x = {[]=1}",
        "x = {a b}",
        "x = {a.b = 1}",
        "x = {1 = 2}",
        "x = {;}",
        "x = {a=1, b c}",
        "x = 1 +",
        "x = 1 + + 2",
        "x = 1 2",
        "x = not",
        "x = -",
        "x = #",
        "x = 1 ..",
        "x = 1 and",
        "x = 1 or or 2",
        "x = ==",
        "x = ~ 1",
        "x = ~= 1",
        "x = 1 ~ 2",
        "x = 1 = 2",
        "x = a.",
        "x = a.1",
        "x = a:b",
        "x = a:b.c()",
        "x = a:1()",
        "x = a:",
        "x = a[",
        "x = a[1",
        "x = a[]",
        "x = a(",
        "x = a(1",
        "x = a(1,)",
        "x = a(,1)",
        "x = a(1 2)",
        "x = a\n(1)",
        "a\n(b)()",
        "a.b\n\n(1)",
        "x = function",
        "x = function f() end",
        "x = function() ",
        "x = function(",
        "x = function(a b) end",
        "x = end",
        "x = local",
        "x = then",
        "x = in",
        "x = function() return ... end",
        "function f() x = ... end",
        "function f(a) return function(...) return a end, ... end",
        "x = %",
        "x = 1 !",
        "x = 1 != 2",
        "x = a ? b",
        "x = a && b",
        "x = a | b",
        "x = @",
        "x = $1",
        "x = `a`",
        "x = \\",
        "x = a->b",
        "x += 1",
        "x++",
        "a.b:c",
        "a.b.c = ",
        "x = 1 // 2",
        "x = {...",
        "x = '' ''",
        "x = a'' = 1",
        "return (...)()()(",
        "x = a.end",
        "x = {end = 1}",
        "local end = 1",
        "x = nil nil",
        "x = function(...) local function f() return ... end end",
        // Tokens.
        "x = 'a",
        "x = \"a",
        "x = 'a\nb'",
        "x = 'a\\",
        "x = 'a\\\n",
        "x = '\\300'",
        "x = 'ab\\256c'",
        "x = '\\999",
        "x = 'a\\0b' 'c'"s,
        "x = 'a\0b' 'c'"s,
        "x = 'a\\qb' 'c'",
        "x = 'a\\065\\n\\t' y z",
        "x = [[a",
        "x = [==[a]=]",
        "x = [=a",
        "x = [=",
        "x = [==",
        "x = [[a[[b]]",
        "x = [[a[=[b]]",
        "x = [=[a[=[b]=]",
        "x = [[\n\n[[",
        "--[[a",
        "--[==[a]]\n\n]=]",
        "--[[ [[ ]]",
        "--[=[ [[ ]=] x",
        "x = 3x",
        "x = 0x",
        "x = 0xg",
        "x = 1e",
        "x = 1e+",
        "x = 1..2",
        "x = 1.2.3",
        "x = 3..",
        "x = .5.",
        "x = .5x",
        "x = 1_000",
        "x = 08x",
        "x = 1e5e5",
        "x = 0x1p",
        "x = 0x.8",
        "x = 1ee5",
        "x = 5.e",
        "x = 0x1.8",
        "x = 1 \x01",
        "x = \x01",
        "x = \x7f",
        "x = \x80",
        "\xff",
        "x = \xc3\xa9",
        "x = 1\0"s,
        "x = \0"s,
        "\0"s,
        "x = a \0 b"s,
        "x = 3\0+4 y"s,
        "x = a.\0b"s,
        "x = ..\0"s,
        "x = 1\r\n\r\ny",
        "x = 1\n\ry\r",
        "x = [[\r\n\r]] y",
        "x = 'a\\\r\nb' y",
        "x\r\r\n\n= = ",
        "#!x",
        "# x",
        "x = \f\v\t y =",
        "x = ~",
        "x = a ~ b",
        "x = [",
        "x = ]",
        "x = [=[\n]=] y",
        "x = [[\na\r\nb]] 'c' z",
        "x = 'long " + times("s", 200) + "' y",
        "x = " + times("9", 300) + "z",
        times("n", 300) + " = = 1",
        // Limits.
        "local " + list("v", 201),
        "\n\nfunction f()\nlocal " + list("v", 201) + " end",
        "function f(" + list("p", 201) + ") end",
        "local " + list("v", 198) + " for i = 1, 2 do end",
        "local " + list("v", 197) + " for i in x do end",
        "local " + list("u", 61) + "\nreturn function()\nreturn " + list("u", 61) + " end",
        "local " + list("u", 61) + " return function() return\nfunction() return " + list("u", 61) + " end end",
        "x = f(" + times("1,", 260) + "1)",
        "return " + times("1,\n", 260) + "1",
        "x = " + times("1,", 260) + "1",
        "return f(" + times("1,", 247) + "...)",
        "for a in " + times("f,", 247) + "f do end",
        "local " + list("v", 200) + " = 1 x = {" + times("1,", 50) + "1}",
        "local " + list("v", 200) + " return " + times("'a'..", 52) + "'b'",
    };
    for (const std::size_t n : {196u, 197u, 198u, 199u, 250u}) {  // around 200 levels
        t.push_back("return " + times("(", n) + "1" + times(")", n));
        t.push_back("return " + times("{", n) + times("}", n));
        t.push_back("return " + times("- ", n) + "x");
        t.push_back("return " + times("2^", n) + "1");
        t.push_back("return " + times("a..", n) + "a");
        t.push_back(times("do ", n) + times("end ", n));
        t.push_back(times("local function f() ", n) + times("end ", n));
        t.push_back("x" + times(",x", n) + " = 1");
        t.push_back("\nfunction f() x" + times(",x", n) + " = 1 end");
    }
    return t;
}

void expect_same_messages(const std::vector<std::string>& texts) {
    const std::vector<std::string> answers = lua51_messages(texts);
    if (answers.empty()) {
        GTEST_SKIP() << "no lua5.1 here to compare with";
    }
    ASSERT_EQ(answers.size(), texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        EXPECT_EQ(Compiled(texts[i], "=t", kLimitsOfLua51).message(), answers[i]) << "in: " << texts[i].substr(0, 200);
    }
}

TEST(SyntaxErrors, AreWordedAsInLua51) {
    expect_same_messages(refused_texts());
}

/// Pieces of the conformance scripts with tokens dropped, doubled, exchanged and broken. Fixed seed.
TEST(SyntaxErrors, OfMutilatedScriptsAreWordedAsInLua51) {
    const auto scripts = conformance_scripts();
    if (scripts.empty()) {
        GTEST_SKIP() << "no tests/conformance";
    }
    std::mt19937 random(20240601);
    const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
    const std::vector<std::string> bits = {"end",      "do",     "(",     ")",     "{",   "}",    "=",  ",",   "local",
                                           "function", "return", "break", "...",   "nil", "x",    "1",  "'s'", "..",
                                           "and",      "not",    "-",     ":",     ".",   "[",    "]",  "[[",  "]]",
                                           "\n",       "\r\n",   "\0"s,   "\x80",  "0x",  "1e",   "\"", "\\",  "if",
                                           "else",     "for",    "in",    "until", ";",   "--[[", "\n("};
    std::vector<std::string> texts;
    for (int i = 0; i < 2000; ++i) {
        const std::string& source = scripts[below(scripts.size())].second;
        if (source.empty()) {
            continue;
        }
        const std::size_t from = below(source.size());
        std::string text = source.substr(from, std::size_t{20} << below(6));
        for (std::size_t edits = below(4); edits > 0 && !text.empty(); --edits) {
            const std::size_t at = below(text.size());
            switch (below(3)) {
                case 0: text.erase(at, 1 + below(5)); break;
                case 1: text.insert(at, " " + bits[below(bits.size())] + " "); break;
                default: text[at] = static_cast<char>(below(256)); break;
            }
        }
        if (!text.starts_with("\x1b")) {  // loadstring would take it for bytecode
            texts.push_back(text);
        }
    }
    expect_same_messages(texts);
}

TEST(SyntaxErrors, NameTheChunk) {
    EXPECT_EQ(Compiled("x", "=name").message(), "name:1: '=' expected near '<eof>'");
    EXPECT_EQ(Compiled("x", "@dir/file.lua").message(), "dir/file.lua:1: '=' expected near '<eof>'");
    EXPECT_EQ(Compiled("x", "return 1").message(), "[string \"return 1\"]:1: '=' expected near '<eof>'");
    EXPECT_EQ(Compiled("x", "a\nb").message(), "[string \"a...\"]:1: '=' expected near '<eof>'");
}

TEST(ChunkId, IsCutAsPucDoes) {
    EXPECT_EQ(chunk_id("=" + times("x", 100)), times("x", 59));
    EXPECT_EQ(chunk_id("@" + times("x", 52)), times("x", 52));
    EXPECT_EQ(chunk_id("@a" + times("x", 52)), "..." + times("x", 52));
    EXPECT_EQ(chunk_id(times("x", 43)), "[string \"" + times("x", 43) + "\"]");
    EXPECT_EQ(chunk_id(times("x", 44)), "[string \"" + times("x", 43) + "...\"]");
    EXPECT_EQ(chunk_id("ab\rcd"), "[string \"ab...\"]");
    EXPECT_EQ(chunk_id(""), "[string \"\"]");
    EXPECT_EQ(chunk_id("="), "");
    EXPECT_EQ(chunk_id("a\0b"s), "[string \"a\"]");
}

}  // namespace
}  // namespace arenite::compiler::test

// The program beside lua5.1: the same command line, environment and standard input must give the same output, messages
// and exit code. The files that the command lines name are written by Files.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "tests/cli/process.h"

namespace {

using namespace arenite::test;

struct Line {
    std::vector<std::string> arguments;
    std::string input = "";
    std::vector<std::string> environment = {};
};

void PrintTo(const Line& line, std::ostream* os) {
    for (const std::string& entry : line.environment) *os << entry << ' ';
    *os << "lua";
    for (const std::string& argument : line.arguments) *os << " '" << argument << "'";
    if (!line.input.empty()) *os << " <<< '" << line.input << "'";
}

class Files {
public:
    Files() {
        folder_.write("args.lua",
                      "local low = 0 while arg[low - 1] do low = low - 1 end\n"
                      "for i = low, #arg do io.write(i, '=', arg[i], '|') end print(select('#', ...), ...)");
        folder_.write("hash.lua", "#!/usr/bin/lua )(\nprint('behind the hash') error('line 2')");
        folder_.write("hash_only.lua", "# nothing else");
        folder_.write("hash_crlf.lua", "#!x\r\nprint(1)\r\nerror('at 3')\r\n");
        folder_.write("ok.lua", "print('ok', ...) return 1, 2");
        folder_.write("fails.lua",
                      "local function inner() error('in inner') end\nlocal function outer() inner() end\nouter()");
        folder_.write("syntax.lua", "x = = 1");
        folder_.write("exit3.lua", "io.write('partial') os.exit(3)");
        folder_.write("module_a.lua", "print('module_a', ...) loaded_a = true");
        folder_.write("module_b.lua", "print('module_b', loaded_a) return {}");
        folder_.write("module_fails.lua", "error('module is broken')");
        folder_.write("module_syntax.lua", "return return");
        folder_.write("reads.lua", "for line in io.lines() do print('<' .. line .. '>') end");
        folder_.write("table_error.lua", "error({code = 2})");
        folder_.write("init.lua", "print('init file', arg, ...) from_init = 'set'");
        folder_.write("finalizer.lua",
                      "local p = newproxy(true) getmetatable(p).__gc = function() print('finalized') end kept = p");
        folder_.write("open_file.lua",
                      "io.output('written.txt') io.write('kept') if arg[1] == 'error' then error('x') end\n"
                      "if arg[1] == 'exit' then os.exit(1) end");
        folder_.write("empty.lua", "");
        folder_.write("-", "print('a file named dash', ...)");
        folder_.write("-e", "print('a file named -e', ...)");
        folder_.write("deep.lua", "local function f(n) if n == 0 then error('deep') end f(n - 1) return 1 end f(40)");
        folder_.write("overflow.lua", "local function f() return 1 + f() end f()");
        folder_.write("co.lua", "local co = coroutine.wrap(function() local x = nil; x.y = 1 end)\nco()");
        folder_.write("own_traceback.lua",
                      "debug.traceback = function(m, l) return '[' .. m .. '] level ' .. l .. ' in ' ..\n"
                      "debug.getinfo(l, 'n').name .. ' of ' .. debug.getinfo(l + 1, 'S').short_src end\n"
                      "local function fails() local t = nil; t.x = 1 end fails()");
        folder_.write("strict.lua",
                      "setmetatable(_G, {__index = function(_, k) return ({debug = {traceback = function(m) return\n"
                      "'by __index: ' .. m end}})[k] end}) debug = nil error('x')");
        folder_.write("long_line.lua", "local s = '" + std::string(70'000, 'x') + "' print(#s) error('after')");
        std::filesystem::create_directory(folder_.path() / "folder");
    }
    [[nodiscard]] RunOptions options(const Line& line) const {
        RunOptions options;
        options.input = line.input;
        options.cwd = folder_.path();
        options.environment = line.environment;
        return options;
    }
    /// What is in a file that a script may have written.
    [[nodiscard]] std::string contents(const char* name) const {
        std::ifstream stream(folder_.path() / name, std::ios::binary);
        return stream ? std::string(std::istreambuf_iterator<char>(stream), {}) : "(not there)";
    }

private:
    ScratchFolder folder_;
};

/// What has to differ: the program's name and version, its usage (with a first line that says what is wrong), addresses.
std::string normal(const std::string& text) {
    static const std::regex version(R"((Lua 5\.1\.[0-9]  Copyright[^\n]*|Arenite [0-9.]+ \(Lua 5\.1\))\n)");
    static const std::regex usage(
        R"(((^|\n)[^\n]*: (unrecognized option '[^\n]*'|option '[^\n]*' needs an argument)\n)?usage: PROGRAM \[options\][^]*)");
    static const std::regex name(R"(\b(lua5\.1|arenite)\b)");
    static const std::regex address(R"(0x[0-9a-f]+)");
    std::string out = std::regex_replace(text, version, "VERSION\n");
    out = std::regex_replace(out, name, "PROGRAM");
    out = std::regex_replace(out, address, "0xADDRESS");
    return std::regex_replace(out, usage, "$2USAGE");
}

class SameAsLua51 : public testing::TestWithParam<Line> {};

TEST_P(SameAsLua51, OutputMessagesAndExitCode) {
    if (!has_lua51()) GTEST_SKIP() << "no lua5.1";
    const Line& line = GetParam();
    const Files theirs;
    const Files ours;
    const RunResult want = run_lua51(line.arguments, theirs.options(line));
    const RunResult have = run_arenite(line.arguments, ours.options(line));
    EXPECT_EQ(normal(have.out), normal(want.out));
    EXPECT_EQ(normal(have.err), normal(want.err));
    EXPECT_EQ(have.exit_code, want.exit_code);
    EXPECT_GE(want.exit_code, 0);
    EXPECT_EQ(ours.contents("written.txt"), theirs.contents("written.txt"));
}

const char* const kFinalizer = "p = newproxy(true) getmetatable(p).__gc = function() print('finalized') end";

INSTANTIATE_TEST_SUITE_P(
    Scripts, SameAsLua51,
    testing::Values(Line{{"ok.lua"}}, Line{{"ok.lua", "a", "", "c d"}}, Line{{"args.lua"}},
                    Line{{"args.lua", "x", "-e", "--", "-"}}, Line{{"-e", "n = 1", "args.lua", "y"}},
                    Line{{"-e", "n = 1", "--", "args.lua", "-v"}}, Line{{"--", "args.lua", "--"}},
                    Line{{"-lmodule_a", "-l", "module_b", "args.lua", "z"}},
                    Line{{"-", "x", "y"}, "print(arg[0], arg[1], arg[2], arg[-1], ...)"}, Line{{"--", "-", "x"}},
                    Line{{"--", "-e", "x"}}, Line{{"-e", "--", "-"}, "print('input')"}, Line{{"hash.lua"}},
                    Line{{"hash_only.lua"}}, Line{{"hash_crlf.lua"}}, Line{{"empty.lua"}}, Line{{"fails.lua"}},
                    Line{{"syntax.lua"}}, Line{{"exit3.lua"}}, Line{{"table_error.lua"}}, Line{{"deep.lua"}},
                    Line{{"overflow.lua"}}, Line{{"co.lua"}}, Line{{"own_traceback.lua"}}, Line{{"strict.lua"}},
                    Line{{"long_line.lua"}}, Line{{"folder"}}, Line{{"missing.lua"}}, Line{{""}}, Line{{"./ok.lua"}},
                    Line{{"reads.lua"}, "one\ntwo\n\nlast without newline"}, Line{{"finalizer.lua"}},
                    Line{{"open_file.lua"}}, Line{{"open_file.lua", "error"}}, Line{{"open_file.lua", "exit"}},
                    Line{{"ok.lua", "-x", "--nonsense"}}));

INSTANTIATE_TEST_SUITE_P(StandardInput, SameAsLua51,
                         testing::Values(Line{{}, "print('from input', ..., arg)"}, Line{{}, ""},
                                         Line{{}, "error('fails')"}, Line{{}, "x ="}, Line{{}, "os.exit(4)"},
                                         Line{{}, "error({})"}, Line{{"-"}, ""}, Line{{"-"}, "error('fails')"},
                                         Line{{"-"}, "x ="}, Line{{"-"}, "#!first line\nprint(1)\nerror('third')"},
                                         Line{{}, "#!first line\nprint(debug.traceback('t'))"},
                                         Line{{"--"}, "print('behind the end of options')"},
                                         Line{{"-lmodule_a"}, "print('input', loaded_a)"},
                                         Line{{"-"}, "print(io.read())"},
                                         Line{{"-e", "print(io.read())", "-"}, "first\nprint('second')"},
                                         Line{{"-e", "print(io.read())"}, "a line\n"}, Line{{}, kFinalizer},
                                         Line{{}, std::string(kFinalizer) + " error('x')"},
                                         Line{{"-v"}, "print('not run')"}, Line{{"-e", ""}, "print('not run')"}));

INSTANTIATE_TEST_SUITE_P(
    Chunks, SameAsLua51,
    testing::Values(Line{{"-e", "print(1)"}}, Line{{"-eprint(2)"}}, Line{{"-e", "x = 1", "-ex=x+1", "-e", "print(x)"}},
                    Line{{"-e", "print(arg, ...)"}}, Line{{"-e", "error('stop')", "-e", "print('not run')"}},
                    Line{{"-e", "error('stop')", "ok.lua"}}, Line{{"-e", "x = = 1"}}, Line{{"-e", "x ="}},
                    Line{{"-e", " "}}, Line{{"-e", "-1"}}, Line{{"-e", "= 1"}}, Line{{"-e", "return 5"}},
                    Line{{"-e", "os.exit(7)", "ok.lua"}}, Line{{"-e", "os.exit()"}}, Line{{"-e", "os.exit(256)"}},
                    Line{{"-e", "os.exit(-1)"}}, Line{{"-e", "os.exit('3')"}}, Line{{"-e", "os.exit(true)"}},
                    Line{{"-e", "io.stderr:write('to stderr') io.write('to stdout') os.exit(1)"}},
                    Line{{"-e", "pcall(os.exit, 2)"}}, Line{{"-e", "coroutine.wrap(function() os.exit(6) end)()"}},
                    Line{{"-e", std::string(kFinalizer) + " os.exit(0)"}}, Line{{"-e", kFinalizer, "-e", "error('x')"}},
                    Line{{"-e", kFinalizer, "missing.lua"}}, Line{{"-e", kFinalizer, "syntax.lua"}},
                    Line{{"-e", std::string(kFinalizer) + " x = = 1"}}, Line{{"-e", "print(_PROMPT, _PROMPT2)"}}));

INSTANTIATE_TEST_SUITE_P(
    Errors, SameAsLua51,
    testing::Values(
        Line{{"-e", "error()"}}, Line{{"-e", "error(nil)"}}, Line{{"-e", "error(false)"}}, Line{{"-e", "error(12.5)"}},
        Line{{"-e", "error(setmetatable({}, {__tostring = function() return 'text' end}))"}},
        Line{{"-e", "error('a\\0b')"}}, Line{{"-e", "error('level 2', 2)"}}, Line{{"-e", "debug = nil error('x')"}},
        Line{{"-e", "debug.traceback = nil error('x')"}}, Line{{"-e", "debug = 'text' error('x')"}},
        Line{{"-e", "debug.traceback = {} error('x')"}}, Line{{"-e", "debug.traceback = tostring error('x')"}},
        Line{{"-e", "debug.traceback = function() return {} end error('x')"}},
        Line{{"-e", "debug.traceback = function() return nil end error('x')"}},
        Line{{"-e", "debug.traceback = function() end error('x')"}},
        Line{{"-e", "debug.traceback = function() return 12 end error('x')"}},
        Line{{"-e", "debug.traceback = error error('x')"}},
        Line{{"-e", "debug.traceback = function(m) error('again') end error('x')"}},
        Line{{"-e", "debug.traceback = function(m) local x = nil; x() end error('x')"}},
        Line{{"-e", "debug.traceback = function(m) return m .. '!' end error({})"}},
        Line{{"-e", "local t = setmetatable({}, {__index = function(t, k) error('no ' .. k) end}) print(t.field)"}},
        Line{{"-e", "table.sort({3, 2, 1}, function(a, b) error('compare') end)"}},
        Line{{"-e", "string.gsub('x', '.', function() error('callback') end)"}}, Line{{"-e", "string.rep()"}},
        Line{{"-e", "('x'):bad()"}}, Line{{"-e", "return (nil)()"}},
        Line{{"-e", "local function f() return nope() end f()"}},
        Line{{"-e", "xpcall(error, function() error('in handler') end) error('later')"}},
        Line{{"-e", "print(pcall(error, 'caught')) coroutine.resume(coroutine.create(error)) error('last')"}},
        Line{{"-e", "require('module_fails')"}}, Line{{"-e", "dofile('fails.lua')"}},
        Line{{"-e", "print(dofile('ok.lua'), (dofile('ok.lua')))"}}, Line{{"-e", "dofile()"}, "error('in input')"},
        Line{{"-e", "assert(loadfile('no'))"}}, Line{{"-e", "assert(false)"}}, Line{{"-e", "assert(nil, {})"}},
        Line{{"-e", "print = nil error('still reported')"}}));

INSTANTIATE_TEST_SUITE_P(
    Libraries, SameAsLua51,
    testing::Values(Line{{"-l", "module_a", "-e", "print(package.loaded.module_a)"}},
                    Line{{"-lstring", "-e", "print(1)"}}, Line{{"-l", "nosuch"}},
                    Line{{"-lnosuch", "-e", "print('not run')"}}, Line{{"-l", "module_fails"}},
                    Line{{"-l", "module_syntax"}}, Line{{"-e", "require = nil", "-l", "x"}},
                    Line{{"-e", "require = function(n) print('mine', n) return 1 end", "-l", "x", "-ly", "ok.lua"}},
                    Line{{"-e", "require = 'text'", "-l", "x"}}, Line{{"-l", "", "-e", "x=1"}},
                    Line{{"-l", "sub.module", "-e", "x=1"}}, Line{{"-l", "module_a", "-l", "module_a", "-e", "x=1"}},
                    Line{{"-l", "ok", "-v"}, "", {"LUA_PATH=?;;"}},
                    Line{{"-l", "ok", "-v"}, "", {"LUA_PATH=nowhere/?.x"}},
                    Line{{"-l", "ok.lua", "-v"}, "", {"LUA_PATH=?"}}));

INSTANTIATE_TEST_SUITE_P(
    Environment, SameAsLua51,
    testing::Values(Line{{"-e", "print(from_init)"}, "", {"LUA_INIT=@init.lua"}},
                    Line{{"-e", "print(x)"}, "", {"LUA_INIT=x = 'by init'"}},
                    Line{{"ok.lua", "a"}, "", {"LUA_INIT=print(arg, ...)"}},
                    Line{{"-v"}, "", {"LUA_INIT=print('init')"}}, Line{{"-v"}, "", {"LUA_INIT=error('in init')"}},
                    Line{{"ok.lua"}, "", {"LUA_INIT=x = = 1"}}, Line{{"ok.lua"}, "", {"LUA_INIT=@missing.lua"}},
                    Line{{"ok.lua"}, "", {"LUA_INIT=@"}}, Line{{"ok.lua"}, "", {"LUA_INIT="}},
                    Line{{"ok.lua"}, "", {"LUA_INIT=@fails.lua"}}, Line{{"ok.lua"}, "", {"LUA_INIT=os.exit(9)"}},
                    Line{{"-x"}, "", {"LUA_INIT=print('init')"}}, Line{{"-x"}, "", {"LUA_INIT=error('in init')"}},
                    Line{{"-x"}, "", {"LUA_INIT=@finalizer.lua"}},
                    Line{{}, "print('input')", {"LUA_INIT=print('init')"}},
                    Line{{}, "print('input')", {"LUA_INIT=error('in init')"}}));

INSTANTIATE_TEST_SUITE_P(Options, SameAsLua51,
                         testing::Values(Line{{"-v"}}, Line{{"-v", "-e", "print(1)"}}, Line{{"-v", "ok.lua"}},
                                         Line{{"-e", "print(1)", "-v"}}, Line{{"-v", "-v"}}, Line{{"-x"}}, Line{{"-h"}},
                                         Line{{"-?"}}, Line{{"-vi"}}, Line{{"-ix"}}, Line{{"-e"}}, Line{{"-l"}},
                                         Line{{"-e", "print(1)", "-e"}},
                                         Line{{"-e", "print('not run')", "-z", "ok.lua"}}, Line{{"--nonsense"}},
                                         Line{{"---"}}, Line{{"--x", "ok.lua"}}, Line{{"-i", "-x"}}));

// ---- The interactive mode, on a pipe -----------------------------------------------------------------------------------

/// Readline, which lua5.1 is built with, shows what it reads also where there is no terminal. Prompts end in "> ".
std::string without_echo(std::string out, const std::string& input) {
    std::size_t from = 0;
    for (std::size_t at = 0; at < input.size();) {
        const std::size_t end = std::min(input.find('\n', at), input.size());
        const std::string line = "> " + input.substr(at, end - at) + "\n";
        const std::size_t echo = out.find(line, from);
        if (echo == std::string::npos) break;
        out.erase(echo + 2, line.size() - 2);
        from = echo + 2;
        at = end + 1;
    }
    return out;
}

class SameSession : public testing::TestWithParam<Line> {};

TEST_P(SameSession, OutputMessagesAndExitCode) {
    if (!has_lua51()) GTEST_SKIP() << "no lua5.1";
    Line line = GetParam();
    line.arguments.insert(line.arguments.begin(), "-i");
    const Files theirs;
    const Files ours;
    const RunResult want = run_lua51(line.arguments, theirs.options(line));
    const RunResult have = run_arenite(line.arguments, ours.options(line));
    EXPECT_EQ(normal(have.out), normal(without_echo(want.out, line.input)));
    EXPECT_EQ(normal(have.err), normal(want.err));
    EXPECT_EQ(have.exit_code, want.exit_code);
}

INSTANTIATE_TEST_SUITE_P(
    Sessions, SameSession,
    testing::Values(
        Line{{}, ""}, Line{{}, "\n\n"}, Line{{}, "=1\n=2, 'b'\n=\n= nil\n"},
        Line{{}, "return 1, 2\nreturn\nreturn nil\n"}, Line{{}, "x = 1\n=x\nlocal y = 2\n=y\n"},
        Line{{}, "for i = 1, 2 do\nprint(i)\nend\n"}, Line{{}, "=1 +\n2\n=(\n3)\n"},
        Line{{}, "s = [[a\nb\n\nc]]\n=s\n"}, Line{{}, "=\n1\n=2\n"}, Line{{}, "x ="}, Line{{}, "do\n"},
        Line{{}, "if x then\nelse\n= 1\nend\n=2\n"}, Line{{}, " = 1\n=1\n"},
        Line{{}, "x x\n)\n\"abc\n'<eof>'\n='<eof>\n=1\n"}, Line{{}, "--[[ comment\nends ]] x = 5\n=x\n-- line\n#!x\n"},
        Line{{}, "error('a')\nerror('b', 0)\nerror(12)\nerror({})\nerror()\n=1\n"},
        Line{{}, "function f()\nerror('in f')\nend\nf()\n=f()\n"},
        Line{{}, "local t = nil; t.x = 1\n=nil .. 'x'\nnope()\n"}, Line{{}, "debug = nil\nerror('x')\n"},
        Line{{}, "debug.traceback = function(m) return '<' .. m .. '>' end\nerror('x')\n"},
        Line{{}, "print = nil\n=1\nx = 1\n=x\n"},
        Line{{}, "print = function(...) io.write('P:', ..., '\\n') end\n=1\n=x\n"},
        Line{{}, "print = function() error('p') end\n=1\nprint = function() error({}) end\n=1\n"},
        Line{{}, "print = function() error(12, 0) end\n=1\nprint = function() error() end\n=1\n"},
        Line{{}, "os.exit(5)\n=1\n"}, Line{{}, "=os.exit(6)\n"}, Line{{}, "os.exit()\n"},
        Line{{}, "_PROMPT = 'a> '\n_PROMPT2 = 'b> '\ndo\nend\n_PROMPT = nil\n=1\n"},
        Line{{}, "_PROMPT = {}\n_PROMPT2 = true\ndo\nend\n"}, Line{{"-e", "_PROMPT = 'mine> '"}, "=1\n"},
        Line{{"ok.lua", "x"}, "=arg[0], arg[1], arg[-1]\n=...\n"}, Line{{"fails.lua"}, "=1\n"},
        Line{{"missing.lua"}, "=1\n"}, Line{{"-e", "error('x')"}, "=1\n"},
        Line{{"-lmodule_a", "-e", "y = 3"}, "=loaded_a, y\n"}, Line{{"exit3.lua"}, "=1\n"},
        Line{{}, "=#'\\1\\200', ('x'):rep(3)\n"}, Line{{}, "=table\n=print\n=coroutine.create(print)\n"},
        Line{{}, "=...\n=select('#', ...)\n"}, Line{{}, "=debug.traceback('here')\n"},
        Line{{}, "co = coroutine.wrap(function() error('in co') end)\nco()\nco()\n"},
        Line{{}, "t = setmetatable({}, {__mode = 'v'})\nt[1] = {}\nt[2] = t\ncollectgarbage()\n=t[1], t[2] == t\n"},
        Line{{}, std::string(kFinalizer) + "\np = nil\ncollectgarbage()\n=1\n"},
        Line{{}, std::string(kFinalizer) + "\n"}, Line{{}, std::string(kFinalizer) + "\nos.exit(1)\n"},
        Line{{}, "=io.read ~= nil\n", {"LUA_INIT=print('init')"}}, Line{{}, "=from_init\n", {"LUA_INIT=@init.lua"}},
        Line{{}, "=1\n", {"LUA_INIT=error('x')"}}));

}  // namespace

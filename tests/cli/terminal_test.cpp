// The interactive mode on a terminal: lua5.1's behaviour, and the line editor.
#include <gtest/gtest.h>

#include "tests/cli/terminal.h"

namespace {

using namespace arenite::test;

const std::string kControlC = "\x03";
const std::string kControlD = "\x04";

RunOptions on(const std::string& terminal) {
    RunOptions options;
    options.environment = {"TERM=" + terminal};
    options.name = "lua";
    return options;
}

bool has_line_editing() {
    return run_arenite({"--version"}).out.find("line editing: libedit") != std::string::npos;
}

/// A conversation that both programs must be able to hold, on a terminal that can be edited on and on one that cannot.
struct Case {
    const char* program;
    const char* terminal;
};

class Interactive : public testing::TestWithParam<Case> {
protected:
    void SetUp() override {
        if (std::string(GetParam().program) == "lua5.1" && !has_lua51()) GTEST_SKIP() << "no lua5.1";
    }
};

TEST_P(Interactive, WithoutArgumentsOnATerminal) {
    Terminal t(GetParam().program, {}, on(GetParam().terminal));
    EXPECT_TRUE(t.expect("Lua 5.1")) << t.shown();
    EXPECT_TRUE(t.expect("> "));
    t.send("=1 + 41, 'x'\n");
    EXPECT_TRUE(t.expect("\n42\tx\n")) << t.shown();
    t.send("for i = 7, 8 do\n");
    EXPECT_TRUE(t.expect(">> ")) << t.shown();
    t.send("print(i) end\n");
    EXPECT_TRUE(t.expect("\n7\n8\n")) << t.shown();
    t.send("nothing.here()\n");
    EXPECT_TRUE(t.expect("\nstdin:1: attempt to index global 'nothing' (a nil value)\nstack traceback:\n"));
    t.send("_PROMPT = 'next? '\n");
    EXPECT_TRUE(t.expect("\nnext? ")) << t.shown();
    t.send(kControlD);
    EXPECT_EQ(t.wait(), 0) << t.shown();
}

TEST_P(Interactive, BehindAScript) {
    const ScratchFolder folder;
    folder.write("a.lua", "x = {...}");
    RunOptions options = on(GetParam().terminal);
    options.cwd = folder.path();
    Terminal t(GetParam().program, {"-i", "a.lua", "argument"}, options);
    EXPECT_TRUE(t.expect("> ")) << t.shown();
    t.send("=x[1], arg[0]\n");
    EXPECT_TRUE(t.expect("\nargument\ta.lua\n")) << t.shown();
    t.send("os.exit(5)\n");
    EXPECT_EQ(t.wait(), 5) << t.shown();
}

TEST_P(Interactive, ControlCEndsTheScriptNotTheProgram) {
    Terminal t(GetParam().program, {}, on(GetParam().terminal));
    EXPECT_TRUE(t.expect("> "));
    for (int i = 0; i < 3; ++i) {
        t.send("x = " + std::to_string(i) + " print('be' .. 'gun') while true do end\n");
        EXPECT_TRUE(t.expect("begun\n")) << t.shown();
        t.send(kControlC);
        EXPECT_TRUE(t.expect("interrupted!\nstack traceback:\n")) << t.shown();
        t.send("='x' .. x\n");
        EXPECT_TRUE(t.expect("\nx" + std::to_string(i) + "\n")) << t.shown();
    }
    t.send(kControlD);
    EXPECT_EQ(t.wait(), 0) << t.shown();
}

TEST_P(Interactive, ScriptsReadTheTerminal) {
    Terminal t(GetParam().program, {}, on(GetParam().terminal));
    EXPECT_TRUE(t.expect("> "));
    t.send("print('said ' .. io.read())\n");
    EXPECT_TRUE(t.expect(")\n"));
    t.send("a line\n");
    EXPECT_TRUE(t.expect("said a line\n")) << t.shown();
    t.send("=2 * 4\n");
    EXPECT_TRUE(t.expect("\n8\n")) << t.shown();
    t.send(kControlD);
    EXPECT_EQ(t.wait(), 0) << t.shown();
}

INSTANTIATE_TEST_SUITE_P(Cli, Interactive,
                         testing::Values(Case{"lua5.1", "xterm"}, Case{"lua5.1", "dumb"}, Case{kArenite, "xterm"},
                                         Case{kArenite, "dumb"}, Case{kArenite, ""}),
                         [](const auto& info) {
                             const bool ours = std::string(info.param.program) == kArenite;
                             const std::string terminal = info.param.terminal;
                             return (ours ? "arenite_" : "lua51_") + (terminal.empty() ? "none" : terminal);
                         });

class LineEditing : public testing::Test {
protected:
    void SetUp() override {
        if (!has_line_editing()) GTEST_SKIP() << "built without libedit";
    }
};

TEST_F(LineEditing, HistoryAndCursor) {
    Terminal t(kArenite, {}, on("xterm"));
    EXPECT_TRUE(t.expect("> "));
    t.send("n = 10\n");
    EXPECT_TRUE(t.expect("\n> ")) << t.shown();
    t.send("n = n + 1 print('n' .. n)\n");
    EXPECT_TRUE(t.expect("\nn11\n")) << t.shown();
    t.send("\x1b[A\n");  // up: the last line again
    EXPECT_TRUE(t.expect("\nn12\n")) << t.shown();
    t.send("\x1b[A\x1b[A\n");  // the same line is in the history once
    EXPECT_TRUE(t.expect("\n> ")) << t.shown();
    t.send("=n\n");
    EXPECT_TRUE(t.expect("\n10\n")) << t.shown();
    t.send("'a' .. 'b'\x01=\x05 .. 'c'\n");  // to the beginning, then to the end
    EXPECT_TRUE(t.expect("\nabc\n")) << t.shown();
    t.send(
        "=12x\x7f"
        "3\n");  // backspace
    EXPECT_TRUE(t.expect("\n123\n")) << t.shown();
    t.send(kControlD);
    EXPECT_EQ(t.wait(), 0);
}

TEST_F(LineEditing, ControlCDropsWhatIsTyped) {
    Terminal t(kArenite, {}, on("xterm"));
    EXPECT_TRUE(t.expect("> "));
    t.send("print('not run')" + kControlC);
    EXPECT_TRUE(t.expect("\n> ")) << t.shown();
    t.send("for i = 1, 2 do\n");
    EXPECT_TRUE(t.expect(">> ")) << t.shown();
    t.send("print('not run')" + kControlC);
    EXPECT_TRUE(t.expect("\n> ")) << t.shown();
    t.send(kControlC);
    EXPECT_TRUE(t.expect("\n> ")) << t.shown();
    t.send("='still' .. ' here'\n");
    EXPECT_TRUE(t.expect("\nstill here\n")) << t.shown();
    EXPECT_EQ(t.shown().find("\nnot run"), std::string::npos) << t.shown();
    t.send(kControlD);
    EXPECT_EQ(t.wait(), 0);
}

TEST_F(LineEditing, CharactersOfSeveralBytes) {
    for (const char* locale : {"LC_ALL=C", "LC_ALL=C.UTF-8"}) {
        RunOptions options = on("xterm");
        options.environment.emplace_back(locale);
        Terminal t(kArenite, {}, options);
        EXPECT_TRUE(t.expect("> "));
        t.send("='\u00e4\u20ac', #'\u00e4\u20ac', ('\u00e4'):upper() == '\u00e4'\n");
        EXPECT_TRUE(t.expect("\n\u00e4\u20ac\t5\ttrue\n")) << t.shown();
        t.send(
            "=#'\u00e4\u20ac\x7f"
            "x'\n");  // backspace takes a whole character
        EXPECT_TRUE(t.expect("\n3\n")) << t.shown();
        t.send(kControlD);
        EXPECT_EQ(t.wait(), 0);
    }
}

}  // namespace

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

/// Types a line at the prompt (what is typed while nobody edits is up to the terminal), and waits for an answer.
testing::AssertionResult answers(Terminal& t, const std::string& keys, const std::string& answer,
                                 const std::string& prompt = "> ") {
    t.send(keys);
    if (t.expect(answer) && t.expect(prompt)) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "no answer to " << keys << ":\n" << t.shown();
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
        if (!has_terminals()) GTEST_SKIP() << "no pseudo-terminals on this machine";
    }
};

TEST_P(Interactive, WithoutArgumentsOnATerminal) {
    Terminal t(GetParam().program, {}, on(GetParam().terminal));
    EXPECT_TRUE(t.expect("Lua 5.1")) << t.shown();
    EXPECT_TRUE(t.expect("> "));
    EXPECT_TRUE(answers(t, "=1 + 41, 'x'\n", "\n42\tx\n"));
    EXPECT_TRUE(answers(t, "for i = 7, 8 do\n", "do\n", ">> "));
    EXPECT_TRUE(answers(t, "print(i) end\n", "\n7\n8\n"));
    EXPECT_TRUE(answers(t, "nothing.here()\n",
                        "\nstdin:1: attempt to index global 'nothing' (a nil value)\nstack traceback:\n"));
    EXPECT_TRUE(answers(t, "_PROMPT = 'next? '\n", "'\n", "next? "));
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
    EXPECT_TRUE(answers(t, "=x[1], arg[0]\n", "\nargument\ta.lua\n"));
    t.send("os.exit(5)\n");
    EXPECT_EQ(t.wait(), 5) << t.shown();
}

TEST_P(Interactive, ControlCEndsTheScriptNotTheProgram) {
    Terminal t(GetParam().program, {}, on(GetParam().terminal));
    EXPECT_TRUE(t.expect("> "));
    for (const std::string i : {"0", "1", "2"}) {
        t.send("x = " + i + " print('be' .. 'gun') while true do end\n");
        EXPECT_TRUE(t.expect("begun\n")) << t.shown();
        EXPECT_TRUE(answers(t, kControlC, "interrupted!\nstack traceback:\n"));
        EXPECT_TRUE(answers(t, "='x' .. x\n", "\nx" + i + "\n"));
    }
    t.send(kControlD);
    EXPECT_EQ(t.wait(), 0) << t.shown();
}

TEST_P(Interactive, ScriptsReadTheTerminal) {
    Terminal t(GetParam().program, {}, on(GetParam().terminal));
    EXPECT_TRUE(t.expect("> "));
    t.send("io.write('your ', 'turn') io.flush() print(' said ' .. io.read())\n");
    EXPECT_TRUE(t.expect("your turn"));
    EXPECT_TRUE(answers(t, "a line\n", " said a line\n"));
    EXPECT_TRUE(answers(t, "=2 * 4\n", "\n8\n"));
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
        if (!has_terminals()) GTEST_SKIP() << "no pseudo-terminals on this machine";
    }
};

TEST_F(LineEditing, IsLoadedOnlyWhereALineIsEdited) {
    const std::string count =
        "n = 0 for l in io.lines('/proc/self/maps') do if l:find('libedit', 1, true) then n = n + 1 end end "
        "print('found ' .. (n > 0 and 'it' or 'none'))";
    EXPECT_EQ(run_arenite({"-e", count}).out, "found none\n");
    Terminal t(kArenite, {}, on("xterm"));
    EXPECT_TRUE(t.expect("> "));
    EXPECT_TRUE(answers(t, count + "\n", "\nfound it\n"));
}

TEST_F(LineEditing, HistoryAndCursor) {
    const std::string up = "\x1b[A";
    const std::string home = "\x01";
    const std::string end = "\x05";
    const std::string backspace = "\x7f";
    Terminal t(kArenite, {}, on("xterm"));
    EXPECT_TRUE(t.expect("> "));
    EXPECT_TRUE(answers(t, "n = 10\n", "\n"));
    EXPECT_TRUE(answers(t, "n = n + 1 print('n' .. n)\n", "\nn11\n"));
    EXPECT_TRUE(answers(t, up + "\n", "\nn12\n"));
    EXPECT_TRUE(answers(t, up + up + "\n", "\n"));  // the repeated line is in the history once
    EXPECT_TRUE(answers(t, "=n\n", "\n10\n"));
    EXPECT_TRUE(answers(t, "'a' .. 'b'" + home + "=" + end + " .. 'c'\n", "\nabc\n"));
    EXPECT_TRUE(answers(t, "=12x" + backspace + "3\n", "\n123\n"));
    t.send(kControlD);
    EXPECT_EQ(t.wait(), 0);
}

TEST_F(LineEditing, ControlCDropsWhatIsTyped) {
    Terminal t(kArenite, {}, on("xterm"));
    EXPECT_TRUE(t.expect("> "));
    EXPECT_TRUE(answers(t, "print('not run')" + kControlC, "\n"));
    EXPECT_TRUE(answers(t, "for i = 1, 2 do\n", "\n", ">> "));
    EXPECT_TRUE(answers(t, "print('not run')" + kControlC, "\n"));
    EXPECT_TRUE(answers(t, kControlC, "\n"));
    EXPECT_TRUE(answers(t, "='still' .. ' here'\n", "\nstill here\n"));
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
        EXPECT_TRUE(answers(t, "='ä€', #'ä€', ('ä'):upper() == 'ä'\n", "\nä€\t5\ttrue\n"));
        EXPECT_TRUE(answers(t,
                            "=#'ä€\x7f"
                            "x'\n",
                            "\n3\n"));  // backspace takes a whole character
        t.send(kControlD);
        EXPECT_EQ(t.wait(), 0);
    }
}

}  // namespace

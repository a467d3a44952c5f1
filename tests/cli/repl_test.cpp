// The interactive mode, through pipes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/process.h"

namespace {

using namespace arenite::test;
using testing::HasSubstr;

struct Transcript {
    std::string out;
    std::string err;  ///< after the banner
    int exit_code;
};

Transcript type(const std::string& lines, std::vector<std::string> arguments = {"-i"}) {
    const RunResult r = run_arenite(arguments, {lines, ".", {}});
    return {r.out, r.err.substr(std::min(r.err.find('\n'), r.err.size() - 1) + 1), r.exit_code};
}

TEST(Repl, PromptsAndPrintsResults) {
    const Transcript t = type("print('a')\n=1 + 1, 'b'\nreturn nil\nreturn\n\n-- comment\n");
    EXPECT_EQ(t.out, "> a\n> 2\tb\n> nil\n> > > > \n");
    EXPECT_EQ(t.err, "");
    EXPECT_EQ(t.exit_code, 0);
}

TEST(Repl, KeepsGlobalsBetweenLines) {
    const Transcript t = type("x = {1}\nx[2] = 2\n=#x, x[1] + x[2]\nlocal gone = 1\n=gone\n");
    EXPECT_EQ(t.out, "> > > 2\t3\n> > nil\n> \n");
}

TEST(Repl, ContinuesIncompleteChunks) {
    EXPECT_EQ(type("for i = 1, 2 do\nprint(i)\nend\n").out, "> >> >> 1\n2\n> \n");
    EXPECT_EQ(type("=1 +\n2\n").out, "> >> 3\n> \n");
    EXPECT_EQ(type("x = [[a\nb]]\n=x\n").out, "> >> > a\nb\n> \n");
    EXPECT_EQ(type("x =").out, "> >> \n");
    EXPECT_EQ(type("do").exit_code, 0);
}

TEST(Repl, ErrorsAreReportedAndEffectsKept) {
    const Transcript t = type("x = 1 error('oops')\n=x\ny y\nerror()\nerror({})\n=x + 1\n");
    EXPECT_EQ(t.out, "> > 1\n> > > > 2\n> \n");
    EXPECT_EQ(t.err,
              "stdin:1: oops\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: ?\n"
              "stdin:1: '=' expected near 'y'\n"
              "(error object is not a string)\n");
    EXPECT_EQ(t.exit_code, 0);
}

TEST(Repl, ErrorsAreThoseOfLua51) {
    if (!has_lua51()) GTEST_SKIP() << "no lua5.1";
    const std::string lines =
        "error('a')\nlocal t = nil; t.x = 1\nx x\n\"\n=nil .. 1\nfor i = 1, 2 do\nerror(i)\nend\nprint = nil\n=1\n"
        "print = function() error('in print') end\n=2\nprint = function() error({}) end\n=3\n";
    const std::string err = run_lua51({"-i"}, {lines, ".", {}}).err;
    EXPECT_EQ(type(lines).err, err.substr(err.find('\n') + 1));  // without the banner
}

TEST(Repl, PromptsCanBeSet) {
    EXPECT_EQ(type("_PROMPT = 'a? '\n_PROMPT2 = 7\ndo\nend\n_PROMPT = {}\n").out, "> a? a? 7a? > \n");
}

TEST(Repl, ExitEndsIt) {
    const Transcript t = type("os.exit(9)\nprint('not reached')\n");
    EXPECT_EQ(t.out, "> ");
    EXPECT_EQ(t.exit_code, 9);
}

TEST(Repl, FollowsChunksAndScript) {
    const ScratchFolder folder;
    folder.write("a.lua", "y = x + 1");
    const RunResult r = run_arenite({"-i", "-e", "x = 1", "a.lua"}, {"=y\n", folder.path(), {}});
    EXPECT_THAT(r.out, HasSubstr("> 2\n")) << r;
    // A failing script ends the program before the first prompt.
    const RunResult failed = run_arenite({"-i", "-e", "error('x')"}, {"=y\n", folder.path(), {}});
    EXPECT_THAT(failed.out, testing::Not(HasSubstr("> "))) << failed;
    EXPECT_EQ(failed.exit_code, 1) << failed;
}

TEST(Repl, ReadsItsLinesFromWhereScriptsRead) {
    EXPECT_EQ(type("line = io.read()\nthe line\n=line\n").out, "> > the line\n> \n");
}

TEST(Repl, BudgetIsForEachLine) {
    const Transcript t = type("x = 1 while true do end\n=x\nfor i = 1, 100 do end\n=2\n", {"-i", "--budget=10000"});
    EXPECT_EQ(t.out, "> > 1\n> > 2\n> \n");
    EXPECT_THAT(t.err, testing::StartsWith("budget of 10000 units exceeded\n"));
    EXPECT_EQ(t.exit_code, 0);
}

TEST(Repl, MemoryErrorsAreSurvived) {
    const Transcript t =
        type("t = {} for i = 1, 1e9 do t[i] = {} end\nt = nil collectgarbage()\n=1\n", {"-i", "--memory=8m"});
    EXPECT_EQ(t.out, "> > > 1\n> \n");
    EXPECT_EQ(t.err, "not enough memory\n");
}

TEST(Repl, FinalizersRunAtTheEnd) {
    EXPECT_EQ(type("p = newproxy(true)\ngetmetatable(p).__gc = function() print('finalized') end\n").out,
              "> > > \nfinalized\n");
}

}  // namespace

// Options, limits, and mistakes in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/process.h"

namespace {

using namespace arenite::test;
using testing::HasSubstr;
using testing::StartsWith;

void expect_misuse(const std::vector<std::string>& line, int exit_code, const std::string& message) {
    const RunResult r = run_arenite(line);
    EXPECT_THAT(r.err, StartsWith("arenite: " + message)) << r;
    EXPECT_EQ(r.out, "") << r;
    EXPECT_EQ(r.exit_code, exit_code) << r;
}

TEST(Options, Help) {
    for (const std::vector<std::string>& line :
         std::vector<std::vector<std::string>>{{"--help"}, {"eval", "--help"}, {"eval", "-h"}, {"list", "-h"}}) {
        const RunResult r = run_arenite(line);
        EXPECT_THAT(r.out, HasSubstr("usage: arenite [options] [script [args]]")) << r;
        EXPECT_EQ(r.err, "");
        EXPECT_EQ(r.exit_code, 0);
    }
}

TEST(Options, Version) {
    const RunResult r = run_arenite({"--version", "-e", "print('not run')"});
    EXPECT_THAT(r.out, testing::MatchesRegex("Arenite [0-9.]+ \\(Lua 5.1\\)\nline editing: [a-z]+\n"));
    EXPECT_EQ(r.exit_code, 0);
    // As in lua, -v writes to standard error, and the rest of the line is carried out.
    const RunResult v = run_arenite({"-v", "-e", "print(_VERSION)"});
    EXPECT_EQ(v.out, "Lua 5.1\n");
    EXPECT_EQ(v.err, r.out.substr(0, r.out.find('\n') + 1));
}

TEST(Options, UnknownOnesAreRefused) {
    expect_misuse({"-h"}, 1, "unrecognized option '-h'\nusage: ");
    expect_misuse({"-x"}, 1, "unrecognized option '-x'\nusage: ");
    expect_misuse({"-ix"}, 1, "unrecognized option '-ix'\nusage: ");
    expect_misuse({"-vx"}, 1, "unrecognized option '-vx'\nusage: ");
    expect_misuse({"--frobnicate", "a.lua"}, 1, "unrecognized option '--frobnicate'\nusage: ");
    expect_misuse({"-e", "print('not run')", "-y"}, 1, "unrecognized option '-y'\n");
    expect_misuse({"-e"}, 1, "option '-e' needs an argument\nusage: ");
    expect_misuse({"-l"}, 1, "option '-l' needs an argument\n");
    expect_misuse({"eval"}, 2, "eval: which script?\nusage: ");
    expect_misuse({"eval", "-x"}, 2, "unrecognized option '-x'\n");
    expect_misuse({"eval", "--resp4"}, 2, "unrecognized option '--resp4'\n");
    expect_misuse({"eval", "-e"}, 2, "eval: option '-e' needs an argument\n");
    expect_misuse({"eval", "-e", "return 1", "--script", "return 2"}, 2, "eval: more than one script is given\n");
    expect_misuse({"list"}, 2, "list: which file?\n");
    expect_misuse({"list", "-e"}, 2, "unrecognized option '-e'\n");
}

TEST(Options, MessagesBeginWithTheNameThatTheProgramWasCalledBy) {
    RunOptions options;
    options.name = "/some/where/lua";
    EXPECT_THAT(run_arenite({"-e", "error('x', 0)"}, options).err, StartsWith("/some/where/lua: x\n"));
    EXPECT_THAT(run_arenite({"-x"}, options).err, HasSubstr("\nusage: /some/where/lua "));
    EXPECT_THAT(run_arenite({"list", "nosuch"}, options).err, StartsWith("/some/where/lua: cannot open nosuch"));
    EXPECT_THAT(run_arenite({"eval", "nosuch"}, options).err, StartsWith("/some/where/lua: cannot open nosuch"));
}

TEST(Options, LimitsAreChecked) {
    const std::vector<std::string> forms[] = {{}, {"run"}, {"eval"}, {"list"}};
    for (const auto& form : forms) {
        const auto expect = [&](std::vector<std::string> limit, const std::string& message) {
            std::vector<std::string> line = form;
            line.insert(line.end(), limit.begin(), limit.end());
            expect_misuse(line, 2, message + "\n");
        };
        expect({"--memory"}, "--memory: the number is missing");
        expect({"--budget"}, "--budget: the number is missing");
        expect({"--memory", "lots"},
               "--memory: 'lots' is not a number of bytes (digits, then k, m or g for a power of 1024)");
        expect({"--memory=1x"}, "--memory: '1x' is not a number of bytes (digits, then k, m or g for a power of 1024)");
        expect({"--memory="}, "--memory: '' is not a number of bytes (digits, then k, m or g for a power of 1024)");
        expect({"--memory=-1"}, "--memory: '-1' is not a number of bytes (digits, then k, m or g for a power of 1024)");
        expect({"--memory=m"}, "--memory: 'm' is not a number of bytes (digits, then k, m or g for a power of 1024)");
        expect({"--memory", "99999999999g"}, "--memory: '99999999999g' is too large");
        expect({"--memory", "0"}, "--memory: '0' is not above zero");
        expect({"--budget", "10k"}, "--budget: '10k' is not a whole number");
        expect({"--budget", "99999999999999999999"}, "--budget: '99999999999999999999' is too large");
        expect({"--budget", "0"}, "--budget: '0' is not above zero");
    }
}

TEST(Limits, BudgetEndsTheRun) {
    const RunResult r = run_arenite({"--budget", "100000", "-e", "print('begin') while true do pcall(error) end"});
    EXPECT_EQ(r.out, "begin\n") << r;
    EXPECT_THAT(r.err, StartsWith("arenite: budget of 100000 units exceeded\nstack traceback:\n\t")) << r;
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_EQ(run_arenite({"--budget=100000", "-e", "for i = 1, 1000 do end print('done')"}).out, "done\n");
    EXPECT_EQ(run_arenite({"run", "--budget=1000", "-e", "while true do end"}).exit_code, 1);
    // For each chunk again.
    EXPECT_EQ(run_arenite({"--budget=5000", "-e", "for i = 1, 3000 do end", "-e", "for i = 1, 3000 do end"}).exit_code,
              0);
}

TEST(Limits, MemoryEndsTheRun) {
    const std::string eat = "local t = {} for i = 1, 1e9 do t[i] = 'string number ' .. i end";
    const RunResult r = run_arenite({"--memory", "8m", "-e", eat});
    EXPECT_EQ(r.err, "arenite: not enough memory\n") << r;
    EXPECT_EQ(r.exit_code, 1);
    // Too little for the machine itself.
    const RunResult none = run_arenite({"--memory", "100", "-e", "print(1)"});
    EXPECT_THAT(none.err, StartsWith("arenite: ")) << none;
    EXPECT_EQ(none.exit_code, 1);
}

TEST(Limits, CaughtMemoryErrorsAreSurvived) {
    const std::string eat = "local t = {} for i = 1, 1e9 do t[i] = 'string number ' .. i end";
    const RunResult caught =
        run_arenite({"--memory", "8m", "-e", "print(pcall(function() " + eat + " end)) print('on')"});
    EXPECT_EQ(caught.out, "false\tnot enough memory\non\n") << caught;
    EXPECT_EQ(caught.exit_code, 0);
}

TEST(Listing, ShowsInstructions) {
    const ScratchFolder folder;
    folder.write("a.lua", "#!skipped\nlocal function add(a, b) return a + b end\nprint(add(1, 'a constant'))\n");
    const RunOptions here{"return 1", folder.path(), {}};
    const RunResult r = run_arenite({"list", "a.lua"}, here);
    EXPECT_THAT(r.out, HasSubstr("a constant")) << r;
    EXPECT_GT(std::count(r.out.begin(), r.out.end(), '\n'), 8) << r;
    EXPECT_EQ(r.exit_code, 0) << r;
    EXPECT_EQ(run_arenite({"list", "--", "a.lua", "a.lua"}, here).out, r.out + r.out);
    EXPECT_FALSE(run_arenite({"list", "-"}, here).out.empty());
}

TEST(Listing, Errors) {
    const ScratchFolder folder;
    folder.write("bad.lua", "x = = 1\n");
    const RunOptions here{"", folder.path(), {}};
    const RunResult r = run_arenite({"list", "bad.lua"}, here);
    EXPECT_EQ(r.err, "arenite: bad.lua:1: unexpected symbol near '='\n") << r;
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_EQ(run_arenite({"list", "missing.lua"}, here).err,
              "arenite: cannot open missing.lua: No such file or directory\n");
    folder.write("long.lua", "local t = {" + std::string(100000, '{') + "\n");
    EXPECT_EQ(run_arenite({"--memory=4k", "list", "long.lua"}, here).exit_code, 1);
}

}  // namespace

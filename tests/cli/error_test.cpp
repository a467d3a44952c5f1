// What is printed when a script fails, compared with lua5.1.
#include <gtest/gtest.h>

#include "tests/cli/process.h"

namespace {

using namespace arenite::test;

std::string without_name(const std::string& text) {
    for (const std::string name : {"lua5.1: ", "arenite: "}) {
        if (text.starts_with(name)) return text.substr(name.size());
    }
    return text;
}

class Failing : public testing::TestWithParam<const char*> {};

TEST_P(Failing, ReportsAsLua51) {
    if (!has_lua51()) GTEST_SKIP() << "no lua5.1";
    const ScratchFolder folder;
    folder.write("script.lua", GetParam());
    const RunOptions options{GetParam(), folder.path(), {}};
    for (const std::vector<std::string>& line :
         std::vector<std::vector<std::string>>{{"script.lua", "x"}, {"-"}, {"-e", GetParam()}}) {
        const RunResult want = run_lua51(line, options);
        const RunResult have = run_arenite(line, options);
        EXPECT_EQ(without_name(have.err), without_name(want.err)) << line[0];
        EXPECT_EQ(have.err.starts_with("arenite: "), want.err.starts_with("lua5.1: ")) << have;
        EXPECT_EQ(have.out, want.out) << line[0];
        EXPECT_EQ(have.exit_code, want.exit_code) << line[0];
    }
}

INSTANTIATE_TEST_SUITE_P(
    Cli, Failing,
    testing::Values("error('message')", "error('message', 0)", "error(42)", "error()", "error(nil)", "error({})",
                    "error(true)", "error(print)", "error(setmetatable({}, {__tostring = function() return 'x' end}))",
                    "error('')", "error('a\\nb')", "error('a\\0b')", "local t = nil\nlocal x = t.x", "x = = 1", "x = (",
                    "for", "x = 'abc",
                    "local function f(n)\n if n == 0 then error('deep') end\n f(n - 1)\n return 1\nend\nf(40)",
                    "local function f() return f() + 1 end f()", "string.rep()",
                    "table.sort({1, 2, 3}, function() error('in a callback') end)",
                    "print('out') io.write('more') error('then this')",
                    "coroutine.wrap(function() error('inside') end)()", "print(pcall(error, 'caught')) error('second')",
                    "return false", "", "-- nothing", "\n\n)"));

TEST(FailingFile, ReportsAsLua51) {
    if (!has_lua51()) GTEST_SKIP() << "no lua5.1";
    const ScratchFolder folder;
    std::filesystem::create_directory(folder.path() / "dir");
    folder.write("-", "error('in dash')");
    const RunOptions here{"", folder.path(), {}};
    for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{{"missing.lua"},
                                                                                      {"dir"},
                                                                                      {""},
                                                                                      {"--", "-"},
                                                                                      {"-e", "print(1)", "missing.lua"},
                                                                                      {"-e", "error('first')", "-"}}) {
        const RunResult want = run_lua51(line, here);
        const RunResult have = run_arenite(line, here);
        EXPECT_EQ(without_name(have.err), without_name(want.err)) << line[0];
        EXPECT_EQ(have.out, want.out) << line[0];
        EXPECT_EQ(have.exit_code, want.exit_code) << line[0];
    }
}

}  // namespace

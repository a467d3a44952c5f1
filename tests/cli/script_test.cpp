// Running Lua scripts from files, strings and standard input.
#include <gtest/gtest.h>

#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <string>
#include <variant>

#include "compiler/compile.h"
#include "compiler/dump.h"
#include "tests/cli/process.h"

namespace {

using namespace arenite::test;

const char* const kShowArguments =
    "for i = -9, 9 do if arg[i] then print(i, arg[i]) end end\n"
    "print(select('#', ...), ...)\n";

class Script : public testing::Test {
protected:
    RunResult run(const std::vector<std::string>& arguments, const std::string& input = "") const {
        return run_arenite(arguments, {input, folder_.path(), {}});
    }
    ScratchFolder folder_;
};

TEST_F(Script, RunsAFile) {
    folder_.write("a.lua", "print('hello', 1 + 1)\n");
    const RunResult r = run({"a.lua"});
    EXPECT_EQ(r.out, "hello\t2\n") << r;
    EXPECT_EQ(r.err, "") << r;
    EXPECT_EQ(r.exit_code, 0) << r;
}

TEST_F(Script, NamesOfFormsCanBeScripts) {
    for (const char* name : {"run", "eval", "list"}) {
        folder_.write(name, "print('the script', ...)");
        EXPECT_EQ(run({std::string("./") + name, "x"}).out, "the script\tx\n");
        EXPECT_EQ(run({"--", name, "x"}).out, "the script\tx\n");
        EXPECT_EQ(run({"-e", "", name, "x"}).out, "the script\tx\n");
        EXPECT_EQ(run({"run", name, "x"}).out, "the script\tx\n");
    }
}

TEST_F(Script, RunIsASynonym) {
    folder_.write("a.lua", kShowArguments);
    const RunResult r = run({"run", "a.lua", "x"});
    EXPECT_NE(r.out.find("\n-1\trun\n0\ta.lua\n1\tx\n1\tx\n"), std::string::npos) << r;
    EXPECT_EQ(r.exit_code, 0) << r;
}

TEST_F(Script, ArgumentsAreThoseOfLua51) {
    if (!has_lua51()) GTEST_SKIP() << "no lua5.1";
    folder_.write("a.lua", kShowArguments);
    folder_.write("-", kShowArguments);
    const std::vector<std::vector<std::string>> lines = {
        {"a.lua"},
        {"a.lua", "x", "", "-e", "--", "y z"},
        {"-e", "print(arg)", "a.lua", "x"},
        {"-e", "local n = 1", "-eprint(2)", "--", "a.lua", "-x"},
        {"--", "-", "x"},
    };
    const RunOptions here{"", folder_.path(), {}};
    for (const auto& line : lines) {
        const RunResult r = run_arenite(line, here);
        std::string want = run_lua51(line, here).out;
        if (const auto at = want.find("\tlua5.1\n"); at != std::string::npos) {
            want.replace(at, 8, "\tarenite\n");
        }
        EXPECT_EQ(r.out, want) << r;
        EXPECT_EQ(r.exit_code, 0) << r;
    }
}

TEST_F(Script, DashIsStandardInput) {
    const RunResult r = run({"-", "x", "y"}, std::string("#!skipped (\n") + kShowArguments);
    EXPECT_EQ(r.out, "-1\tarenite\n0\t-\n1\tx\n2\ty\n2\tx\ty\n") << r;
    EXPECT_EQ(run({}, "print(...) print(arg)").out, "\nnil\n");
    EXPECT_EQ(run({}, "").exit_code, 0);
}

TEST_F(Script, ReadsTheRestOfStandardInput) {
    const RunResult r = run({"-e", "print(io.read('*l')) print(io.read('*n'))"}, "first line\n42\n");
    EXPECT_EQ(r.out, "first line\n42\n") << r;
}

TEST_F(Script, FirstLineWithHashIsSkipped) {
    folder_.write("a.lua", "#!/usr/bin/env arenite )(\nerror('here')\n");
    const RunResult r = run({"a.lua"});
    EXPECT_NE(r.err.find("arenite: a.lua:2: here\n"), std::string::npos) << r;
    folder_.write("b.lua", "# no newline");
    EXPECT_EQ(run({"b.lua"}).exit_code, 0);
}

TEST_F(Script, ChunksOfTheCommandLineShareGlobals) {
    folder_.write("a.lua", "print(x, y) z = 3");
    const RunResult r = run({"-e", "x = 1", "-ey = x + 1", "a.lua"});
    EXPECT_EQ(r.out, "1\t2\n") << r;
    // After the script's name there are no more options.
    EXPECT_EQ(run({"-e", "x = 1", "a.lua", "-e", "print(z)"}).out, "1\tnil\n");
}

TEST_F(Script, RunsAndListsBinaryChunks) {
    boost::container::pmr::monotonic_buffer_resource memory;
    const auto unit = arenite::compiler::compile("print('binary', ...)", "=made", &memory);
    ASSERT_TRUE(std::holds_alternative<arenite::FunctionUnit*>(unit));
    const std::string bytes = arenite::compiler::dump(*std::get<arenite::FunctionUnit*>(unit), false);
    folder_.write("a.out", bytes);
    folder_.write("b.out", "#!first line\n" + bytes);
    for (const char* file : {"a.out", "b.out"}) {
        EXPECT_EQ(run({file, "x"}).out, "binary\tx\n") << run({file, "x"});
        EXPECT_NE(run({"list", file}).out.find("\"binary\""), std::string::npos) << run({"list", file});
    }
    EXPECT_EQ(run({"-"}, bytes).out, "binary\n");
    folder_.write("c.out", bytes.substr(0, bytes.size() - 1));
    EXPECT_EQ(run({"c.out"}).exit_code, 1);
    EXPECT_EQ(run({"list", "c.out"}).exit_code, 1);
}

TEST_F(Script, ExitCodes) {
    EXPECT_EQ(run({"-e", "os.exit(7)"}).exit_code, 7);
    EXPECT_EQ(run({"-e", "os.exit()"}).exit_code, 0);
    EXPECT_EQ(run({"-e", "os.exit(256 + 3)"}).exit_code, 3);
    EXPECT_EQ(run({"-e", "pcall(os.exit, 4) print 'not reached'"}).exit_code, 4);
    EXPECT_EQ(run({"-e", "error('x')"}).exit_code, 1);
    EXPECT_EQ(run({"-e", "x ="}).exit_code, 1);
    EXPECT_EQ(run({"-e", "return 5"}).exit_code, 0);
    EXPECT_EQ(run({"-"}, "error('x')").exit_code, 1);
    EXPECT_EQ(run({}, "error('x')").exit_code, 0);  // as in lua
    EXPECT_EQ(run({"missing.lua"}).exit_code, 1);
}

TEST_F(Script, OutputBeforeAnExitIsKept) {
    const RunResult r = run({"-e", "io.write('no newline') os.exit(2)"});
    EXPECT_EQ(r.out, "no newline") << r;
    EXPECT_EQ(r.exit_code, 2) << r;
}

TEST_F(Script, FinalizersRunAtTheEnd) {
    const std::string make = "p = newproxy(true) getmetatable(p).__gc = function() print('finalized') end ";
    EXPECT_EQ(run({"-e", make + "print('end')"}).out, "end\nfinalized\n");
    EXPECT_EQ(run({"-e", make, "-e", "print('end')"}).out, "end\nfinalized\n");
    EXPECT_EQ(run({"-e", make + "error('x')"}).out, "finalized\n");
    EXPECT_EQ(run({"-e", make, "-e", "error('x')"}).out, "finalized\n");
    EXPECT_EQ(run({"-e", make + "os.exit(0)"}).out, "");
}

TEST_F(Script, InterruptEndsTheRun) {
    const RunResult r = run_arenite({"-e",
                                     "print('ready') io.write('') for i = 1, 1e5 do print(i) end "
                                     "while true do pcall(function() while true do end end) end"},
                                    {"", folder_.path(), "ready"});
    EXPECT_NE(r.err.find("arenite: interrupted!\nstack traceback:\n"), std::string::npos) << r;
    EXPECT_EQ(r.exit_code, 1) << r.err;
}

}  // namespace

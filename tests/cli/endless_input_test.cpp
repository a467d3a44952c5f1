// What is read may have no end. It ends when memory does, in "not enough memory", whoever reads it.
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/process.h"

namespace arenite::test {
namespace {

constexpr const char* kNoMemory = "not enough memory";

struct Reading {
    const char* name;
    const char* script;  ///< raises an error of memory
};

// Streams without an end: zero bytes; "1" (a numeral); lines that are hidden after a zero byte; a comment; a first line
// to be skipped.
constexpr Reading kReadings[] = {
    {"Everything", "local f = io.open('/dev/zero') f:read('*a')"},
    {"Count", "local f = io.open('/dev/zero') f:read(1e12)"},
    {"LineOfZeros", "local f = io.open('/dev/zero') f:read('*l')"},
    {"LineOfZerosByDefault", "local f = io.open('/dev/zero') f:read()"},
    {"LongLine", "local f = io.popen([[yes 1 | tr -d '\\n']]) f:read('*l')"},
    {"HiddenLines", "local f = io.popen([[yes 1 | tr 1 '\\0']]) f:read('*l')"},
    {"Numeral", "local f = io.popen([[yes 1 | tr -d '\\n']]) f:read('*n')"},
    {"NumeralOfZeros", "local f = io.popen([[yes 0 | tr -d '\\n']]) f:read('*n')"},
    {"Fraction", "local f = io.popen([[printf 0.; yes 1 | tr -d '\\n']]) f:read('*n')"},
    {"Exponent", "local f = io.popen([[printf 1e; yes 1 | tr -d '\\n']]) f:read('*n')"},
    {"HexNumeral", "local f = io.popen([[printf 0x; yes a | tr -d '\\n']]) f:read('*n')"},
    {"DefaultInput", "io.input('/dev/zero') io.read()"},
    {"DefaultInputCount", "io.input('/dev/zero') io.read('*a')"},
    {"Lines", "for l in io.lines('/dev/zero') do end"},
    {"LinesOfFile", "for l in io.open('/dev/zero'):lines() do end"},
    {"LinesOfDefaultInput", "io.input('/dev/zero') for l in io.lines() do end"},
    {"Loadfile", "loadfile('/dev/zero')"},
    {"Dofile", "dofile('/dev/zero')"},
    {"Require", "package.path = '/dev/zero' require('x')"},
    {"LoadOfPieces", "load(function() return '--' end)"},
    {"LoadOfSpaces", "local s = (' '):rep(1e5) load(function() return s end)"},
};

class EndlessInput : public ::testing::TestWithParam<Reading> {};

TEST_P(EndlessInput, EndsWhenMemoryDoes) {
    const std::string script = std::string("print(pcall(function() ") + GetParam().script + " end))";
    const RunResult r = run_arenite({"--memory", "12m", "-e", script}, {.time_limit = std::chrono::seconds(20)});
    EXPECT_EQ(r.out, std::string("false\t") + kNoMemory + "\n") << r;
}

INSTANTIATE_TEST_SUITE_P(Readings, EndlessInput, ::testing::ValuesIn(kReadings),
                         [](const auto& info) { return std::string(info.param.name); });

class EndlessProgram : public ::testing::TestWithParam<const char*> {};

// Scripts that the program itself reads. Without the limit they would take what the machine has.
TEST_P(EndlessProgram, EndsWhenMemoryDoes) {
    const std::string command = std::string(kArenite) + GetParam();
    const RunResult r = run_program("sh", {"-c", command}, {.time_limit = std::chrono::seconds(20)});
    EXPECT_NE(r.err.find(kNoMemory), std::string::npos) << command << "\n" << r;
    EXPECT_GE(r.exit_code, 0) << command << "\n" << r;
}

INSTANTIATE_TEST_SUITE_P(Commands, EndlessProgram,
                         ::testing::Values(" --memory 12m /dev/zero", " --memory 12m - < /dev/zero",
                                           " --memory 12m < /dev/zero", " --memory 12m eval /dev/zero",
                                           " --memory 12m eval - < /dev/zero", " --memory 12m list /dev/zero"));

// Files that nothing refers to are memory: they are closed in time, and a limit does not end what drops them.
TEST(OpenFiles, AreCollectedAtTheLimit) {
    const RunResult r =
        run_arenite({"--memory", "4m", "-e",
                     "for i = 1, 20000 do io.open('/dev/null', 'w'):write('x') end "
                     "for i = 1, 20000 do local f = io.open('/dev/null', 'w') f:write('x') f:close() end "
                     "local t = {} print(pcall(function() for i = 1, 1e9 do t[i] = io.open('/dev/null') end end)) "
                     "local n = #t t = nil collectgarbage() collectgarbage() "
                     "t = {} for i = 1, n * 0.9 do t[i] = assert(io.open('/dev/null')) end print(n > 400)"});
    EXPECT_EQ(r.out, std::string("false\t") + kNoMemory + "\ntrue\n") << r;
}

// What a file had room for when it was opened, it has: setvbuf takes nothing more.
TEST(OpenFiles, TakeNoMoreWithAnotherBuffer) {
    const RunResult r = run_arenite({"-e",
                                     "local f = io.tmpfile() local function used() return collectgarbage('count') end "
                                     "local before = used() for _, m in ipairs {'full', 'no', 'line', 'full'} do "
                                     "assert(f:setvbuf(m, 1e9)) f:write('some ') end "
                                     "f:seek('set') io.write(f:read('*a'), tostring(used() - before < 4), '\\n')"});
    EXPECT_EQ(r.out, "some some some some true\n") << r;
}

}  // namespace
}  // namespace arenite::test

// Code is charged whatever its shape: not only where it jumps back, but in long rows of instructions, in rows of calls
// that do not return and of returns after them, and where many values are passed (docs/guarantees.md, "No work is
// long").
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arenite/vm.h>

namespace arenite {
namespace {

class ChargedCode : public testing::Test {
protected:
    ChargedCode() : vm(Vm::create({.output = [this](std::string_view bytes) { output += bytes; }})) {}
    void start(const std::string& source) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        ASSERT_TRUE(vm->load(source, "=code", f)) << vm->failure().message;
        ASSERT_TRUE(vm->start(f, {}));
    }
    /// Steps of `units` until it has printed something, or is over.
    std::uint64_t steps(std::uint64_t units = 1'000) {
        std::uint64_t n = 0;
        output.clear();
        while (vm->status() == RunStatus::Suspended && output.empty()) {
            vm->step(units);
            ++n;
        }
        EXPECT_NE(vm->status(), RunStatus::Failed) << vm->failure().message;
        return n;
    }
    std::string output;
    std::unique_ptr<Vm> vm;
};

std::string repeated(std::string_view what, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += what;
    return out;
}

struct Row {
    const char* name;
    const char* before;
    const char* piece;
    const char* behind;
};
void PrintTo(const Row& r, std::ostream* out) {
    *out << r.name;
}

/// A function with a long row of instructions, without a jump back or a call.
class EachRow : public ChargedCode, public testing::WithParamInterface<Row> {};

TEST_P(EachRow, IsLookedAtOnTheWay) {
    constexpr int kPieces = 20'000;
    const Row& r = GetParam();
    start("local function f(a, b, t) " + std::string(r.before) + repeated(r.piece, kPieces) + r.behind +
          " end print('a') f(1, 2, {}) print('b')");
    (void)steps();
    EXPECT_EQ(output, "a\n");
    EXPECT_GE(steps(), kPieces / 128u * 32u / 1'000u);
    EXPECT_EQ(output, "b\n");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, EachRow,
    testing::Values(Row{"statements", "", "a = b ", ""}, Row{"operands", "return a", " + b", ""},
                    Row{"comparisons", "return a", " == b", ""}, Row{"conjunctions", "return a", " and b", ""},
                    Row{"disjunctions", "return nil", " or t.x", ""}, Row{"fields", "t.x = t return t", ".x", ""},
                    Row{"record", "return {", "x = a, ", "}"},
                    Row{"alternatives", "if a == 0 then a = 1 ", "elseif a == 0 then a = 1 ", "end"},
                    // Neither is anything gained by what is passed by.
                    Row{"around_blocks", "", "a = b a = b if a == nil then a = b a = b a = b end ", ""}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(ChargedCode, RowsOfReturns) {
    constexpr unsigned kDepth = 50'000;
    start("local function f(n) if n == 0 then print('a') return 0 end return 1 + f(n - 1) end f(" +
          std::to_string(kDepth) + ") print('b')");
    EXPECT_GE(steps(), kDepth / 1'000);
    EXPECT_EQ(output, "a\n");
    EXPECT_GE(steps(), kDepth * 3 / 1'000);
    EXPECT_EQ(output, "b\n");
}

TEST_F(ChargedCode, RowsOfReturnsWithLongBodies) {
    constexpr unsigned kDepth = 2'000;
    start("local function f(n) local a = 1 if n == 0 then print('a') return 0 end f(n - 1) " +
          repeated("a = a + 1 ", 1'280) + " end f(" + std::to_string(kDepth) + ") print('b')");
    (void)steps();
    EXPECT_GE(steps(), kDepth * 1'280 / 128 * 32 / 1'000);
    EXPECT_EQ(output, "b\n");
}

TEST_F(ChargedCode, RowsOfProtectedReturns) {
    constexpr unsigned kDepth = 20'000;
    start("local function f(n) if n == 0 then print('a') return 0 end return 1, pcall(f, n - 1) end f(" +
          std::to_string(kDepth) + ") print('b')");
    (void)steps();
    EXPECT_GE(steps(), kDepth * 3 / 1'000);
    EXPECT_EQ(output, "b\n");
}

TEST_F(ChargedCode, ManyValuesArePassedInSlices) {
    constexpr unsigned kValues = 200'000;
    std::string hundred = repeated("1, ", 100);
    start("local function many(n, f, ...) if n == 0 then return f(...) end return many(n - 1, f, " + hundred +
          "...) end many(" + std::to_string(kValues / 100) + ", function(...) print('a') return ... end) print('b')");
    EXPECT_GE(steps(), kValues / 100 * kValues / 2 / 8 / 1'000);
    EXPECT_GE(steps(), kValues / 8 / 1'000);
    EXPECT_EQ(output, "b\n");
}

// The table of a long constructor grows a few times, not with each row of items.
TEST_F(ChargedCode, LongConstructorsGrowAFewTimes) {
    start("local t = {" + repeated("1, ", 300'000) + "2} print(#t, t[300001])");
    EXPECT_LT(steps(1'000'000), 10u);
    EXPECT_EQ(output, "300001\t2\n");
}

// What has __call is put in front of its arguments, all of which move up.
TEST_F(ChargedCode, ArgumentsOfCallHandlersMoveInSlices) {
    constexpr unsigned kValues = 200'000;
    const auto units_of = [&](const std::string& callee) {
        start(
            "local select, print, rawequal = select, print, rawequal "
            "local h = setmetatable({}, {__call = function(...) return select('#', ...), select(-1, ...) end}) "
            "local r = setmetatable({}, {__call = rawequal}) "
            "local function many(n, ...) if n > 0 then return many(n - 1, " +
            repeated("1, ", 100) + "...) end print('begin') for i = 1, 1000 do end print('nothing is owed') " +
            "local x = " + callee + "(...) for i = 1, 1000 do end print(h(...)) end many(" +
            std::to_string(kValues / 100) + ", 'last')");
        (void)steps();
        (void)steps(1);
        const std::uint64_t n = steps(1);
        EXPECT_EQ(output, std::to_string(kValues + 2) + "\tlast\n");
        EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
        return n;
    };
    const std::uint64_t direct = units_of("rawequal");
    EXPECT_GE(units_of("r"), direct + kValues / 8 - 1'000);
}

TEST_F(ChargedCode, CoroutinesAreHandedAsManyValuesAsInPuc) {
    start(
        "local function many(n, f, ...) if n == 0 then return f(...) end return many(n - 1, f, 1, 2, 3, 4, 5, ...) end "
        "local function try(n, f) return pcall(many, n, f) end "
        "local function fresh() return coroutine.create(function(...) return select('#', ...) end) end "
        "local co = fresh() local _, ok, n = try(1598, function(...) return coroutine.resume(co, ...) end) "
        "local co = fresh() local bad, why = try(1601, function(...) return coroutine.resume(co, ...) end) "
        "local w = coroutine.wrap(function() return many(1601, function(...) return ... end) end) "
        "local bad2, why2 = pcall(function() return w() end) "
        "print(ok, n, bad, why:match('too.*'), bad2, why2:match('too.*'))");
    (void)steps();
    EXPECT_EQ(output, "true\t7990\tfalse\ttoo many arguments to resume\tfalse\ttoo many results to resume\n");
}

}  // namespace
}  // namespace arenite

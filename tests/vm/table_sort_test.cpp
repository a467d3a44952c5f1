// table.sort with a comparator: its steps may be left and taken up again anywhere (vm/lib/table_sort.cpp, K_SORT).
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include <arenite/vm.h>

namespace arenite {
namespace {

constexpr std::uint64_t kPlenty = 1u << 30;

struct Machine {
    Machine() {
        VmOptions options;
        options.output = [this](std::string_view s) { out += s; };
        vm = Vm::create(options);
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    }
    /// Runs a chunk in steps of `slice`; what it has printed, or its error.
    std::string run(std::string_view source, std::uint64_t slice = kPlenty, bool collect = false) {
        out.clear();
        Value f;
        if (!vm->load(source, "=t", f) || !vm->start(f, {})) return vm->failure().message;
        RunStatus s;
        while ((s = vm->step(slice)) == RunStatus::Suspended) {
            if (collect && ++steps % 16 == 0) {
                vm->full_collect();
                const auto problem = vm->verify();
                if (problem) return *problem;
            }
        }
        return s == RunStatus::Finished ? out : vm->failure().message;
    }
    std::unique_ptr<Vm> vm;
    std::string out;
    std::size_t steps = 0;
};

/// Sorts 40 elements by comparators that allocate, change the table, sort, yield and fail.
constexpr std::string_view kSorts = R"(
local seed = 11
local function rnd(m) seed = (seed * 16807) % 2147483647 return seed % m end
local function fresh() local t = {} for i = 1, 40 do t[i] = rnd(60) end return t end
local function show(...) print(...) end
local function go(f)
    local t, calls = fresh(), 0
    local ok, e = pcall(table.sort, t, function(a, b) calls = calls + 1 return f(a, b, t, calls) end)
    show(ok, e, calls, table.concat(t, ' '))
end
go(function(a, b) return a < b end)
go(function(a, b) return ({a})[1] > ({b})[1] end)
go(function(a, b, t, n) t[n % 40 + 1] = n return a < b end)
go(function(a, b, t, n) if n == 30 then error('stop', 0) end return a < b end)
go(function() return true end)
go(function(a, b) local u = {b, a, 7} table.sort(u, function(x, y) return x < y end) return a < b and u[1] <= u[3] end)
local t = fresh()
local co = coroutine.wrap(function() table.sort(t, function(a, b) coroutine.yield(a, b) return a < b end) return 'done' end)
local yields = 0
repeat local a = co() yields = yields + 1 until a == 'done'
show(yields, table.concat(t, ' '))
local words = {} for i = 1, 40 do words[i] = 'word' .. rnd(100) end
table.sort(words, function(a, b) return a < b end) show(table.concat(words, ' '))
table.sort(t) table.sort(words) show(table.concat(t, ' '), table.concat(words, ' '))
)";

TEST(TableSort, AnyBudgetIsTheSameSort) {
    Machine m;
    const std::string expected = m.run(kSorts);
    ASSERT_NE(expected.find("invalid order function for sorting"), std::string::npos) << expected;
    for (const std::uint64_t slice : {1, 2, 3, 5, 7, 16, 61, 997}) {
        EXPECT_EQ(m.run(kSorts, slice, true), expected) << "steps of " << slice;
    }
    m.vm->set_exact(true);
    for (const std::uint64_t slice : {1, 2, 3, 50})
        EXPECT_EQ(m.run(kSorts, slice, true), expected) << "exact " << slice;
}

/// Between any two steps it may become exact, or not, or the thread a hook.
TEST(TableSort, ExactModeAndHooksComeAndGo) {
    Machine m;
    const std::string expected = m.run(kSorts);
    for (unsigned turn = 1; turn < 6; ++turn) {
        m.out.clear();
        Value f;
        ASSERT_TRUE(m.vm->load(kSorts, "=t", f) && m.vm->start(f, {}));
        unsigned n = 0;
        while (m.vm->step(3) == RunStatus::Suspended) m.vm->set_exact(++n / turn % 2 == 0);
        EXPECT_EQ(m.out, expected) << turn;
    }
    const std::string hooked =
        "local n = 0 debug.sethook(function() n = n + 1 if n % 3 == 0 then local x = {n} end end, 'crl', 2) ";
    m.vm->set_exact(false);
    EXPECT_EQ(m.run(hooked + std::string(kSorts)), expected);
    EXPECT_EQ(m.run(hooked + std::string(kSorts), 5, true), expected);
}

/// With a hook that is never due nothing else says where the comparator's answer ends; what only the sort's own state holds
/// outlives collections, also those that the comparator makes.
TEST(TableSort, HooksThatAreNotDue) {
    Machine m;
    const std::string plain = m.run(kSorts);
    const std::string collecting =
        "local t = {} for i = 1, 60 do t[i] = {i * 37 % 61} end "
        "table.sort(t, function(a, b) if a[1] % 4 == 0 then collectgarbage() end local x = {a, b} "
        "return x[1][1] < x[2][1] end) for i = 1, 60 do assert(t[i][1] == i) end ";
    ASSERT_EQ(m.run(collecting), "");
    for (const std::string hook :
         {"debug.sethook(function() end, '', 1000000000) ", "debug.sethook(function() end, 'l') ",
          "debug.sethook(function() end, 'c') ", "debug.sethook(function() end, 'r') "}) {
        for (const std::uint64_t slice : {kPlenty, std::uint64_t{1}, std::uint64_t{7}}) {
            EXPECT_EQ(m.run(hook + std::string(kSorts), slice, true), plain) << hook << slice;
            EXPECT_EQ(m.run(hook + collecting, slice, true), "") << hook << slice;
        }
    }
}

/// Killed at each step, with its table older than the transaction: everything is as it was.
TEST(TableSort, AKillAnywhereIsUndone) {
    Machine m;
    (void)m.run("T = {} for i = 1, 30 do T[i] = i * 37 % 31 end");
    ASSERT_EQ(m.vm->commit(), TxnStatus::Ok);
    m.vm->full_collect();
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    ASSERT_EQ(m.vm->rollback(), TxnStatus::Ok);
    const std::uint64_t hash = m.vm->content_hash();
    bool finished = false;
    unsigned n = 0;
    unsigned killed = 0;
    for (; !finished && n < 20'000; ++n) {
        ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
        Value f;
        ASSERT_TRUE(
            m.vm->load("table.sort(T, function(a, b) return a < b end) table.sort(T, function(a, b) return b < a "
                       "end)",
                       "=t", f) &&
            m.vm->start(f, {}));
        RunStatus s = RunStatus::Suspended;
        for (unsigned left = n; left > 0 && s == RunStatus::Suspended; --left) s = m.vm->step(1);
        if (s == RunStatus::Suspended) {
            m.vm->interrupt();
            while ((s = m.vm->step(1)) == RunStatus::Suspended) {
            }
            m.vm->clear_interrupt();
            killed += s == RunStatus::Failed;
        }
        finished = s == RunStatus::Finished;
        ASSERT_EQ(m.vm->rollback(), TxnStatus::Ok);
        ASSERT_EQ(m.vm->content_hash(), hash) << n;
    }
    EXPECT_TRUE(finished);
    EXPECT_GT(killed, 200u);
}

/// A comparator is charged for, and an endless sort ends when it is told to.
TEST(TableSort, ComparatorsPay) {
    Machine m;
    Value f;
    ASSERT_TRUE(m.vm->load("local t = {} for i = 1, 20000 do t[i] = i * 7919 % 20011 end "
                           "table.sort(t, function(a, b) return a < b end)",
                           "=t", f) &&
                m.vm->start(f, {}));
    unsigned steps = 1;
    while (m.vm->step(10'000) == RunStatus::Suspended) ++steps;
    EXPECT_EQ(m.vm->failure().message, "");
    EXPECT_GT(steps, 120u);  // about 300,000 comparisons, 5 units each
}

}  // namespace
}  // namespace arenite

// Work of single instructions that grows with one object is done in slices (heap/slice_sizes.h): it can be suspended between
// two of them, and what happens there does not change what comes out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

class LongWorkTest : public testing::Test {
protected:
    LongWorkTest() : vm(Vm::create({.output = [this](std::string_view bytes) { output += bytes; }})) {
        vm->heap().slice_sizes = {.slots = 64, .slice_slots = 32, .bytes = 256, .slice_bytes = 128};
    }
    void start(std::string_view source) {
        Value f = Value::nil();
        ASSERT_TRUE(vm->load(source, "=long", f)) << vm->failure().message;
        ASSERT_TRUE(vm->start(f, {}));
    }
    void run_committed(std::string_view source) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        start(source);
        while (vm->status() == RunStatus::Suspended) vm->step(1'000'000);
        ASSERT_EQ(vm->status(), RunStatus::Finished) << vm->failure().message;
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    }
    /// Steps until a growth is under way.
    void step_into_growth() {
        while (vm->status() == RunStatus::Suspended && !vm->txn().growth().active()) vm->step(1);
        ASSERT_TRUE(vm->txn().growth().active());
    }
    void finish() {
        while (vm->status() == RunStatus::Suspended) vm->step(1);
        ASSERT_EQ(vm->status(), RunStatus::Finished) << vm->failure().message;
    }
    std::string output;
    std::unique_ptr<Vm> vm;
};

struct Long {
    const char* name;
    const char* setup;
    const char* source;
    const char* printed;
    std::uint64_t slices;  ///< that it takes at least
};
void PrintTo(const Long& l, std::ostream* out) {
    *out << l.name;
}

constexpr Long kLong[] = {
    {"concat", "A = ('x'):rep(20000)", "local s = A .. 7 .. A print(#s, s:sub(20000, 20002))", "40001\tx7x\n", 312},
    {"concat_behind_metamethod", "A = ('x'):rep(20000) M = setmetatable({}, {__concat = function(a, b) return b end})",
     "local s = A .. A .. M .. 'end' print(#s, s:sub(-4))", "40003\txend\n", 312},
    {"equal", "A = ('x'):rep(40000) B = ('x'):rep(40000)", "print(A == B)", "true\n", 312},
    {"equal_constant", "A = ('x'):rep(400) F = loadstring('return ... == \\'' .. A .. '\\'') A = ('x'):rep(400)",
     "print(F(A))", "true\n", 3},
    {"less", "A = ('x'):rep(40000) B = A .. 'a'", "print(A < B, A > B, A <= B)", "true\tfalse\ttrue\n", 936},
    {"raw_equal", "A = ('x'):rep(40000) B = ('x'):rep(40000)", "print(rawequal(A, B))", "true\n", 312},
    {"key", "A = ('x'):rep(40000)", "local t = {} t[A] = 1 print(t[A])", "1\n", 156},
    {"key_found_by_another", "A = ('x'):rep(40000) B = ('x'):rep(40000) T = setmetatable({}, {__index = {[A] = 5}})",
     "print(T[B], rawget(T, B))", "5\tnil\n", 312},
    {"next", "T = {} for i = 1, 4000 do T[i + 0.5] = i end for k in pairs(T) do T[k] = nil end", "print(next(T))",
     "nil\n", 128},
    {"pairs", "T = {} for i = 1, 4000 do T[i + 0.5] = i end for k in pairs(T) do T[k] = nil end",
     "for k in pairs(T) do print(k) end print(1)", "1\n", 128},
    {"hash_growth", "", "local t = {} for i = 1, 4097 do t[i + 0.5] = i end print(t[4097.5])", "4097\n", 2048},
    {"array_growth", "", "local t = {} for i = 1, 4097 do t[i] = i end print(#t)", "4097\n", 500},
    {"array_that_becomes_nodes",
     "T = {} for i = 1, 4096 do T[i] = i end for i = 1, 4096 do if i % 64 ~= 0 then T[i] = nil end end",
     "T.x = 'x' local n = 0 for k, v in pairs(T) do n = n + 1 assert(v == k) end print(n, T[64], T[4096], T[65])",
     "65\t64\t4096\tnil\n", 300},
    {"rawset", "", "local t = {} for i = 1, 4097 do rawset(t, i + 0.5, i) end print(t[4097.5])", "4097\n", 2048},
    {"insert", "", "local t = {} for i = 1, 4097 do table.insert(t, i) end print(#t)", "4097\n", 500},
    {"old_table", "T = {} for i = 1, 8192 do T[i] = i end", "T[5] = 1 T.x = 2 print(#T, T.x, T[5])", "8192\t2\t1\n",
     512},
    {"old_table_many_writes", "T = {} for i = 1, 8192 do T[i] = i end",
     "for i = 1, 8192, 8 do T[i] = -i end print(#T, T[9], T[10])", "8192\t-9\t10\n", 256},
    {"insert_into_old", "T = {} for i = 1, 8192 do T[i] = i end",
     "table.insert(T, 1, 'a') print(#T, T[1], T[2], T[4000], T[8193])", "8193\ta\t1\t3999\t8192\n", 700},
    {"insert_behind_old", "T = {} for i = 1, 8192 do T[i] = i end",
     "table.insert(T, 8193, 'a') print(#T, T[1], T[8192], T[8193])", "8193\t1\t8192\ta\n", 700},
    {"insert_into_old_by_cards", "T = {} for i = 1, 8192 do T[i] = i end T[8192] = nil",
     "for i = 1, 40 do table.insert(T, 8192 - 64 * i, 'a') table.remove(T, 1 + 200 * i) end print(#T, T[1], T[8191])",
     "8191\t1\t8191\n", 700},
    {"remove_from_old", "T = {} for i = 1, 8192 do T[i] = i end",
     "print(table.remove(T, 1)) print(#T, T[1], T[4000], T[8191], T[8192])", "1\n8191\t2\t4001\t8192\tnil\n", 500},
    {"sort_old", "T = {} for i = 1, 8192 do T[i] = i * 7919 % 8209 end",
     "table.sort(T) for i = 2, #T do assert(T[i - 1] <= T[i]) end print(#T, T[1])", "8192\t1\n", 500},
    {"numeral", "S = ('0'):rep(100000) .. '1'", "print(S + 1, 2 * S, -S)", "2\t2\t-1\n", 7},
    {"numeral_and_what_is_none", "S = ('0'):rep(100000) .. '1' R = S .. 'x'",
     "print(pcall(function() return S + R end))",
     "false\tlong:1: attempt to perform arithmetic on global 'R' (a string value)\n", 14},
    {"numerals_of_for", "S = ('0'):rep(100000) .. '1' R = ' ' .. S", "for i = S, R, S do print(i) end", "1\n", 14},
    {"numeral_argument", "S = ('0'):rep(100000) .. '1' R = ' ' .. S",
     "print(math.max(S, R, 0), ('x'):rep(S), ('%d'):format(R), (select(S, 'a', 'b')), os.difftime(S, R))",
     "1\tx\t1\ta\t0\n", 14},
    {"border_key_by_key",
     "T = {} for i = 1, 2048 do T[i] = 1 end for i = 2030, 2040 do T[i] = nil end "
     "for m = 0, 20 do T[2049 * 2 ^ m] = 1 end",
     "print(#T, table.getn(T), select('#', unpack(T)))", "2029\t2029\t2029\n", 6},
    {"key_without_value",
     "S = ('x'):rep(4000) T = setmetatable({[('x'):rep(4000)] = 1}, {__index = {[('x'):rep(4000)] = 2}}) T[S] = nil",
     "print(T[S], rawget(T, S)) T[S] = 3 print(T[S], #next(T))", "2\tnil\n3\t4000\n", 60},
    {"error_position", "S = ('x'):rep(20000)",
     "local _, a = pcall(error, S) local _, b = pcall(function() error(S) end) print(#a, #b, b:sub(1, 9))",
     "20000\t20008\tlong:1: x\n", 312},
    {"error_of_a_wrapped_coroutine", "S = ('x'):rep(20000)",
     "local f = coroutine.wrap(function() error(S, 0) end) "
     "local _, a = pcall(function() local r = f() return r end) print(#a, a:sub(1, 9))",
     "20008\tlong:1: x\n", 156},
    {"long_name", "F = loadstring('return ' .. ('n'):rep(20000) .. '.x', '=f')",
     "local _, a = pcall(F) print(#a, a:sub(1, 33), a:sub(-16))",
     "20045\tf:1: attempt to index global 'nnn\tn' (a nil value)\n", 156},
    {"deep_levels", "",
     "local function f(n) if n == 0 then print(select(2, pcall(error, 'x', 8500))) print(pcall(getfenv, 30000)) "
     "error('up') end f(n - 1) return 1 end print(pcall(f, 9000))",
     "long:1: x\nfalse\tbad argument #1 to '?' (invalid level)\nfalse\tlong:1: up\n", 9000},
    {"constructor", "F = loadstring('return {' .. ('1,'):rep(500) .. '}')", "print(#F())", "500\n", 15},
    {"varargs", "A = {} for i = 1, 7000 do A[i] = i end",
     "local function f(...) local t = {...} return #t, select('#', ...) end print(f(0, unpack(A)))", "7001\t7001\n",
     200},
    {"shrinking", "",
     "local t = {} for i = 1, 4096 do t[i] = i end for i = 2, 4096 do t[i] = nil end t.x = 1 t.y = 2 t.z = 3 "
     "print(t[1], t.x, t[2])",
     "1\t1\tnil\n", 500},
};

class EachLong : public LongWorkTest, public testing::WithParamInterface<Long> {};

TEST_P(EachLong, CanBeSuspendedBetweenItsSlices) {
    const Long& l = GetParam();
    run_committed(l.setup);
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    start(l.source);
    vm->set_exact(true);  // what a slice costs beyond a step is forgiven: so steps are slices or instructions
    std::uint64_t steps = 0;
    std::uint64_t most = 0;
    while (vm->status() == RunStatus::Suspended) {
        const std::uint64_t before = vm->txn().growth().slices();
        vm->step(1);
        most = std::max(most, vm->txn().growth().slices() - before);
        if (++steps % 101 == 0) {
            ASSERT_EQ(vm->verify(), std::nullopt) << steps;
        }
    }
    EXPECT_EQ(vm->status(), RunStatus::Finished) << vm->failure().message;
    EXPECT_EQ(output, l.printed);
    EXPECT_GE(steps, l.slices);
    EXPECT_LE(most, 4u);  // an empty phase is a slice too, of one unit
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    EXPECT_EQ(vm->verify(), std::nullopt);
}

TEST_P(EachLong, KilledAnywhereLeavesNothing) {
    const Long& l = GetParam();
    run_committed(l.setup);
    vm->full_collect();
    const std::uint64_t state = vm->state_hash();
    const std::size_t used = vm->heap().pages().exact_used();
    for (std::uint64_t n = 1;; n += 1 + n / 8) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        start(l.source);
        vm->set_exact(true);
        for (std::uint64_t i = 0; i < n; ++i) vm->step(1);
        vm->set_exact(false);
        const bool over = vm->status() != RunStatus::Suspended;
        if (n % 2) vm->kill("enough");
        ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
        ASSERT_EQ(vm->verify(), std::nullopt) << n;
        ASSERT_EQ(vm->state_hash(), state) << n;
        ASSERT_EQ(vm->heap().pages().exact_used(), used) << n;
        if (over) break;
    }
}

TEST_P(EachLong, AHookSeesEachInstructionOnce) {
    const Long& l = GetParam();
    const std::string source = std::string("local n = 0 debug.sethook(function() n = n + 1 end, 'l', 1) ") + l.source +
                               " debug.sethook() return n";
    const auto count = [&] {
        run_committed(l.setup);
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        start(source);
        while (vm->status() == RunStatus::Suspended) vm->step(1);
        EXPECT_EQ(vm->status(), RunStatus::Finished) << vm->failure().message;
        const double n = vm->results()[0].as_number();
        EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
        return n;
    };
    const double sliced = count();
    vm->heap().slice_sizes = {};
    EXPECT_EQ(count(), sliced);
}

INSTANTIATE_TEST_SUITE_P(All, EachLong, testing::ValuesIn(kLong),
                         [](const auto& i) { return std::string(i.param.name); });

// --- What may happen between two slices ----------------------------------------------------------------------------------

constexpr const char* kGrow =
    "T = {} for i = 1, 1000 do T[i + 0.5] = i end local s = 0 "
    "for k, v in pairs(T) do s = s + v end print(s, #T)";

// The order of entries, which pairs() shows, is that of one rehash.
TEST(LongWorkOrder, AGrowthInSlicesIsARehash) {
    const auto order = [](bool in_slices) {
        std::string output;
        VmOptions options;
        options.heap.hash_seed = 1;
        options.heap.generation_mask = 1;
        options.output = [&](std::string_view bytes) { output += bytes; };
        const auto vm = Vm::create(options);
        const std::uint32_t slots = in_slices ? 64 : 4096;  // (in stress builds the defaults are small)
        vm->heap().slice_sizes = {.slots = slots, .slice_slots = slots / 2, .bytes = 256, .slice_bytes = 128};
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        EXPECT_TRUE(
            vm->load("local t = {} for i = 1, 300 do t[i * 1.5 % 7 + i] = i end for i = 1, 100 do t['k' .. i] = i end "
                     "for k, v in pairs(t) do print(k, v) end",
                     "=order", f));
        EXPECT_EQ(vm->call(f, {}), RunStatus::Finished) << vm->failure().message;
        EXPECT_EQ(vm->txn().growth().slices() != 0, in_slices);
        return output;
    };
    const std::string at_once = order(false);
    EXPECT_GT(at_once.size(), 1000u);
    EXPECT_EQ(order(true), at_once);
}

TEST_F(LongWorkTest, TheHostWritesToTheTable) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    start(kGrow);
    for (int i = 0; i < 3; ++i) {
        step_into_growth();
        const Value t = vm->get_field(vm->globals().as<Table>(), "T");
        ASSERT_TRUE(vm->txn().raw_set(*vm->heap().get<Table>(t), Value::number(1.5), Value::number(1001 + i)) ==
                    TableStatus::Ok);
        if (i % 2) vm->full_collect();  // which takes the write key away again
        ASSERT_EQ(vm->verify(), std::nullopt);
        while (vm->status() == RunStatus::Suspended && vm->txn().growth().active()) vm->step(1);
    }
    finish();
    EXPECT_EQ(output, "501502\t0\n");
}

TEST_F(LongWorkTest, TG3_WhatIsGivenUpGivesItsBlocksBack) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    start("local t = {} for i = 1, 5000 do t[i + 0.5] = i t[i] = i end");
    int given_up = 0;
    for (int steps = 0; given_up < 40 && vm->status() == RunStatus::Suspended; ++steps) {
        vm->step(1);
        std::size_t held = 0;
        vm->txn().growth().for_each_block([&](const void*, std::size_t bytes) { held += bytes; });
        if (held == 0 || steps % 3 != 0) continue;
        const std::size_t used = vm->heap().budget.used();
        vm->txn().cancel_long_work();
        EXPECT_LE(vm->heap().budget.used(), used - held);
        ++given_up;
    }
    EXPECT_EQ(given_up, 40);
    finish();
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
}

TEST_F(LongWorkTest, ADeepStackIsMadeEmptyInPieces) {
#if defined(ARENITE_STRESS)
    GTEST_SKIP() << "stacks grow slot by slot";
#endif
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    start(
        "local function f(n, ...) if n == 0 then return 0, ... end return f(n - 1, n, ...), 1 end "
        "local function g(n) if n == 0 then return 0 end return g(n - 1) + 1 end print(g(60000), (f(100)), g(100000))");
    const Thread* thread = nullptr;
    vm->heap().pages().for_each_object([&](const std::uint64_t* words) {
        if (Value{words[0]}.is<Thread>()) thread = reinterpret_cast<const Thread*>(words);
    });
    ASSERT_NE(thread, nullptr);
    std::ptrdiff_t filled = 0;
    std::ptrdiff_t most = 0;
    std::size_t steps = 0;
    while (vm->status() == RunStatus::Suspended) {
        vm->step(1);
        most = std::max(most, thread->stack_limit - thread->stack - filled);
        filled = thread->stack_limit - thread->stack;
        if (++steps % 50'000 == 0) {
            ASSERT_EQ(vm->verify(), std::nullopt) << steps;
        }
    }
    EXPECT_EQ(output, "60000\t0\t100000\n");
    EXPECT_LE(most, 8192);
    EXPECT_GT(thread->stack_size, 8 * most);
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    EXPECT_EQ(vm->verify(), std::nullopt);
}

TEST_F(LongWorkTest, TheHostOpensASavepoint) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    start(kGrow);
    step_into_growth();
    std::size_t number = 0;
    ASSERT_EQ(vm->txn().savepoint(number), TxnStatus::Ok);
    EXPECT_FALSE(vm->txn().growth().active());
    for (int i = 0; i < 100; ++i) vm->step(1);
    ASSERT_EQ(vm->verify(), std::nullopt);
    ASSERT_EQ(vm->txn().release(number), TxnStatus::Ok);
    ASSERT_EQ(vm->verify(), std::nullopt);
    finish();
    EXPECT_EQ(output, "500500\t0\n");
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    vm->full_collect();
    EXPECT_EQ(vm->verify(), std::nullopt);
}

TEST_F(LongWorkTest, ASavepointIsUndoneInAGrowth) {
    run_committed("T = {} for i = 1, 500 do T[i] = i end");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    std::size_t number = 0;
    ASSERT_EQ(vm->txn().savepoint(number), TxnStatus::Ok);
    start("T.x = 1");
    step_into_growth();
    ASSERT_EQ(vm->rollback_to(number), TxnStatus::Ok);
    EXPECT_FALSE(vm->txn().growth().active());
    ASSERT_EQ(vm->verify(), std::nullopt);
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    vm->full_collect();
    EXPECT_EQ(vm->verify(), std::nullopt);
}

// TG5: each collection clears weak entries, so each step begins again; it ends all the same.
TEST_F(LongWorkTest, AWeakTableIsCollectedBetweenAllSlices) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    start(
        "T = setmetatable({}, {__mode = 'k'}) K = {} for i = 1, 200 do local k = {} T[k] = i if i % 2 == 0 then K[i] = "
        "k end end "
        "collectgarbage() local n = 0 for k, v in pairs(T) do n = n + v end print(n)");
    for (int steps = 0; vm->status() == RunStatus::Suspended; ++steps) {
        vm->step(1);
        vm->full_collect();
        ASSERT_LT(steps, 1'000'000);
        if (steps % 97 == 0) {
            ASSERT_EQ(vm->verify(), std::nullopt);
        }
    }
    EXPECT_EQ(output, "10100\n");
}

TEST_F(LongWorkTest, IncrementalCollectionsBetweenSlices) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    start(
        "local t = {} for i = 1, 600 do t[{i}] = {i} end local s = 0 for k, v in pairs(t) do s = s + k[1] + v[1] end "
        "print(s)");
    for (int steps = 0; vm->status() == RunStatus::Suspended; ++steps) {
        vm->step(1);
        (void)vm->heap().collector().step(50);
        if (steps % 211 == 0) {
            ASSERT_EQ(vm->verify(), std::nullopt);
        }
    }
    EXPECT_EQ(output, "360600\n");
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    vm->full_collect();
    EXPECT_EQ(vm->verify(), std::nullopt);
}

}  // namespace
}  // namespace arenite

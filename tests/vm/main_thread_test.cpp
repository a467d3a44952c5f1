// The thread that the runs of a host start on (vm/embed/main_thread.h, MT1 to MT3).
#include <arenite/savepoint.h>

#include <array>

#include "task_scripts.h"

namespace arenite {
namespace {

class MainThreadTest : public test::TaskScripts {
protected:
    /// A chunk in the open transaction; its first result as text.
    std::string call(std::string_view source) {
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        if (vm->call(f, {}) != RunStatus::Finished) return "failed: " + vm->failure().message;
        return vm->results().empty() ? "" : vm->to_display(vm->results()[0]);
    }
    void begin() { ASSERT_EQ(vm->begin(), TxnStatus::Ok); }
    [[nodiscard]] std::optional<std::string> verify() { return vm->verify(); }

    static constexpr std::string_view kDeep =
        "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end ";
};

TEST_F(MainThreadTest, CallsAllocateNothing) {
    begin();
    Value f = Value::nil();
    ASSERT_TRUE(vm->load("local a, b = ... return a + b", "=t", f));
    const Ref<Closure> kept(*vm, f);
    const std::array<Value, 2> arguments{Value::number(1), Value::number(2)};
    ASSERT_EQ(vm->call(f, arguments), RunStatus::Finished);
    const std::uint64_t allocated = vm->heap().pacing().allocated;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(vm->call(f, arguments), RunStatus::Finished);
        ASSERT_EQ(vm->results()[0].as_number(), 3);
    }
    EXPECT_EQ(vm->heap().pacing().allocated, allocated);
    vm->commit();
    for (int i = 0; i < 100; ++i) {
        Task task(*vm, f, arguments);
        ASSERT_EQ(task.run(), RunStatus::Finished);
    }
    EXPECT_LE(vm->heap().pacing().allocated, allocated);
}

TEST_F(MainThreadTest, MT1_NothingOfARunIsInTheNextOne) {
    begin();
    vm->commit();
    const std::uint64_t before = vm->state_hash();
    begin();
    EXPECT_EQ(call("setfenv(0, setmetatable({}, {__index = _G})) return 1"), "1");
    EXPECT_EQ(call("return tostring(print ~= nil)"), "true");
    vm->rollback();
    EXPECT_EQ(vm->state_hash(), before);
    EXPECT_EQ(verify(), std::nullopt);
    begin();
    EXPECT_EQ(call("return select('#', ...)"), "0");
    EXPECT_EQ(call("local a, b, c return tostring(a) .. tostring(b) .. tostring(c)"), "nilnilnil");
    vm->rollback();
}

TEST_F(MainThreadTest, MT1_ACoroutineThatWasKilledWithItsRun) {
    Value f = Value::nil();
    ASSERT_TRUE(vm->load("co = coroutine.create(function() while true do end end) coroutine.resume(co)", "=t", f));
    const Ref<Closure> kept(*vm, f);
    {
        Task task(*vm, f, {}, {.on_failure = OnFailure::Keep, .work_limit = 10'000});
        EXPECT_EQ(task.run(), RunStatus::Failed);
    }
    EXPECT_EQ(run("return coroutine.status(co), coroutine.resume(co)"), "dead false cannot resume dead coroutine");
    EXPECT_EQ(run("local me = coroutine.running() return tostring(me)"), "nil");
}

TEST_F(MainThreadTest, MT2_LargerArraysAreGoneAfterwards) {
    for (const bool commits : {true, false}) {
        begin();
        vm->full_collect();
        EXPECT_EQ(call(std::string(kDeep) + "return f(50000)"), "50000");
        EXPECT_EQ(call("return 1"), "1");
        EXPECT_EQ(verify(), std::nullopt);
        vm->full_collect();
        EXPECT_EQ(call(std::string(kDeep) + "return f(50000)"), "50000");
        EXPECT_EQ(verify(), std::nullopt);
        commits ? vm->commit() : vm->rollback();
        EXPECT_EQ(run("return 2"), "2");
        vm->full_collect();
        EXPECT_EQ(verify(), std::nullopt);
        EXPECT_LT(vm->memory_used(), std::size_t{512} << 10);
    }
}

TEST_F(MainThreadTest, MT2_ASavepointInTheMiddleOfARun) {
    Value f = Value::nil();
    ASSERT_TRUE(
        vm->load(std::string(kDeep) + "local sum = 0 for i = 1, 300 do sum = sum + f(i) end return sum", "=t", f));
    const Ref<Closure> kept(*vm, f);
    for (const std::uint64_t at : {100u, 5'000u, 20'000u}) {
        for (const int ending : {0, 1, 2, 3}) {
            begin();
            ASSERT_TRUE(vm->start(f, {}));
            ASSERT_EQ(vm->step(at), RunStatus::Suspended);
            {
                Savepoint point(*vm);
                ASSERT_TRUE(point.open());
                vm->step(ending == 3 ? std::uint64_t{1} << 40 : 3'000);
                EXPECT_EQ(verify(), std::nullopt);
                if (ending != 0) EXPECT_TRUE(point.keep());
            }
            EXPECT_EQ(verify(), std::nullopt);
            if (ending != 0) {
                while (vm->status() == RunStatus::Suspended) vm->step(1'000);
                ASSERT_EQ(vm->status(), RunStatus::Finished);
                EXPECT_EQ(vm->results()[0].as_number(), 45150);
            }
            vm->full_collect();
            EXPECT_EQ(verify(), std::nullopt);
            ending == 2 ? vm->rollback() : vm->commit();
            vm->full_collect();
            EXPECT_EQ(verify(), std::nullopt);
            EXPECT_EQ(run("return 'next'"), "next");
        }
    }
}

TEST_F(MainThreadTest, MT1_ARunThatASavepointUndoes) {
    begin();
    EXPECT_EQ(call("x = 1 return x"), "1");
    {
        Savepoint outer(*vm);
        {
            Savepoint inner(*vm);
            EXPECT_EQ(call(std::string(kDeep) + "x = 2 return f(5000)"), "5000");
            EXPECT_TRUE(inner.keep());
        }
        EXPECT_TRUE(outer.undo());
    }
    EXPECT_TRUE(vm->results().empty());
    vm->full_collect();
    EXPECT_EQ(verify(), std::nullopt);
    EXPECT_EQ(call("return x"), "1");
    vm->commit();
}

// Its stack is examined though it is older than what is collected: what only it refers to stays.
TEST_F(MainThreadTest, MT3_WhatItRefersToStays) {
    run("old = {}");
    EXPECT_EQ(run("local t = {} for i = 1, 200 do t[i] = {i} end "
                  "local co = coroutine.wrap(function() for i = 1, 20000 do local x = {{}} if i % 50 == 0 then "
                  "coroutine.yield(i) end end end) "
                  "local s = {} for i = 1, 300 do local mine = {i} s = {mine, s[1]} co() assert(mine[1] == i) "
                  "assert(s[1] == mine) end "
                  "for i = 1, 200 do assert(t[i][1] == i) end return 'ok'",
                  500),
              "ok");
    begin();
    for (int i = 0; i < 2000; ++i) {
        EXPECT_EQ(call("local mine = {} for i = 1, 20 do mine[i] = {i} end return #mine + mine[20][1]"), "40");
    }
    vm->commit();
    EXPECT_EQ(verify(), std::nullopt);
}

// The transaction ends past the Vm, as the tests of the core do it.
TEST_F(MainThreadTest, MT1_ATransactionThatEndsPastTheVm) {
    begin();
    EXPECT_EQ(call(std::string(kDeep) + "return f(5000)"), "5000");
    ASSERT_EQ(vm->txn().rollback(), TxnStatus::Ok);
    vm->full_collect();
    EXPECT_EQ(verify(), std::nullopt);
    EXPECT_EQ(run("return 3"), "3");
}

}  // namespace
}  // namespace arenite

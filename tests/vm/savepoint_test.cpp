// Savepoints of a host (vm/include/arenite/savepoint.h, SP1 to SP3), and tasks that join a transaction (vm/include/arenite/task.h).
#include <arenite/savepoint.h>

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include <arenite/task.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

class SavepointTest : public testing::Test {
protected:
    void SetUp() override {
        vm = Vm::create();
        ASSERT_TRUE(vm);
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    }
    /// Runs a chunk in the open transaction; its first result as text.
    std::string run(std::string_view source) {
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        if (vm->call(f, {}) != RunStatus::Finished) return "failed: " + vm->failure().message;
        return vm->results().empty() ? "" : vm->to_display(vm->results()[0]);
    }
    std::unique_ptr<Vm> vm;
};

TEST_F(SavepointTest, SP1_UndoneUnlessKept) {
    run("x = 'old' math.randomseed(7)");
    const std::uint64_t hash = vm->content_hash();
    {
        Savepoint point(*vm);
        ASSERT_TRUE(point.open());
        EXPECT_EQ(run("x = 'new' t = {1, 2, 3} math.random() return x"), "new");
    }
    EXPECT_EQ(vm->content_hash(), hash);
    EXPECT_EQ(run("local r = math.random() math.randomseed(7) return r == math.random() and x"), "old");
    {
        Savepoint point(*vm);
        run("x = 'new'");
        EXPECT_TRUE(point.keep());
        EXPECT_FALSE(point.open());
        EXPECT_FALSE(point.undo());
    }
    EXPECT_EQ(run("return x"), "new");
}

TEST_F(SavepointTest, SP2_Nested) {
    run("x = 0");
    Savepoint outer(*vm);
    {
        Savepoint kept(*vm);
        run("x = 1");
        EXPECT_TRUE(kept.keep());
    }
    {
        Savepoint undone(*vm);
        run("x = 2");
    }
    EXPECT_EQ(run("return x"), "1");
    Savepoint inner(*vm);
    run("x = 3");
    EXPECT_TRUE(outer.undo());
    EXPECT_FALSE(inner.open());
    EXPECT_EQ(run("return x"), "0");
    std::optional<Savepoint> later(*vm);  // has the number that outer had
    run("x = 4");
    std::optional<Savepoint> last(*vm);  // and this one that of inner
    run("x = 5");
    EXPECT_FALSE(inner.undo());
    EXPECT_TRUE(last->keep());
    EXPECT_TRUE(later->keep());
    EXPECT_EQ(run("return x"), "5");
}

TEST_F(SavepointTest, SP2_TheEndOfTheTransactionEndsIt) {
    Savepoint point(*vm);
    run("x = 1");
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
    EXPECT_FALSE(point.open());
    EXPECT_FALSE(point.undo());
    Savepoint outside(*vm);
    EXPECT_FALSE(outside.open());
    EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_EQ(run("return x"), "1");
    Savepoint next(*vm);
    EXPECT_TRUE(next.open());
    EXPECT_FALSE(point.open());
}

TEST_F(SavepointTest, SP3_ASuspendedRunIsKilled) {
    Value f = Value::nil();
    ASSERT_TRUE(vm->load("while true do x = {} end", "=t", f));
    Savepoint point(*vm);
    ASSERT_TRUE(vm->start(f, {}));
    EXPECT_EQ(vm->step(1000), RunStatus::Suspended);
    EXPECT_TRUE(point.undo());
    EXPECT_EQ(vm->status(), RunStatus::Failed);
    EXPECT_EQ(run("return x"), "nil");
}

// The run is in a coroutine of a coroutine when the savepoint is made; all three are older than it.
TEST_F(SavepointTest, SP3_TheThreadsOfASuspendedRunAreRestored) {
    Value f = Value::nil();
    ASSERT_TRUE(vm->load(R"(
        inner = coroutine.create(function() for i = 1, 10000 do end end)
        outer = coroutine.create(function() local n = 'old' coroutine.resume(inner) n = 'new' coroutine.yield() end)
        coroutine.resume(outer)
    )",
                         "=t", f));
    ASSERT_TRUE(vm->start(f, {}));
    ASSERT_EQ(vm->step(5000), RunStatus::Suspended);  // pages of the system are charged, too
    {
        const Savepoint point(*vm);
        RunStatus status = RunStatus::Suspended;
        while (status == RunStatus::Suspended) status = vm->step(1000);
        EXPECT_EQ(status, RunStatus::Finished);
    }
    EXPECT_EQ(run("return select(2, debug.getlocal(outer, 1, 1))"), "old");
    EXPECT_EQ(run("return coroutine.status(outer) .. ' ' .. coroutine.status(inner)"), "dead dead");
    EXPECT_EQ(run("return select(2, coroutine.resume(inner))"), "cannot resume dead coroutine");
    EXPECT_EQ(vm->verify(), std::nullopt);
}

TEST_F(SavepointTest, MemoryEnds) {
    for (std::uint64_t n = 1; n < 10; ++n) {
        vm->heap().budget.fail_charge(n);
        {
            const Savepoint point(*vm);
        }
        vm->heap().budget.fail_charge(0);
        EXPECT_EQ(vm->verify(), std::nullopt);
        EXPECT_EQ(vm->txn().depth(), 1u);
    }
}

// --- Tasks that join. ------------------------------------------------------------------------------------------------

TEST_F(SavepointTest, AJoinedTaskIsAPartOfTheTransaction) {
    const auto task_of = [&](std::string_view source, OnFailure on_failure) {
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        Task task(*vm, f, {}, {.on_failure = on_failure, .work_limit = 1'000'000, .join = true});
        const RunStatus status = task.run();
        EXPECT_TRUE(vm->txn().active());
        return status == RunStatus::Finished ? std::string("finished") : task.failure().message;
    };
    EXPECT_EQ(task_of("x = 1", OnFailure::RollBack), "finished");
    EXPECT_EQ(vm->txn().depth(), 1u);
    EXPECT_EQ(task_of("x = 2 error('no', 0)", OnFailure::RollBack), "no");
    EXPECT_EQ(vm->txn().depth(), 1u);
    EXPECT_EQ(run("return x"), "1");
    EXPECT_EQ(task_of("x = 3 arenite.atomic(function() x = 4 while true do end end)", OnFailure::Keep),
              "work limit exceeded");
    EXPECT_EQ(vm->txn().depth(), 1u);
    EXPECT_EQ(run("return x"), "3") << "without what the open block had changed";
    EXPECT_EQ(task_of("x = 5 arenite.atomic(function() x = 6 while true do end end)", OnFailure::Leave),
              "work limit exceeded");
    EXPECT_EQ(vm->txn().depth(), 2u);
    EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
    Task alone(*vm, Value::nil(), {}, {.join = true});
    EXPECT_EQ(alone.failure().message, "there is no transaction to join, or another run is in it");
}

TEST_F(SavepointTest, AJoinedTaskInASavepoint) {
    Value f = Value::nil();
    ASSERT_TRUE(vm->load("x = (x or 0) + 1 while x do end", "=t", f));
    {
        Savepoint point(*vm);
        Task task(*vm, f, {}, {.join = true});
        EXPECT_EQ(task.step(1000), RunStatus::Suspended);
        Task second(*vm, f, {}, {.join = true});
        EXPECT_EQ(second.status(), RunStatus::Failed);
        EXPECT_EQ(task.step(1000), RunStatus::Suspended);
    }
    EXPECT_EQ(run("return x"), "nil");
    EXPECT_EQ(vm->verify(), std::nullopt);
}

}  // namespace
}  // namespace arenite

// Blocks of arenite.atomic are undone in slices (vm/lib/atomic_lib.cpp, AT5; txn/transaction.h, X12).
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include <arenite/savepoint.h>
#include "tests/vm/task_scripts.h"

namespace arenite {
namespace {

/// What is there before the block.
constexpr const char* kOld = R"(
    objects, big, list, weak = {}, {}, {}, setmetatable({}, {__mode = "k"})
    for i = 1, 400 do objects[i] = {i} weak[objects[i]] = i end
    for i = 1, 600 do big["k" .. i] = i list[i] = i end
    do local c = 0 function count() c = c + 1 return c end end
    co = coroutine.wrap(function() for i = 1, 100 do coroutine.yield(i) end end) co() count()
)";

/// A block that changes it in many ways, and fails. Blocks within it that are kept save the cards of large tables in turns
/// with it (X12).
constexpr const char* kBlock = R"(
    math.randomseed(7)
    local expected = math.random() math.randomseed(7)
    local old = {'of', 'the', 'script'}
    local ok, e = arenite.atomic(function()
        big.k1 = "first" big.new0 = 0
        for n = 1, 3 do
            arenite.atomic(function()
                for i = n, 40, 3 do big["k" .. i * 3] = {i} big["new" .. i] = i end
                arenite.atomic(function() big["inner" .. n] = n list[n] = {} end)
                big["k" .. n] = nil
            end)
            for i = 1, 5 do big["late" .. n .. i] = i list[i * 90] = n end
        end
        for i = 1, 400 do objects[i][1] = {} objects[i].x = i end
        for i = 1, 100 do big["more" .. i] = i end
        co() count() math.random() weak[{}] = 1 objects.new = newproxy(true)
        local t = {} for i = 1, 3000 do t[i] = {i} end
        local long = {} for i = 1, 20 do long[i] = ('l'):rep(3000 + i) end
        error({old, code = 5, text = ('x'):rep(5000), long = ('y'):rep(4000)})
    end)
    assert(not ok and e.code == 5 and #e.text == 5000 and e.long == ('y'):rep(4000) and e[1] == old and old[3] == 'script')
    assert(math.random() == expected)
)";

constexpr const char* kLooksAtOld = R"(
    local n = 0
    for i = 1, 400 do assert(objects[i][1] == i and objects[i].x == nil and weak[objects[i]] == i) end
    for k, v in pairs(big) do n = n + 1 assert(k == "k" .. v) end
    for i = 1, 600 do assert(list[i] == i and big["k" .. i] == i) end
    assert(n == 600 and count() == 2 and co() == 2 and objects.new == nil)
    return "as it was"
)";

/// Counts the rollbacks that it is told of.
class Told final : public VmExtension {
public:
    void after_rollback(const Vm&) override { ++times; }
    int times = 0;
};

class SlicedUndo : public test::TaskScripts {
protected:
    void SetUp() override {
        test::TaskScripts::SetUp();
        vm->heap().slice_sizes.slice_slots = 16;  // a record, a page
    }
    [[nodiscard]] std::string text(const std::string& more) const { return std::string(kBlock) + more; }
    /// Runs the block in steps of one unit and calls `paused` where it is being undone. How often that was.
    std::size_t undo(const std::string& source, const std::function<bool(Task&)>& paused) {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        const Ref<Closure> function(*vm, f);
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        std::size_t pauses = 0;
        Task task(*vm, f);
        while (task.step(vm->txn().undoing() ? 1 : 100) == RunStatus::Suspended) {
            if (!vm->txn().undoing()) continue;
            ++pauses;
            if (!paused(task)) break;
        }
        outcome = task.status();
        failure = task.failure().message;
        return pauses;
    }
    RunStatus outcome = RunStatus::Failed;
    std::string failure;
};

TEST_F(SlicedUndo, AT5_EachStepUndoesAFewChangesAndPages) {
    run(kOld);
    std::size_t records = 0;
    std::size_t used = 0;
    std::size_t most_records = 0;
    std::size_t most_bytes = 0;
    const std::size_t pauses = undo(text(""), [&](Task&) {
        const std::size_t now = vm->txn().journal().size();
        const std::size_t bytes = vm->heap().budget.used() - vm->txn().journal().bytes();
        if (records != 0) most_records = std::max(most_records, records - now);
        if (used != 0) most_bytes = std::max(most_bytes, used - bytes);
        records = now;
        used = bytes;
        return true;
    });
    EXPECT_EQ(outcome, RunStatus::Finished) << failure;
    EXPECT_GT(pauses, 800u);
    EXPECT_LE(most_records, 1u);
    EXPECT_LE(most_bytes, 32768u + 1024u) << "a page or two and what caches had taken, or large blocks";
    EXPECT_EQ(run(kLooksAtOld), "as it was");
}

TEST_F(SlicedUndo, AT5_TheHostMayLookAndCollectMeanwhile) {
    for (const bool collects : {false, true}) {
        run(kOld);
        const Handle<Table> globals = vm->globals().as<Table>();
        std::size_t n = 0;
        const auto looks = [&](Task&) {
            if (n++ % 7 != 0) return true;
            if (collects) vm->full_collect();
            EXPECT_EQ(vm->verify(), std::nullopt);
            const Table* big = vm->heap().get(vm->get_field(globals, "big").as<Table>());
            for (int i = 1; big && i <= 600; i += 7) {
                (void)big->find(vm->heap(), vm->make_string("k" + std::to_string(i)));
            }
            return big != nullptr && !HasFailure();
        };
        EXPECT_GT(undo(text(""), looks), 800u);
        EXPECT_EQ(outcome, RunStatus::Finished) << failure;
        EXPECT_EQ(run(kLooksAtOld), "as it was");
    }
}

TEST_F(SlicedUndo, AT5_KilledAnywhereLeavesWhatThereWas) {
    run(kOld);
    const std::size_t all = undo(text("error('all undone')"), [](Task&) { return true; });
    EXPECT_EQ(failure, "t:24: all undone");
    ASSERT_GT(all, 800u);
    for (std::size_t at = 1; at < all; at += 1 + all / 60) {
        std::size_t n = 0;
        undo(text(""), [&](Task& task) {
            if (++n < at) return true;
            task.kill("enough");
            return false;
        });
        EXPECT_EQ(failure, "enough");
        EXPECT_EQ(vm->verify(), std::nullopt);
        ASSERT_EQ(run("for i = 1, 400 do assert(objects[i][1] == i and objects[i].x == nil) end "
                      "for i = 1, 600 do assert(list[i] == i and big['k' .. i] == i) end return big.new0"),
                  "nil")
            << at;
    }
    EXPECT_EQ(run(kLooksAtOld), "as it was");
}

TEST_F(SlicedUndo, AT5_AHostThatOpensAScopeHasItFinished) {
    enum class End { Kept, Undone, LeftOpen };
    for (const End end : {End::Kept, End::Undone, End::LeftOpen}) {
        for (std::size_t at = 1; at < 1200; at += 97) {
            run(kOld);
            std::optional<Savepoint> open;
            std::size_t n = 0;
            undo(text(""), [&](Task&) {
                if (++n != at) return true;
                open.emplace(*vm);
                EXPECT_FALSE(vm->txn().undoing());
                if (end == End::Kept) open->keep();
                if (end == End::Undone) EXPECT_TRUE(open->undo());
                return true;
            });
            if (end == End::Undone) {  // SP3
                EXPECT_EQ(failure, n < at ? "" : "a savepoint was undone");
            } else {
                EXPECT_EQ(outcome, RunStatus::Finished) << failure;
            }
            ASSERT_EQ(run(kLooksAtOld), "as it was") << at;
        }
    }
}

TEST_F(SlicedUndo, AT5_WhatAHostWritesMeanwhileIsOfTheBlock) {
    run(kOld);
    const Handle<Table> globals = vm->globals().as<Table>();
    std::size_t n = 0;
    undo(text(""), [&](Task&) {
        if (n == 50) return true;
        const Handle<Table> big = vm->get_field(globals, "big").as<Table>();
        EXPECT_TRUE(vm->set_field(big, "host" + std::to_string(++n), Value::number(1)));
        EXPECT_TRUE(vm->set_field(globals, "host" + std::to_string(n), Value::object(vm->make_table(2, 2))));
        return true;
    });
    EXPECT_EQ(outcome, RunStatus::Finished) << failure;
    EXPECT_EQ(run("for k in pairs(_G) do assert(k:sub(1, 4) ~= 'host') end return 'none'"), "none");
    EXPECT_EQ(run(kLooksAtOld), "as it was");
}

TEST_F(SlicedUndo, AT5_CommittedMeanwhileItIsUndone) {
    for (std::size_t at = 1; at < 1200; at += 131) {
        run(kOld);
        std::size_t n = 0;
        const int told = vm->extension<Told>().times;
        undo(text(""), [&](Task&) {
            if (++n < at) return true;
            const int before = vm->extension<Told>().times;
            EXPECT_EQ(vm->commit(), TxnStatus::Ok);
            EXPECT_GT(vm->extension<Told>().times, before) << "what belongs to what was made in the block may go";
            return false;
        });
        EXPECT_GT(vm->extension<Told>().times, told);
        ASSERT_EQ(vm->verify(), std::nullopt);
        ASSERT_EQ(run(kLooksAtOld), "as it was") << at;
    }
}

}  // namespace
}  // namespace arenite

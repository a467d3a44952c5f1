// The collector keeps up (heap/collector.h, C13): whatever a program makes, its heap stays in proportion to what lives,
// and a mark phase ends although nothing is allocated. `./dev bench peaks` compares whole processes with lua5.1.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include <arenite/ref.h>
#include <arenite/vm.h>
#include "heap/collector.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

struct Program {
    const char* name;
    const char* script;
    std::size_t most;  ///< bytes that may be held at any time, beside what a fresh Vm has
};

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;

class Pace : public testing::TestWithParam<Program> {
protected:
    Value load(const std::string& source) {
        Value f = Value::nil();
        EXPECT_TRUE(vm_->load(source, "=t", f)) << vm_->failure().message;
        return f;
    }
    std::unique_ptr<Vm> vm_ = Vm::create({.profile = Profile::Full});
};

TEST_P(Pace, C13_GarbageDoesNotOutrunTheCollector) {
    ASSERT_EQ(vm_->begin(), TxnStatus::Ok);
    const ByteBudget& budget = vm_->heap().budget;
    const std::size_t fresh = budget.committed();
    ASSERT_TRUE(vm_->start(load(GetParam().script), {}));
    std::size_t peak = 0;
    while (vm_->status() == RunStatus::Suspended) {
        vm_->step(2000);
        peak = std::max(peak, budget.committed());
    }
    ASSERT_EQ(vm_->status(), RunStatus::Finished) << vm_->failure().message;
    EXPECT_LT(peak - fresh, GetParam().most);
    RecordProperty("peak_kib", static_cast<int>((peak - fresh) / kKiB));
    EXPECT_EQ(vm_->verify(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Programs, Pace,
    testing::Values(
        Program{"strings_of_16", "for i = 1, 200000 do local x = 'number %07d' .. i end", 2 * kMiB},
        Program{"strings_of_3000", "for i = 1, 5000 do local x = ('x'):rep(3000) .. i end", 2 * kMiB},
        Program{"strings_of_1_mb", "for i = 1, 100 do local x = ('x'):rep(1e6) end", 5 * kMiB},
        Program{"strings_compared", "for i = 1, 40 do local x = ('x'):rep(1e6) == ('x'):rep(1e6) .. '' end", 8 * kMiB},
        Program{"strings_upper", "local s = ('x'):rep(1e6) for i = 1, 50 do local x = s:upper() end", 8 * kMiB},
        Program{"tables", "for i = 1, 200000 do local t = {i} end", 2 * kMiB},
        Program{"tables_of_2000", "for i = 1, 300 do local t = {} for k = 1, 2000 do t[k] = k end end", 2 * kMiB},
        Program{"tables_of_100000", "for i = 1, 12 do local t = {} for k = 1, 1e5 do t[k] = k end end", 6 * kMiB},
        Program{"closures", "for i = 1, 200000 do local f = function() return i end end", 2 * kMiB},
        Program{"userdata", "for i = 1, 100000 do local p = newproxy() end", 2 * kMiB},
        Program{"userdata_with_metatables", "for i = 1, 50000 do local p = newproxy(true) end", 3 * kMiB},
        Program{
            "userdata_with_finalizers",
            "n = 0 for i = 1, 50000 do local p = newproxy(true) getmetatable(p).__gc = function() n = n + 1 end end "
            "assert(n > 40000)",
            3 * kMiB},
        Program{"coroutines", "for i = 1, 20000 do coroutine.wrap(function() coroutine.yield() end)() end", 2 * kMiB},
        Program{"much_that_lives",
                "local t = {} for i = 1, 50000 do t[i] = {i} end for i = 1, 100 do local x = ('x'):rep(1e6) end",
                16 * kMiB}),
    [](const auto& info) { return std::string(info.param.name); });

using PaceOfMarking = Pace;

// Writes to a large table take the slow path while the collector rechecks what was written to. Code that allocates
// nothing must get out of that, however it writes.
TEST_F(PaceOfMarking, C13_WritesPushACycleOn) {
    ASSERT_EQ(vm_->begin(), TxnStatus::Ok);
    Heap& heap = vm_->heap();
    ASSERT_EQ(vm_->call(load("t = {} for i = 1, 100000 do t[i] = {} end"), {}), RunStatus::Finished);
    Table& table = *heap.get<Table>(vm_->get_field(heap.globals().as<Table>(), "t"));
    const Value write = load("t[1] = t[2]");
    const Ref<Closure> held_write(*vm_, write);
    for (const char* script : {
             "local t = t for r = 1, 20 do for i = 1, 20000 do t[i] = t[i + 1] end end",
             "local t = t for r = 1, 20 do for i = 1, 20000 do t[i] = nil t[i] = t[i + 1] end end",
             "local t, rawset = t, rawset for r = 1, 20 do for i = 1, 20000 do rawset(t, i, t[i + 1]) end end",
             "local t, insert = t, table.insert for i = 1, 30000 do insert(t, t[1]) end",
             "local t, remove = t, table.remove for i = 1, 10000 do remove(t) end",
             "local t, setmetatable = t, setmetatable local m = {} for i = 1, 20000 do setmetatable(t, m) end",
             "local t = t table.sort(t, function(a, b) return false end)",
             "collectgarbage('stop') local t = t for r = 1, 2 do for i = 1, 20000 do t[i] = t[i + 1] end end",
         }) {
        SCOPED_TRACE(script);
        const Value work = load(script);
        const Ref<Closure> held_work(*vm_, work);
        ASSERT_EQ(vm_->call(load("collectgarbage('restart')"), {}), RunStatus::Finished);
        const auto is_slow = [&] { return heap.collector().keeps_black(table) && !vm_->txn().writable(table); };
        for (int rounds = 0; !is_slow() && rounds < 1'000'000; ++rounds) {
            ASSERT_EQ(vm_->call(write, {}), RunStatus::Finished);
            (void)heap.collector().step(1);
        }
        ASSERT_TRUE(is_slow());
        heap.pacing().gc_threshold = heap.pacing().allocated + 1;  // only what is written from now on is owed
        heap.pacing().gc_due = false;
        const std::uint64_t cycles = heap.collector().cycles();
        ASSERT_EQ(vm_->call(work, {}), RunStatus::Finished) << vm_->failure().message;
        EXPECT_TRUE(!is_slow() || heap.collector().cycles() > cycles);
    }
    EXPECT_EQ(vm_->verify(), std::nullopt);
}

// A step that is larger than others, as a cycle is late or much was allocated at once, is done in pieces that are
// charged: without budget, pay() does one of them, and what the step is for stays owed until the last one.
TEST_F(PaceOfMarking, C13_AStepIsDoneInPieces) {
    ASSERT_EQ(vm_->begin(), TxnStatus::Ok);
    ASSERT_EQ(vm_->call(load("t = {} for i = 1, 100000 do t[i] = {} end"), {}), RunStatus::Finished);
    Collector& collector = vm_->heap().collector();
    AllocationPacing& pacing = vm_->heap().pacing();
    collector.collect();
    pacing.gc_threshold = pacing.allocated;
    pacing.owe(std::size_t{8} * Collector::kStepBytes);  // steps of twice the size
    for (int step = 0; step < 3; ++step) {
        const std::uint64_t before = pacing.gc_threshold;
        for (int piece = 0; piece < 8; ++piece) {
            EXPECT_EQ(pacing.gc_threshold, before);
            std::int64_t budget = 0;
            EXPECT_FALSE(collector.pay(budget, true));
        }
        EXPECT_EQ(pacing.gc_threshold, before + Collector::kStepBytes);
    }
}

TEST_F(PaceOfMarking, C15_PagesOfTheSystemAreCharged) {
    AllocationPacing& pacing = vm_->heap().pacing();
    pacing.gc_threshold = pacing.allocated + 1'000'000'000;
    pacing.gc_due = false;
    pacing.fresh_pages = 0;
    pacing.note_fresh_pages(AllocationPacing::kManyFreshPages - 1);
    EXPECT_FALSE(pacing.gc_due);
    pacing.note_fresh_pages(1);
    EXPECT_TRUE(pacing.gc_due);
    std::int64_t budget = 0;
    EXPECT_TRUE(vm_->heap().collector().pay(budget, true));
    EXPECT_LE(budget, -100 * static_cast<std::int64_t>(AllocationPacing::kManyFreshPages));
    EXPECT_EQ(pacing.fresh_pages, 0u);
    EXPECT_FALSE(pacing.gc_due);
}

// A step that rechecks what was written to does more than others, and in pieces of the same size.
TEST_F(PaceOfMarking, C13_WhatIsLookedAtAgainIsInPieces) {
    ASSERT_EQ(vm_->begin(), TxnStatus::Ok);
    const char* const setup =
        "t = {} for i = 1, 5000 do t[i] = {} for k = 1, 32 do t[i][k] = t end end "
        "function write() for i = 1, 5000 do t[i][1] = i end end";
    ASSERT_EQ(vm_->call(load(setup), {}), RunStatus::Finished);
    Heap& heap = vm_->heap();
    Collector& collector = heap.collector();
    const auto field = [&](const char* name) { return vm_->get_field(heap.globals().as<Table>(), name); };
    collector.collect();
    for (int rounds = 0; rounds < 1000 && !collector.keeps_black(*heap.get<Table>(field("t"))); ++rounds) {
        ASSERT_EQ(vm_->call(field("write"), {}), RunStatus::Finished);
        (void)collector.step(20'000);
    }
    ASSERT_TRUE(collector.marking());
    heap.pacing().owe(std::size_t{64} * Collector::kStepBytes);
    int pieces = 0;
    for (; collector.marking() && pieces < 1000; ++pieces) {
        std::int64_t budget = 0;
        (void)collector.pay(budget, true);
    }
    EXPECT_GE(pieces, 100'000 / 4096);  // 10 where a piece was four times as large
}

// A switch of threads takes the slow path while the collector marks. Code that switches and allocates nothing must get
// out of that.
TEST_F(PaceOfMarking, C13_SwitchesPushACycleOn) {
    ASSERT_EQ(vm_->begin(), TxnStatus::Ok);
    Heap& heap = vm_->heap();
    const char* const setup =
        "t = {} for i = 1, 100000 do t[i] = {} end "
        "body = function() while true do coroutine.yield(1) end end co = coroutine.create(body) wrapped = "
        "coroutine.wrap(body)";
    ASSERT_EQ(vm_->call(load(setup), {}), RunStatus::Finished) << vm_->failure().message;
    for (const char* script : {
             "local f = wrapped for i = 1, 300000 do f() end",
             "local resume, co = coroutine.resume, co for i = 1, 300000 do resume(co) end",
         }) {
        SCOPED_TRACE(script);
        const Value work = load(script);
        const Ref<Closure> held_work(*vm_, work);
        while (!heap.collector().marking()) (void)heap.collector().step(1);
        heap.pacing().gc_threshold = heap.pacing().allocated + 1;  // only what the switches owe
        heap.pacing().gc_due = false;
        const std::uint64_t cycles = heap.collector().cycles();
        ASSERT_EQ(vm_->call(work, {}), RunStatus::Finished) << vm_->failure().message;
        EXPECT_TRUE(!heap.collector().marking() || heap.collector().cycles() > cycles);
    }
    EXPECT_EQ(vm_->verify(), std::nullopt);
}

// What a script allocates while it has stopped the collector is dealt with when it restarts it, and saying "restart"
// again and again puts nothing off.
TEST_F(PaceOfMarking, C13_WhatIsOwedStaysOwedWhileItIsStopped) {
    ASSERT_EQ(vm_->begin(), TxnStatus::Ok);
    const ByteBudget& budget = vm_->heap().budget;
    const std::size_t fresh = budget.committed();
    for (const char* script : {
             "for i = 1, 400000 do local t = {i} if i % 100 == 0 then collectgarbage('restart') end end",
             "for i = 1, 4000 do collectgarbage('stop') for k = 1, 100 do local t = {k} end collectgarbage('restart') "
             "end",
         }) {
        SCOPED_TRACE(script);
        ASSERT_TRUE(vm_->start(load(script), {}));
        std::size_t peak = 0;
        while (vm_->status() == RunStatus::Suspended) {
            vm_->step(2000);
            peak = std::max(peak, budget.committed());
        }
        ASSERT_EQ(vm_->status(), RunStatus::Finished) << vm_->failure().message;
        EXPECT_LT(peak - fresh, 4 * kMiB);
    }
    EXPECT_EQ(vm_->verify(), std::nullopt);
}

}  // namespace
}  // namespace arenite

// Whole collections near the memory limit (heap/collector.h, C14): they go in slices, end with the run, are done once
// for a retry, and not again and again when they gain nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <arenite/vm.h>
#include "heap/collector.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

class WholeCollection : public testing::Test {
protected:
    void SetUp() override {
        VmOptions options;
        options.heap.memory_limit = 16 * kMiB;
        vm_ = Vm::create(options);
        ASSERT_EQ(vm_->begin(), TxnStatus::Ok);
    }
    void start(const std::string& source) {
        Value f = Value::nil();
        ASSERT_TRUE(vm_->load(source, "=t", f)) << vm_->failure().message;
        ASSERT_TRUE(vm_->start(f, {}));
    }
    [[nodiscard]] Collector& collector() { return vm_->heap().collector(); }
    std::unique_ptr<Vm> vm_;
};

// What fills memory with garbage that the collector has not seen as such yet, and then asks for more than there is.
constexpr const char* kFill =
    "local t = {} for i = 1, 1e9 do t[i] = {} if collectgarbage('count') > 14000 then break end end t = nil "
    "collectgarbage('stop') ";

TEST_F(WholeCollection, C14_GoesInSlices) {
    for (const char* last : {
             "local s = ('x'):rep(4e6) assert(#s == 4e6)",                            // a native
             "local a = ('x'):rep(1e5) local s = a for i = 1, 30 do s = s .. a end",  // an instruction
             "local t = {} for i = 1, 3e5 do t[i] = i end",                           // a growth
             "local t = {} for i = 1, 1e5 do t[i] = {} end",                          // many objects
             "assert(not pcall(string.rep, 'x', 1e8)) local s = ('x'):rep(4e6)",      // a caught error
         }) {
        SCOPED_TRACE(last);
        start(kFill + std::string(last));
        std::size_t waited = 0;
        while (vm_->status() == RunStatus::Suspended) {
            vm_->step(1000);
            if (vm_->status() == RunStatus::Suspended && collector().waits()) ++waited;
        }
        ASSERT_EQ(vm_->status(), RunStatus::Finished) << vm_->failure().message;
        EXPECT_GT(waited, 20u);
        EXPECT_EQ(vm_->verify(), std::nullopt);
        vm_->full_collect();
    }
}

// A step of one unit, so that each check in the middle of it is one at which the run is suspended.
TEST_F(WholeCollection, C14_OncePerRetry) {
#if defined(ARENITE_STRESS)
    GTEST_SKIP() << "there whole collections are made whether or not memory is out";
#endif
    for (const char* script : {
             "local t = {} for i = 1, 1e9 do t[i] = {} end",
             "local t = {} for i = 1, 1e9 do t[i] = i end",
             "local t = {} for i = 1, 1e9 do t['k' .. i] = function() return i end end",
             "local s = 'x' while true do s = s .. s end",
             "local s = 'x' while true do s = s:rep(2) end",
             "local t = {} for i = 1, 1e9 do t[i] = {unpack(t, 1, 50)} end",
             "local function f(n) local a, b, c, d, e = n return 1 + f(n + 1) end f(1)",
         }) {
        SCOPED_TRACE(script);
        start(script);
        const std::uint64_t before = collector().cycles();
        std::uint64_t steps = 0;
        while (vm_->status() == RunStatus::Suspended && ++steps < 20'000'000) vm_->step(steps % 64 == 0 ? 1 : 500);
        ASSERT_EQ(vm_->status(), RunStatus::Failed);
        EXPECT_LT(collector().cycles() - before, 60u);
        EXPECT_EQ(vm_->verify(), std::nullopt);
    }
}

TEST_F(WholeCollection, C14_IsEndedByAKill) {
    start(kFill + std::string("local s = ('x'):rep(4e6)"));
    while (vm_->status() == RunStatus::Suspended && !collector().waits()) vm_->step(500);
    ASSERT_TRUE(collector().waits());
    vm_->interrupt();
    vm_->step(1 << 20);
    EXPECT_EQ(vm_->status(), RunStatus::Failed);
    EXPECT_EQ(vm_->failure().kind, Failure::Kind::Killed);
    vm_->clear_interrupt();
    start("local t = {} for i = 1, 1000 do t[i] = {i} end");
    while (vm_->status() == RunStatus::Suspended) vm_->step(1000);
    EXPECT_EQ(vm_->status(), RunStatus::Finished) << vm_->failure().message;
    EXPECT_EQ(vm_->verify(), std::nullopt);
}

// Memory is out again and again, and nothing is garbage: not a whole cycle each time.
TEST_F(WholeCollection, C14_NotAgainAndAgainForNothing) {
#if defined(ARENITE_STRESS)
    GTEST_SKIP() << "there whole collections are made whether or not memory is out";
#endif
    for (const char* script : {
             "for i = 1, 20000 do pcall(string.rep, 'x', 1e8) end",
             "for i = 1, 20000 do pcall(f, i) end",
         }) {
        SCOPED_TRACE(script);
        start(
            "local s = ('x'):rep(1e6) local function f(i) return s .. s .. s .. s .. s .. s .. s .. i end "
            "local t = {} pcall(function() for i = 1, 1e9 do t[i] = {} end end) " +
            std::string(script) + " local n = #t");
        const std::uint64_t before = collector().cycles();
        while (vm_->status() == RunStatus::Suspended) vm_->step(100000);
        EXPECT_EQ(vm_->status(), RunStatus::Finished) << vm_->failure().message;
        EXPECT_LT(collector().cycles() - before, 200u);
        vm_->full_collect();
    }
}

// But what a caught error leaves behind is reclaimed, whatever was tried before.
TEST_F(WholeCollection, C14_WhatACaughtErrorLeavesIsHadBack) {
    start(
        "for r = 1, 20 do local ok = pcall(function() local t = {} "
        "pcall(function() for i = 1, 1e9 do t[i] = {} end end) for i = 1, 1e6 do local x = ('y'):rep(200) .. i end "
        "for i = 1, 1e9 do t[i + 0.5] = {} end end) assert(not ok) local s = ('x'):rep(4e6) end");
    while (vm_->status() == RunStatus::Suspended) vm_->step(100000);
    EXPECT_EQ(vm_->status(), RunStatus::Finished) << vm_->failure().message;
    EXPECT_EQ(vm_->verify(), std::nullopt);
}

}  // namespace
}  // namespace arenite

// Threads switch while the collector marks: what they hold in registers only, which have no barrier, is not lost, whichever
// way a switch takes (vm/fast/fast_natives.inc, notes_switches_; heap/collector.h, C5).
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include <arenite/vm.h>
#include "heap/collector.h"

namespace arenite {
namespace {

/// Registers of a coroutine and of its resumer get new objects at every point of a cycle; steps of the collector are made
/// only here and there, so that a thread has often been scanned already.
constexpr std::string_view kBodies = R"(
    local wide = {} for i = 1, 3000 do wide[i] = {{}} end
    local cycles = 0
    local step, yield = collectgarbage, coroutine.yield
    local function body(steps)
        local held, n = {0}, 0
        while true do
            n = n + 1
            if n % 37 == 0 then held = {n} end
            for i = 1, steps do if step('step', 0) then cycles = cycles + 1 end end
            steps = yield()
            assert(held[1] == n - n % 37, 'the coroutine lost an object')
        end
    end
    local function drive(resume, inside, outside)
        local held = {0}
        for i = 1, 5000 do
            if i % 41 == 0 then held = {i} end
            resume(inside)
            for n = 1, outside do if step('step', 0) then cycles = cycles + 1 end end
            assert(held[1] == i - i % 41, 'the resumer lost an object')
        end
    end
)";

class ThreadSwitch : public testing::TestWithParam<const char*> {};

TEST_P(ThreadSwitch, WhileTheCollectorMarks) {
    const std::unique_ptr<Vm> vm = Vm::create();
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    const std::string source = std::string(kBodies) + GetParam() + " return cycles";
    Value f = Value::nil();
    ASSERT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
    ASSERT_EQ(vm->call(f, {}), RunStatus::Finished) << vm->failure().message;
#if !defined(ARENITE_STRESS)  // where every collection is a whole one
    EXPECT_GT(vm->results()[0].as_number(), 20) << "cycles that ended in a step";
#endif
    EXPECT_EQ(vm->verify(), std::nullopt);
    ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
}

INSTANTIATE_TEST_SUITE_P(Ways, ThreadSwitch,
                         testing::Values(
                             // The collector works in the resumer, in the coroutine, and by turns.
                             "drive(coroutine.wrap(body), 0, 3)", "drive(coroutine.wrap(body), 3, 0)",
                             "drive(coroutine.wrap(body), 1, 2)",
                             "local co = coroutine.create(body) local resume = coroutine.resume "
                             "drive(function(n) assert(resume(co, n)) end, 0, 3)",
                             "local co = coroutine.create(body) local resume = coroutine.resume "
                             "drive(function(n) assert(resume(co, n)) end, 3, 0)"));

}  // namespace
}  // namespace arenite

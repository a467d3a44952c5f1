// Finalizers and limits: at the end of a Vm they have one of their own, in a run they are paid by the run. And what a
// host holds by Refs is charged to the memory limit.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include <thread>
#include <vector>

#include <arenite/ref.h>
#include <arenite/task.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

class FinalizerLimit : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(vm); }
    Value compile(std::string_view source) {
        Value f;
        EXPECT_TRUE(vm->load(source, "=test", f)) << vm->failure().message;
        return f;
    }
    void run(std::string_view source) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        ASSERT_EQ(vm->call(compile(source), {}), RunStatus::Finished) << vm->failure().message;
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    }
    double count() {
        const Value v = vm->get_field(vm->globals().as<Table>(), "ran");
        return v.is_number() ? v.as_number() : -1;
    }
    std::unique_ptr<Vm> vm = Vm::create();
};

constexpr std::string_view kThree =
    "ran = 0 kept = {} "
    "for i = 1, 3 do local p = newproxy(true) kept[i] = p "
    "getmetatable(p).__gc = function() ran = ran + 1 while i == 2 and loops do end end end ";

TEST_F(FinalizerLimit, AtTheEndAllRunIfNoneLoops) {
    run(kThree);
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_TRUE(vm->run_all_finalizers());
    EXPECT_EQ(count(), 3);
}

TEST_F(FinalizerLimit, OneThatLoopsIsStoppedByTheWorkLimit) {
    run(kThree);
    run("loops = true");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_FALSE(vm->run_all_finalizers(1'000'000));
    EXPECT_EQ(vm->failure().kind, Failure::Kind::WorkLimit);
    EXPECT_EQ(count(), 2);  // newest first; the one after it has nothing left to run with
}

TEST_F(FinalizerLimit, OneThatLoopsIsStoppedByAnInterrupt) {
    run(kThree);
    run("loops = true");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    std::thread other([this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        vm->interrupt();
    });
    EXPECT_FALSE(vm->run_all_finalizers(std::uint64_t{1} << 60));
    other.join();
    EXPECT_EQ(vm->failure().kind, Failure::Kind::Killed);
}

TEST_F(FinalizerLimit, AFinalizerInARunIsPaidByTheRun) {
    for (const std::string_view collect : {"collectgarbage()", "while true do local t = {} end"}) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        const Value f =
            compile(std::string("local p = newproxy(true) "
                                "getmetatable(p).__gc = function() ran = 1 while true do end end p = nil ") +
                    std::string(collect));
        const Ref<Closure> held(*vm, f);
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);
        vm->heap().pacing().gc_threshold = 0;
        Task task(*vm, held.value(*vm), {}, {.on_failure = OnFailure::Keep, .work_limit = 5'000'000});
        EXPECT_EQ(task.run(), RunStatus::Failed);
        EXPECT_EQ(task.failure().kind, Failure::Kind::WorkLimit);
        EXPECT_EQ(count(), 1) << collect;
    }
}

TEST_F(FinalizerLimit, RefsAreChargedToTheMemoryLimit) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    const Value t = Value::object(vm->make_table(0, 0));
    const std::size_t before = vm->heap().budget.overhead();
    std::vector<Ref<Table>> refs;
    for (int i = 0; i < 10'000; ++i) refs.emplace_back(*vm, t);
    EXPECT_GE(vm->heap().budget.overhead() - before, 10'000 * sizeof(Value));
    EXPECT_FALSE(vm->verify().has_value());
    vm->heap().budget.set_limit(vm->heap().budget.committed());
    for (int i = 0; i < 100'000; ++i) refs.emplace_back(*vm, t);
    EXPECT_TRUE(refs.back().value(*vm).is_nil());  // there was no room: it is stale from the start
    EXPECT_EQ(refs[9'999].value(*vm), t);
    vm.reset();
    refs.clear();  // later than the Vm
}

}  // namespace
}  // namespace arenite

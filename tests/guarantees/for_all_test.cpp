// For all N: a script is killed at its Nth instruction, or its Nth allocation fails, or memory ends at the Nth byte. The
// heap is then exactly what it was before: nothing for the verifier to find, the same contents under the same handles, the
// same accounted bytes; and what runs next on the same machine runs as if nothing had been.
//
// A quick run tries a sample of N; ./dev guarantees tries all (above 20,000 a sample).
#include <gtest/gtest.h>

#include <string>

#include <arenite/ref.h>
#include "corpus.h"
#include "heap/collector.h"
#include "vm/embed/host.h"

namespace arenite::guarantees {
namespace {

constexpr std::uint64_t kCheckEach = 16;

class ForAll : public EachScript {
protected:
    void SetUp() override { name = "@" + GetParam().name + ".lua"; }
    /// A rollback must bring `before` back; and the machine is used now and then.
    void expect_unchanged(World& world, const World::State& before, const std::string& when, std::uint64_t n) {
        const World::State after = world.state(when);
        EXPECT_EQ(after.hash, before.hash) << when;
        EXPECT_EQ(after.exact_bytes, before.exact_bytes) << when;
        EXPECT_EQ(after.budget_bytes, before.budget_bytes) << when;
        if (n % kCheckEach == 0) world.check(when);
    }
    bool finishes_within(World& world, std::uint64_t n) {
        EXPECT_EQ(world.vm().begin(), TxnStatus::Ok);
        EXPECT_TRUE(world.start(GetParam().text, name)) << world.vm().failure().message;
        const RunStatus status = run_first(world.vm(), n);
        EXPECT_TRUE(status == RunStatus::Finished || status == RunStatus::Suspended) << world.vm().failure().message;
        EXPECT_EQ(world.vm().rollback(), TxnStatus::Ok);
        return status != RunStatus::Suspended;
    }
    /// The smallest n with which it finishes.
    std::uint64_t total_work(World& world) {
        std::uint64_t enough = 1;
        while (!finishes_within(world, enough) && !HasFailure()) enough *= 2;
        std::uint64_t little = enough / 2;
        while (enough - little > 1) {
            const std::uint64_t middle = little + (enough - little) / 2;
            (finishes_within(world, middle) ? enough : little) = middle;
        }
        return enough;
    }
    std::string name;
};

TEST_P(ForAll, KilledAtTheNthInstruction) {
    World world;
    Vm& vm = world.vm();
    const std::uint64_t total = total_work(world) - 1;  // all after which there is something left to kill
    std::uint64_t tried = 0;
    for (const std::uint64_t n : sample(total, GetParam())) {
        const std::string when = "killed at instruction " + std::to_string(n);
        if (n % 3 == 1) (void)vm.heap().collector().step(n % 1000);  // a cycle is under way when the script begins
        const World::State before = world.state("before " + when);
        if (n % 2 == 0) {  // through the machine
            ASSERT_EQ(vm.begin(), TxnStatus::Ok);
            ASSERT_TRUE(world.start(GetParam().text, name));
            if (run_first(vm, n) != RunStatus::Suspended) {  // a collection under way makes the last few units fewer
                ASSERT_EQ(vm.rollback(), TxnStatus::Ok);
                continue;
            }
            if (n % 5 == 0) vm.full_collect();
            vm.kill("enough");
            EXPECT_EQ(vm.status(), RunStatus::Failed) << when;
            EXPECT_EQ(vm.failure().kind, Failure::Kind::Killed) << when;
            EXPECT_EQ(vm.failure().message, "enough") << when;
            (void)world.take_output();
            EXPECT_EQ(vm.step(1'000'000), RunStatus::Failed) << when;
            EXPECT_EQ(world.take_output(), "") << when << ": something of it went on";
            ASSERT_EQ(vm.rollback(), TxnStatus::Ok);
            expect_unchanged(world, before, when, n);
        } else {  // as a task
            ASSERT_EQ(vm.begin(), TxnStatus::Ok);
            Value f = Value::nil();
            ASSERT_TRUE(vm.load(GetParam().text, name, f));
            const Ref<Closure> kept(vm, f);
            ASSERT_EQ(vm.commit(), TxnStatus::Ok);
            const World::State begin = world.state("before " + when);
            Task task(vm, f);
            if (run_first(vm, task, n) != RunStatus::Suspended)
                break;  // it has finished and is kept: nothing to go on with
            task.kill("enough");
            EXPECT_EQ(task.status(), RunStatus::Failed) << when;
            expect_unchanged(world, begin, when, n);
        }
        ++tried;
        if (HasFailure()) break;
    }
    count_tried("kills at the Nth instruction", tried);
}

TEST_P(ForAll, NthAllocationFails) {
    for (const bool catchable : {true, false}) {
        World world(catchable);
        Vm& vm = world.vm();
        vm.heap().pacing().single_slot_claims = true;  // each allocation asks the budget
        // How many there are: more fail than ever happen.
        constexpr std::uint64_t kMany = std::uint64_t{1} << 40;
        ASSERT_EQ(vm.begin(), TxnStatus::Ok);
        vm.heap().budget.fail_charge(kMany);
        ASSERT_TRUE(world.start(GetParam().text, name));
        while (vm.status() == RunStatus::Suspended) vm.step(1'000'000);
        const std::uint64_t total = vm.heap().budget.charges_until_fault();
        vm.heap().budget.fail_charge(0);
        ASSERT_EQ(vm.rollback(), TxnStatus::Ok);
        std::uint64_t tried = 0;
        for (const std::uint64_t n : sample(kMany - total, GetParam())) {
            if (!catchable && !full_run() && n % 4 != 0) continue;
            const std::string when = "allocation " + std::to_string(n) + " failed";
            const World::State before = world.state("before " + when);
            ASSERT_EQ(vm.begin(), TxnStatus::Ok);
            vm.heap().budget.fail_charge(n);
            if (world.start(GetParam().text, name)) {
                while (vm.status() == RunStatus::Suspended) vm.step(1'000'000);
            }
            vm.heap().budget.fail_charge(0);
            if (vm.failure().kind == Failure::Kind::Memory) {
                EXPECT_EQ(vm.failure().message, "not enough memory") << when;
            }
            EXPECT_EQ(vm.verify(), std::nullopt) << when << ", before the rollback";
            ASSERT_EQ(vm.rollback(), TxnStatus::Ok);
            expect_unchanged(world, before, when, n);
            ++tried;
            if (HasFailure()) break;
        }
        count_tried("failures of the Nth allocation", tried);
    }
}

// Not one allocation, but all from some point on: memory ends while the script runs.
TEST_P(ForAll, MemoryEndsAtSomeByte) {
    World world;
    Vm& vm = world.vm();
    const std::size_t used = vm.heap().budget.used();
    const std::uint64_t levels = full_run() ? 400 : std::min<std::uint64_t>(quick_samples(GetParam()) / 4 + 1, 40);
    std::uint64_t tried = 0;
    for (std::uint64_t i = 0; i < levels; ++i) {
        // Dense where little is left, and up to 512 KiB.
        const std::size_t room =
            static_cast<std::size_t>(524'288.0 * static_cast<double>(i * i) / static_cast<double>(levels * levels));
        const std::string when = "with " + std::to_string(room) + " bytes left";
        const World::State before = world.state("before " + when);
        const std::size_t limit = std::max(used, vm.heap().budget.used()) + room;
        vm.heap().budget.set_limit(limit);
        if (vm.begin() == TxnStatus::Ok) {
            bool going = world.start(GetParam().text, name);
            while (going && vm.status() == RunStatus::Suspended) {
                vm.step(500);
                ASSERT_LE(vm.heap().budget.used(), limit) << when;
            }
            ASSERT_EQ(vm.rollback(), TxnStatus::Ok);
        }
        vm.heap().budget.set_limit(World::kMemoryLimit);
        expect_unchanged(world, before, when, i);
        ++tried;
        if (HasFailure()) break;
    }
    count_tried("memory limits", tried);
}

INSTANTIATE_TEST_SUITE_P(Corpus, ForAll, testing::ValuesIn(corpus()), script_name);

}  // namespace
}  // namespace arenite::guarantees

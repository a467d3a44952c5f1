// What committed transactions leave behind is collected between them, in time for the memory limit.
#include <gtest/gtest.h>

#include <arenite/ref.h>
#include <arenite/task.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

TEST(LastingGarbage, IsCollectedBetweenTransactions) {
    VmOptions options;
    options.heap.memory_limit = std::size_t{8} << 20;
    const auto vm = Vm::create(options);
    ASSERT_TRUE(vm);
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    Value f = Value::nil();
    ASSERT_TRUE(vm->load("kept = {} for i = 1, 300 do kept[i] = {i} end", "=t", f));
    const Ref<Closure> function(*vm, f);
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    for (int i = 0; i < 3000; ++i) {  // each makes the tables of the last one garbage: 60 MB in all
        Task task(*vm, f);
        while (task.step(1'000'000) == RunStatus::Suspended) {
        }
        ASSERT_EQ(task.status(), RunStatus::Finished) << i << ": " << task.failure().message;
    }
    EXPECT_LT(vm->heap().budget.used(), options.heap.memory_limit / 2);
}

}  // namespace
}  // namespace arenite

// A row of calls of which none returns is charged as it goes down, however many frames there are already.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/vm/task_scripts.h"

namespace arenite {
namespace {

using RowOfCalls = test::TaskScripts;

TEST_F(RowOfCalls, ASliceGoesDownAFewHundred) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    Value f = Value::nil();
    ASSERT_TRUE(
        vm->load("depth = 0 local function down(n) depth = n if n < 50000 then return 1 + down(n + 1) end return 0 end "
                 "return down(1)",
                 "=t", f));
    ASSERT_TRUE(vm->start(f, {}));
    const Handle<Table> globals = vm->globals().as<Table>();
    double depth = 0;
    double most = 0;
    while (vm->step(1000) == RunStatus::Suspended) {
        const Value now = vm->get_field(globals, "depth");
        most = std::max(most, now.as_number() - depth);
        depth = now.as_number();
    }
    EXPECT_EQ(vm->status(), RunStatus::Finished) << vm->failure().message;
    EXPECT_EQ(depth, 50000);
    EXPECT_GT(most, 100);
    EXPECT_LT(most, 1000);
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
}

}  // namespace
}  // namespace arenite

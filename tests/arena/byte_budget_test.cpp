// arena/byte_budget.h, BB1 and BB2.
#include "arena/byte_budget.h"

#include <gtest/gtest.h>

namespace arenite {
namespace {

/// Releases up to `most` bytes when it is asked.
struct Giver final : ByteBudget::Reclaimer {
    explicit Giver(ByteBudget& b) : budget(b) { budget.set_reclaimer(this); }
    void reclaim(std::size_t bytes) override {
        asked = bytes;
        const std::size_t given = bytes < most ? bytes : most;
        budget.release_idle(given);
        most -= given;
    }
    ByteBudget& budget;
    std::size_t most = 0;
    std::size_t asked = 0;
};

TEST(ByteBudget, BB1_AChargeBeyondTheLimitChangesNothing) {
    ByteBudget budget;
    budget.set_limit(100);
    EXPECT_TRUE(budget.charge(60));
    EXPECT_TRUE(budget.charge_overhead(30));
    for (const std::size_t bytes : {std::size_t{11}, std::size_t{1000}, static_cast<std::size_t>(-1)}) {
        EXPECT_FALSE(budget.charge(bytes));
        EXPECT_FALSE(budget.charge_idle(bytes));
        EXPECT_FALSE(budget.charge_overhead(bytes));
        EXPECT_EQ(budget.committed(), 90u);
    }
    EXPECT_TRUE(budget.charge_idle(10));
    EXPECT_EQ(budget.available(), 10u);
    EXPECT_FALSE(budget.charge(1));
    EXPECT_TRUE(budget.use(10));
    EXPECT_EQ(budget.used(), 70u);
    EXPECT_EQ(budget.idle(), 0u);
    budget.unuse(10);
    EXPECT_EQ(budget.used(), 60u);
}

TEST(ByteBudget, BB1_UseEndsAtALimitThatWasLowered) {
    ByteBudget budget;
    budget.set_limit(100);
    ASSERT_TRUE(budget.charge_idle(80));
    budget.set_limit(50);
    EXPECT_FALSE(budget.use(51));
    EXPECT_EQ(budget.used(), 0u);
    EXPECT_EQ(budget.idle(), 80u);
    EXPECT_TRUE(budget.use(50));
    EXPECT_FALSE(budget.use(1));
    budget.set_limit(0);
    EXPECT_EQ(budget.available(), 0u);
    EXPECT_FALSE(budget.charge(1));
}

TEST(ByteBudget, BB2_IdleBytesAreAskedForFirstAndMayNotBeEnough) {
    ByteBudget budget;
    Giver giver(budget);
    budget.set_limit(100);
    ASSERT_TRUE(budget.charge_idle(50));
    EXPECT_FALSE(budget.charge(80)) << "nothing came back";
    EXPECT_EQ(giver.asked, 30u);
    EXPECT_EQ(budget.committed(), 50u);
    giver.most = 20;
    EXPECT_FALSE(budget.charge(80)) << "too little came back";
    EXPECT_EQ(budget.committed(), 30u);
    giver.most = 100;
    EXPECT_TRUE(budget.charge(80));
    EXPECT_EQ(budget.committed(), 100u);
    giver.asked = 0;
    EXPECT_FALSE(budget.charge(30)) << "more than there can be";
    EXPECT_EQ(giver.asked, 0u);
}

}  // namespace
}  // namespace arenite

// Tests of arena/counted_vector.h.
#include "arena/counted_vector.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace arenite {
namespace {

TEST(CountedVector, ChargesItsCapacity) {
    ByteBudget budget;
    {
        CountedVector<std::uint64_t> v(budget);
        EXPECT_EQ(budget.overhead(), 0u);
        for (std::uint64_t i = 0; i < 10'000; ++i) {
            ASSERT_TRUE(v.push_back(i));
            ASSERT_GE(budget.overhead(), v.size() * 8);
            ASSERT_LE(budget.overhead(), v.size() * 16 + 512);
            ASSERT_EQ(budget.overhead(), v.bytes());
        }
        for (std::uint64_t i = 0; i < 10'000; ++i) ASSERT_EQ(v[i], i);
        v.truncate(20'000);
        EXPECT_EQ(v.size(), 10'000u);
        v.shrink();  // not empty
        EXPECT_EQ(v.back(), 9999u);
        v.clear();
        v.shrink();
        EXPECT_EQ(budget.overhead(), 0u);
        ASSERT_TRUE(v.push_back(7));
        EXPECT_EQ(v[0], 7u);
    }
    EXPECT_EQ(budget.overhead(), 0u);
}

TEST(CountedVector, OutOfMemoryIsAnAnswer) {
    ByteBudget budget;
    budget.set_limit(1000);
    CountedVector<std::uint64_t> v(budget);
    std::uint64_t n = 0;
    while (v.push_back(n)) ++n;
    EXPECT_GE(n, 32u);
    EXPECT_EQ(v.size(), n);
    for (std::uint64_t i = 0; i < n; ++i) EXPECT_EQ(v[i], i);
    EXPECT_LE(budget.committed(), 1000u);
    EXPECT_FALSE(v.reserve(static_cast<std::size_t>(-1) / 8));
    v.pop_back();
    EXPECT_TRUE(v.push_back(0));
}

TEST(CountedVector, AnItemOfItsOwnCanBePushed) {
    ByteBudget budget;
    CountedVector<std::uint64_t> v(budget);
    ASSERT_TRUE(v.push_back(42));
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(v.push_back(v[0]));
    EXPECT_EQ(v.back(), 42u);
}

}  // namespace
}  // namespace arenite

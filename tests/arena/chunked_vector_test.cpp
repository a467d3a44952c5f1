#include "arena/chunked_vector.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

namespace arenite {
namespace {

using Numbers = ChunkedVector<std::uint64_t>;

TEST(ChunkedVector, KeepsWhatIsPut) {
    ByteBudget budget;
    {
        Numbers numbers(budget);
        for (std::uint64_t i = 0; i < 5000; ++i) ASSERT_TRUE(numbers.push_back(i * 3));
        for (std::size_t i = 0; i < 5000; ++i) ASSERT_EQ(numbers[i], i * 3);
        EXPECT_EQ(numbers.back(), 4999u * 3);
        EXPECT_EQ(budget.overhead(), numbers.bytes());
        numbers.truncate(Numbers::kChunk + 1);
        EXPECT_EQ(numbers.back(), Numbers::kChunk * 3);
        ASSERT_TRUE(numbers.push_back(7));
        EXPECT_EQ(numbers[Numbers::kChunk + 1], 7u);
        numbers.clear();
        numbers.shrink();
        EXPECT_LE(numbers.bytes(), 4096u + kMallocOverhead);
        ASSERT_TRUE(numbers.push_back(1));
    }
    EXPECT_EQ(budget.overhead(), 0u);
}

TEST(ChunkedVector, GrowsWhereThereIsRoomForAChunkOnly) {
    ByteBudget budget;
    Numbers numbers(budget);
    for (std::uint64_t i = 0; i < 16 * Numbers::kChunk; ++i) ASSERT_TRUE(numbers.push_back(i));
    budget.set_limit(budget.overhead() + Numbers::kChunk * sizeof(std::uint64_t) + 2 * kMallocOverhead);
    EXPECT_TRUE(numbers.push_back(1)) << "twice as much would be refused";
    const std::size_t charged = budget.overhead();
    while (numbers.size() % Numbers::kChunk != 0) ASSERT_TRUE(numbers.push_back(2));
    EXPECT_FALSE(numbers.push_back(3));
    EXPECT_EQ(budget.overhead(), charged);
    EXPECT_EQ(numbers.back(), 2u);
}

}  // namespace
}  // namespace arenite

// txn/card_map.h: what it holds is charged, and comes back.
#include "txn/card_map.h"

#include <gtest/gtest.h>

#include "arena/byte_budget.h"
#include "arena/handle_word.h"

namespace arenite {
namespace {

std::uint64_t owner(std::uint32_t i) {
    return word::make(3, 1, 8 * (i + 1));
}

TEST(CardMap, BytesComeBack) {
    ByteBudget budget;
    {
        CardMap map(budget);
        Cards* cards = map.find(owner(0));
        ASSERT_NE(cards, nullptr);
        const std::size_t entries = map.bytes();
        for (const std::uint32_t total : {10u, 1000u, 5000u, 65u, 64u, 100'000u, 1u}) {
            ASSERT_TRUE(map.reset(*cards, total));
            EXPECT_EQ(budget.overhead(), map.bytes());
            EXPECT_EQ(cards->count, 0u);
            for (std::uint32_t card = 0; card < total; card += 7) {
                EXPECT_FALSE(cards->saved(card));
                cards->note_saved(card);
                EXPECT_TRUE(cards->saved(card));
            }
        }
        EXPECT_EQ(map.bytes(), entries) << "one card needs no bits of its own";
        ASSERT_TRUE(map.reset(*cards, 10'000));
    }
    EXPECT_EQ(budget.committed(), 0u);
}

TEST(CardMap, EntriesStayWhenItGrows) {
    ByteBudget budget;
    {
        CardMap map(budget);
        for (std::uint32_t i = 0; i < 500; ++i) {
            Cards* cards = map.find(owner(i));
            ASSERT_NE(cards, nullptr);
            ASSERT_TRUE(map.reset(*cards, 1 + i));
            cards->note_saved(i);
            for (std::uint32_t k = 0; k <= i; k += 13) {
                Cards* earlier = map.find(owner(k));
                ASSERT_TRUE(earlier && earlier->saved(k)) << k;
                ASSERT_EQ(earlier->count, 1u);
            }
        }
    }
    EXPECT_EQ(budget.committed(), 0u);
}

TEST(CardMap, WithoutMemoryNothingChanges) {
    ByteBudget budget;
    CardMap map(budget);
    Cards* cards = map.find(owner(0));
    ASSERT_NE(cards, nullptr);
    ASSERT_TRUE(map.reset(*cards, 1000));
    cards->note_saved(999);
    budget.fail_charge(1);
    EXPECT_FALSE(map.reset(*cards, 2000));
    EXPECT_TRUE(cards->saved(999));
    EXPECT_EQ(budget.overhead(), map.bytes());
}

}  // namespace
}  // namespace arenite

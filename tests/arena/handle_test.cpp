// Tests of arena/handle_word.h, arena/byte_budget.h and arena/address_space.h.

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "arena/address_space.h"
#include "arena/byte_budget.h"
#include "arena/handle_word.h"

namespace arenite {
namespace {

TEST(Handle, H1_Layout) {
    for (const unsigned tag : {1u, 5u, 10u, 15u}) {
        for (const std::uint32_t generation : {1u, 2u, 0x4000u, word::kMaxGeneration}) {
            for (const std::uint32_t position : {0u, 1u, 0x8000'0000u, 0xFFFF'FFFFu}) {
                const std::uint64_t bits = word::make(tag, generation, position);
                EXPECT_EQ(word::tag(bits), tag);
                EXPECT_EQ(word::generation(bits), generation);
                EXPECT_EQ(word::position(bits), position);
                EXPECT_GT(bits, word::kBoxed);
                EXPECT_EQ((bits & word::kDeadMask) >> word::kTagShift, 0u);  // H2: what a dead slot keeps
                EXPECT_NE(bits & word::kDeadMask, bits);
            }
        }
    }
    EXPECT_TRUE(Handle<int>{}.is_null());
}

TEST(ByteBudget, ChargesUpToTheLimit) {
    ByteBudget budget;
    budget.set_limit(100);
    EXPECT_TRUE(budget.charge(60));
    EXPECT_FALSE(budget.charge(41));
    EXPECT_EQ(budget.used(), 60u);
    EXPECT_TRUE(budget.charge(40));
    EXPECT_FALSE(budget.charge(1));
    EXPECT_FALSE(budget.charge(static_cast<std::size_t>(-1)));
    budget.release(50);
    EXPECT_EQ(budget.available(), 50u);
    budget.set_limit(10);  // below what is used
    EXPECT_EQ(budget.available(), 0u);
    EXPECT_FALSE(budget.charge(1));
    EXPECT_TRUE(budget.charge(0));
}

TEST(ByteBudget, BB1_ThePartsCountTogether) {
    ByteBudget budget;
    budget.set_limit(100);
    EXPECT_TRUE(budget.charge_idle(50));
    EXPECT_TRUE(budget.charge_overhead(20));
    EXPECT_FALSE(budget.charge(31));
    EXPECT_TRUE(budget.use(40));
    EXPECT_EQ(budget.used(), 40u);
    EXPECT_EQ(budget.idle(), 10u);
    EXPECT_EQ(budget.committed(), 70u);
    EXPECT_EQ(budget.available(), 40u);
    budget.unuse(15);
    EXPECT_EQ(budget.idle(), 25u);
    budget.set_limit(50);
    EXPECT_FALSE(budget.use(10));  // idle bytes are there, but the limit was lowered
    EXPECT_TRUE(budget.use(5));
    budget.release_overhead(20);
    budget.release_idle(20);
    EXPECT_EQ(budget.committed(), 30u);
}

TEST(ByteBudget, TheArmedFaultComesOnce) {
    ByteBudget budget;
    budget.fail_charge(3);
    EXPECT_TRUE(budget.charge(1));
    EXPECT_TRUE(budget.charge(1));
    EXPECT_FALSE(budget.charge(1));
    EXPECT_FALSE(budget.fault_armed());
    EXPECT_TRUE(budget.charge(1));
    EXPECT_EQ(budget.used(), 3u);
}

TEST(AddressSpace, AS1_AS2_ReadableZeroAndFixed) {
    AddressSpace space(std::size_t{16} << 20);
    ASSERT_TRUE(space.ok());
    ASSERT_TRUE(space.ensure_pages(600));
    std::vector<char*> pages;
    for (std::uint32_t p = 1; p < 600; ++p) {
        if (p % kPagesPerChunk == 0) continue;  // belongs to the chunk in that form
        char* page = space.page(p);
        pages.push_back(page);
        for (std::size_t i = 0; i < kPageBytes; ++i) ASSERT_EQ(page[i], 0);
        std::memset(page, 0x5A, kPageBytes);
        EXPECT_EQ(space.position_of(page), p << kPageShift);
        EXPECT_EQ(space.position_of(page + kPageBytes - 8), (p << kPageShift) + kPageUnits - 1);
        EXPECT_TRUE(space.readable(p << kPageShift));
    }
    ASSERT_TRUE(space.ensure_pages(2000));
    EXPECT_EQ(space.page(1), pages[0]);
    space.discard_pages(1, 1);
    for (std::size_t i = 0; i < kPageBytes; ++i) ASSERT_EQ(pages[0][i], 0);
    EXPECT_FALSE(space.readable(0xFFFF'FFFF));
    EXPECT_FALSE(space.ensure_pages(1u << 30));
}

#if defined(ARENITE_CHUNK_TABLE)
TEST(AddressSpace, AS1_ChunkFormReadsAnyPosition) {
    AddressSpace space(std::size_t{4} << 20);
    ASSERT_TRUE(space.ensure_pages(1));
    for (std::uint64_t position = 0; position <= 0xFFFF'FFFFull; position += 0x10'0001) {
        EXPECT_EQ(*deref<std::uint64_t>(space.base(), position) >> 32, 0u);
    }
    EXPECT_EQ(*deref<std::uint64_t>(space.base(), 0xFFFF'FFFF), 0u);
}
#else
TEST(AddressSpace, AS1_TheFullRangeIsReadable) {
    AddressSpace space(std::size_t{32} << 30);
    if (!space.readable(0xFFFF'FFFF)) GTEST_SKIP() << "this machine has no 32 GiB of address space to give";
    for (std::uint64_t position = 0; position <= 0xFFFF'FFFFull; position += 0x1000'0001) {
        EXPECT_EQ(*deref<std::uint64_t>(space.base(), position), 0u);
    }
    EXPECT_EQ(*deref<std::uint64_t>(space.base(), 0xFFFF'FFFF), 0u);
}
#endif

}  // namespace
}  // namespace arenite

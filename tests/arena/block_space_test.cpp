// BlockSpace (arena/block_space.h).
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "arena/block_space.h"
#include "arena/poison.h"

namespace arenite {
namespace {

#if !defined(ARENITE_ASAN)  // BS6
struct Block {
    char* bytes;
    std::size_t size;
    char fill;
};

class BlockSpaceTest : public testing::Test {
protected:
    Block make(std::size_t size, char fill = 'x') {
        auto* bytes = static_cast<char*>(space.allocate(size));
        if (bytes) std::memset(bytes, fill, size);
        return {bytes, size, fill};
    }
    void drop(const Block& b) {
        EXPECT_EQ(b.bytes[0], b.fill);
        EXPECT_EQ(b.bytes[b.size - 1], b.fill);
        space.release(b.bytes, b.size);
    }
    ByteBudget budget;
    BlockSpace space{budget};
};

TEST_F(BlockSpaceTest, NothingIsHadBeforeTheFirstBlock) {
    EXPECT_EQ(budget.committed(), 0u);
    EXPECT_EQ(space.area_count(), 0u);
}

TEST_F(BlockSpaceTest, BS1_WhatIsTouchedIsCharged) {
    std::vector<Block> blocks;
    for (int i = 0; i < 100; ++i) blocks.push_back(make(3000));
    std::size_t used = 100 * BlockSpace::footprint(3000);
    EXPECT_EQ(budget.used(), used);
    EXPECT_GE(budget.committed() - budget.overhead(), used);
    EXPECT_LE(budget.committed() - budget.overhead(), used + 2 * system_page_bytes());
    // Each other one goes: its page stays with its neighbour, and stays charged.
    for (std::size_t i = 0; i < 100; i += 2) drop(blocks[i]);
    EXPECT_EQ(budget.used(), used / 2);
    EXPECT_TRUE(space.verify());
    // A block that fits into the holes is put there.
    const std::size_t committed = budget.committed();
    for (int i = 0; i < 50; ++i) ASSERT_NE(make(2900).bytes, nullptr);
    EXPECT_LE(budget.committed(), committed + system_page_bytes());
    EXPECT_TRUE(space.verify());
}

TEST_F(BlockSpaceTest, BS2_NeighboursBecomeOneAndEmptyAreasGo) {
    std::vector<Block> blocks;
    for (int i = 0; i < 300; ++i) blocks.push_back(make(100'000));
    EXPECT_GE(space.area_count(), 7u);
    for (const Block& b : blocks) drop(b);
    EXPECT_TRUE(space.verify());
    EXPECT_EQ(space.area_count(), 1u);
    EXPECT_EQ(budget.used(), 0u);
    space.trim(0);
    EXPECT_LE(budget.idle(), system_page_bytes());
    EXPECT_TRUE(space.verify());
}

TEST_F(BlockSpaceTest, BS3_WhatLiesIdleIsGivenBackWhenMemoryIsShort) {
    struct Reclaimer final : ByteBudget::Reclaimer {
        explicit Reclaimer(BlockSpace& space) : space(space) {}
        void reclaim(std::size_t) override { space.trim(0); }
        BlockSpace& space;
    } reclaimer(space);
    budget.set_reclaimer(&reclaimer);
    budget.set_limit(std::size_t{3} << 20);
    std::vector<Block> blocks;
    for (int i = 0; i < 9; ++i) blocks.push_back(make(200'000));
    const Block pin = make(2100);
    ASSERT_NE(pin.bytes, nullptr);
    for (const Block& b : blocks) drop(b);
    EXPECT_GE(budget.idle(), 1'700'000u);  // kept, as long as nobody needs it
    EXPECT_TRUE(budget.charge(2'900'000));
    EXPECT_LE(budget.committed(), budget.limit());
    EXPECT_TRUE(space.verify());
    budget.release(2'900'000);
    drop(pin);
}

TEST_F(BlockSpaceTest, LargeOnesStandApartAndGrowWithoutACopy) {
    const Block b = make(BlockSpace::kApart);
    EXPECT_EQ(space.area_count(), 0u);
    auto* grown = static_cast<char*>(space.grow(b.bytes, b.size, 10 * b.size));
    ASSERT_NE(grown, nullptr);
    EXPECT_EQ(grown[0], 'x');
    EXPECT_EQ(grown[b.size - 1], 'x');
    EXPECT_EQ(budget.used(), BlockSpace::footprint(10 * b.size));
    std::memset(grown, 'y', 10 * b.size);
    space.release(grown, 10 * b.size);
    EXPECT_EQ(budget.committed(), 0u);
}

TEST_F(BlockSpaceTest, WithRoomToGrowTheyStayWhereTheyAre) {
    constexpr std::size_t kMost = 16 * BlockSpace::kApart;
    auto* b = static_cast<char*>(space.allocate(BlockSpace::kApart, kMost));
    ASSERT_NE(b, nullptr);
    EXPECT_EQ(budget.used(), BlockSpace::footprint(BlockSpace::kApart));
    std::size_t size = BlockSpace::kApart;
    for (; size < kMost; size *= 2) {
        std::memset(b, 'x', size);
        ASSERT_EQ(space.grow(b, size, 2 * size, kMost), b);
        EXPECT_EQ(budget.used(), BlockSpace::footprint(2 * size));
    }
    std::memset(b, 'y', size);
    space.release(b, size);
    EXPECT_EQ(budget.committed(), 0u);
}

TEST_F(BlockSpaceTest, BS5_WhatIsReleasedLaterIsIdleAndGoesInPieces) {
    const Block a = make(8 * BlockSpace::kApart);
    const Block b = make(2 * BlockSpace::kApart);
    const Block small = make(3000);
    for (const Block& block : {a, b, small}) space.release_later(block.bytes, block.size);
    EXPECT_EQ(budget.used(), 0u);
    EXPECT_GE(budget.idle(), 10 * BlockSpace::kApart);
    std::size_t pieces = 0;
    for (std::size_t idle = budget.idle(); space.has_doomed(); idle = budget.idle(), ++pieces) {
        space.release_some();
        ASSERT_LT(budget.idle(), idle);
    }
    EXPECT_GE(pieces, 10u);
    // Where memory is short, all of them at once.
    const Block c = make(4 * BlockSpace::kApart);
    space.release_later(c.bytes, c.size);
    space.trim(0);
    EXPECT_FALSE(space.has_doomed());
    EXPECT_LT(budget.idle(), BlockSpace::kApart);
}

TEST_F(BlockSpaceTest, GrowingKeepsTheBytes) {
    Block b = make(2100, 'a');
    const Block neighbour = make(2100, 'b');
    for (const std::size_t to : {4000u, 100'000u, 300'000u}) {
        auto* grown = static_cast<char*>(space.grow(b.bytes, b.size, to));
        ASSERT_NE(grown, nullptr);
        for (std::size_t i = 0; i < b.size; i += 100) ASSERT_EQ(grown[i], 'a');
        std::memset(grown, 'a', to);
        b = {grown, to, 'a'};
        EXPECT_TRUE(space.verify());
    }
    drop(b);
    drop(neighbour);
    EXPECT_EQ(budget.used(), 0u);
}

TEST_F(BlockSpaceTest, WhatIsRefusedChangesNothing) {
    const Block b = make(5000);
    const std::size_t committed = budget.committed();
    for (std::uint64_t n = 1; n < 8; ++n) {
        budget.fail_charge(n);
        const Block more = make(20'000);
        budget.fail_charge(0);
        if (more.bytes) drop(more);
        EXPECT_TRUE(space.verify()) << n;
    }
    space.trim(0);
    EXPECT_LE(budget.committed(), committed + system_page_bytes());
    budget.set_limit(budget.committed());
    EXPECT_EQ(make(100'000).bytes, nullptr);
    EXPECT_EQ(make(1'000'000).bytes, nullptr);
    EXPECT_EQ(space.grow(b.bytes, b.size, 400'000), nullptr);
    EXPECT_TRUE(space.verify());
    drop(b);
}

TEST_F(BlockSpaceTest, RandomBlocksKeepTheirBytes) {
    std::mt19937 random(7);
    std::vector<Block> blocks;
    budget.set_limit(std::size_t{40} << 20);
    for (int i = 0; i < 30'000; ++i) {
        const bool grows = blocks.size() < 300 || (i / 3000) % 2 == 0;
        if (random() % 3 != 0 ? grows : !grows || blocks.empty()) {
            const std::size_t size = 2048 + random() % (random() % 8 == 0 ? 400'000 : 9000);
            const Block b = make(size, static_cast<char>(random()));
            if (b.bytes) blocks.push_back(b);
        } else if (!blocks.empty()) {
            std::swap(blocks[random() % blocks.size()], blocks.back());
            drop(blocks.back());
            blocks.pop_back();
        }
        if (random() % 500 == 0) space.trim(random() % 100'000);
        if (i % 500 == 0) ASSERT_TRUE(space.verify());
        ASSERT_LE(budget.committed(), budget.limit());
    }
    std::size_t used = 0;
    for (const Block& b : blocks) used += BlockSpace::footprint(b.size);
    EXPECT_EQ(budget.used(), used);
    for (const Block& b : blocks) drop(b);
    EXPECT_EQ(budget.used(), 0u);
    EXPECT_TRUE(space.verify());
}
#endif

}  // namespace
}  // namespace arenite

// Tests of arena/page_heap.h. The numbers in the test names are its invariants.
#include "arena/page_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace arenite {
namespace {

constexpr std::size_t kRange = std::size_t{1} << 28;
constexpr unsigned kTag = 3;

class PageHeapTest : public ::testing::Test {
protected:
    ByteBudget budget;
    PageHeap pages{kRange, budget};

    std::uint64_t object(unsigned cls = kTableClass) {
        std::uint64_t* words = pages.allocate_object(cls, kTag);
        return words ? words[0] : 0;
    }
    [[nodiscard]] bool live(std::uint64_t handle) const {
        return *deref<std::uint64_t>(pages.base(), handle) == handle;
    }
    void collect(const std::vector<std::uint64_t>& roots) {
        pages.begin_marking();
        for (std::uint64_t r : roots) (void)pages.mark(word::position(r));
        pages.begin_sweep();
        while (!pages.sweep(3)) {
        }
    }
    /// PH1, PH3, PH5 by examining every page.
    void check(std::size_t other = 0) {
        pages.flush_caches();
        std::size_t bytes = other;
        std::size_t held = pages.pooled_pages();
        std::size_t retired_pages = 0;
        for (std::uint32_t p = 1; p < pages.page_count(); ++p) {
            const PageMeta& m = pages.meta(p);
            if (m.cls == PageMeta::kRetired) ++retired_pages;
            if (m.cls >= kClassCount) continue;
            ++held;
            const unsigned stride = class_stride(m.cls);
            unsigned retired = 0;
            for (unsigned i = 0; i < m.slots; ++i) {
                const bool used = m.alloc[i >> 6] >> (i & 63) & 1;
                if (m.cls >= kObjectClasses) {
                    bytes += used ? stride : 0;
                    continue;
                }
                const auto* words = reinterpret_cast<const std::uint64_t*>(pages.space().page(p) + i * stride);
                const bool dead = words[0] >> word::kTagShift == 0;
                if (dead) {
                    EXPECT_LE(word::generation(words[0]), m.max_generation);
                }
                if (used && dead) {
                    EXPECT_EQ(word::generation(words[0]), word::kMaxGeneration);
                    ++retired;
                }
                if (used && !dead) bytes += stride;
                if (!used) {
                    EXPECT_TRUE(dead) << "page " << p << " slot " << i;
                    EXPECT_EQ(words[1], 0u);
                }
            }
            EXPECT_EQ(retired, m.retired);
        }
        EXPECT_EQ(held * kPageBytes, bytes - other + budget.idle() - pages.blocks().idle());
        EXPECT_TRUE(pages.blocks().verify());
        for (const LargeBlock* b : pages.large_blocks()) bytes += PageHeap::payload_footprint(b->bytes);
        EXPECT_EQ(bytes, budget.used());
        EXPECT_EQ(pages.overhead_bytes(), budget.overhead());
        EXPECT_EQ(pages.unusable_pages(), AddressSpace::kDiscards ? 0 : retired_pages);
        EXPECT_EQ(pages.exact_used(), budget.used());
    }
};

TEST(PageHeapClasses, EveryByteCountHasTheSmallestClass) {
    for (std::size_t bytes = 1; bytes <= kMaxSmallPayload; ++bytes) {
        const unsigned c = payload_class(bytes);
        ASSERT_GE(class_stride(c), bytes);
        if (c > kObjectClasses) {
            ASSERT_LT(class_stride(c - 1), bytes);
        }
    }
    for (std::size_t bytes = 1; bytes <= 544; ++bytes) {
        const unsigned c = object_class(bytes);
        ASSERT_GT(c, kTableClass);
        ASSERT_GE(class_stride(c), bytes);
        if (c > 1) {
            ASSERT_LT(class_stride(c - 1), bytes);
        }
    }
}

TEST(PageHeapClasses, ReciprocalDividesExactly) {
    for (unsigned c = 0; c < kClassCount; ++c) {
        const std::uint32_t stride = class_stride(c);
        const std::uint32_t reciprocal = ((1u << 20) + stride - 1) / stride;
        for (std::uint32_t offset = 0; offset < kPageBytes; offset += 8) {
            ASSERT_EQ(offset * reciprocal >> 20, offset / stride) << stride << " " << offset;
        }
    }
}

TEST_F(PageHeapTest, H2_SelfIsTheHandleThatNamesTheSlot) {
    for (unsigned cls = 0; cls < kObjectClasses; ++cls) {
        std::set<std::uint32_t> positions;
        for (int i = 0; i < 500; ++i) {
            std::uint64_t* words = pages.allocate_object(cls, kTag);
            ASSERT_NE(words, nullptr);
            EXPECT_EQ(deref<std::uint64_t>(pages.base(), words[0]), words);
            EXPECT_EQ(word::tag(words[0]), kTag);
            EXPECT_EQ(word::generation(words[0]), 1u);
            EXPECT_EQ(words[1], 0u);
            EXPECT_TRUE(positions.insert(word::position(words[0])).second);  // PH2
            EXPECT_TRUE(pages.names_live_slot(word::position(words[0])));
            EXPECT_FALSE(pages.names_live_slot(word::position(words[0]) + 1));
            EXPECT_EQ(pages.space().position_of(words), word::position(words[0]));
        }
    }
    EXPECT_FALSE(pages.names_live_slot(0));
    EXPECT_FALSE(pages.names_live_slot(0xFFFF'FFFF));
    check();
}

TEST_F(PageHeapTest, H4_ZeroedMemoryMatchesNoHandle) {
    for (const std::uint32_t position : {0u, 1u, 512u, 100'000u, static_cast<std::uint32_t>(kRange / 8 - 1)}) {
        for (const std::uint32_t generation : {0u, 1u, word::kMaxGeneration}) {
            EXPECT_FALSE(live(word::make(kTag, generation, position)));
        }
    }
}

TEST_F(PageHeapTest, H3_EachReuseHasAnotherGenerationAndExhaustedSlotsRetire) {
    // One slot is reused until its generations are used up; then it is never handed out again.
    const unsigned cls = object_class(544);  // 7 slots in a page
    std::set<std::uint64_t> all;
    std::map<std::uint32_t, std::uint32_t> last;
    const std::size_t rounds = (word::kMaxGeneration + 10) * 7;
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::uint64_t h = object(cls);
        ASSERT_NE(h, 0u);
        auto& generation = last[word::position(h)];
        ASSERT_GT(word::generation(h), generation);
        generation = word::generation(h);
        if (i % 7 == 6) collect({});
    }
    check();
    EXPECT_GT(last.size(), 7u);  // more than one page was needed
    bool any_retired = false;
    for (std::uint32_t p = 1; p < pages.page_count(); ++p) any_retired |= pages.meta(p).cls == PageMeta::kRetired;
    EXPECT_TRUE(any_retired);
    for (const auto& [position, generation] : last) {
        for (std::uint32_t g = 1; g <= generation; ++g) ASSERT_FALSE(live(word::make(kTag, g, position)));
    }
}

TEST_F(PageHeapTest, H4_AMaskTakesNoGenerationsAway) {
    constexpr std::uint32_t kMask = 0x2A5B;
    const unsigned cls = object_class(544);  // 7 slots in a page
    const auto handles_of = [&](PageHeap& heap) {
        std::vector<std::uint64_t> handles;
        for (std::size_t i = 0; i < (word::kMaxGeneration + 10) * 7; ++i) {
            const std::uint64_t* words = heap.allocate_object(cls, kTag);
            handles.push_back(words ? words[0] : 0);
            if (i % 7 != 6) continue;
            heap.begin_marking();
            (void)heap.mark(
                word::position(handles[0]));  // its page is never empty: the others use up their generations
            heap.begin_sweep();
            while (!heap.sweep(3)) {
            }
        }
        return handles;
    };
    PageHeap masked(kRange, budget, nullptr, kMask);
    const std::vector<std::uint64_t> plain_handles = handles_of(pages);
    const std::vector<std::uint64_t> masked_handles = handles_of(masked);
    std::map<std::uint32_t, std::set<std::uint64_t>> seen;
    for (std::size_t i = 0; i < plain_handles.size(); ++i) {
        const std::uint64_t h = masked_handles[i];
        ASSERT_EQ(h, plain_handles[i] ^ std::uint64_t{kMask} << word::kGenerationShift);
        ASSERT_EQ(masked.generation_of(h), word::generation(plain_handles[i]));
        ASSERT_TRUE(seen[word::position(h)].insert(h).second) << "a handle names a second object";
    }
    EXPECT_TRUE(
        std::any_of(seen.begin(), seen.end(), [](const auto& s) { return s.second.size() == word::kMaxGeneration; }));
}

TEST_F(PageHeapTest, PH3_APageThatHeldObjectsKeepsItsStride) {
    std::vector<std::uint64_t> handles;
    for (int i = 0; i < 1000; ++i) handles.push_back(object(object_class(48)));
    collect({});
    // Every other class is used heavily, with contents that would look like the stale handles.
    for (unsigned cls = 0; cls < kObjectClasses; ++cls) {
        if (cls == object_class(48)) continue;
        for (int i = 0; i < 300; ++i) ASSERT_NE(object(cls), 0u);
    }
    for (int i = 0; i < 2000; ++i) {
        auto* block = static_cast<std::uint64_t*>(pages.allocate_payload(48));
        ASSERT_NE(block, nullptr);
        for (int k = 0; k < 6; ++k) block[k] = word::make(kTag, 1, pages.space().position_of(block + k));
    }
    for (std::uint64_t h : handles) EXPECT_FALSE(live(h));
}

TEST_F(PageHeapTest, PH1_AFormerPayloadPageIsCleanWhenItTakesObjects) {
    for (int i = 0; i < 1000; ++i) std::memset(pages.allocate_payload(32), 0xFF, 32);
    collect({});
    const std::uint32_t count = pages.page_count();
    for (int i = 0; i < 1000; ++i) {
        std::uint64_t* words = pages.allocate_object(object_class(32), kTag);
        ASSERT_NE(words, nullptr);
        EXPECT_EQ(word::generation(words[0]), 1u);
        EXPECT_EQ(word::tag(words[0]), kTag);
        EXPECT_EQ(words[1], 0u);
    }
    EXPECT_EQ(pages.page_count(), count);  // they were reused
    check();
}

TEST_F(PageHeapTest, EmptyPagesServeOtherClasses) {
    // Freed little by little, so that the pages are in the list of those with free slots when they become empty.
    std::vector<void*> blocks;
    for (int i = 0; i < 4096; ++i) blocks.push_back(pages.allocate_payload(64));
    for (int part = 0; part < 4; ++part) {
        pages.begin_marking();
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            if (static_cast<int>(i % 4) > part) pages.mark_payload(blocks[i], 64);
        }
        pages.begin_sweep();
        while (!pages.sweep(7)) {
        }
    }
    const std::uint32_t count = pages.page_count();
    for (int i = 0; i < 100; ++i) ASSERT_NE(pages.allocate_payload(2048), nullptr);
    EXPECT_EQ(pages.page_count(), count);
    check();
}

TEST_F(PageHeapTest, PayloadBlocksDoNotOverlap) {
    std::mt19937_64 random(1);
    std::vector<std::pair<unsigned char*, std::size_t>> blocks;
    for (int i = 0; i < 3000; ++i) {
        const std::size_t bytes = 1 + random() % (i % 10 == 0 ? 5000 : 300);
        auto* p = static_cast<unsigned char*>(pages.allocate_payload(bytes));
        ASSERT_NE(p, nullptr);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % 8, 0u);
        std::memset(p, i & 0xFF, bytes);
        blocks.emplace_back(p, bytes);
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        for (std::size_t k = 0; k < blocks[i].second; ++k) ASSERT_EQ(blocks[i].first[k], i & 0xFF);
    }
    check();
    collect({});
    EXPECT_EQ(budget.used(), 0u);
}

TEST_F(PageHeapTest, MarkAndSweepFreesTheUnmarked) {
    std::vector<std::uint64_t> handles;
    for (int i = 0; i < 2000; ++i) handles.push_back(object(static_cast<unsigned>(i) % kObjectClasses));
    std::vector<std::uint64_t> kept;
    for (std::size_t i = 0; i < handles.size(); i += 3) kept.push_back(handles[i]);
    collect(kept);
    for (std::size_t i = 0; i < handles.size(); ++i) {
        EXPECT_EQ(live(handles[i]), i % 3 == 0);
        EXPECT_EQ(pages.names_live_slot(word::position(handles[i])), i % 3 == 0);
    }
    check();
}

TEST_F(PageHeapTest, LargeBlocksAreMarkedSweptAndCounted) {
    void* a = pages.allocate_payload(10'000);
    void* b = pages.allocate_payload(20'000);
    EXPECT_EQ(budget.used(), PageHeap::payload_footprint(10'000) + PageHeap::payload_footprint(20'000));
    pages.begin_marking();
    pages.mark_payload(b, 20'000);
    pages.begin_sweep();
    void* c = pages.allocate_payload(30'000);  // made while sweeping: stays
    while (!pages.sweep(1)) {
    }
    EXPECT_EQ(budget.used(), PageHeap::payload_footprint(20'000) + PageHeap::payload_footprint(30'000));
    EXPECT_EQ(pages.large_blocks().size(), 2u);
    std::memset(b, 1, 20'000);
    std::memset(c, 1, 30'000);
    (void)a;
    EXPECT_EQ(pages.allocate_payload(SIZE_MAX / 2 + 1), nullptr);
    EXPECT_EQ(pages.allocate_payload(SIZE_MAX - 8), nullptr);
    check();
}

// --- Scopes ---------------------------------------------------------------------------------------------------------

TEST_F(PageHeapTest, UndoFreesWhatWasBornAndKeepsTheRest) {
    std::vector<std::uint64_t> old;
    for (int i = 0; i < 300; ++i) old.push_back(object());
    void* old_block = pages.allocate_payload(100);
    void* old_large = pages.allocate_payload(9000);
    std::memset(old_block, 7, 100);
    const std::size_t used = pages.exact_used();
    const PageHeap::ScopeMark mark = pages.open_scope();
    std::vector<std::uint64_t> fresh;
    for (int i = 0; i < 700; ++i) fresh.push_back(object(static_cast<unsigned>(i) % kObjectClasses));
    for (int i = 0; i < 100; ++i) ASSERT_NE(pages.allocate_payload(100), nullptr);
    ASSERT_NE(pages.allocate_payload(5000), nullptr);
    EXPECT_FALSE(pages.born_in_outermost(old_block, 100));
    EXPECT_FALSE(pages.born_in_outermost(old_large, 9000));
    check();
    pages.undo_scope(mark, 0);
    for (std::uint64_t h : old) EXPECT_TRUE(live(h));
    for (std::uint64_t h : fresh) EXPECT_FALSE(live(h));
    EXPECT_EQ(pages.exact_used(), used);
    EXPECT_EQ(static_cast<char*>(old_block)[99], 7);
    check();
}

TEST_F(PageHeapTest, LargeBlocksOfTheInnermostScopeAreReleased) {
    void* old = pages.allocate_payload(9'000);
    const PageHeap::ScopeMark outer = pages.open_scope();
    void* of_outer = pages.allocate_payload(9'000);
    const PageHeap::ScopeMark inner = pages.open_scope();
    void* of_inner = pages.allocate_payload(9'000);
    EXPECT_FALSE(pages.releases(old, 9'000));
    EXPECT_FALSE(pages.releases(of_outer, 9'000));
    EXPECT_TRUE(pages.releases(of_inner, 9'000));
    for (void* block : {old, of_outer, of_inner}) pages.release_payload(block, 9'000);
    EXPECT_EQ(pages.large_blocks().size(), 2u);
    check();
    pages.keep_scope(inner, outer.epoch);
    EXPECT_TRUE(pages.releases(of_outer, 9'000));
    EXPECT_FALSE(pages.releases(old, 9'000));
    pages.undo_scope(outer, 0);
    EXPECT_EQ(pages.large_blocks().size(), 1u);
    check();
}

TEST_F(PageHeapTest, LargeBlocksOfAnUndoneNestedScopeGoInPieces) {
    constexpr std::size_t kBytes = std::size_t{4} << 20;
    const PageHeap::ScopeMark outer = pages.open_scope();
    const PageHeap::ScopeMark inner = pages.open_scope();
    ASSERT_NE(pages.allocate_payload(kBytes), nullptr);
    pages.undo_scope(inner, outer.epoch);
    EXPECT_EQ(budget.used(), 0u);
    if (pages.has_doomed()) {  // not where blocks are malloc's (BlockSpace, BS6)
        EXPECT_GE(budget.idle(), kBytes);
        pages.release_some();
        EXPECT_TRUE(pages.has_doomed());
        EXPECT_LT(budget.idle(), kBytes);
    }
    pages.undo_scope(outer, 0);
    EXPECT_FALSE(pages.has_doomed());
    EXPECT_LT(budget.idle(), kBytes / 2);
    check();
}

TEST_F(PageHeapTest, KeepKeepsWhatWasBorn) {
    const PageHeap::ScopeMark mark = pages.open_scope();
    std::vector<std::uint64_t> fresh;
    for (int i = 0; i < 700; ++i) fresh.push_back(object());
    pages.keep_scope(mark, 0);
    for (std::uint64_t h : fresh) EXPECT_TRUE(live(h));
    check();
    collect({});
    for (std::uint64_t h : fresh) EXPECT_FALSE(live(h));
    EXPECT_EQ(budget.used(), 0u);
}

// Else each sweep of the page would read the claims of all of them.
TEST_F(PageHeapTest, PH7_ScopesThatAreKeptLeaveOneClaimOfAPage) {
    const auto outermost = pages.open_scope();
    const std::uint32_t outermost_epoch = pages.scope_epoch();
    const auto middle = pages.open_scope();
    const std::uint32_t middle_epoch = pages.scope_epoch();
    const std::uint64_t first = object();
    const std::size_t before = pages.overhead_bytes();
    std::uint64_t last = 0;
    for (int i = 0; i < 5000; ++i) {
        const auto inner = pages.open_scope();
        const std::uint32_t inner_epoch = pages.scope_epoch();
        if (i % 3 == 0) {  // with one of its own
            const auto nested = pages.open_scope();
            last = object();
            pages.keep_scope(nested, inner_epoch);
        }
        last = object();
        pages.keep_scope(inner, middle_epoch);
    }
    EXPECT_LT(pages.overhead_bytes() - before, 64u << 10);  // 250 KiB with all of them
    EXPECT_TRUE(live(first) && live(last));
    pages.undo_scope(middle, outermost_epoch);
    EXPECT_FALSE(live(first) || live(last));
    EXPECT_EQ(pages.budget().used(), 0u);
    pages.keep_scope(outermost, 0);
}

// At the limit, the claim of one more page needs no room for a copy of all of them: a scope goes on with what it has.
TEST_F(PageHeapTest, PH7_ClaimsGrowByWhatTheyNeedAtTheLimit) {
    constexpr std::size_t kRoom = 24u << 10;  // a page, 256 claims, and the list of these
    constexpr unsigned kClaims = 1100;
    constexpr unsigned kKind = kTableClass;
    std::vector<std::uint64_t> old;
    while (pages.page_count() <= kClaims) ASSERT_NE(old.emplace_back(object(kKind)), 0u);
    std::vector<std::uint64_t> kept;  // so that each page has room
    for (std::size_t i = 0; i < old.size(); i += 2) kept.push_back(old[i]);
    collect(kept);
    const auto scope = pages.open_scope();
    std::vector<std::uint64_t> born;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        budget.set_limit(budget.committed() + kRoom);
        ASSERT_NE(born.emplace_back(object(kKind)), 0u) << "object " << i;
    }
    EXPECT_GT(pages.overhead_bytes(), kClaims * 40);  // there are as many
    pages.undo_scope(scope, 0);
    EXPECT_TRUE(std::all_of(kept.begin(), kept.end(), [&](std::uint64_t h) { return live(h); }));
    EXPECT_TRUE(std::none_of(born.begin(), born.end(), [&](std::uint64_t h) { return live(h); }));
}

TEST_F(PageHeapTest, PH4_SweepingInAScopeNeverFreesWhatIsOlder) {
    std::vector<std::uint64_t> old;
    for (int i = 0; i < 100; ++i) old.push_back(object());
    void* large = pages.allocate_payload(5000);
    const PageHeap::ScopeMark mark = pages.open_scope();
    const std::uint64_t dead = object();
    const std::uint64_t kept = object();
    void* dead_large = pages.allocate_payload(6000);
    EXPECT_TRUE(pages.born_in_outermost(dead_large, 6000));
    collect({kept});
    for (std::uint64_t h : old) EXPECT_TRUE(live(h));
    EXPECT_FALSE(live(dead));
    EXPECT_TRUE(live(kept));
    EXPECT_EQ(pages.large_blocks().size(), 1u);
    std::memset(large, 1, 5000);
    pages.keep_scope(mark, 0);
    check();
}

TEST_F(PageHeapTest, PH6_APageClaimedDuringASweepIsNotSweptByIt) {
    std::vector<std::uint64_t> old;
    for (int i = 0; i < 10; ++i) old.push_back(object());
    const PageHeap::ScopeMark mark = pages.open_scope();
    pages.begin_marking();
    pages.begin_sweep();
    const std::uint64_t a = object();  // claims the page that has the old ones
    pages.flush_caches();              // the page goes back to the list ...
    const std::uint64_t b = object();  // ... from which it is taken again, the sweep being on
    EXPECT_TRUE(live(a));
    EXPECT_TRUE(live(b));
    while (!pages.sweep(1)) {
    }
    EXPECT_TRUE(live(a));
    EXPECT_TRUE(live(b));
    pages.undo_scope(mark, 0);
    EXPECT_FALSE(live(a));
    for (std::uint64_t h : old) EXPECT_TRUE(live(h));
    check();
}

TEST_F(PageHeapTest, PH7_ASlotReusedInANestedScopeIsFreedWithIt) {
    const PageHeap::ScopeMark outer = pages.open_scope();
    const std::uint64_t a = object();
    const PageHeap::ScopeMark inner = pages.open_scope();
    const std::uint64_t b = object();
    collect({b});
    EXPECT_FALSE(live(a));
    std::vector<std::uint64_t> fresh;
    for (int i = 0; i < 64; ++i) fresh.push_back(object());
    EXPECT_TRUE(std::any_of(fresh.begin(), fresh.end(),
                            [&](std::uint64_t h) { return word::position(h) == word::position(a); }));
    pages.undo_scope(inner, outer.epoch);
    for (std::uint64_t h : fresh) EXPECT_FALSE(live(h));
    EXPECT_FALSE(live(b));
    check();
    pages.undo_scope(outer, 0);
    EXPECT_EQ(budget.used(), 0u);
    check();
}

TEST_F(PageHeapTest, AnUndoneScopeLeavesNoMarks) {
    // A mark cycle goes on over the undoing of a nested scope: what takes over the slots must be found unmarked.
    const PageHeap::ScopeMark outer = pages.open_scope();
    const PageHeap::ScopeMark inner = pages.open_scope();
    const std::uint64_t a = object();
    pages.begin_marking();
    EXPECT_TRUE(pages.mark(word::position(a)));
    pages.undo_scope(inner, outer.epoch);
    const std::uint64_t b = object();
    ASSERT_EQ(word::position(a), word::position(b));
    EXPECT_TRUE(pages.mark(word::position(b)));
    pages.undo_scope(outer, 0);
    check();
}

TEST_F(PageHeapTest, ReleaseGivesBlocksOfTheScopeBackAtOnce) {
    void* old = pages.allocate_payload(100);
    const std::size_t before = pages.exact_used();
    pages.release_payload(old, 100);  // no scope: left to the collector
    EXPECT_EQ(pages.exact_used(), before);
    const PageHeap::ScopeMark outer = pages.open_scope();
    pages.release_payload(old, 100);  // old
    EXPECT_EQ(pages.exact_used(), before);
    void* small = pages.allocate_payload(100);
    void* large = pages.allocate_payload(100'000);
    pages.release_payload(small, 100);
    pages.release_payload(large, 100'000);
    EXPECT_EQ(pages.exact_used(), before);
    small = pages.allocate_payload(100);
    const PageHeap::ScopeMark inner = pages.open_scope();
    const std::size_t used = pages.exact_used();
    pages.release_payload(small, 100);  // an inner scope may want it back
    EXPECT_EQ(pages.exact_used(), used);
    pages.keep_scope(inner, outer.epoch);
    pages.undo_scope(outer, 0);
    EXPECT_EQ(pages.exact_used(), before);
    check();
}

TEST_F(PageHeapTest, LargeBlocksOfTheScopeGrow) {
    const auto mark = pages.open_scope();
    const std::size_t used = pages.exact_used();
    void* other = pages.allocate_payload(5000);
    auto* block = static_cast<unsigned char*>(pages.allocate_payload(3000));
    std::memset(block, 7, 3000);
    std::size_t bytes = 3000;
    for (; bytes < 3'000'000; bytes *= 2) {
        ASSERT_TRUE(pages.releases(block, bytes));
        block = static_cast<unsigned char*>(pages.grow_large(block, 2 * bytes));
        ASSERT_NE(block, nullptr);
        for (std::size_t i = 0; i < bytes; i += 97) ASSERT_EQ(block[i], 7) << i;
        std::memset(block, 7, 2 * bytes);
        EXPECT_EQ(pages.exact_used() - used,
                  PageHeap::payload_footprint(2 * bytes) + PageHeap::payload_footprint(5000));
    }
    budget.set_limit(budget.committed());
    EXPECT_EQ(pages.grow_large(block, 2 * bytes), nullptr);
    EXPECT_EQ(block[bytes - 1], 7);
    budget.set_limit(static_cast<std::size_t>(-1));
    pages.release_payload(other, 5000);  // it takes the last one's place in the list
    pages.release_payload(block, bytes);
    EXPECT_EQ(pages.exact_used(), used);
    pages.undo_scope(mark, 0);
}

TEST_F(PageHeapTest, LimitsAndFailedChargesAreValues) {
    constexpr std::size_t kPages = 3;
    budget.set_limit(kPages * (kPageBytes + sizeof(PageMeta)) + 100);
    std::vector<std::uint64_t> handles;
    while (const std::uint64_t h = object()) handles.push_back(h);
    EXPECT_EQ(handles.size(), kPages * 64);
    EXPECT_EQ(pages.allocate_payload(33), nullptr);
    EXPECT_EQ(pages.allocate_payload(100'000), nullptr);
    EXPECT_EQ(pages.allocate_payload(60), nullptr);
    EXPECT_LE(budget.committed(), budget.limit());
    check();
    collect({});
    EXPECT_NE(object(), 0u);
    budget.set_limit(SIZE_MAX);
    for (int i = 0; i < 3; ++i) EXPECT_NE(pages.allocate_payload(3000), nullptr);  // makes room in their list
    budget.fail_charge(1);
    EXPECT_EQ(pages.allocate_payload(100'000), nullptr);
    EXPECT_NE(pages.allocate_payload(100'000), nullptr);
    check();
}

#if defined(ARENITE_CHUNK_TABLE)
// Chunks go back to the system with the page heap only, so an empty page cannot make room for anything but its slots.
TEST_F(PageHeapTest, BB2_EmptyPagesOfAChunkTableStayAndAreUsedAgain) {
    for (int i = 0; i < 100 * 64; ++i) ASSERT_NE(object(), 0u);
    collect({});
    EXPECT_EQ(budget.used(), 0u);
    EXPECT_EQ(budget.idle(), 100 * kPageBytes);
    budget.set_limit(budget.committed());
    EXPECT_FALSE(budget.charge(1));
    EXPECT_EQ(budget.committed(), budget.limit());
    EXPECT_EQ(budget.idle(), 100 * kPageBytes);
    check();
    EXPECT_EQ(object(object_class(128)), 0u);  // pages keep their stride (PH3)
    for (int i = 0; i < 100 * 64; ++i) ASSERT_NE(object(), 0u);
    EXPECT_EQ(object(), 0u);
    EXPECT_EQ(budget.committed(), budget.limit());
    check();
}

TEST_F(PageHeapTest, PH5_FirstPagesOfChunksAreCharged) {
    for (std::uint32_t i = 0; i < (kPagesPerChunk - 1) * 64; ++i) ASSERT_NE(object(), 0u);
    EXPECT_EQ(budget.overhead(), (kPagesPerChunk - 1) * sizeof(PageMeta));
    // Room for a page with its metadata, and one byte less than another such page needs.
    budget.set_limit(budget.committed() + 2 * (kPageBytes + sizeof(PageMeta)) - 1);
    EXPECT_EQ(object(), 0u);
    EXPECT_EQ(pages.unusable_pages(), 1u);
    check();
    budget.set_limit(budget.limit() + 1);
    EXPECT_NE(object(), 0u);
    EXPECT_EQ(pages.unusable_pages(), 1u);
    EXPECT_EQ(budget.overhead(), (kPagesPerChunk + 1) * sizeof(PageMeta) + kPageBytes);
    check();
}
#else
TEST_F(PageHeapTest, BB2_EmptyPagesAreGivenBackBeforeAChargeIsRefused) {
    for (int i = 0; i < 100 * 64; ++i) ASSERT_NE(object(), 0u);
    collect({});
    EXPECT_EQ(budget.used(), 0u);
    EXPECT_EQ(budget.idle(), 100 * kPageBytes);
    budget.set_limit(budget.committed());
    const std::size_t half = PageHeap::payload_footprint(49 * kPageBytes);
    ASSERT_TRUE(budget.charge(half));
    EXPECT_LE(budget.committed(), budget.limit());
    check(half);
    EXPECT_FALSE(budget.charge(60 * kPageBytes));
    check(half);
    // What is left can be used, by objects of the same stride and of others (which take pages again).
    std::vector<std::uint64_t> handles;
    while (const std::uint64_t h = object()) handles.push_back(h);
    EXPECT_GE(handles.size(), 50u * 64);
    EXPECT_LE(budget.committed(), budget.limit());
    collect({});
    handles.clear();
    while (const std::uint64_t h = object(object_class(128))) handles.push_back(h);
    // Pages of another stride are new ones, each with its metadata; the old pages stand for them.
    EXPECT_GE(handles.size(), 45u * 32);
    EXPECT_LE(budget.committed(), budget.limit());
    check(half);
    budget.release(half);
}
#endif

TEST_F(PageHeapTest, PH8_UndoingEmptiesWholePagesAndNoHandleSurvives) {
    std::vector<std::uint64_t> all;
    for (int round = 0; round < 4; ++round) {
        const std::size_t used = pages.exact_used();
        const PageHeap::ScopeMark mark = pages.open_scope();
        // More pages than are kept, of two classes, so that runs are broken.
        for (std::size_t i = 0; i < (PageHeap::kKeptPages + 200) * 64; ++i) {
            all.push_back(object());
            if (i % 100 == 0) all.push_back(object(object_class(128)));
            if (i % 10 == 0) {
                ASSERT_NE(pages.allocate_payload(200), nullptr);
            }
        }
        if (round == 2) {  // a collection in the scope frees and reuses slots
            std::vector<std::uint64_t> roots;
            for (std::size_t i = all.size() - 5000; i < all.size(); i += 7) roots.push_back(all[i]);
            collect(roots);
            for (int i = 0; i < 20'000; ++i) all.push_back(object());
        }
        pages.undo_scope(mark, 0);
        EXPECT_EQ(pages.exact_used(), used);
        for (const std::uint64_t h : all) {
            ASSERT_FALSE(live(h));
            ASSERT_FALSE(pages.names_live_slot(word::position(h)));
        }
        check();
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end()) << "a handle was made twice";
}

TEST_F(PageHeapTest, SmallRangeRunsOutWithoutHarm) {
    ByteBudget small_budget;
    PageHeap small(std::size_t{1} << 20, small_budget);
    ASSERT_TRUE(small.ok());
    std::size_t count = 0;
    while (small.allocate_object(kTableClass, kTag)) ++count;
    EXPECT_GT(count, 200u * 64);
    EXPECT_LE(count, 256u * 64);
    EXPECT_EQ(small.allocate_payload(16), nullptr);
    EXPECT_NE(small.allocate_payload(5000), nullptr);
    EXPECT_FALSE(small.names_live_slot(0x1000'0000));
}

TEST_F(PageHeapTest, SingleSlotClaimsChargeOneSlotAtATime) {
    pages.single_slot_claims = true;
    for (std::size_t i = 1; i <= 300; ++i) {
        ASSERT_NE(object(), 0u);
        ASSERT_EQ(budget.used(), i * 64);
        ASSERT_EQ(budget.used() + budget.idle(), (i + 63) / 64 * kPageBytes);
    }
    check();
}

TEST_F(PageHeapTest, GcDueIsRaisedAtTheThreshold) {
    pages.gc_threshold = 64 * 1000;
    std::size_t fresh = 0;
    while (!pages.gc_due) {
        ASSERT_NE(object(), 0u);
        EXPECT_LE(pages.fresh_pages, 1u);
        fresh += std::exchange(pages.fresh_pages, 0);
    }
    EXPECT_GE(fresh * kPageBytes, 64u * 1000 - kPageBytes);
    EXPECT_GE(budget.used(), 64u * 1000);
    EXPECT_LE(budget.used(), 64u * 1000 + 2 * kPageBytes);
    pages.gc_due = false;
    pages.gc_threshold = pages.allocated + 1'000'000;
    ASSERT_NE(pages.allocate_payload(2'000'000), nullptr);
    EXPECT_TRUE(pages.gc_due);
}

TEST_F(PageHeapTest, EpochsRestart) {
    pages.skip_epochs(0xF000'0000);
    PageHeap::ScopeMark mark = pages.open_scope();
    std::vector<std::uint64_t> handles;
    for (int i = 0; i < 100; ++i) handles.push_back(object());
    ASSERT_NE(pages.allocate_payload(5000), nullptr);
    pages.keep_scope(mark, 0);
    pages.restart_epochs();
    const std::size_t used = pages.exact_used();
    mark = pages.open_scope();
    std::vector<std::uint64_t> fresh;
    for (int i = 0; i < 100; ++i) fresh.push_back(object());
    pages.undo_scope(mark, 0);
    for (std::uint64_t h : handles) EXPECT_TRUE(live(h));
    for (std::uint64_t h : fresh) EXPECT_FALSE(live(h));
    EXPECT_EQ(pages.exact_used(), used);
    EXPECT_EQ(pages.large_blocks().size(), 1u);
    check();
}

// --- Everything at random, against a model --------------------------------------------------------------------------

struct Model {
    struct Item {
        std::uint64_t handle = 0;  // object, or
        unsigned char* block = nullptr;
        std::size_t bytes = 0;
        unsigned char fill = 0;
        bool reachable = true;  // of objects and blocks: what the collector is told
    };
    std::vector<Item> items;
};

class PageHeapRandom : public PageHeapTest, public ::testing::WithParamInterface<int> {};

TEST_P(PageHeapRandom, PH1_PH2_PH4_PH5_PH7_AgainstAModel) {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()) * 77 + 5);
    Model now;
    struct Scope {
        PageHeap::ScopeMark mark;
        Model before;
        std::size_t used;
    };
    std::vector<Scope> scopes;
    std::vector<std::uint64_t> gone;
    pages.single_slot_claims = GetParam() % 3 == 0;
    bool marking = false;
    const auto mark_all = [&] {
        const auto mark_model = [&](const Model& m) {
            for (const Model::Item& i : m.items) {
                if (!i.reachable) continue;
                if (i.handle && live(i.handle)) (void)pages.mark(word::position(i.handle));
                if (i.block) pages.mark_payload(i.block, i.bytes);
            }
        };
        mark_model(now);
        for (std::size_t s = 1; s < scopes.size(); ++s) mark_model(scopes[s].before);  // what nested scopes want back
    };
    // After the atomic step the unreachable are as good as gone, in the model of every nested scope too.
    const auto forget_unreachable = [&] {
        const auto forget = [&](Model& m, const Model* old) {
            std::erase_if(m.items, [&](const Model::Item& i) {
                if (i.reachable) return false;
                if (old) {
                    for (const Model::Item& o : old->items) {
                        if (o.handle == i.handle && o.block == i.block) return false;  // PH4
                    }
                }
                return true;
            });
        };
        forget(now, scopes.empty() ? nullptr : &scopes[0].before);
        for (std::size_t s = 1; s < scopes.size(); ++s) forget(scopes[s].before, &scopes[0].before);
    };
    const auto verify = [&] {
        for (const Model::Item& i : now.items) {
            if (!i.reachable) continue;
            if (i.handle) {
                ASSERT_TRUE(live(i.handle));
            }
            if (i.block) {
                for (std::size_t k = 0; k < i.bytes; ++k) ASSERT_EQ(i.block[k], i.fill);
            }
        }
        for (std::uint64_t h : gone) ASSERT_FALSE(live(h));
    };
    for (int step = 0; step < 5000; ++step) {
        switch (random() % 16) {
            default: {  // objects
                const std::uint64_t h = object(static_cast<unsigned>(random() % kObjectClasses));
                if (random() % 64 == 0) budget.fail_charge(1 + random() % 4);
                if (h) {
                    for (const Model::Item& i : now.items) ASSERT_NE(i.handle, h);
                    now.items.push_back({h, nullptr, 0, 0, true});
                }
                break;
            }
            case 0:
            case 1:
            case 2: {  // blocks
                const std::size_t bytes = 1 + random() % (random() % 8 == 0 ? 6000 : 200);
                auto* p = static_cast<unsigned char*>(pages.allocate_payload(bytes));
                if (p) {
                    const auto fill = static_cast<unsigned char>(random());
                    std::memset(p, fill, bytes);
                    now.items.push_back({0, p, bytes, fill, true});
                }
                break;
            }
            case 3:
            case 4:
            case 5:  // becomes unreachable; while marking it may be marked already, which is no harm
                for (int k = 0; k < 3 && !now.items.empty(); ++k) {
                    Model::Item& item = now.items[random() % now.items.size()];
                    item.reachable = false;
                }
                break;
            case 6:
                if (scopes.size() < 4) {
                    // Unreachable things are not tracked across the scope.
                    std::erase_if(now.items, [](const Model::Item& i) { return !i.reachable; });
                    const std::size_t used = pages.exact_used();
                    if (scopes.empty()) marking = false;
                    scopes.push_back({pages.open_scope(), now, used});
                }
                break;
            case 7:
                if (!scopes.empty()) {
                    const Scope s = scopes.back();
                    scopes.pop_back();
                    if (scopes.empty()) marking = false;
                    const std::uint32_t outer = scopes.empty() ? 0 : scopes.back().mark.epoch;
                    if (random() % 2) {
                        if (scopes.empty()) pages.flush_caches();
                        pages.keep_scope(s.mark, outer);
                        break;
                    }
                    for (const Model::Item& i : now.items) {
                        if (!i.handle) continue;
                        const bool before = std::any_of(s.before.items.begin(), s.before.items.end(),
                                                        [&](const Model::Item& o) { return o.handle == i.handle; });
                        if (!before) gone.push_back(i.handle);
                    }
                    pages.undo_scope(s.mark, outer);
                    now = s.before;
                    if (scopes.empty()) {
                        EXPECT_EQ(pages.exact_used(), s.used);
                    }
                    verify();
                }
                break;
            case 8:  // a step of a collection
                if (pages.sweeping()) {
                    (void)pages.sweep(1 + random() % 8);
                } else if (!marking) {
                    pages.begin_marking();
                    marking = true;
                } else {
                    mark_all();
                    pages.begin_sweep();
                    marking = false;
                    forget_unreachable();
                }
                break;
        }
        if (step % 250 == 0) {
            verify();
            check();
        }
        if (HasFatalFailure()) return;
    }
    budget.fail_charge(0);
    while (!scopes.empty()) {
        const Scope s = scopes.back();
        scopes.pop_back();
        pages.undo_scope(s.mark, scopes.empty() ? 0 : scopes.back().mark.epoch);
        now = s.before;
    }
    verify();
    check();
    collect({});
    EXPECT_EQ(budget.used(), 0u);
    check();
}

INSTANTIATE_TEST_SUITE_P(Seeds, PageHeapRandom, ::testing::Range(0, 60));

}  // namespace
}  // namespace arenite

// Tests of arena/poison.h: memory that belongs to nobody is seen when it is used. PO1 and PO2 are its invariants.
#include "arena/poison.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "arena/page_heap.h"

namespace arenite {
namespace {

constexpr unsigned kTag = 3;

class PoisonTest : public ::testing::Test {
protected:
    ByteBudget budget;
    PageHeap pages{std::size_t{1} << 28, budget};

    /// Sweeps away everything but the blocks of `kept`.
    void collect(std::size_t bytes = 0, const std::vector<void*>& kept = {}) {
        pages.begin_marking();
        for (void* block : kept) pages.mark_payload(block, bytes);
        pages.begin_sweep();
        while (!pages.sweep(3)) {
        }
    }
    /// Whether nobody may touch the byte, as far as this build can tell.
    static bool poisoned(const void* byte) {
#if defined(ARENITE_ASAN)
        return __asan_address_is_poisoned(byte) != 0;
#else
        (void)byte;
        return true;
#endif
    }
    static void expect_poisoned(const void* start, std::size_t from, std::size_t to) {
        const auto* bytes = static_cast<const char*>(start);
        for (std::size_t i = from; i < to; ++i) EXPECT_TRUE(poisoned(bytes + i)) << i << " of " << from << ", " << to;
    }
    static void expect_usable(const void* start, std::size_t from, std::size_t to) {
        if (!kPoisons) return;
        const auto* bytes = static_cast<const char*>(start);
        for (std::size_t i = from; i < to; ++i) EXPECT_FALSE(poisoned(bytes + i)) << i << " of " << from << ", " << to;
    }
};

#if defined(ARENITE_ASAN)
/// The point of it all: a read or a write of a small block that is freed ends the process.
TEST_F(PoisonTest, PO1_AUseOfAFreedBlockIsReported) {
    const auto mark = pages.open_scope();
    for (const std::size_t bytes : {8, 16, 24, 100, 512, 2048, 5000}) {
        auto* const block = static_cast<volatile char*>(pages.allocate_payload(bytes));
        block[bytes - 1] = 1;
        pages.release_payload(const_cast<char*>(block), bytes);
        EXPECT_DEATH((void)block[0], "AddressSanitizer: (use-after-poison|heap-use-after-free)") << bytes;
        EXPECT_DEATH(block[bytes - 1] = 2, "AddressSanitizer: (use-after-poison|heap-use-after-free)") << bytes;
    }
    pages.undo_scope(mark, 0);
}
TEST_F(PoisonTest, PO1_AUseBehindTheBytesAskedForIsReported) {
    auto* const block = static_cast<volatile char*>(pages.allocate_payload(33));  // of a class of 48
    EXPECT_DEATH((void)block[33], "AddressSanitizer: use-after-poison");
    EXPECT_DEATH(block[47] = 1, "AddressSanitizer: use-after-poison");
}
TEST_F(PoisonTest, PO1_AUseOfADeadObjectIsReported) {
    auto* const object = static_cast<volatile std::uint64_t*>(pages.allocate_object(kTableClass, kTag));
    object[2] = 1;
    collect();
    EXPECT_DEATH((void)object[2], "AddressSanitizer: use-after-poison");
}
#endif

/// Sweeping, undoing a scope block by block and undoing it page by page.
TEST_F(PoisonTest, PO1_HoweverABlockIsFreed) {
    for (const std::size_t bytes : {16, 24, 48, 112, 768, 2048}) {
        void* const kept = pages.allocate_payload(bytes);
        void* const swept = pages.allocate_payload(bytes);
        collect(bytes, {kept});
        expect_poisoned(swept, 0, bytes);
        expect_usable(kept, 0, bytes);
        const auto mark = pages.open_scope();
        std::vector<void*> born;
        for (int i = 0; i < 600; ++i) born.push_back(pages.allocate_payload(bytes));  // beside `kept`, and whole pages
        for (void* block : born) expect_usable(block, 0, bytes);
        pages.undo_scope(mark, 0);
        for (void* block : born) expect_poisoned(block, 0, bytes);
        expect_usable(kept, 0, bytes);
        void* const again = pages.allocate_payload(bytes);
        expect_usable(again, 0, bytes);
        collect();
        expect_poisoned(kept, 0, bytes);
        pages.trim(0);
        expect_poisoned(kept, 0, bytes);
    }
}

TEST_F(PoisonTest, PO1_WhatIsNotAskedForOfABlock) {
    for (const std::size_t bytes : {1, 15, 17, 33, 65, 97, 513, 1025}) {
        void* const block = pages.allocate_payload(bytes);
        expect_usable(block, 0, bytes);
        expect_poisoned(block, bytes, PageHeap::payload_footprint(bytes));
    }
}

/// Its first two words may be read, and name nothing, also when its page is empty or was released.
TEST_F(PoisonTest, PO2_AHandleIsValidatedForEver) {
    for (unsigned cls = 0; cls < kObjectClasses; ++cls) {
        const std::size_t stride = class_stride(cls);
        std::vector<std::uint64_t*> objects;
        std::vector<std::uint64_t> handles;
        const auto born = [&] {
            auto* const words = pages.allocate_object(cls, kTag);
            expect_usable(words, 0, stride);
            std::memset(words + 1, 0, stride - sizeof *words);
            objects.push_back(words);
            handles.push_back(words[0]);
        };
        const auto expect_dead = [&] {
            for (std::size_t i = 0; i < objects.size(); ++i) {
                EXPECT_NE(objects[i][0], handles[i]);
                EXPECT_EQ(objects[i][1], 0u);
                expect_usable(objects[i], 0, 2 * sizeof(std::uint64_t));
                expect_poisoned(objects[i], 2 * sizeof(std::uint64_t), stride);
            }
        };
        for (int i = 0; i < 200; ++i) born();
        collect();
        expect_dead();
        objects.clear();
        handles.clear();
        const auto mark = pages.open_scope();
        const std::size_t some = 300 * (kPageBytes / stride);  // more pages than are kept
        for (std::size_t i = 0; i < some; ++i) born();
        pages.undo_scope(mark, 0);
        expect_dead();
        pages.trim(0);
        expect_dead();
    }
}

/// The ends of pages, and pages that change their class.
TEST_F(PoisonTest, PO1_EndsOfPages) {
    for (unsigned cls = 0; cls < kClassCount; ++cls) {
        const std::size_t stride = class_stride(cls);
        const auto* const slot =
            static_cast<const char*>(cls < kObjectClasses ? static_cast<void*>(pages.allocate_object(cls, kTag))
                                                          : pages.allocate_payload(stride));
        const std::uint32_t page = pages.space().position_of(slot) >> kPageShift;
        expect_poisoned(pages.space().page(page), kPageBytes / stride * stride, kPageBytes);
        collect();
        pages.trim(cls % 2 == 0 ? 0 : 100);
    }
}

/// Builds with asserts: what a stale pointer finds is no value of anybody's.
TEST_F(PoisonTest, FreedBlocksAreFilled) {
    if (!kFillsFreed || kPoisons) GTEST_SKIP() << "not filled, or not to be read";
    for (const std::size_t bytes : {16, 48, 2048}) {
        auto* const block = static_cast<std::uint64_t*>(pages.allocate_payload(bytes));
        void* const other = pages.allocate_payload(bytes);
        std::memset(block, 0, bytes);
        collect(bytes, {other});
        for (std::size_t i = 0; i < bytes / sizeof *block; ++i) EXPECT_EQ(block[i], kFreedWord) << bytes << " " << i;
    }
    auto* const object = pages.allocate_object(kTableClass, kTag);
    (void)pages.allocate_object(kTableClass, kTag);
    object[1] = 0;
    object[2] = 5;
    collect();
    EXPECT_EQ(object[1], 0u);
    for (std::size_t i = 2; i < 8; ++i) EXPECT_EQ(object[i], kFreedWord) << i;
}

/// A range that another heap has had is as good as new.
TEST_F(PoisonTest, ARangeThatIsUsedAgain) {
    auto pool = std::make_shared<ReservationPool>();
    for (int turn = 0; turn < 3; ++turn) {
        ByteBudget mine;
        PageHeap again(std::size_t{1} << 28, mine, pool);
        for (int i = 0; i < 1000; ++i) {
            const std::size_t bytes = 16 + static_cast<std::size_t>(i * 37 % 2000);
            std::memset(again.allocate_payload(bytes), 0xFF, bytes);
        }
        const char* const start = again.space().page(1);
        expect_usable(start, 0, 16);
    }
}

}  // namespace
}  // namespace arenite

// Tests of arena/reservation_pool.h, and of address spaces that use one.
#include "arena/reservation_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "arena/address_space.h"

namespace arenite {
namespace {

constexpr std::size_t kRange = std::size_t{4} << 20;

bool is_zero(const char* p, std::size_t bytes) {
    return std::all_of(p, p + bytes, [](char c) { return c == 0; });
}

TEST(ReservationPool, RP1_WhatWasUsedIsZero) {
    ReservationPool pool;
    const std::size_t side = kRange / 2;
    const std::size_t used = ReservationPool::kWarmBytes + 12 * kPageBytes;  // warm, and beyond
    for (const std::size_t bytes : {used, kPageBytes + 8, std::size_t{8}}) {
        Reservation range = reserve_memory(kRange);
        ASSERT_NE(range.start, nullptr);
        std::memset(range.start, 0x5A, bytes);
        std::memset(range.start + side, 0x5A, bytes);
        pool.give(range, bytes, side, bytes);
        ASSERT_EQ(pool.size(), 1u);
        range = pool.take(kRange);
        ASSERT_NE(range.start, nullptr);
        EXPECT_EQ(range.bytes, kRange);
        EXPECT_TRUE(is_zero(range.start, kRange));
        unreserve_memory(range);
    }
}

TEST(ReservationPool, RP2_KeepsNoMoreThanItWasMadeFor) {
    ReservationPool pool(2);
    for (int i = 0; i < 3; ++i) pool.give(reserve_memory(kRange), kPageBytes, kRange / 2, 0);
    EXPECT_EQ(pool.size(), 2u);
    EXPECT_EQ(pool.take(kRange / 2).start, nullptr);  // exactly that size, or none
    EXPECT_EQ(pool.size(), 2u);
    const Reservation a = pool.take(kRange);
    const Reservation b = pool.take(kRange);
    EXPECT_NE(a.start, b.start);
    EXPECT_EQ(pool.take(kRange).start, nullptr);
    unreserve_memory(a);
    unreserve_memory(b);
}

TEST(ReservationPool, RP4_AThreadHasOneOfItsOwn) {
    std::shared_ptr<ReservationPool> other;
    std::weak_ptr<ReservationPool> watched;
    std::thread([&] {
        // An object that outlives it finds none.
        struct Late {
            ~Late() { EXPECT_EQ(ReservationPool::of_thread(), nullptr); }
        };
        thread_local Late late;
        (void)late;
        other = ReservationPool::of_thread();
        watched = other;
        ASSERT_NE(other, nullptr);
        EXPECT_EQ(other, ReservationPool::of_thread());
        other->give(reserve_memory(kRange), 0, kRange / 2, 0);
        other->give(reserve_memory(kRange), 0, kRange / 2, 0);
        EXPECT_EQ(other->size(), 1u);
    }).join();
    EXPECT_NE(other, ReservationPool::of_thread());
    EXPECT_EQ(other->size(), 1u);  // what a VM has that was made by a thread that has ended
    other.reset();
    EXPECT_TRUE(watched.expired());
}

TEST(ReservationPool, RP3_ThreadsShareIt) {
    const auto pool = std::make_shared<ReservationPool>(3);
    std::vector<std::thread> threads;
    std::vector<char> clean(4, 1);
    for (std::size_t t = 0; t < clean.size(); ++t) {
        threads.emplace_back([&, t] {
            for (int round = 0; round < 300; ++round) {
                AddressSpace space(kRange, 64, pool);
                if (!space.ok() || !space.ensure_pages(4)) {
                    clean[t] = 0;
                    return;
                }
                if (!is_zero(space.page(1), kPageBytes)) clean[t] = 0;
                std::memset(space.page(1), static_cast<int>(t) + 1, kPageBytes);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(clean, std::vector<char>(4, 1));
    EXPECT_LE(pool->size(), 3u);
}

#if !defined(ARENITE_CHUNK_TABLE)
TEST(ReservationPool, AS2_AS3_AddressSpacesUseOneRangeAfterTheOther) {
    const auto pool = std::make_shared<ReservationPool>();
    const char* first = nullptr;
    for (const std::uint32_t pages : {900u, 3u, 70u}) {
        AddressSpace space(kRange, 128, pool);
        ASSERT_TRUE(space.ok());
        ASSERT_TRUE(space.ensure_pages(pages));
        if (!first) first = space.base();
        EXPECT_EQ(space.base(), first);
        auto* side = static_cast<char*>(space.side());
        EXPECT_TRUE(is_zero(space.page(0), kRange));
        EXPECT_TRUE(is_zero(side, kRange / kPageBytes * 128));
        std::memset(space.page(1), 0x5A, (pages - 1) * kPageBytes);
        std::memset(side, 0x5A, pages * 128);
        EXPECT_EQ(pool->size(), 0u);
    }
    EXPECT_EQ(pool->size(), 1u);
}
#endif

}  // namespace
}  // namespace arenite

// Tests of heap/string_table.h and of strings made by heap/factory.h.
#include "heap/string_table.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <unordered_map>

#include "../txn/world.h"

namespace arenite {
namespace {

class StringTest : public ::testing::Test {
protected:
    World w;
    Heap& heap = w.heap;
    Value text(std::string_view s) { return ObjectFactory::make_string(heap, s); }
    void expect_clean() {
        const auto problem = w.verify();
        EXPECT_FALSE(problem.has_value()) << *problem;
    }
};

TEST_F(StringTest, ShortStringsAreInternedLongOnesAreNot) {
    for (std::size_t length = 0; length <= 100; ++length) {
        const std::string s(length, 'a');
        const Value a = text(s);
        const Value b = text(s);
        EXPECT_EQ(a.is<ShortString>(), length <= kShortStringMax);
        EXPECT_EQ(a == b, length <= kShortStringMax);
        EXPECT_TRUE(heap.raw_equal(a, b));
        if (a.is<LongString>()) {
            EXPECT_EQ(heap.hash_of(a), heap.hash_of(b));
        }
        EXPECT_EQ(heap.string(a), s);
        EXPECT_EQ(heap.string(a).data()[length], '\0');
    }
    EXPECT_FALSE(heap.raw_equal(text(std::string(60, 'a')), text(std::string(60, 'b'))));
    EXPECT_FALSE(heap.raw_equal(text("1"), Value::number(1)));
    expect_clean();
}

TEST_F(StringTest, BytesMayBeAnything) {
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    EXPECT_EQ(heap.string(text(all)), all);
    const std::string nuls("\0a\0", 3);
    EXPECT_EQ(heap.string(text(nuls)), nuls);
    EXPECT_NE(text(nuls), text(std::string("\0b\0", 3)));
    EXPECT_NE(text(std::string("\0", 1)), text(""));
}

TEST_F(StringTest, LookupDoesNotMake) {
    EXPECT_TRUE(heap.strings().lookup(heap, "not there").is_nil());
    const Value v = text("there");
    EXPECT_EQ(heap.strings().lookup(heap, "there"), v);
    EXPECT_TRUE(heap.strings().lookup(heap, "not there").is_nil());
}

TEST_F(StringTest, ST1_ST2_AgainstAMapWithCollections) {
    std::mt19937_64 engine(5);
    std::unordered_map<std::string, Value> held;
    for (int step = 0; step < 20'000; ++step) {
        const std::string s = "s" + std::to_string(engine() % 3000);
        switch (engine() % 8) {
            case 0: held.erase(s); break;
            case 1:
                if (engine() % 100 == 0) {
                    w.held.clear();
                    for (const auto& [k, v] : held) w.held.push_back(v);
                    heap.collector().collect();
                    for (const auto& [k, v] : held) {
                        ASSERT_EQ(heap.string(v), k);
                        ASSERT_EQ(heap.strings().lookup(heap, k), v);
                    }
                    expect_clean();
                }
                break;
            default: {
                const Value v = text(s);
                const auto at = held.find(s);
                if (at != held.end()) {
                    ASSERT_EQ(v, at->second);
                } else if (engine() % 4 == 0) {
                    held.emplace(s, v);
                }
            }
        }
    }
    // It does not grow forever with what comes and goes.
    w.held.clear();
    heap.collector().collect();
    for (int i = 0; i < 200'000; ++i) {
        (void)text("once " + std::to_string(i));
        if (i % 1000 == 0) heap.collector().collect();
    }
    EXPECT_LE(heap.strings().capacity(), 1u << 15);
    expect_clean();
}

TEST_F(StringTest, ST2_EntriesOfFormerOwnersOfASlotAreDropped) {
    for (int round = 0; round < 60; ++round) {  // each round's strings live in the slots of the round before
        w.held.clear();
        heap.collector().collect();
        for (int i = 0; i < 1000; ++i) {
            w.held.push_back(text("round " + std::to_string(round) + ", " + std::to_string(i)));
        }
        for (int i = 0; i < 1000; ++i) {
            const std::string s = "round " + std::to_string(round) + ", " + std::to_string(i);
            ASSERT_EQ(text(s), w.held[static_cast<std::size_t>(i)]);
            ASSERT_EQ(heap.strings().lookup(heap, s), w.held[static_cast<std::size_t>(i)]);
        }
        ASSERT_TRUE(heap.strings().lookup(heap, "round " + std::to_string(round - 1) + ", 5").is_nil());
        ASSERT_LE(heap.strings().capacity(), 2048u);  // twice the live ones
    }
    expect_clean();
}

TEST_F(StringTest, ST5_ALargeTableIsRebuiltWithManyStrings) {
    std::size_t made = 0;
    const auto make = [&] { w.held.push_back(text("s" + std::to_string(made++))); };
    for (const std::size_t capacity : {2048, 4096, 16384, 65536}) {
        while (heap.strings().capacity() < capacity || heap.strings().moving()) make();
        ASSERT_EQ(heap.strings().capacity(), capacity);
        while (!heap.strings().moving()) make();
        const std::size_t begun = made;
        while (heap.strings().moving()) {
            make();
            ASSERT_EQ(heap.strings().lookup(heap, "s" + std::to_string(made * 7919 % made)),
                      w.held[made * 7919 % made]);
            if (made % (capacity / 256) == 0) expect_clean();
        }
        // In many pieces, and in time: it was 11/16 full.
        EXPECT_GE(made - begun, capacity / 64);
        EXPECT_LE(made, capacity / 4 * 3);
        EXPECT_EQ(heap.strings().capacity(), 2 * capacity);
    }
    for (std::size_t i = 0; i < made; ++i) ASSERT_EQ(text("s" + std::to_string(i)), w.held[i]);
    expect_clean();
}

TEST_F(StringTest, ST5_ALargeArrayIsGivenBackInPieces) {
    std::size_t made = 0;
    const auto make = [&] { w.held.push_back(text("s" + std::to_string(made++))); };
    while (heap.strings().capacity() < (1u << 17)) make();
    while (!heap.strings().moving()) make();
    while (heap.strings().moving()) make();
    std::size_t pieces = 0;
    for (std::size_t before = heap.strings().bytes(); before > heap.strings().capacity() * sizeof(std::uint32_t);) {
        expect_clean();
        const std::size_t used = heap.budget.used();
        ASSERT_EQ(text("s1"), w.held[1]);
        ASSERT_EQ(heap.strings().lookup(heap, "s2"), w.held[2]);
        ASSERT_NE(text("piece " + std::to_string(pieces)), Value::nil());
        EXPECT_LT(heap.strings().bytes(), before);
        EXPECT_LT(heap.budget.used(), used);
        before = heap.strings().bytes();
        ++pieces;
    }
    EXPECT_GE(pieces, 4u);
    expect_clean();
}

TEST_F(StringTest, AStringFoundDuringASweepIsRevived) {
    for (int extra = 0; extra < 40; ++extra) {
        const Value v = text("found again");
        for (int i = 0; i < 300; ++i) (void)text("filler " + std::to_string(i));
        heap.collector().collect();
        const Value again = text("found again");
        w.held = {};
        while (heap.collector().phase() != Collector::Phase::Sweep) (void)heap.collector().step(100'000);
        for (int i = 0; i < extra; ++i) (void)heap.collector().step(1);
        const Value late = text("found again");  // dead or dying: made again or revived
        while (heap.collector().phase() == Collector::Phase::Sweep) (void)heap.collector().step(1);
        EXPECT_TRUE(heap.alive(late));
        EXPECT_EQ(heap.string(late), "found again");
        (void)v;
        (void)again;
    }
    expect_clean();
}

TEST_F(StringTest, OutOfMemoryIsNil) {
    heap.budget.set_limit(heap.budget.used());
    heap.flush_caches();
    heap.budget.set_limit(heap.budget.used());
    EXPECT_TRUE(text("a new one").is_nil());
    EXPECT_TRUE(text(std::string(1000, 'x')).is_nil());
    EXPECT_TRUE(text(std::string(100'000, 'x')).is_nil());
    heap.budget.set_limit(static_cast<std::size_t>(-1));
    expect_clean();
}

TEST_F(StringTest, HashingIsSeeded) {
    HeapOptions options;
    options.address_range = std::size_t{1} << 24;
    options.hash_seed = 1;
    Heap a(options);
    options.hash_seed = 2;
    Heap b(options);
    EXPECT_NE(a.hash_bytes("some text"), b.hash_bytes("some text"));
}

TEST_F(StringTest, ASeedIsDrawnUnlessThereIsOne) {
    HeapOptions options;
    options.address_range = std::size_t{1} << 24;
    const Heap a(options);
    const Heap b(options);
    EXPECT_NE(a.hash_seed(), 0u);
    EXPECT_NE(a.hash_seed(), b.hash_seed());
    EXPECT_NE(a.hash_bytes("some text"), b.hash_bytes("some text"));
    options.hash_seed = 1;
    EXPECT_EQ(Heap(options).hash_seed(), 1u);
}

}  // namespace
}  // namespace arenite

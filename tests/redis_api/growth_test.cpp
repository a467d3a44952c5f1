// Dictionaries and lists of the keyspace grow and shrink in pieces: no change moves more than a few elements, and
// nobody sees how far it has got (redis_api/keyspace/bucket_table.h, BT1 and BT2; item_ring.h).
#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "failing_allocations.h"
#include "redis_api/keyspace/dict.h"
#include "redis_api/keyspace/item_ring.h"

namespace arenite::redis::testing {
namespace {

using Numbers = Dict<int>;

std::string key(int i) {
    return "key " + std::to_string(i);
}

void insert(Numbers& dict, int from, int to) {
    for (int i = from; i < to; ++i) dict.insert(key(i), i);
}

void erase(Numbers& dict, int from, int to) {
    for (int i = from; i < to; ++i) EXPECT_TRUE(dict.erase(key(i)));
}

/// What a walk and random draws find. Afterwards all nodes have moved.
std::string seen(Numbers& dict) {
    std::string all;
    RandomSource random(7);
    for (int i = 0; i < 20 && !dict.empty(); ++i) all += dict.random(random)->key() + ';';
    std::uint64_t cursor = 0;
    do {
        cursor = dict.scan(cursor, [&all](const Numbers::Node& node) { all += node.key() + ','; });
    } while (cursor != 0);
    return all;
}

TEST(Growth, BT2_ADictionaryThatDoublesMovesAFewAtATime) {
    Numbers dict;
    insert(dict, 0, 4096);
    EXPECT_FALSE(dict.is_resizing());
    for (int size : {4096, 8192, 16384}) {
        insert(dict, size, size + size / 8);
        EXPECT_TRUE(dict.is_resizing()) << "all at once";
        insert(dict, size + size / 8, size + size / 2);
        EXPECT_FALSE(dict.is_resizing()) << "never done";
        insert(dict, size + size / 2, 2 * size);
    }
    for (int i = 0; i < 32768; ++i) ASSERT_NE(dict.find(key(i)), nullptr);
}

TEST(Growth, BT2_ADictionaryThatShrinksMovesAFewAtATime) {
    Numbers dict;
    insert(dict, 0, 65536);
    bool resized = false;
    for (int i = 0; i < 65000; ++i) {
        erase(dict, i, i + 1);
        resized = resized || (i < 62000 && dict.is_resizing());
    }
    EXPECT_TRUE(resized);
    EXPECT_FALSE(dict.is_resizing());
    for (int i = 65000; i < 65536; ++i) ASSERT_NE(dict.find(key(i)), nullptr);
}

/// One dictionary is examined after every few changes, which moves all its nodes, the other one at the end only.
TEST(Growth, BT1_NobodySeesWhereNodesAre) {
    for (int more : {1, 10, 100, 300, 1000, 3000}) {
        Numbers looked_at;
        Numbers other;
        for (Numbers* dict : {&looked_at, &other}) {
            const auto look = [&] {
                if (dict == &looked_at) (void)seen(*dict);
            };
            insert(*dict, 0, 8192);
            look();
            insert(*dict, 8192, 8192 + more);
            look();
            erase(*dict, 0, 7500);
            look();
            insert(*dict, 20000, 20000 + more);
        }
        EXPECT_EQ(seen(looked_at), seen(other)) << more;
    }
}

/// Wherever the moves have got to at the begin and the end of a scope.
TEST(Growth, BT1_RollbackTurnsBack) {
    for (int at : {1000, 1020, 4090, 4096, 4100, 5000}) {
        for (int more : {1, 10, 200, 4000, 20000}) {
            for (const bool nested : {false, true}) {
                Numbers dict;
                Numbers expected;
                insert(dict, 0, at);
                insert(expected, 0, at);
                dict.begin_undo();
                insert(dict, at, at + more);
                if (nested) {
                    dict.begin_undo();
                    erase(dict, 0, at - 10);
                    insert(dict, 50000, 50000 + more);
                    if (more % 3 == 0) {
                        dict.commit_undo();
                    } else {
                        dict.rollback_undo();
                    }
                }
                if (more > 10) erase(dict, at - 5, at + more / 2);
                dict.rollback_undo();
                insert(dict, 70000, 70100);
                insert(expected, 70000, 70100);
                ASSERT_EQ(seen(dict), seen(expected)) << at << ' ' << more << ' ' << nested;
            }
        }
    }
}

TEST(Growth, BT3_RollbackNeedsNoMemory) {
    Numbers dict;
    insert(dict, 0, 1000);
    for (int more : {100, 5000, 30000}) {
        dict.begin_undo();
        insert(dict, 1000, 1000 + more);
        dict.begin_undo();
        erase(dict, 0, 1000 + more - 3);
        const CountedAllocations allocations;
        dict.rollback_undo();
        dict.rollback_undo();
        EXPECT_EQ(allocations.count(), 0U);
        EXPECT_EQ(dict.size(), 1000U);
    }
}

TEST(Growth, AListMovesNoMoreThanABlock) {
    for (const bool front : {false, true}) {
        ItemRing ring;
        std::vector<const std::string*> places;  // of the elements that are there, from the end where none is added
        for (std::size_t i = 0; i < 20'000; ++i) {
            ring.reserve_one();
            if (front) {
                ring.push_front(std::to_string(i));
            } else {
                ring.push_back(std::to_string(i));
            }
            std::size_t moved = 0;
            if (i % 512 < 2 || i < 2000) {
                for (std::size_t n = 0; n < places.size(); ++n) {
                    const std::string* now = &ring[front ? i - n : n];
                    if (places[n] != now) ++moved;
                    places[n] = now;
                }
                ASSERT_LE(moved, 2 * 512U) << i;
            }
            places.push_back(&ring[front ? 0 : i]);
        }
    }
}

TEST(Growth, AListBehavesAsADeque) {
    std::mt19937 random(5);
    ItemRing ring;
    std::deque<std::string> expected;
    int number = 0;
    for (int phase = 0; phase < 60; ++phase) {
        const unsigned left = random() % 100;
        const bool grows = phase % 3 != 2;
        for (unsigned n = random() % 4000; n > 0; --n) {
            const bool front = random() % 100 < left;
            if (grows) {
                ring.reserve_one();
                const std::string item = "an item of some length " + std::to_string(++number);
                front ? ring.push_front(item) : ring.push_back(item);
                front ? expected.push_front(item) : expected.push_back(item);
            } else if (!expected.empty()) {
                ASSERT_EQ(front ? ring.pop_front() : ring.pop_back(), front ? expected.front() : expected.back());
                front ? expected.pop_front() : expected.pop_back();
            }
        }
        if (phase % 7 == 6) {
            while (expected.size() > 40) {
                (void)ring.pop_front();
                expected.pop_front();
            }
        }
        if (phase % 2 == 0) {
            for (int n = 0; ring.is_wide() && n < 1000; ++n) ASSERT_TRUE(ring.shrink_some());
            EXPECT_FALSE(ring.is_wide());
        }
        ASSERT_EQ(ring.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(ring[i], expected[i]) << phase;
    }
}

}  // namespace
}  // namespace arenite::redis::testing

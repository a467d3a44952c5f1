// Tests of heap/table.h: against a std::map, and against a reimplementation of what PUC Lua 5.1's ltable.c decides.
// Tables are changed through a transaction, the only way there is.
#include "heap/table.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>

#include "world_test.h"

namespace arenite {
namespace {

class TableTest : public WorldTest {
protected:
    using WorldTest::set;
    void set(Table* t, double k, double v) { set(t, Value::number(k), Value::number(v)); }
    void clear(Table* t, double k) { set(t, Value::number(k), Value::nil()); }
    void expect_clean() {
        const auto problem = w.verify();
        EXPECT_FALSE(problem.has_value()) << *problem;
    }
};

/// What two keys have in common when they are the same key: kind, and number or bytes or identity.
using ModelKey = std::tuple<int, double, std::string, std::uint64_t>;

ModelKey model_key(const Heap& heap, Value v) {
    if (v.is_number()) return {0, v.as_number() + 0.0, "", 0};  // + 0.0 makes -0 to 0
    if (v.is_string()) return {1, 0, std::string(heap.string(v)), 0};
    return {2, 0, "", v.bits};
}

TEST_F(TableTest, AgainstAMapWithKeysOfAllKinds) {
    std::mt19937_64 engine(42);
    const auto random = [&](std::size_t n) { return static_cast<std::size_t>(engine() % n); };
    for (int round = 0; round < 60; ++round) {
        Table* t = make(static_cast<std::uint32_t>(random(5)), static_cast<std::uint32_t>(random(5)));
        std::map<ModelKey, Value> model;
        std::vector<Value> objects;
        for (int i = 0; i < 20; ++i) objects.push_back(Value{make()->self});
        const auto any_key = [&]() -> Value {
            switch (random(10)) {
                case 0: return text("short " + std::to_string(random(40)));
                case 1: return text("long, that is, more than forty-seven bytes long: " + std::to_string(random(20)));
                case 2: return Value::boolean(random(2));
                case 3: return objects[random(objects.size())];
                case 4: return Value::light_userdata(random(10));
                case 5: {
                    constexpr double special[] = {0.0,
                                                  -0.0,
                                                  9007199254740992.0,
                                                  9007199254740993.0,
                                                  -1,
                                                  -2,
                                                  0.5,
                                                  -0.5,
                                                  1e300,
                                                  -1e300,
                                                  5e-324,
                                                  4294967296.0,
                                                  4294967297.0,
                                                  1073741824.0,
                                                  1073741825.0,
                                                  HUGE_VAL,
                                                  -HUGE_VAL};
                    return Value::number(special[random(std::size(special))]);
                }
                default: return Value::number(static_cast<double>(1 + random(60)));
            }
        };
        for (int step = 0; step < 600; ++step) {
            const Value k = any_key();
            const Value v = random(3) ? Value::number(static_cast<double>(step)) : Value::nil();
            set(t, k, v);
            if (v.is_nil()) {
                model.erase(model_key(heap, k));
            } else {
                model[model_key(heap, k)] = v;
            }
            const Value probe = any_key();
            const auto at = model.find(model_key(heap, probe));
            ASSERT_EQ(t->get(heap, probe), at == model.end() ? Value::nil() : at->second);
            if (probe.is_number() && probe.as_number() == std::floor(probe.as_number()) &&
                std::fabs(probe.as_number()) < 1e15) {
                const Value* slot = t->find_integer(heap, static_cast<std::int64_t>(probe.as_number()));
                ASSERT_EQ(slot ? *slot : Value::nil(), t->get(heap, probe));
            }
        }
        std::size_t count = 0;
        std::uint64_t index = 0;
        Value k, v;
        while (t->next_entry(index, k, v)) {
            ++count;
            const auto at = model.find(model_key(heap, k));
            ASSERT_NE(at, model.end());
            ASSERT_EQ(at->second, v);
            ASSERT_EQ(t->iteration_index(heap, k), static_cast<std::int64_t>(index));
            ASSERT_FALSE(k.is_number() && k.as_number() == 0 && std::signbit(k.as_number()));  // T5
        }
        ASSERT_EQ(count, model.size());
        expect_clean();
        w.held.clear();
    }
}

TEST_F(TableTest, NanAndNilAreFoundNowhere) {
    Table* t = make(4, 4);
    set(t, 1, 1);
    EXPECT_EQ(t->find(heap, Value::nil()), nullptr);
    EXPECT_EQ(t->find(heap, Value::canonical(std::nan(""))), nullptr);
    EXPECT_EQ(t->iteration_index(heap, Value::nil()), 0);
    EXPECT_EQ(t->iteration_index(heap, text("absent")), -1);
    EXPECT_EQ(make()->find(heap, text("x")), nullptr);
    EXPECT_EQ(make()->find(heap, Value::nil()), nullptr);
}

TEST_F(TableTest, T2_TheSharedEmptyNodeIsNeverWritten) {
    Table* a = make();
    Table* b = make();
    EXPECT_EQ(a->node_count(), 0u);
    EXPECT_EQ(a->nodes(), b->nodes());
    set(a, text("x"), Value::number(1));
    EXPECT_EQ(a->node_count(), 1u);
    EXPECT_TRUE(b->get(heap, text("x")).is_nil());
    EXPECT_TRUE(b->nodes()->key.is_nil());
    EXPECT_TRUE(b->nodes()->value.is_nil());
}

TEST_F(TableTest, T4_NextGoesOnWhileFieldsAreAssignedAndCleared) {
    std::mt19937_64 engine(7);
    for (int round = 0; round < 40; ++round) {
        Table* t = make();
        const int n = static_cast<int>(engine() % 200);
        for (int i = 1; i <= n; ++i) {
            set(t, i, i);
            set(t, text("key " + std::to_string(i)), Value::number(i));
            if (i % 5 == 0)
                set(t, text("a key so long that it is not interned, number " + std::to_string(i)), Value::number(i));
        }
        std::vector<Value> order;
        std::uint64_t index = 0;
        Value k, v;
        while (t->next_entry(index, k, v)) order.push_back(k);
        // Again, changing and clearing what has been visited, and going on from the key alone.
        std::vector<Value> seen;
        Value last = Value::nil();
        for (;;) {
            const std::int64_t at = t->iteration_index(heap, last);
            ASSERT_GE(at, 0);
            index = static_cast<std::uint64_t>(at);
            if (!t->next_entry(index, k, v)) break;
            seen.push_back(k);
            last = k;
            switch (engine() % 3) {
                case 0: set(t, k, Value::nil()); break;
                case 1: set(t, k, Value::boolean(true)); break;
                default: break;
            }
        }
        EXPECT_EQ(seen, order);
        expect_clean();
    }
}

// --- Sizes, as ltable.c computes them --------------------------------------------------------------------------------

/// The part of PUC Lua 5.1's ltable.c that decides on sizes and borders, reimplemented over a map of integer keys and a
/// count of other keys.
struct PucModel {
    std::map<std::int64_t, bool> keys;  // key -> has a value (false: a dead node or a nil array slot)
    std::size_t array = 0;
    std::size_t nodes = 0;       // 0 or a power of two
    std::size_t nodes_used = 0;  // nodes that were ever given a key since the last rehash

    static int ceil_log2(std::size_t x) { return x <= 1 ? 0 : std::bit_width(x - 1); }

    void rehash(std::int64_t extra) {
        std::vector<std::size_t> nums(32, 0);
        std::size_t candidates = 0;
        std::size_t total = 1;
        const auto count = [&](std::int64_t k) {
            if (k < 1 || k > (std::int64_t{1} << 26)) return;
            ++nums[static_cast<std::size_t>(ceil_log2(static_cast<std::size_t>(k)))];
            ++candidates;
        };
        for (const auto& [k, live] : keys) {
            if (!live) continue;
            ++total;
            count(k);
        }
        count(extra);
        std::size_t in_array = 0;
        std::size_t best = 0;
        std::size_t sum = 0;
        std::size_t power = 1;
        for (std::size_t i = 0; power / 2 < candidates; ++i, power *= 2) {
            if (nums[i] > 0) {
                sum += nums[i];
                if (sum > power / 2) {
                    best = power;
                    in_array = sum;
                }
            }
            if (sum == candidates) break;
        }
        std::erase_if(keys, [](const auto& item) { return !item.second; });
        array = best;
        const std::size_t hash = total - in_array;
        nodes = hash == 0 ? 0 : std::size_t{1} << ceil_log2(hash);
        nodes_used = 0;
        for (const auto& [k, live] : keys) nodes_used += !in_array_part(k);
    }
    [[nodiscard]] bool in_array_part(std::int64_t k) const { return k >= 1 && k <= static_cast<std::int64_t>(array); }
    [[nodiscard]] bool has(std::int64_t k) const {
        const auto at = keys.find(k);
        return at != keys.end() && at->second;
    }
    [[nodiscard]] std::size_t border() const {  // luaH_getn
        const auto halve = [&](std::size_t i, std::size_t j) {
            while (j - i > 1) {
                const std::size_t m = (i + j) / 2;
                (has(static_cast<std::int64_t>(m)) ? i : j) = m;
            }
            return i;
        };
        std::size_t j = array;
        if (j > 0 && !has(static_cast<std::int64_t>(j))) return halve(0, j);
        if (nodes == 0) return j;
        std::size_t i = j++;
        while (has(static_cast<std::int64_t>(j))) {
            i = j;
            j *= 2;
        }
        return halve(i, j);
    }
};

TEST_F(TableTest, GrowthAndBorderAsInPucLua) {
    // Only insertions of new keys and no clearing of nodes: then it is decided by counts alone when the hash part is
    // full, whatever the hash function is.
    std::mt19937_64 engine(3);
    for (int round = 0; round < 200; ++round) {
        Table* t = make();
        PucModel model;
        const int mode = round % 4;
        for (int step = 0; step < 150; ++step) {
            std::int64_t k = 0;
            switch (mode) {
                case 0: k = step + 1; break;                                           // a list
                case 1: k = 150 - step; break;                                         // backwards
                case 2: k = 1 + static_cast<std::int64_t>(engine() % 100); break;      // dense
                default: k = static_cast<std::int64_t>(engine() % 2000) - 500; break;  // sparse
            }
            if (!model.keys.contains(k) && !model.in_array_part(k)) {
                if (model.nodes_used == model.nodes) {
                    model.rehash(k);
                    model.keys[k] = true;
                    model.nodes_used += !model.in_array_part(k);
                } else {
                    model.keys[k] = true;
                    ++model.nodes_used;
                }
            }
            model.keys[k] = true;
            set(t, static_cast<double>(k), step);
            if (mode != 3 && engine() % 8 == 0 && model.array > 0) {  // array slots may be cleared
                const auto hole = 1 + static_cast<std::int64_t>(engine() % model.array);
                model.keys[hole] = false;
                clear(t, static_cast<double>(hole));
            }
            ASSERT_EQ(t->array_size(), model.array) << "round " << round << " step " << step;
            ASSERT_EQ(t->node_count(), model.nodes) << "round " << round << " step " << step;
            ASSERT_EQ(t->border(heap), model.border()) << "round " << round << " step " << step;
        }
        expect_clean();
        w.held.clear();
    }
}

TEST_F(TableTest, BorderIsABorder) {
    std::mt19937_64 engine(9);
    for (int round = 0; round < 300; ++round) {
        Table* t = make(static_cast<std::uint32_t>(engine() % 20), static_cast<std::uint32_t>(engine() % 20));
        for (int i = 0; i < 80; ++i) {
            const double k = static_cast<double>(1 + engine() % 40);
            if (engine() % 4)
                set(t, k, 1);
            else
                clear(t, k);
            const double n = t->border(heap);
            if (n > 0) {
                ASSERT_FALSE(t->get(heap, Value::number(n)).is_nil());
            }
            ASSERT_TRUE(t->get(heap, Value::number(n + 1)).is_nil());
        }
        w.held.clear();
    }
}

TEST_F(TableTest, SizesGivenAtCreation) {
    Table* t = make(10, 5);
    EXPECT_EQ(t->array_size(), 10u);
    EXPECT_EQ(t->node_count(), 8u);
    EXPECT_EQ(t->border(heap), 0u);
    for (int i = 1; i <= 10; ++i) set(t, i, i);
    EXPECT_EQ(t->array_size(), 10u);
    EXPECT_EQ(t->border(heap), 10u);
    for (int i = 0; i < 8; ++i) set(t, text(std::to_string(i)), Value::boolean(true));
    EXPECT_EQ(t->node_count(), 8u);
    EXPECT_TRUE(ObjectFactory::make_table(heap, Table::kMaxArray + 1, 0).is_null());
    EXPECT_TRUE(ObjectFactory::make_table(heap, 0, 0xFFFF'FFFF).is_null());
    expect_clean();
}

TEST_F(TableTest, ReserveKeepsEntries) {
    Table* t = make();
    for (int i = 1; i <= 30; ++i) set(t, i * 3, i);
    ASSERT_EQ(w.txn.reserve_array(*t, 50), TableStatus::Ok);
    EXPECT_EQ(t->array_size(), 50u);
    for (int i = 1; i <= 30; ++i) EXPECT_EQ(t->get(heap, Value::number(i * 3)), Value::number(i));
    EXPECT_EQ(w.txn.reserve_array(*t, 0xFFFF'FFFF), TableStatus::OutOfMemory);
    EXPECT_EQ(t->array_size(), 50u);
    expect_clean();
}

TEST_F(TableTest, FailedInsertionsLeaveTheTableAsItWas) {
    Table* t = make();
    for (int i = 1; i <= 64; ++i) set(t, text("k" + std::to_string(i)), Value::number(i));
    ASSERT_EQ(t->node_count(), 64u);
    const std::size_t used = heap.pages().exact_used();
    heap.budget.set_limit(0);
    const Value k = Value::number(1.5);
    EXPECT_EQ(w.txn.raw_set(*t, k, k), TableStatus::OutOfMemory);
    EXPECT_EQ(t->node_count(), 64u);
    EXPECT_TRUE(t->get(heap, k).is_nil());
    heap.budget.set_limit(static_cast<std::size_t>(-1));
    EXPECT_EQ(heap.pages().exact_used(), used);
    EXPECT_EQ(w.txn.raw_set(*t, k, k), TableStatus::Ok);
    EXPECT_EQ(t->get(heap, k), k);
    expect_clean();
}

TEST_F(TableTest, StaleKeysAreNotFollowed) {
    // T4, C6: a dead key stays in its node; its content is gone and must not be examined.
    Table* t = make(0, 16);
    for (int i = 0; i < 10; ++i) {
        set(t, text("this key is long, is used once, and is then forgotten: " + std::to_string(i)), Value::number(i));
    }
    std::uint64_t index = 0;
    Value k, v;
    std::vector<Value> keys;
    while (t->next_entry(index, k, v)) keys.push_back(k);
    for (const Value key : keys) set(t, key, Value::nil());
    heap.collector().collect();
    for (const Value key : keys) EXPECT_FALSE(heap.alive(key));
    for (int i = 0; i < 10; ++i) {
        const Value again = text("this key is long, is used once, and is then forgotten: " + std::to_string(i));
        EXPECT_TRUE(t->get(heap, again).is_nil());
        set(t, again, Value::number(i));
        EXPECT_EQ(t->get(heap, again), Value::number(i));
    }
    expect_clean();
}

}  // namespace
}  // namespace arenite

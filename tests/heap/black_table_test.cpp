// C1 where it is kept without a second scan: what is stored in a large black table while the collector re-marks is
// marked.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "../txn/world.h"

namespace arenite {
namespace {

class BlackTable : public ::testing::Test {
protected:
    static constexpr int kEntries = 5000;

    void SetUp() override { ASSERT_EQ(w.txn.begin(), TxnStatus::Ok); }
    Table* make() { return heap.get(ObjectFactory::make_table(heap, 0, 0)); }
    void set(Table& t, Value key, Value value) { ASSERT_EQ(txn.raw_set(t, key, value), TableStatus::Ok); }
    /// A table of kEntries in the array part and as many in the hash part.
    Value large() {
        Table* t = make();
        w.regs[23] = Value{t->self};
        for (int i = 1; i <= kEntries; ++i) {
            set(*t, Value::number(i), Value::number(i));
            set(*t, Value::number(-i), Value::number(i));
        }
        return Value{t->self};
    }
    /// A cycle that has marked everything and rechecks what has changed, which is much.
    void begin_remarking(const Table& t) {
        std::vector<Value> changed;
        for (int i = 0; i < 300; ++i) {
            Table* one = make();
            set(*one, Value::number(1), w.regs[0]);
            w.regs[0] = Value{one->self};
            changed.push_back(w.regs[0]);
        }
        gc.abandon();
        do {
            (void)gc.step(1);
        } while (deref<ObjectHeader>(heap.base(), changed.front().bits)->wkey != 0);
        for (const Value v : changed) set(*heap.get<Table>(v), Value::number(2), Value::number(2));
        while (!gc.keeps_black(t)) {
            ASSERT_TRUE(gc.marking());
            (void)gc.step(1);
        }
    }

    World w;
    Heap& heap = w.heap;
    Transaction& txn = w.txn;
    Collector& gc = w.heap.collector();
};

TEST_F(BlackTable, C1_WhatIsStoredIsMarked) {
    struct Case {
        const char* name;
        std::function<void(Table&, Value)> store;
    };
    const std::vector<Case> cases = {
        {"array slot", [&](Table& t, Value v) { set(t, Value::number(17), v); }},
        {"array slot, by its number",
         [&](Table& t, Value v) { ASSERT_EQ(txn.raw_set_integer(t, 18, v), TableStatus::Ok); }},
        {"node", [&](Table& t, Value v) { set(t, Value::number(-17), v); }},
        {"new key", [&](Table& t, Value v) { set(t, ObjectFactory::make_string(heap, "new"), v); }},
        {"new key, as key", [&](Table& t, Value v) { set(t, v, Value::boolean(true)); }},
        {"metatable", [&](Table& t, Value v) { ASSERT_EQ(txn.set_metatable(t, v), TableStatus::Ok); }},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const Value object = large();
        Table& t = *heap.get<Table>(object);
        begin_remarking(t);
        const Value fresh = Value{make()->self};
        c.store(t, fresh);
        EXPECT_TRUE(gc.marking());
        while (!gc.step(1000)) {
        }
        EXPECT_TRUE(heap.alive(fresh));
        EXPECT_EQ(w.verify(), std::nullopt);
        w.regs.fill(Value::nil());
    }
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
}

// C9: between two slices of a scan, no slot is left out.
TEST_F(BlackTable, C9_EverySlotIsScanned) {
    Table* t = make();
    w.regs[23] = Value{t->self};
    std::vector<Value> items;
    for (int i = 1; i <= 20'000; ++i) {
        for (const int key : {i, -i}) {
            items.push_back(Value{make()->self});
            set(*t, Value::number(key), items.back());
        }
    }
    gc.abandon();
    while (!gc.step(1000)) {
    }
    for (std::size_t i = 0; i < items.size(); ++i) ASSERT_TRUE(heap.alive(items[i])) << i;
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
}

}  // namespace
}  // namespace arenite

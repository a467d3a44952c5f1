// The weak table that is cleared in Finish, while the program inserts into it (heap/collector.h, C10).
#include <gtest/gtest.h>

#include "../txn/world.h"

namespace arenite {
namespace {

// An insertion may move the entry of what is dead past the place that the clearing has come to. So the next cycle finds
// it stale, on a page that may have been released since: builds that check the indices of arrays notice if that is
// examined.
TEST(PrivateWeak, C10_AnEntryThatMovesPastTheClearingIsClearedByTheNextCycle) {
    World w;
    Heap& heap = w.heap;
    Transaction& txn = w.txn;
    Collector& gc = heap.collector();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const auto make = [&] { return ObjectFactory::make_table(heap, 0, 0); };
    const Handle<Table> weak = make();
    w.regs[0] = Value::object(weak);
    const Handle<Table> metatable = make();
    w.regs[1] = Value::object(metatable);
    ASSERT_EQ(txn.raw_set(*heap.get(metatable), heap.name(Metamethod::Mode), ObjectFactory::make_string(heap, "k")),
              TableStatus::Ok);
    ASSERT_EQ(txn.set_metatable(*heap.get(weak), Value::object(metatable)), TableStatus::Ok);
    ASSERT_EQ(txn.set_private_weak(weak), TxnStatus::Ok);
    const auto insert = [&](int count) {
        for (int i = 0; i < count; ++i) {
            const Value key = Value::object(make());
            ASSERT_EQ(txn.raw_set(*heap.get(weak), key, Value::boolean(true)), TableStatus::Ok);
        }
    };
    const auto stale = [&] {
        int n = 0;
        const Table& t = *heap.get(weak);
        for (std::uint32_t i = 0; i < t.node_count(); ++i) {
            n += !t.nodes()[i].value.is_nil() && !heap.alive(t.nodes()[i].key);
        }
        return n;
    };
    int moved = 0;
    for (int round = 0; round < 20; ++round) {
        insert(600);
        gc.abandon();
        do {
            (void)gc.step(1000);
        } while (gc.marking());
        while (!gc.step(64)) insert(3);
        moved += stale();
        gc.collect();
        EXPECT_EQ(stale(), 0);
        EXPECT_EQ(w.verify(), std::nullopt);
    }
    EXPECT_GT(moved, 0) << "else this looks at nothing";
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
}

}  // namespace
}  // namespace arenite

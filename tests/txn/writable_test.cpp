// Witnesses (txn/writable.h, W1 to W3): made by the compare of the write key only, and noticed when they do not hold any
// more. That they cannot be made, copied or kept otherwise is for tests/compile_fail/witness_*.cpp to show.
#include "txn/writable.h"

#include <gtest/gtest.h>

#include "txn/transaction.h"
#include "world.h"

namespace arenite {
namespace {

class WritableTest : public ::testing::Test {
protected:
    Table* make(std::uint32_t array = 4) { return heap.get(ObjectFactory::make_table(heap, array, 0)); }
    [[nodiscard]] bool by_value(Value v) const {
        return Transaction::writable<Table>(heap, heap.base(), v).has_value();
    }

    World w;
    Heap& heap = w.heap;
    Transaction& txn = w.txn;
};

TEST_F(WritableTest, W1_OnlyOfWhatMayBeWrittenAtOnce) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make();
    w.regs[0] = Value{t->self};
    EXPECT_TRUE(txn.writable(*t));
    EXPECT_TRUE(by_value(w.regs[0]));

    std::size_t number = 0;
    ASSERT_EQ(txn.savepoint(number), TxnStatus::Ok);  // it is older than the scope now
    EXPECT_FALSE(txn.writable(*t));
    EXPECT_FALSE(by_value(w.regs[0]));
    ASSERT_EQ(txn.raw_set_integer(*t, 1, Value::number(1)), TableStatus::Ok);  // and saved
    EXPECT_TRUE(txn.writable(*t));
    ASSERT_EQ(txn.release(number), TxnStatus::Ok);

    while (!heap.collector().marking() || t->wkey != 0) (void)heap.collector().step(1);  // and black
    EXPECT_FALSE(txn.writable(*t));
    heap.collector().abandon();

    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    EXPECT_FALSE(txn.writable(*t)) << "outside of transactions nothing is writable";
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    EXPECT_FALSE(txn.writable(*t));
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
}

TEST_F(WritableTest, W1_NotOfTheDeadNorOfOtherKinds) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const Value dead = Value{make()->self};
    heap.collector().collect();
    ASSERT_FALSE(heap.alive(dead));
    EXPECT_FALSE(by_value(dead));
    EXPECT_FALSE(by_value(Value::object(ObjectFactory::make_cell(heap, Value::nil()))));
    EXPECT_FALSE(by_value(Value::number(1)));
    EXPECT_FALSE(by_value(Value::nil()));
    const auto cell = ObjectFactory::make_cell(heap, Value::nil());
    EXPECT_TRUE(Transaction::writable<Cell>(heap, heap.base(), Value::object(cell)));
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
}

TEST_F(WritableTest, WhatIsStoredIsThereAndIsUndone) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make();
    w.regs[0] = Value{t->self};
    const auto cell = ObjectFactory::make_cell(heap, Value::nil());
    w.regs[1] = Value::object(cell);
    const auto buffer = ObjectFactory::make_buffer(heap);
    w.regs[2] = Value::object(buffer);
    ASSERT_EQ(txn.reserve(*heap.get(buffer), 5), TxnStatus::Ok);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    const auto state = [&] { return state_hash(heap, w.regs); };
    const std::uint64_t before = state();

    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    ASSERT_EQ(txn.raw_set_integer(*t, 1, Value::boolean(true)), TableStatus::Ok);  // saves it
    ASSERT_EQ(txn.set_cell(*heap.get(cell), Value::boolean(true)), TxnStatus::Ok);
    ASSERT_EQ(txn.append(*heap.get(buffer), "a"), TxnStatus::Ok);
    const auto table = txn.writable(*t);
    ASSERT_TRUE(table);
    const Value three[] = {Value::number(1), Value::number(2), Value::number(3)};
    table->set_slots(0, three, 3);
    table->move_slots(1, 0, 3);
    table->set_slot(0, Value::number(7));
    table->store(&t->array()[1], Value::number(8));
    table->store_again(&t->array()[3], Value::number(9));
    EXPECT_EQ(t->array()[0].as_number(), 7);
    EXPECT_EQ(t->array()[1].as_number(), 8);
    EXPECT_EQ(t->array()[2].as_number(), 2);
    EXPECT_EQ(t->array()[3].as_number(), 9);
    txn.writable(*heap.get(cell))->set(Value::number(5));
    EXPECT_EQ(heap.get(cell)->value().as_number(), 5);
    const auto bytes = txn.writable(*heap.get(buffer));
    ASSERT_TRUE(bytes);
    EXPECT_TRUE(bytes->has_room(4));
    EXPECT_FALSE(bytes->has_room(heap.get(buffer)->capacity()));
    bytes->append("bcd");
    EXPECT_EQ(heap.get(buffer)->view(), "abcd");
    EXPECT_NE(state(), before);
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(state(), before);
}

#if defined(ARENITE_CHECKS)
using WritableDeathTest = WritableTest;

TEST_F(WritableDeathTest, W2_UsedWhenItDoesNotHoldAnyMore) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make();
    w.regs[0] = Value{t->self};
    const auto witness = txn.writable(*t);
    ASSERT_TRUE(witness);
    witness->set_slot(0, Value::number(1));
    std::size_t number = 0;
    ASSERT_EQ(txn.savepoint(number), TxnStatus::Ok);
    EXPECT_DEATH(witness->set_slot(0, Value::number(2)), "W2");
    EXPECT_DEATH(witness->set_metatable(Value::nil()), "W2");
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    EXPECT_DEATH(witness->store(t->array(), Value::number(2)), "W2");
}

TEST_F(WritableDeathTest, W3_SlotsThatTheTableDoesNotHave) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make(4);
    const Table* other = make(4);
    const auto witness = txn.writable(*t);
    ASSERT_TRUE(witness);
    EXPECT_DEATH(witness->set_slot(4, Value::nil()), "W3");
    EXPECT_DEATH(witness->set_slots(3, other->array(), 2), "W3");
    EXPECT_DEATH(witness->move_slots(1, 0, 4), "W3");
    EXPECT_DEATH(witness->store(other->array(), Value::nil()), "W3");
    EXPECT_DEATH(witness->insert_fresh(t->nodes(), Value::nil(), Value::nil()), "W3");
}
#endif

}  // namespace
}  // namespace arenite

// heap/method_cache.h, MC2: what is found through a weak table is not remembered.
#include <gtest/gtest.h>

#include "../txn/world.h"

namespace arenite {
namespace {

TEST(MethodCache, MC2_ChainsWithAWeakTableAreNotRemembered) {
    World w;
    Heap& heap = w.heap;
    Transaction& txn = w.txn;
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const auto make = [&](std::size_t reg) -> Table& {
        w.regs[reg] = Value::object(ObjectFactory::make_table(heap, 0, 0));
        return *heap.get<Table>(w.regs[reg]);
    };
    const auto set = [&](Table& t, Value key, Value value) { ASSERT_EQ(txn.raw_set(t, key, value), TableStatus::Ok); };
    Table& base = make(0);  // object -> class -> base, each by the __index of its metatable
    Table& base_meta = make(1);
    Table& middle = make(2);
    Table& middle_meta = make(3);
    const Value key = ObjectFactory::make_string(heap, "field");
    const Value mode = ObjectFactory::make_string(heap, "v");
    set(base, key, Value::number(7));
    set(base_meta, heap.name(Metamethod::Index), Value{base.self});
    set(middle_meta, heap.name(Metamethod::Index), Value{middle.self});
    ASSERT_EQ(txn.set_metatable(middle, Value{base_meta.self}), TableStatus::Ok);
    const auto found = [&] { return heap.inherited_field(Value{middle_meta.self}, key); };
    const auto remembered = [&] { return heap.methods().at(middle_meta.self, key.bits).metatable == middle_meta.self; };
    ASSERT_NE(found(), nullptr);
    EXPECT_EQ(*found(), Value::number(7));
    EXPECT_TRUE(remembered());
    // The middle one, the one that has the field, and a metatable on the way.
    set(base_meta, heap.name(Metamethod::Mode), mode);
    EXPECT_FALSE(remembered()) << "MC1";
    EXPECT_EQ(found(), nullptr);
    EXPECT_FALSE(remembered());
    set(base_meta, heap.name(Metamethod::Mode), Value::nil());
    ASSERT_NE(found(), nullptr);
    for (Table* weak : {&base, &middle_meta}) {
        Table& meta = make(4);
        set(meta, heap.name(Metamethod::Mode), mode);
        ASSERT_EQ(txn.set_metatable(*weak, Value{meta.self}), TableStatus::Ok);
        EXPECT_EQ(found(), nullptr);
        EXPECT_FALSE(remembered());
        ASSERT_EQ(txn.set_metatable(*weak, Value::nil()), TableStatus::Ok);
        ASSERT_NE(found(), nullptr);
        EXPECT_TRUE(remembered());
    }
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
}

}  // namespace
}  // namespace arenite

// A heap with a transaction that has begun, and what tests make in it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "../txn/world.h"

namespace arenite {

class WorldTest : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(w.txn.begin(), TxnStatus::Ok); }

    /// A table that is kept alive.
    Table* make(std::uint32_t array = 0, std::uint32_t hash = 0) {
        Table* t = heap.get(ObjectFactory::make_table(heap, array, hash));
        w.held.push_back(Value{t->self});
        return t;
    }
    Value text(std::string_view s) { return ObjectFactory::make_string(heap, s); }
    void set(Table* t, Value k, Value v) { ASSERT_EQ(w.txn.raw_set(*t, k, v), TableStatus::Ok); }

    World w;
    Heap& heap = w.heap;
};

}  // namespace arenite

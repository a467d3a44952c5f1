// Tests of txn/transaction.h and txn/journal.h, one invariant at a time. rollback_test.cpp does everything at random.
#include "txn/transaction.h"
#include "tests/support/heap_access.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "arena/poison.h"
#include "heap/thread_arrays.h"

#include "vm/embed/host.h"
#include "world.h"

namespace arenite {
namespace {

class TransactionTest : public ::testing::Test {
protected:
    World w;
    Heap& heap = w.heap;
    Transaction& txn = w.txn;

    Table* make_table(std::uint32_t array = 0, std::uint32_t hash = 0) {
        return heap.get(ObjectFactory::make_table(heap, array, hash));
    }
    Value text(std::string_view s) { return ObjectFactory::make_string(heap, s); }
    void expect_clean(bool collected = false) {
        const auto problem = w.verify(collected);
        EXPECT_FALSE(problem.has_value()) << *problem;
    }
    /// A committed table with `n` array items and `n` fields, in register 0.
    Table* big_table(int n) {
        EXPECT_EQ(txn.begin(), TxnStatus::Ok);
        Table* t = make_table();
        w.regs[0] = Value{t->self};
        for (int i = 1; i <= n; ++i) {
            EXPECT_EQ(txn.raw_set_integer(*t, i, Value::number(i)), TableStatus::Ok);
            EXPECT_EQ(txn.raw_set(*t, text("f" + std::to_string(i)), Value::number(-i)), TableStatus::Ok);
        }
        EXPECT_EQ(txn.commit(), TxnStatus::Ok);
        return t;
    }
    std::uint64_t hash() { return content_hash(heap, w.regs); }
};

TEST_F(TransactionTest, X7_NothingIsWrittenOutsideOfATransaction) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make_table(4, 4);
    Cell* c = heap.get(ObjectFactory::make_cell(heap, Value::nil()));
    Buffer* b = heap.get(ObjectFactory::make_buffer(heap));
    Userdata* u = heap.get(ObjectFactory::make_userdata(heap, 10, Value::nil()));
    Thread* th = heap.get(ObjectFactory::make_thread(heap, 10, 2));
    const Value up[] = {Value::nil()};
    NativeFunction* f = heap.get(ObjectFactory::make_native(heap, nullptr, "f", Value::nil(), up));
    w.regs = {Value{t->self}, Value{c->self}, Value{b->self}, Value{u->self}, Value{th->self}, Value{f->self}};
    for (std::size_t i = 6; i < w.regs.size(); ++i) w.regs[i] = Value::nil();
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    // And an object made outside of a transaction.
    NativeFunction* outside = heap.get(ObjectFactory::make_native(heap, nullptr, "g", Value::nil(), up));
    const std::uint64_t before = hash();
    const Value one = Value::number(1);
    char* data = nullptr;
    std::size_t number = 0;
    EXPECT_EQ(txn.raw_set(*t, one, one), TableStatus::ReadOnly);
    EXPECT_EQ(txn.raw_set(*t, text("x"), one), TableStatus::ReadOnly);
    EXPECT_EQ(txn.set_metatable(*t, Value{t->self}), TableStatus::ReadOnly);
    EXPECT_EQ(txn.set_read_only(*t, true), TableStatus::ReadOnly);
    EXPECT_EQ(txn.reserve_array(*t, 100), TableStatus::ReadOnly);
    EXPECT_EQ(txn.set_cell(*c, one), TxnStatus::NotActive);
    EXPECT_EQ(txn.set_upvalue(*f, 0, one), TxnStatus::NotActive);
    EXPECT_EQ(txn.set_upvalue(*outside, 0, one), TxnStatus::NotActive);
    EXPECT_EQ(txn.set_environment(*f, one), TxnStatus::NotActive);
    EXPECT_EQ(txn.set_environment(*u, one), TxnStatus::NotActive);
    EXPECT_EQ(txn.set_environment(*th, one), TxnStatus::NotActive);
    EXPECT_EQ(txn.set_metatable(*u, one), TxnStatus::NotActive);
    EXPECT_EQ(txn.set_type_metatable(LuaType::String, one), TxnStatus::NotActive);
    EXPECT_EQ(txn.set_registry(one), TxnStatus::NotActive);
    EXPECT_EQ(txn.checkpoint_thread(*th), TxnStatus::NotActive);
    EXPECT_EQ(txn.append(*b, "x"), TxnStatus::NotActive);
    EXPECT_EQ(txn.append_fill(*b, 1, 'x'), TxnStatus::NotActive);
    EXPECT_EQ(txn.resize(*b, 5), TxnStatus::NotActive);
    EXPECT_EQ(txn.writable_data(*b, data), TxnStatus::NotActive);
    EXPECT_TRUE(txn.finish(*b).is_nil());
    EXPECT_EQ(txn.savepoint(number), TxnStatus::NotActive);
    EXPECT_EQ(txn.release(1), TxnStatus::NotActive);
    EXPECT_EQ(txn.rollback_to(1), TxnStatus::NotActive);
    EXPECT_EQ(txn.commit(), TxnStatus::NotActive);
    EXPECT_EQ(txn.rollback(), TxnStatus::NotActive);
    EXPECT_EQ(hash(), before);
    EXPECT_TRUE(outside->upvalue(0).is_nil());
    for (const Value v : w.regs) {
        if (Table* table = heap.get<Table>(v)) {
            EXPECT_FALSE(txn.writable(*table));
        }
    }
}

TEST_F(TransactionTest, OnlyOneTransactionAtATime) {
    Transaction other(heap);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    EXPECT_EQ(txn.begin(), TxnStatus::NotActive);
    EXPECT_EQ(other.begin(), TxnStatus::NotActive);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(other.begin(), TxnStatus::Ok);
    EXPECT_EQ(other.commit(), TxnStatus::Ok);
}

TEST_F(TransactionTest, ATransactionThatIsDestroyedRollsBack) {
    Table* t = big_table(10);
    const std::uint64_t before = hash();
    {
        Transaction other(heap);
        ASSERT_EQ(other.begin(), TxnStatus::Ok);
        ASSERT_EQ(other.raw_set_integer(*t, 1, Value::boolean(true)), TableStatus::Ok);
    }
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(txn.begin(), TxnStatus::Ok);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
    expect_clean();
}

TEST_F(TransactionTest, KeysThatAreNone) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make_table();
    EXPECT_EQ(txn.raw_set(*t, Value::nil(), Value::number(1)), TableStatus::NilKey);
    EXPECT_EQ(txn.raw_set(*t, Value::canonical(__builtin_nan("")), Value::number(1)), TableStatus::NanKey);
    EXPECT_EQ(txn.raw_set(*t, Value::canonical(-__builtin_nan("")), Value::number(1)), TableStatus::NanKey);
    EXPECT_EQ(txn.set_read_only(*t, true), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::number(1)), TableStatus::ReadOnly);
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::nil()), TableStatus::ReadOnly);
    EXPECT_FALSE(txn.writable(*t));
    EXPECT_EQ(txn.set_read_only(*t, false), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::number(1)), TableStatus::Ok);
}

TEST_F(TransactionTest, ReadOnlyRollsBack) {
    Table* t = big_table(100);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    EXPECT_EQ(txn.set_read_only(*t, true), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::nil()), TableStatus::ReadOnly);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_FALSE(t->read_only());
}

// With the address of a stack the bases of all its frames would change.
TEST_F(TransactionTest, CopiesOfLargeStacksGrowInPlaceAsTheStacksDo) {
    if (kPoisons) GTEST_SKIP() << "blocks are had from malloc";
    constexpr std::uint32_t kMost = 1'000'000;
    Thread* t = heap.get(ObjectFactory::make_thread(heap, 1'000, 64));
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    ASSERT_EQ(txn.checkpoint_thread(*t), TxnStatus::Ok);
    ASSERT_TRUE(ThreadArrays::grow_stack(heap, *t, 100'000, kMost));
    std::size_t number = 0;
    ASSERT_EQ(txn.savepoint(number), TxnStatus::Ok);
    const Value* const old = t->stack;
    ASSERT_EQ(txn.checkpoint_thread(*t), TxnStatus::Ok);
    const Value* const copy = t->stack;
    EXPECT_NE(copy, old);
    for (const std::uint32_t slots : {200'000u, 400'000u, kMost}) {
        ASSERT_TRUE(ThreadArrays::grow_stack(heap, *t, slots, kMost));
        EXPECT_EQ(t->stack, copy);
    }
    EXPECT_EQ(txn.rollback_to(number), TxnStatus::Ok);
    EXPECT_EQ(t->stack, old);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
}

// What a kept nested scope has saved counts for the outer one: a second header, saved after cards of nodes were changed, would
// make these visible while they are being undone.
TEST_F(TransactionTest, X12_CardsOfAKeptScopeAreNotSavedAgain) {
    Table* t = big_table(50'000);
    const std::uint64_t before = hash();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    std::size_t outer = 0;
    ASSERT_EQ(txn.savepoint(outer), TxnStatus::Ok);
    std::size_t inner = 0;
    ASSERT_EQ(txn.savepoint(inner), TxnStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*t, 777, Value::boolean(true)), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set(*t, text("f777"), Value::boolean(true)), TableStatus::Ok);
    ASSERT_EQ(txn.release(inner), TxnStatus::Ok);
    const std::size_t records = txn.journal().size();
    EXPECT_EQ(txn.raw_set_integer(*t, 777, Value::boolean(false)), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set(*t, text("f777"), Value::boolean(false)), TableStatus::Ok);
    EXPECT_EQ(txn.journal().size(), records);
    EXPECT_EQ(txn.rollback_to(outer), TxnStatus::Ok);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(hash(), before);
}

// A block that makes a large table grow has saved the table with its old parts.
TEST_F(TransactionTest, C15_WhatASavedTableHoldsIsMarkedInSlices) {
    constexpr int kEntries = 20'000;
    constexpr std::size_t kMost = 2 * 1024 + 64;  // of the saved parts and of the present ones
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make_table();
    w.regs[0] = Value{t->self};
    std::vector<Value> entries;
    for (int i = 1; i <= kEntries; ++i) {
        entries.push_back(Value{make_table()->self});
        ASSERT_EQ(txn.raw_set_integer(*t, i, entries.back()), TableStatus::Ok);
        ASSERT_EQ(txn.raw_set(*t, Value::number(-i), Value::number(i)), TableStatus::Ok);
    }
    std::size_t number = 0;
    ASSERT_EQ(txn.savepoint(number), TxnStatus::Ok);
    for (int i = 1; i <= 2 * kEntries; ++i) {
        ASSERT_EQ(txn.raw_set_integer(*t, kEntries + i, Value::number(i)), TableStatus::Ok);
    }
    const auto marked = [&] {
        return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(),
                                                      [&](Value v) { return heap.pages().is_marked(v.position()); }));
    };
    Collector& collector = heap.collector();
    (void)collector.advance(1);
    std::size_t before = marked();
    ASSERT_LE(before, kMost);
    while (before < kEntries) {
        (void)collector.advance(64);
        ASSERT_TRUE(collector.marking());
        const std::size_t now = marked();
        ASSERT_LE(now - before, kMost);
        before = now;
    }
    EXPECT_EQ(txn.rollback_to(number), TxnStatus::Ok);
    expect_clean();
    for (int i = 1; i <= kEntries; ++i) {
        ASSERT_EQ(t->get(heap, Value::number(i)).bits, entries[static_cast<std::size_t>(i) - 1].bits);
    }
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
}

TEST_F(TransactionTest, X6_OneFieldOfALargeTableJournalsOneCard) {
    Table* t = big_table(50'000);
    const std::uint64_t before = hash();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const std::size_t used = heap.pages().exact_used();
    EXPECT_EQ(txn.raw_set_integer(*t, 777, Value::boolean(true)), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set(*t, text("f777"), Value::boolean(true)), TableStatus::Ok);
    EXPECT_EQ(txn.journal().size(), 3u) << "two cards, and the header before the one of nodes (X12)";
    EXPECT_EQ(txn.raw_set_integer(*t, 778, Value::boolean(true)), TableStatus::Ok);  // the same card
    EXPECT_EQ(txn.journal().size(), 3u);
    EXPECT_LT(heap.pages().exact_used() - used, 5000u);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(txn.set_metatable(*t, i % 2 ? Value::nil() : heap.registry()), TableStatus::Ok);
    EXPECT_EQ(txn.journal().size(), 3u);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(heap.pages().exact_used(), used);
    expect_clean();
}

TEST_F(TransactionTest, X6_AManyTimesWrittenLargeTableIsMovedWhole) {
    Table* t = big_table(1000);
    const std::uint64_t before = hash();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    EXPECT_FALSE(txn.writable(*t));
    for (int i = 1; i <= 1000; ++i) EXPECT_EQ(txn.raw_set_integer(*t, i, Value::number(i + 1)), TableStatus::Ok);
    EXPECT_TRUE(txn.writable(*t));
    const std::size_t records = txn.journal().size();
    for (int i = 1; i <= 1000; ++i) EXPECT_EQ(txn.raw_set_integer(*t, i, Value::nil()), TableStatus::Ok);
    EXPECT_EQ(txn.journal().size(), records);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(hash(), before);
    expect_clean();
}

TEST_F(TransactionTest, JournalsOncePerScopeNotPerStore) {
    Table* t = big_table(5);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Cell* c = heap.get(ObjectFactory::make_cell(heap, Value::nil()));
    Userdata* u = heap.get(ObjectFactory::make_userdata(heap, 10, Value::nil()));
    const Value up[] = {Value::nil()};
    NativeFunction* f = heap.get(ObjectFactory::make_native(heap, nullptr, "f", Value::nil(), up));
    w.regs[1] = Value{c->self};
    w.regs[2] = Value{u->self};
    w.regs[3] = Value{f->self};
    const auto write_all = [&] {
        for (int i = 0; i < 50; ++i) {
            EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::number(i)), TableStatus::Ok);
            EXPECT_EQ(txn.set_cell(*c, Value::number(i)), TxnStatus::Ok);
            EXPECT_EQ(txn.set_environment(*u, heap.globals()), TxnStatus::Ok);
            EXPECT_EQ(txn.set_metatable(*u, heap.globals()), TxnStatus::Ok);
            EXPECT_EQ(txn.set_environment(*f, heap.globals()), TxnStatus::Ok);
            EXPECT_EQ(txn.set_upvalue(*f, 0, Value::number(i)), TxnStatus::Ok);
        }
    };
    write_all();
    EXPECT_EQ(txn.journal().size(), 1u);  // X2: only the table is older
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    const std::uint64_t before = hash();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    write_all();
    EXPECT_EQ(txn.journal().size(), 4u);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(hash(), before);
}

TEST_F(TransactionTest, X5_SavepointsNest) {
    Table* t = big_table(3);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    std::size_t a = 0, b = 0, c = 0;
    const auto set = [&](double d) { EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::number(d)), TableStatus::Ok); };
    const auto get = [&] { return t->get(heap, Value::number(1)).as_number(); };
    set(10);
    ASSERT_EQ(txn.savepoint(a), TxnStatus::Ok);
    set(20);
    ASSERT_EQ(txn.savepoint(b), TxnStatus::Ok);
    set(30);
    ASSERT_EQ(txn.savepoint(c), TxnStatus::Ok);
    set(40);
    EXPECT_EQ(txn.depth(), 4u);
    EXPECT_EQ(txn.release(0), TxnStatus::BadSavepoint);
    EXPECT_EQ(txn.release(4), TxnStatus::BadSavepoint);
    EXPECT_EQ(txn.rollback_to(0), TxnStatus::BadSavepoint);
    EXPECT_EQ(txn.rollback_to(99), TxnStatus::BadSavepoint);
    EXPECT_EQ(txn.release(c), TxnStatus::Ok);
    EXPECT_EQ(get(), 40);
    EXPECT_EQ(txn.rollback_to(b), TxnStatus::Ok);
    EXPECT_EQ(get(), 20);
    EXPECT_EQ(txn.rollback_to(b), TxnStatus::BadSavepoint);
    ASSERT_EQ(txn.savepoint(b), TxnStatus::Ok);
    set(50);
    EXPECT_EQ(txn.rollback_to(a), TxnStatus::Ok);  // ends b too
    EXPECT_EQ(get(), 10);
    EXPECT_EQ(txn.depth(), 1u);
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(get(), 1);
    expect_clean();
}

TEST_F(TransactionTest, X4_HandlesMadeInAnUndoneScopeAreStale) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const Value outer = Value{make_table()->self};
    w.regs[0] = outer;
    std::size_t s = 0;
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    const Value inner = Value{make_table(100, 100)->self};
    const Value word = text("never seen before");
    EXPECT_TRUE(heap.alive(word));
    ASSERT_EQ(txn.rollback_to(s), TxnStatus::Ok);
    EXPECT_TRUE(heap.alive(outer));
    EXPECT_FALSE(heap.alive(inner));
    EXPECT_FALSE(heap.alive(word));
    EXPECT_EQ(heap.get<Table>(inner), nullptr);
    EXPECT_TRUE(heap.strings().lookup(heap, "never seen before").is_nil());
    EXPECT_NE(text("never seen before").bits, word.bits);
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_FALSE(heap.alive(outer));
    w.drop_stale();
    expect_clean();
}

TEST_F(TransactionTest, X8_RecordsOfAKeptScopeMayBeRedundant) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make_table(1000, 1000);
    w.regs[0] = Value{t->self};
    std::size_t s = 0;
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*t, 5, Value::number(5)),
              TableStatus::Ok);                                         // a card of a part born in the outer scope
    EXPECT_EQ(txn.set_metatable(*t, heap.globals()), TableStatus::Ok);  // and an image
    EXPECT_GE(txn.journal().size(), 2u);
    ASSERT_EQ(txn.release(s), TxnStatus::Ok);
    EXPECT_EQ(txn.reserve_array(*t, 5000), TableStatus::Ok);  // frees the part
    EXPECT_EQ(txn.rollback(), TxnStatus::Ok);                 // under AddressSanitizer, this is the test
    w.drop_stale();
    expect_clean();
}

TEST_F(TransactionTest, J2_ADeadOwnersRecordIsSkipped) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make_table(0, 0);
    w.regs[0] = Value{t->self};
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::number(1)), TableStatus::Ok);
    std::size_t s = 0;
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::number(2)), TableStatus::Ok);
    w.regs[0] = Value::nil();
    heap.collector().collect();
    EXPECT_FALSE(heap.alive(Value{t->self}) && t->self != 0 && word::tag(t->self) == 3);
    std::vector<Value> fresh;
    for (int i = 0; i < 200; ++i) fresh.push_back(Value{make_table(4, 4)->self});
    ASSERT_EQ(txn.rollback_to(s), TxnStatus::Ok);
    for (const Value v : fresh) EXPECT_FALSE(heap.alive(v));  // PH7: whoever took over the slot too
    expect_clean();
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
}

TEST_F(TransactionTest, J2_ADyingOwnersRecordIsSkipped) {
    // In the middle of a sweep the owner's parts may be gone while its slot is not.
    for (std::size_t steps = 0; steps < 60; ++steps) {
        ASSERT_EQ(txn.begin(), TxnStatus::Ok);
        std::vector<Table*> tables;
        for (int i = 0; i < 200; ++i) {
            tables.push_back(make_table(300, 8));
            w.held.push_back(Value{tables.back()->self});
        }
        std::size_t s = 0;
        ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
        for (Table* t : tables) EXPECT_EQ(txn.raw_set_integer(*t, 7, Value::number(7)), TableStatus::Ok);
        w.held.clear();
        while (heap.collector().phase() != Collector::Phase::Sweep) (void)heap.collector().step(1000);
        for (std::size_t i = 0; i < steps; ++i) (void)heap.collector().step(1);
        ASSERT_EQ(txn.rollback_to(s), TxnStatus::Ok);
        expect_clean();
        ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
        expect_clean();
    }
}

TEST_F(TransactionTest, BuffersRollBack) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Buffer* b = heap.get(ObjectFactory::make_buffer(heap));
    w.regs[0] = Value{b->self};
    EXPECT_EQ(txn.append(*b, "hello"), TxnStatus::Ok);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    std::size_t s = 0;
    EXPECT_EQ(txn.append(*b, " world"), TxnStatus::Ok);
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    EXPECT_EQ(txn.resize(*b, 10'000), TxnStatus::Ok);
    EXPECT_EQ(txn.append_fill(*b, 10'000, '!'), TxnStatus::Ok);
    EXPECT_EQ(b->view().size(), 20'000u);
    const Value v = txn.finish(*b);
    EXPECT_EQ(heap.string(v).size(), 20'000u);
    EXPECT_EQ(b->view(), "");
    ASSERT_EQ(txn.rollback_to(s), TxnStatus::Ok);
    EXPECT_EQ(b->view(), "hello world");
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(b->view(), "hello");
    EXPECT_FALSE(heap.alive(v));
    expect_clean();
}

TEST_F(TransactionTest, BuffersAreJournaledOnce) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Buffer* b = heap.get(ObjectFactory::make_buffer(heap));
    w.regs[0] = Value{b->self};
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(txn.append(*b, "some text"), TxnStatus::Ok);
    std::size_t s = 0;
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    ASSERT_EQ(txn.release(s), TxnStatus::Ok);  // takes the write key away, but not what is known about the buffer
    for (int i = 0; i < 100; ++i) EXPECT_EQ(txn.append(*b, "some text"), TxnStatus::Ok);
    EXPECT_EQ(txn.journal().size(), 1u);
    EXPECT_EQ(b->view().size(), 1800u);
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(b->view(), "");
    expect_clean();
}

TEST_F(TransactionTest, ThreadsAreCheckpointed) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Thread* t = heap.get(ObjectFactory::make_thread(heap, 50, 4));
    w.regs[0] = Value{t->self};
    *t->top++ = Value::number(1);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    const std::uint64_t before = hash();
    const Value* stack = t->stack;
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    ASSERT_EQ(txn.checkpoint_thread(*t), TxnStatus::Ok);
    EXPECT_NE(t->stack, stack);
    const Value* moved = t->stack;
    ASSERT_EQ(txn.checkpoint_thread(*t), TxnStatus::Ok);  // once per scope
    EXPECT_EQ(t->stack, moved);
    t->stack[1] = Value::number(2);
    *t->top++ = Value::number(3);
    t->frame[1] = *t->frame;
    ++t->frame;
    t->frame->base = t->top;
    EXPECT_EQ(txn.set_environment(*t, heap.registry()), TxnStatus::Ok);
    expect_clean();
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(t->stack, stack);
    EXPECT_EQ(hash(), before);
    expect_clean();
}

TEST_F(TransactionTest, EpochsRestartBeforeTheyWrap) {
    Table* t = big_table(50);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    std::vector<Value> all;
    all.push_back(Value::object(ObjectFactory::make_cell(heap, Value::number(1))));
    all.push_back(Value::object(ObjectFactory::make_userdata(heap, 100, Value::nil())));
    all.push_back(Value::object(ObjectFactory::make_buffer(heap)));
    all.push_back(Value::object(ObjectFactory::make_thread(heap, 10, 2)));
    all.push_back(Value::object(ObjectFactory::make_native(heap, nullptr, "f", Value::nil(), {})));
    w.held = all;
    HeapTestAccess::pages(heap).skip_epochs(Transaction::kEpochLimit - heap.pages().epoch());
    std::size_t s = 0;
    EXPECT_EQ(txn.savepoint(s), TxnStatus::OutOfMemory);  // never past the limit
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    w.held.clear();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    EXPECT_LT(heap.pages().epoch(), 10u);
    all.clear();
    all.push_back(Value::object(ObjectFactory::make_cell(heap, Value::number(1))));
    all.push_back(Value::object(ObjectFactory::make_userdata(heap, 100, Value::nil())));
    all.push_back(Value::object(ObjectFactory::make_buffer(heap)));
    all.push_back(Value::object(ObjectFactory::make_thread(heap, 10, 2)));
    all.push_back(Value::object(ObjectFactory::make_native(heap, nullptr, "f", Value::nil(), {})));
    w.held = all;
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::number(7)), TableStatus::Ok);
    HeapTestAccess::pages(heap).skip_epochs(Transaction::kEpochRestart);
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    EXPECT_EQ(txn.set_cell(*heap.get<Cell>(all[0]), Value::number(3)), TxnStatus::Ok);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    const std::uint64_t before = hash();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);  // restarts: every object must count as old now
    EXPECT_LT(heap.pages().epoch(), 10u);
    EXPECT_EQ(t->epoch(), 0u);
    EXPECT_FALSE(txn.writable(*t));
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::number(8)), TableStatus::Ok);
    EXPECT_EQ(txn.set_cell(*heap.get<Cell>(all[0]), Value::number(9)), TxnStatus::Ok);
    EXPECT_EQ(txn.set_metatable(*heap.get<Userdata>(all[1]), heap.globals()), TxnStatus::Ok);
    EXPECT_EQ(txn.append(*heap.get<Buffer>(all[2]), "x"), TxnStatus::Ok);
    EXPECT_EQ(txn.checkpoint_thread(*heap.get<Thread>(all[3])), TxnStatus::Ok);
    *heap.get<Thread>(all[3])->top++ = Value::number(1);
    EXPECT_EQ(txn.set_environment(*heap.get<NativeFunction>(all[4]), heap.globals()), TxnStatus::Ok);
    expect_clean();
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(heap.get<Cell>(all[0])->value().as_number(), 3);
    EXPECT_TRUE(heap.get<Userdata>(all[1])->metatable().is_nil());
    EXPECT_EQ(heap.get<Buffer>(all[2])->view(), "");
    EXPECT_TRUE(heap.get<NativeFunction>(all[4])->environment().is_nil());
    expect_clean();
}

TEST_F(TransactionTest, StringInterningRollsBackExactly) {
    const std::size_t used = heap.pages().exact_used();
    for (int round = 0; round < 3; ++round) {
        ASSERT_EQ(txn.begin(), TxnStatus::Ok);
        for (int i = 0; i < 2000; ++i) (void)text("word " + std::to_string(i));
        expect_clean();
        ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
        EXPECT_EQ(heap.pages().exact_used(), used);
        expect_clean();
    }
}

// Fault tests run over all N: the N-th charge of one scenario fails, then all is rolled back.
TEST_F(TransactionTest, X3_FailingAnyAllocationLeavesNothingBehind) {
    Table* t = big_table(60);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Buffer* b = heap.get(ObjectFactory::make_buffer(heap));
    Thread* th = heap.get(ObjectFactory::make_thread(heap, 20, 3));
    Cell* c = heap.get(ObjectFactory::make_cell(heap, Value::nil()));
    w.regs[1] = Value{b->self};
    w.regs[2] = Value{th->self};
    w.regs[3] = Value{c->self};
    // So many that the string table grows below.
    for (int i = 0; i < 290; ++i) w.held.push_back(text("filler " + std::to_string(i)));
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    heap.collector().collect();
    const std::uint64_t before = hash();
    const std::size_t used = heap.pages().exact_used();
    const std::size_t capacity = heap.strings().capacity();
    bool grew = false;
    heap.pacing().single_slot_claims = true;
    std::size_t failures = 0;
    for (std::uint64_t n = 1;; ++n) {
        ASSERT_EQ(txn.begin(), TxnStatus::Ok);
        heap.budget.fail_charge(n);
        std::size_t s = 0;
        bool failed = false;
        for (int i = 50; i < 80; ++i) {
            failed |= txn.raw_set_integer(*t, i, Value::boolean(true)) == TableStatus::OutOfMemory;
            failed |= txn.raw_set(*t, text("new " + std::to_string(i)), Value::number(i)) != TableStatus::Ok;
            const auto made = ObjectFactory::make_table(heap, 3, 3);
            if (made) failed |= txn.raw_set_integer(*t, -i, Value::object(made)) == TableStatus::OutOfMemory;
            failed |= txn.append(*b, "something") != TxnStatus::Ok;
            failed |= txn.checkpoint_thread(*th) != TxnStatus::Ok;
            failed |= txn.set_cell(*c, text("cell")) != TxnStatus::Ok;
            failed |= txn.finish(*b).is_nil();
            if (i == 60) (void)txn.savepoint(s);
            if (i == 70) heap.collector().collect();
        }
        const bool still_armed = heap.budget.fault_armed();
        heap.budget.fail_charge(0);
        failures += failed;
        grew |= heap.strings().capacity() != capacity;
        if (n % 7 == 0) expect_clean();
        ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
        ASSERT_EQ(hash(), before) << n;
        ASSERT_EQ(heap.pages().exact_used(), used) << n;
        ASSERT_EQ(heap.strings().capacity(), capacity) << n;
        if (n % 7 == 0) expect_clean();
        if (still_armed) break;
    }
    EXPECT_GT(failures, 20u);
    EXPECT_TRUE(grew);
}

TEST_F(TransactionTest, X3_RollbackWorksWithNoMemoryLeft) {
    Table* t = big_table(200);
    const std::uint64_t before = hash();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const std::size_t used = heap.pages().exact_used();
    heap.budget.set_limit(heap.budget.committed() + 20'000);
    int i = 1;
    for (;; ++i) {
        const Value v = text("a value that is new " + std::to_string(i));
        if (v.is_nil() || txn.raw_set_integer(*t, i, v) != TableStatus::Ok) break;
    }
    EXPECT_GT(i, 20);
    heap.budget.set_limit(0);
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(heap.pages().exact_used(), used);
    heap.budget.set_limit(static_cast<std::size_t>(-1));
    expect_clean();
}

TEST_F(TransactionTest, CommitKeepsEverything) {
    Table* t = big_table(100);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    std::size_t s = 0;
    EXPECT_EQ(txn.raw_set_integer(*t, 1, text("one")), TableStatus::Ok);
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*t, 2, text("a long string, that is, one of more than forty-seven bytes")),
              TableStatus::Ok);
    const std::uint64_t before = hash();
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);  // X5: ends the savepoint too
    EXPECT_EQ(txn.state(), TxnState::Committed);
    EXPECT_EQ(txn.journal().size(), 0u);
    EXPECT_EQ(txn.journal().bytes(), 0u);
    EXPECT_EQ(hash(), before);
    heap.collector().collect();
    EXPECT_EQ(hash(), before);
    expect_clean(true);
}

// A collection may run at any point: what nested scopes saved is a root (C4), what old objects refer to is found (C3).
TEST_F(TransactionTest, C3_C4_CollectionsInTransactionsKeepWhatIsNeeded) {
    Table* t = big_table(100);
    Table* small = big_table(2);
    w.regs[1] = Value{t->self};
    w.regs[0] = Value{small->self};
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const auto fresh = [&](const char* s) { return Value::object(ObjectFactory::make_cell(heap, text(s))); };
    const Value a = fresh("a"), b = fresh("b"), c = fresh("c"), d = fresh("d");
    EXPECT_EQ(txn.raw_set_integer(*t, 1, a), TableStatus::Ok);             // a card
    EXPECT_EQ(txn.raw_set(*t, text("f3"), b), TableStatus::Ok);            // a card of nodes
    EXPECT_EQ(txn.raw_set_integer(*small, 1, c), TableStatus::Ok);         // moved whole
    EXPECT_EQ(txn.set_type_metatable(LuaType::String, d), TxnStatus::Ok);  // a root
    std::size_t s = 0;
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    heap.collector().collect();
    const Value garbage = fresh("garbage");
    for (const Value v : {a, b, c, d}) EXPECT_TRUE(heap.alive(v));
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::nil()), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set(*t, text("f3"), Value::nil()), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*small, 1, Value::nil()), TableStatus::Ok);
    EXPECT_EQ(txn.set_type_metatable(LuaType::String, Value::nil()), TxnStatus::Ok);
    heap.collector().collect();
    for (const Value v : {a, b, c, d}) EXPECT_TRUE(heap.alive(v));
    EXPECT_FALSE(heap.alive(garbage));
    ASSERT_EQ(txn.rollback_to(s), TxnStatus::Ok);
    EXPECT_EQ(t->get(heap, Value::number(1)), a);
    EXPECT_EQ(t->get(heap, text("f3")), b);
    EXPECT_EQ(small->get(heap, Value::number(1)), c);
    EXPECT_EQ(heap.type_metatables()[4], d);
    EXPECT_EQ(txn.raw_set_integer(*t, 1, Value::nil()), TableStatus::Ok);
    heap.collector().collect();
    EXPECT_FALSE(heap.alive(a));  // no scope can want it back
    EXPECT_TRUE(heap.alive(b));
    expect_clean();
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    expect_clean();
}

TEST_F(TransactionTest, C7_ATableThatBecomesWeakInANestedScopeKeepsItsEntries) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make_table();
    Table* metatable = make_table();
    w.regs[0] = Value{t->self};
    EXPECT_EQ(txn.set_metatable(*t, Value{metatable->self}), TableStatus::Ok);
    const Value v = Value{make_table()->self};
    EXPECT_EQ(txn.raw_set_integer(*t, 1, v), TableStatus::Ok);
    std::size_t s = 0;
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    EXPECT_EQ(txn.raw_set(*metatable, heap.name(Metamethod::Mode), text("v")), TableStatus::Ok);
    heap.collector().collect();
    ASSERT_EQ(txn.rollback_to(s), TxnStatus::Ok);
    EXPECT_EQ(t->get(heap, Value::number(1)), v);
    EXPECT_TRUE(heap.alive(v));
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
}

TEST_F(TransactionTest, C1_UndoingIsAWriteToABlackObject) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make_table(200, 0);
    const Value v = Value{make_table()->self};
    EXPECT_EQ(txn.raw_set_integer(*t, 5, v), TableStatus::Ok);
    for (int i = 0; i < 300; ++i) {
        Table* link = make_table();
        EXPECT_EQ(txn.raw_set_integer(*link, 1, w.regs[0]), TableStatus::Ok);
        w.regs[0] = Value{link->self};
    }
    w.regs[22] = Value{t->self};  // scanned before the list, and after this:
    w.regs[23] = Value{make_table()->self};
    heap.collector().abandon();
    (void)heap.collector().step(1);
    std::size_t s = 0;
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    EXPECT_EQ(txn.raw_set_integer(*t, 5, Value::nil()), TableStatus::Ok);  // by card: no barrier is due
    ASSERT_NE(t->wkey, 0u);
    while (heap.collector().marking() && t->wkey != 0) (void)heap.collector().step(1);
    ASSERT_TRUE(heap.collector().marking());
    ASSERT_EQ(txn.rollback_to(s), TxnStatus::Ok);
    while (!heap.collector().step(1000)) {
    }
    EXPECT_TRUE(heap.alive(v));
    expect_clean();
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
}

TEST_F(TransactionTest, C7_AnUndoneWeakTableKeepsItsFinalizedUserdata) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* weak = make_table();
    Table* metatable = make_table();
    EXPECT_EQ(txn.raw_set(*metatable, heap.name(Metamethod::Mode), text("v")), TableStatus::Ok);
    EXPECT_EQ(txn.set_metatable(*weak, Value{metatable->self}), TableStatus::Ok);
    w.regs[0] = Value{weak->self};
    Userdata* u = heap.get(ObjectFactory::make_userdata(heap, 8, Value::nil()));
    Table* with_gc = make_table();
    EXPECT_EQ(txn.raw_set(*with_gc, heap.name(Metamethod::Gc), Value::boolean(true)), TableStatus::Ok);
    EXPECT_EQ(txn.set_metatable(*u, Value{with_gc->self}), TxnStatus::Ok);
    heap.collector().collect();
    ASSERT_EQ(txn.take_finalizer(), Value{u->self});
    w.regs[1] = Value{u->self};  // resurrected
    EXPECT_EQ(txn.raw_set_integer(*weak, 1, Value{u->self}), TableStatus::Ok);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    const std::uint64_t before = hash();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* list = make_table();
    w.regs[2] = Value{list->self};
    for (int i = 1; i < 300; ++i) EXPECT_EQ(txn.raw_set_integer(*list, i, Value{make_table()->self}), TableStatus::Ok);
    std::size_t s = 0;
    ASSERT_EQ(txn.savepoint(s), TxnStatus::Ok);
    // Moved: the collector will see it; last of all, but then there is a key to scan.
    EXPECT_EQ(txn.raw_set(*weak, Value{make_table()->self}, Value::number(2)), TableStatus::Ok);
    heap.collector().abandon();
    for (int i = 0; i < 2000 && heap.collector().phase() != Collector::Phase::Sweep && weak->wkey != 0; ++i)
        (void)heap.collector().step(1);
    ASSERT_TRUE(heap.collector().marking());
    ASSERT_EQ(weak->wkey, 0u);
    ASSERT_EQ(txn.rollback_to(s), TxnStatus::Ok);
    while (!heap.collector().step(1000)) {
    }
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    w.drop_stale();
    EXPECT_EQ(hash(), before);
}

TEST_F(TransactionTest, TheUserdataListRollsBack) {
    const std::size_t before = heap.userdata().size();
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    for (int i = 0; i < 10; ++i) (void)ObjectFactory::make_userdata(heap, 1, Value::nil());
    EXPECT_EQ(heap.userdata().size(), before + 10);
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(heap.userdata().size(), before);
}

TEST_F(TransactionTest, TheUserdataListRollsBackToASavepoint) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    w.regs[0] = Value::object(ObjectFactory::make_userdata(heap, 1, Value::nil()));
    const std::size_t before = heap.userdata().size();
    std::size_t outer = 0;
    std::size_t inner = 0;
    ASSERT_EQ(txn.savepoint(outer), TxnStatus::Ok);
    w.regs[1] = Value::object(ObjectFactory::make_userdata(heap, 1, Value::nil()));
    ASSERT_EQ(txn.savepoint(inner), TxnStatus::Ok);
    w.regs[2] = Value::object(ObjectFactory::make_userdata(heap, 1, Value::nil()));
    EXPECT_EQ(heap.userdata().size(), before + 2);
    ASSERT_EQ(txn.rollback_to(inner), TxnStatus::Ok);
    EXPECT_EQ(heap.userdata().size(), before + 1);
    ASSERT_EQ(txn.rollback_to(outer), TxnStatus::Ok);
    EXPECT_EQ(heap.userdata().size(), before);
    w.drop_stale();
    expect_clean();
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    expect_clean();
}

TEST_F(TransactionTest, T6_AbsenceCachesDoNotOutliveTheirReason) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    Table* t = make_table();
    Table* metatable = make_table();
    w.regs[0] = Value{t->self};
    EXPECT_EQ(txn.set_metatable(*t, Value{metatable->self}), TableStatus::Ok);
    EXPECT_EQ(txn.raw_set(*metatable, heap.name(Metamethod::Index), heap.globals()), TableStatus::Ok);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    EXPECT_EQ(txn.raw_set(*metatable, heap.name(Metamethod::Index), Value::nil()), TableStatus::Ok);
    EXPECT_TRUE(heap.metamethod(w.regs[0], Metamethod::Index).is_nil());
    EXPECT_NE(metatable->absent(), 0);
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_EQ(heap.metamethod(w.regs[0], Metamethod::Index), heap.globals());
    expect_clean();
}

TEST(Journal, J1_AppendFailsWithoutATrace) {
    ByteBudget budget;
    Journal journal(budget);
    std::uint64_t words[32] = {};
    for (std::uint64_t n = 1; n < 60; ++n) {
        budget.fail_charge(n);
        for (std::size_t i = 0; i < 40; ++i) {
            const std::size_t before = journal.size();
            words[0] = i;
            const bool ok = journal.append(Journal::Kind::Words, 0, words, sizeof words, 0);
            ASSERT_EQ(journal.size(), before + ok);
            if (ok) {
                std::uint64_t first;
                std::memcpy(&first, journal.last().saved, sizeof first);
                ASSERT_EQ(first, i);
            }
        }
        budget.fail_charge(0);
        EXPECT_EQ(budget.used(), journal.bytes());
        journal.truncate(n % 30);
        EXPECT_EQ(budget.used(), journal.bytes());
        EXPECT_EQ(journal.size(), n % 30);
        for (std::size_t i = 0; i < journal.size(); ++i) EXPECT_EQ(journal[i].bytes, sizeof words);
        journal.truncate(0);
        EXPECT_EQ(budget.used(), 0u);
    }
    EXPECT_FALSE(journal.append(Journal::Kind::Words, 0, words, Journal::kMaxBytes + 1, 0));
}

/// What append() does to a full array part is what raw_set() does, for every size that a constructor may have made.
TEST_F(TransactionTest, AppendGrowsAnArrayPartAsRawSetDoes) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    for (std::uint32_t size = 0; size < 130; ++size) {
        Table* a = make_table(size);
        Table* b = make_table(size);
        w.regs[0] = Value{a->self};
        w.regs[1] = Value{b->self};
        for (std::uint32_t i = 1; i <= size; ++i) {
            ASSERT_EQ(txn.raw_set_integer(*a, i, Value::number(i)), TableStatus::Ok);
            ASSERT_EQ(txn.raw_set_integer(*b, i, Value::number(i)), TableStatus::Ok);
        }
        ASSERT_TRUE(txn.append(*txn.writable(*a), Value::boolean(true))) << size;
        ASSERT_EQ(txn.raw_set(*b, Value::number(size + 1), Value::boolean(true)), TableStatus::Ok);
        ASSERT_EQ(a->array_size(), b->array_size()) << size;
        ASSERT_EQ(a->node_count(), 0u);
        for (std::uint32_t i = 0; i < a->array_size(); ++i) ASSERT_EQ(a->array()[i].bits, b->array()[i].bits) << size;
        // A hole: the new key may belong elsewhere, and append() does not decide that.
        if (size == 0) continue;
        Table* c = make_table(size);
        for (std::uint32_t i = 2; i <= size; ++i) {
            ASSERT_EQ(txn.raw_set_integer(*c, i, Value::number(i)), TableStatus::Ok);
        }
        ASSERT_FALSE(txn.append(*txn.writable(*c), Value::number(1))) << size;
        ASSERT_EQ(c->array_size(), size);
    }
    expect_clean();
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    w.drop_stale();
    expect_clean();
}

}  // namespace
}  // namespace arenite

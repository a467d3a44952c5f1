// X4, X9: what a rollback restores, item by item. Each test changes one thing, sees that state_hash() sees it, collects,
// rolls back, and compares; so an item that is left out of the rollback or of the hash makes its test fail.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/heap_access.h"
#include "tests/txn/world.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

class ExactRollback : public ::testing::Test {
protected:
    World w;
    Heap& heap = w.heap;
    Transaction& txn = w.txn;

    /// Makes what `setup` makes outlive its transaction.
    template <class F>
    void older(F&& setup) {
        ASSERT_EQ(txn.begin(), TxnStatus::Ok);
        setup();
        ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    }
    [[nodiscard]] std::uint64_t state() const { return state_hash(heap, w.regs); }

    /// `change` must show in the state's hash; a rollback must restore it, with and without a collection in between.
    template <class F>
    void changes(F&& change) {
        for (const bool collect : {false, true}) {
            const std::uint64_t before = state();
            const std::size_t used = heap.pages().exact_used();
            ASSERT_EQ(txn.begin(), TxnStatus::Ok);
            const auto regs = w.regs;
            EXPECT_EQ(state(), before) << "begin() changes something";
            change();
            EXPECT_NE(state(), before) << "the hash does not see the change";
            if (collect) heap.collector().collect();
            ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
            w.regs = regs;
            EXPECT_EQ(state(), before) << "collected: " << collect;
            EXPECT_EQ(heap.pages().exact_used(), used);
            EXPECT_EQ(w.verify(), std::nullopt);
        }
    }
    Value table() { return Value::object(ObjectFactory::make_table(heap, 0, 0)); }
    Value text(const std::string& s) { return ObjectFactory::make_string(heap, s); }
    Table& at(int i) { return *heap.get<Table>(w.regs[static_cast<std::size_t>(i)]); }
    Value userdata_with_gc() {
        const Value u = Value::object(ObjectFactory::make_userdata(heap, 8, Value::nil()));
        const Value mt = table();
        EXPECT_EQ(txn.raw_set(*heap.get<Table>(mt), heap.name(Metamethod::Gc), Value::boolean(true)), TableStatus::Ok);
        EXPECT_EQ(txn.set_metatable(*heap.get<Userdata>(u), mt), TxnStatus::Ok);
        return u;
    }
};

TEST_F(ExactRollback, LiveHandles) {
    changes([&] { (void)table(); });
}

TEST_F(ExactRollback, TableContentsSmallAndLarge) {
    older([&] {
        for (int k = 0; k < 2; ++k) {
            w.regs[static_cast<std::size_t>(k)] = table();
            for (int i = 1; i <= (k ? 1000 : 5); ++i) {
                ASSERT_EQ(txn.raw_set_integer(at(k), i, Value::number(i)), TableStatus::Ok);
            }
        }
    });
    changes([&] { ASSERT_EQ(txn.raw_set_integer(at(0), 3, Value::number(-1)), TableStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.raw_set_integer(at(1), 700, table()), TableStatus::Ok); });
    changes([&] {
        ASSERT_EQ(txn.raw_set_integer(at(1), 1001, Value::nil()), TableStatus::Ok);
        (void)table();
    });
}

TEST_F(ExactRollback, IterationOrderAndNodeLayout) {
    older([&] {
        w.regs[0] = table();
        for (int i = 0; i < 40; ++i) {
            ASSERT_EQ(txn.raw_set(at(0), text("key" + std::to_string(i)), Value::number(i)), TableStatus::Ok);
        }
    });
    // The same contents in another order: cleared, rehashed with a larger size, and cleared again.
    changes([&] {
        for (int i = 0; i < 200; ++i)
            ASSERT_EQ(txn.raw_set(at(0), Value::number(i + 0.5), Value::number(i)), TableStatus::Ok);
        for (int i = 0; i < 200; ++i)
            ASSERT_EQ(txn.raw_set(at(0), Value::number(i + 0.5), Value::nil()), TableStatus::Ok);
    });
    changes([&] { ASSERT_EQ(txn.reserve_array(at(0), 16), TableStatus::Ok); });
}

TEST_F(ExactRollback, StringTable) {
    older([&] { (void)text("an old string that nobody holds"); });
    changes([&] { (void)text("a string made in the transaction"); });
    changes([&] {  // and through a rebuild of the table
        for (int i = 0; i < 5000; ++i) (void)text("s" + std::to_string(i));
    });
    EXPECT_FALSE(heap.strings().lookup(heap, "an old string that nobody holds").is_nil());
    EXPECT_TRUE(heap.strings().lookup(heap, "s77").is_nil());
}

TEST_F(ExactRollback, StringTableThatIsBeingRebuilt) {
    // The transactions go on with a move that began before, end it, and make and end others.
    int made = 0;
    older([&] {
        while (heap.strings().capacity() < 16384) (void)text("s" + std::to_string(made++));
        while (!heap.strings().moving()) (void)text("s" + std::to_string(made++));
    });
    int while_moving = 0;
    for (int round = 0; round < 8; ++round) {
        for (const int count : {1, 10, 2000, 10'000, 100'000}) {
            const bool moving = heap.strings().moving();
            const std::size_t capacity = heap.strings().capacity();
            const std::size_t bytes = heap.strings().bytes();
            while_moving += moving;
            changes([&] {
                for (int i = 0; i < count; ++i) (void)text("t" + std::to_string(i));
                if (count == 100'000) {
                    EXPECT_GT(heap.strings().capacity(), 2 * capacity);
                }
            });
            EXPECT_EQ(heap.strings().moving(), moving);
            EXPECT_EQ(heap.strings().capacity(), capacity);
            EXPECT_EQ(heap.strings().bytes(), bytes);
        }
        older([&] {
            for (int i = 0; i < 100; ++i) (void)text("s" + std::to_string(made++));
        });
    }
    EXPECT_GE(while_moving, 10);
    EXPECT_GT(heap.strings().capacity(), 16384u);  // the first move was ended by transactions that were committed
    for (int i = 0; i < made; ++i) EXPECT_FALSE(heap.strings().lookup(heap, "s" + std::to_string(i)).is_nil());
}

TEST_F(ExactRollback, Metatables) {
    older([&] {
        w.regs[0] = table();
        w.regs[1] = table();
        w.regs[2] = Value::object(ObjectFactory::make_userdata(heap, 8, Value::nil()));
        w.regs[3] = table();
        for (int i = 1; i <= 1000; ++i) ASSERT_EQ(txn.raw_set_integer(at(3), i, Value::number(i)), TableStatus::Ok);
    });
    changes([&] { ASSERT_EQ(txn.set_metatable(at(0), w.regs[1]), TableStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_metatable(at(3), w.regs[1]), TableStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_metatable(*heap.get<Userdata>(w.regs[2]), w.regs[1]), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_type_metatable(LuaType::String, w.regs[1]), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_read_only(at(0), true), TableStatus::Ok); });
}

TEST_F(ExactRollback, EnvironmentsAndUpvaluesAndRoots) {
    older([&] {
        w.regs[0] = table();
        const Value upvalues[] = {Value::number(1), Value::number(2)};
        w.regs[1] = Value::object(ObjectFactory::make_native(heap, dummy_native(), "f", heap.globals(), upvalues));
        w.regs[2] = Value::object(ObjectFactory::make_cell(heap, Value::number(1)));
        w.regs[3] = Value::object(ObjectFactory::make_userdata(heap, 8, heap.globals()));
        w.regs[4] = Value::object(ObjectFactory::make_thread(heap, 16, 4));
    });
    changes([&] { ASSERT_EQ(txn.set_environment(*heap.get<NativeFunction>(w.regs[1]), w.regs[0]), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_upvalue(*heap.get<NativeFunction>(w.regs[1]), 1, w.regs[0]), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_cell(*heap.get<Cell>(w.regs[2]), w.regs[0]), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_environment(*heap.get<Userdata>(w.regs[3]), w.regs[0]), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_environment(*heap.get<Thread>(w.regs[4]), w.regs[0]), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_globals(w.regs[0]), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.set_registry(w.regs[0]), TxnStatus::Ok); });
}

TEST_F(ExactRollback, SuspendedThreads) {
    older([&] {
        w.regs[0] = Value::object(ObjectFactory::make_thread(heap, 16, 4));
        Thread& t = *heap.get<Thread>(w.regs[0]);
        *t.top++ = Value::number(1);
        *t.top++ = Value::number(2);
    });
    const auto run = [&](auto&& step) {
        changes([&] {
            Thread& t = *heap.get<Thread>(w.regs[0]);
            ASSERT_EQ(txn.checkpoint_thread(t), TxnStatus::Ok);
            step(t);
        });
    };
    run([&](Thread& t) { t.stack[1] = Value::number(77); });
    run([&](Thread& t) { *t.top++ = Value::number(3); });
    run([&](Thread& t) { t.status = ThreadStatus::Dead; });
    run([&](Thread& t) { t.frames[0].count = 5; });
    run([&](Thread& t) { t.frames[0].info |= 1u << 9; });
    run([&](Thread& t) { t.resumer = w.regs[0]; });
    run([&](Thread& t) { t.depth = 3; });
    run([&](Thread& t) {
        t.frame[1] = t.frame[0];
        ++t.frame;
    });
}

TEST_F(ExactRollback, BuffersAndBytes) {
    older([&] {
        w.regs[0] = Value::object(ObjectFactory::make_buffer(heap));
        ASSERT_EQ(txn.append(*heap.get<Buffer>(w.regs[0]), "some bytes"), TxnStatus::Ok);
    });
    changes([&] { ASSERT_EQ(txn.append(*heap.get<Buffer>(w.regs[0]), "more"), TxnStatus::Ok); });
    changes([&] { ASSERT_EQ(txn.append_fill(*heap.get<Buffer>(w.regs[0]), 100'000, 'x'), TxnStatus::Ok); });
    changes([&] { ASSERT_NE(HeapTestAccess::pages(heap).allocate_payload(50), nullptr); });
    changes([&] { ASSERT_NE(HeapTestAccess::pages(heap).allocate_payload(50'000), nullptr); });
}

TEST_F(ExactRollback, UserdataListAndFinalizerQueue) {
    older([&] {
        for (int i = 0; i < 6; ++i) w.regs[static_cast<std::size_t>(i)] = userdata_with_gc();
    });
    changes([&] { (void)userdata_with_gc(); });
    w.regs[1] = w.regs[3] = w.regs[4] = Value::nil();
    heap.collector().collect();
    ASSERT_EQ(heap.collector().finalizer_queue().size(), 3u);
    // One taken, all taken, more added by a collection in the transaction, and all queued at once (closing).
    changes([&] { (void)txn.take_finalizer(); });
    changes([&] {
        while (!txn.take_finalizer().is_nil()) {
        }
    });
    changes([&] {
        for (int i = 0; i < 50; ++i) (void)userdata_with_gc();
        heap.collector().collect();
        ASSERT_EQ(heap.collector().finalizer_queue().size(), 53u);
        for (int i = 0; i < 20; ++i) (void)txn.take_finalizer();
    });
    changes([&] {
        txn.queue_all_finalizers();
        (void)txn.take_finalizer();
    });
    // They still run, newest first.
    std::uint64_t last = static_cast<std::uint64_t>(-1);
    for (int i = 0; i < 3; ++i) {
        const auto* u = heap.get<Userdata>(txn.take_finalizer());
        ASSERT_TRUE(u);
        EXPECT_LT(u->sequence(), last);
        last = u->sequence();
    }
    EXPECT_FALSE(heap.collector().has_finalizers());
}

// C4, C11: list and queue are what they were at the savepoint, entry by entry, whatever was collected since.
TEST_F(ExactRollback, ASavepointRestoresTheUserdataListAndTheQueueExactly) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    for (int i = 0; i < 400; ++i) (void)userdata_with_gc();  // more than the atomic step deals with
    heap.collector().collect();
    for (int i = 0; i < 100; ++i) (void)txn.take_finalizer();
    for (int i = 0; i < 400; ++i) (void)userdata_with_gc();  // garbage, but older than the savepoint
    w.regs[0] = userdata_with_gc();
    const auto list = [&] { return std::vector<std::uint64_t>(heap.userdata().begin(), heap.userdata().end()); };
    const auto queue = [&] {
        const auto q = heap.collector().finalizer_queue();
        return std::vector<std::uint64_t>(q.begin(), q.end());
    };
    const auto flags = [&] {
        std::vector<bool> all;
        const auto add = [&](std::uint64_t self) {
            const auto* u = heap.get<Userdata>(Value{self});  // none for an entry that was dropped
            all.push_back(u && u->finalized());
        };
        for (const std::uint64_t self : heap.userdata()) add(self);
        for (const std::uint64_t self : queue()) add(self);
        return all;
    };
    for (int steps = 0; steps < 4; ++steps) {
        for (int i = 0; i < steps * 3; ++i) (void)heap.collector().step(500);  // a cycle may be anywhere
        const auto list_before = list();
        const auto queue_before = queue();
        ASSERT_GE(queue_before.size(), 300u);  // with what the cycle under way has found
        const auto sequence = heap.userdata_sequence();
        const auto flags_before = flags();
        std::size_t savepoint = 0;
        ASSERT_EQ(txn.savepoint(savepoint), TxnStatus::Ok);
        for (int i = 0; i < 400; ++i) (void)userdata_with_gc();
        if (steps % 2) {
            heap.collector().collect();
        } else {
            while (!heap.collector().step(200)) {
            }
        }
        for (int i = 0; i < 500; ++i) (void)txn.take_finalizer();
        heap.collector().collect();
        if (steps == 3) txn.queue_all_finalizers();
        ASSERT_EQ(txn.rollback_to(savepoint), TxnStatus::Ok);
        EXPECT_EQ(list(), list_before);
        EXPECT_EQ(queue(), queue_before);
        EXPECT_EQ(heap.userdata_sequence(), sequence);
        EXPECT_EQ(flags(), flags_before);
        const auto problem = w.verify();
        EXPECT_FALSE(problem.has_value()) << *problem;
        if (HasFailure()) return;
    }
    heap.collector().collect();  // and now they are found
    EXPECT_EQ(heap.collector().finalizer_queue().size(), 700u);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
}

TEST_F(ExactRollback, FinalizersTakenInASavepointAreDueAgain) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    (void)userdata_with_gc();
    (void)userdata_with_gc();
    heap.collector().collect();
    std::size_t number = 0;
    ASSERT_EQ(txn.savepoint(number), TxnStatus::Ok);
    const Value first = txn.take_finalizer();
    const Value second = txn.take_finalizer();
    ASSERT_TRUE(heap.get<Userdata>(second));
    ASSERT_EQ(txn.rollback_to(number), TxnStatus::Ok);
    EXPECT_EQ(txn.take_finalizer(), first);
    EXPECT_EQ(txn.take_finalizer(), second);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    EXPECT_FALSE(heap.collector().has_finalizers());
}

// --- X9 -------------------------------------------------------------------------------------------------------------

class ReleaseAtCommit : public ExactRollback {
protected:
    /// Whether commit(ReleaseUnescaped) releases what `body` makes.
    template <class F>
    bool releases(F&& body) {
        EXPECT_EQ(txn.begin(), TxnStatus::Ok);
        const Value witness = table();
        w.regs[World::kRegisters - 1] = witness;
        body();
        EXPECT_EQ(txn.commit(CommitMode::ReleaseUnescaped), TxnStatus::Ok);
        EXPECT_EQ(txn.state(), TxnState::Committed);
        w.drop_stale();
        EXPECT_EQ(w.verify(), std::nullopt);
        return !heap.alive(witness);
    }
};

TEST_F(ReleaseAtCommit, WhatDidNotEscapeIsReleased) {
    const std::uint64_t before = state();
    EXPECT_TRUE(releases([&] {
        for (int i = 0; i < 10'000; ++i) {
            const Value t = table();
            ASSERT_EQ(txn.raw_set(*heap.get<Table>(t), text("k" + std::to_string(i)), table()), TableStatus::Ok);
            if (i == 5000) heap.collector().collect();
        }
        ASSERT_NE(HeapTestAccess::pages(heap).allocate_payload(100'000), nullptr);
        (void)Value::object(ObjectFactory::make_userdata(heap, 100, Value::nil()));
    }));
    EXPECT_EQ(state(), before);
    EXPECT_TRUE(heap.strings().lookup(heap, "k77").is_nil());
}

TEST_F(ReleaseAtCommit, WhatEscapedStays) {
    older([&] {
        w.regs[0] = table();
        w.regs[1] = Value::object(ObjectFactory::make_cell(heap, Value::nil()));
        w.regs[2] = Value::object(ObjectFactory::make_thread(heap, 16, 4));
    });
    EXPECT_FALSE(releases([&] { ASSERT_EQ(txn.raw_set_integer(at(0), 1, table()), TableStatus::Ok); }));
    EXPECT_TRUE(at(0).get(heap, Value::number(1)).is<Table>());
    EXPECT_FALSE(releases([&] { ASSERT_EQ(txn.set_cell(*heap.get<Cell>(w.regs[1]), table()), TxnStatus::Ok); }));
    EXPECT_FALSE(releases([&] { ASSERT_EQ(txn.set_registry(table()), TxnStatus::Ok); }));
    EXPECT_FALSE(releases([&] { ASSERT_EQ(txn.checkpoint_thread(*heap.get<Thread>(w.regs[2])), TxnStatus::Ok); }));
    EXPECT_FALSE(releases([&] { ASSERT_EQ(txn.set_type_metatable(LuaType::Number, table()), TxnStatus::Ok); }));
}

TEST_F(ReleaseAtCommit, APendingFinalizerIsAnEscape) {
    Value u;
    EXPECT_FALSE(releases([&] { u = userdata_with_gc(); }));
    heap.collector().collect();
    EXPECT_EQ(txn.take_finalizer(), u);
    // One that has run is none; one that is queued is.
    EXPECT_TRUE(releases([&] {
        (void)userdata_with_gc();
        heap.collector().collect();
        ASSERT_FALSE(txn.take_finalizer().is_nil());
    }));
    EXPECT_FALSE(releases([&] {
        (void)userdata_with_gc();
        heap.collector().collect();
    }));
    EXPECT_TRUE(heap.collector().has_finalizers());
    // Nor may one of the queue that was taken come back.
    EXPECT_FALSE(releases([&] { (void)txn.take_finalizer(); }));
    EXPECT_FALSE(heap.collector().has_finalizers());
}

TEST_F(ReleaseAtCommit, KeepIsTheDefault) {
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const Value t = table();
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    EXPECT_TRUE(heap.alive(t));
}

}  // namespace
}  // namespace arenite

// Tests of heap/collector.h, with mutations through a transaction between its steps.
#include "heap/collector.h"
#include "heap/prototype_builder.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <unordered_set>

#include "../txn/world.h"

namespace arenite {
namespace {

class CollectorTest : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(w.txn.begin(), TxnStatus::Ok); }
    World w;
    Heap& heap = w.heap;
    Transaction& txn = w.txn;
    Collector& gc = w.heap.collector();

    Table* make() { return heap.get(ObjectFactory::make_table(heap, 0, 0)); }
    Value text(std::string_view s) { return ObjectFactory::make_string(heap, s); }
    void set(Table* t, Value k, Value v) { ASSERT_EQ(txn.raw_set(*t, k, v), TableStatus::Ok); }
    void set(Table* t, int k, Value v) { set(t, Value::number(k), v); }
    void set_mode(Table* t, const char* mode) {
        Table* metatable = make();
        ASSERT_EQ(txn.set_metatable(*t, Value{metatable->self}), TableStatus::Ok);
        set(metatable, heap.name(Metamethod::Mode), text(mode));
    }
    Value userdata_with_gc(int tag) {
        Table* metatable = make();
        set(metatable, heap.name(Metamethod::Gc), Value::number(tag));
        const Value u = Value::object(ObjectFactory::make_userdata(heap, 8, Value::nil()));
        EXPECT_EQ(txn.set_metatable(*heap.get<Userdata>(u), Value{metatable->self}), TxnStatus::Ok);
        return u;
    }
    /// Something that takes long to mark.
    Value long_list() {
        Value head = Value::nil();
        for (int i = 0; i < 300; ++i) {
            Table* t = make();
            set(t, 1, head);
            head = Value{t->self};
        }
        return head;
    }
    void expect_clean(bool collected = false) {
        const auto problem = w.verify(collected);
        EXPECT_FALSE(problem.has_value()) << *problem;
    }
};

TEST_F(CollectorTest, FreesWhatIsNotReachedAndNothingElse) {
    Table* t = make();
    w.regs[0] = Value{t->self};
    std::vector<Value> kept, lost;
    for (int i = 1; i <= 500; ++i) {
        Table* inner = make();
        set(inner, 1, text("content " + std::to_string(i)));
        if (i % 2) {
            set(t, i, Value{inner->self});
            kept.push_back(Value{inner->self});
        } else {
            lost.push_back(Value{inner->self});
        }
    }
    set(t, text("self"), Value{t->self});  // rings are no matter
    gc.collect();
    for (const Value v : kept) EXPECT_TRUE(heap.alive(v));
    for (const Value v : lost) EXPECT_FALSE(heap.alive(v));
    EXPECT_TRUE(heap.strings().lookup(heap, "content 2").is_nil());
    EXPECT_FALSE(heap.strings().lookup(heap, "content 1").is_nil());
    expect_clean();
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    w.regs[0] = Value::nil();
    gc.collect();
    for (const Value v : kept) EXPECT_FALSE(heap.alive(v));
    expect_clean(true);
}

TEST_F(CollectorTest, EveryKindIsTraced) {
    w.regs.fill(Value::nil());
    const auto fresh = [&](const char* s) { return Value::object(ObjectFactory::make_cell(heap, text(s))); };
    std::vector<Value> expected;
    const auto note = [&](Value v) {
        expected.push_back(v);
        return v;
    };
    boost::container::pmr::memory_resource* mr = boost::container::pmr::new_delete_resource();
    FunctionUnit unit(mr);
    unit.source = "=traced";
    unit.constants.push_back({UnitConstant::Kind::String, 0, "a constant that nobody else has"});
    unit.upvalues.push_back({true, true, 0, "an upvalue"});
    const Handle<Prototype> p = make_prototype(heap, unit);
    note(Value::object(p));
    note(heap.get(p)->constants()[0]);
    const auto closure = ObjectFactory::make_closure(heap, p, note(Value{make()->self}));
    closure->set_upvalue(0, note(fresh("upvalue")));
    w.regs[0] = note(closure->value());
    const Value up[] = {note(fresh("native"))};
    w.regs[1] = note(Value::object(ObjectFactory::make_native(heap, nullptr, "f", note(Value{make()->self}), up)));
    w.regs[2] = note(Value::object(ObjectFactory::make_userdata(heap, 100, note(Value{make()->self}))));
    EXPECT_EQ(txn.set_metatable(*heap.get<Userdata>(w.regs[2]), note(Value{make()->self})), TxnStatus::Ok);
    w.regs[3] = note(Value::object(ObjectFactory::make_thread(heap, 20, 3)));
    Thread* thread = heap.get<Thread>(w.regs[3]);
    *thread->top++ = note(fresh("stack"));
    EXPECT_EQ(txn.set_environment(*thread, note(Value{make()->self})), TxnStatus::Ok);
    *thread->top = fresh("beyond the top");
    const Value beyond = *thread->top;
    w.regs[4] = note(Value{make()->self});
    EXPECT_EQ(txn.set_metatable(*heap.get<Table>(w.regs[4]), note(Value{make()->self})), TableStatus::Ok);
    set(heap.get<Table>(w.regs[4]), note(fresh("key")), note(fresh("value")));
    set(heap.get<Table>(w.regs[4]), 1, note(fresh("item")));
    w.regs[5] = note(Value::object(ObjectFactory::make_buffer(heap)));
    EXPECT_EQ(txn.append(*heap.get<Buffer>(w.regs[5]), std::string(5000, 'b')), TxnStatus::Ok);
    w.regs[6] = note(text(std::string(5000, 's')));
    EXPECT_EQ(txn.set_type_metatable(LuaType::Number, note(Value{make()->self})), TxnStatus::Ok);
    for (int i = 0; i < 3; ++i) {
        gc.collect();
        for (const Value v : expected) EXPECT_TRUE(heap.alive(v));
        EXPECT_FALSE(heap.alive(beyond));
        expect_clean();
    }
    EXPECT_EQ(heap.get<Buffer>(w.regs[5])->view(), std::string(5000, 'b'));
    EXPECT_EQ(heap.string(w.regs[6]), std::string(5000, 's'));
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    gc.collect();
    for (const Value v : expected) EXPECT_TRUE(heap.alive(v));
    expect_clean(true);
    w.regs.fill(Value::nil());
    gc.collect();
    expect_clean(true);
}

TEST_F(CollectorTest, C6_StaleRegistersAreSkipped) {
    Thread* t = heap.get(ObjectFactory::make_thread(heap, 20, 3));
    w.regs[0] = Value{t->self};
    const Value dead = Value{make()->self};
    gc.collect();
    ASSERT_FALSE(heap.alive(dead));
    *t->top++ = dead;
    *t->top++ = Value{word::make(3, 1, 0)};
    gc.collect();
    expect_clean();
}

TEST_F(CollectorTest, C5_WhateverThreadRanIsScannedAgain) {
    Thread* a = heap.get(ObjectFactory::make_thread(heap, 20, 3));
    Thread* b = heap.get(ObjectFactory::make_thread(heap, 20, 3));
    w.regs[0] = long_list();
    w.regs[22] = Value{a->self};  // what is marked last is scanned first
    w.regs[23] = Value{b->self};
    gc.abandon();
    do {
        (void)gc.step(1);
    } while (a->wkey != 0 || b->wkey != 0);
    ASSERT_TRUE(gc.marking());
    const Value x = Value{make()->self}, y = Value{make()->self};
    *a->top++ = x;  // both are black; neither is the running one at the atomic step
    gc.stops_running(*a);
    *b->top++ = y;
    gc.stops_running(*b);
    while (!gc.step(1000)) {
    }
    EXPECT_TRUE(heap.alive(x));
    EXPECT_TRUE(heap.alive(y));
    expect_clean();
}

// C1: every way to write to a black object, old or new, finds the barrier.
TEST_F(CollectorTest, C1_WhatIsStoredInABlackObjectIsFound) {
    boost::container::pmr::memory_resource* mr = boost::container::pmr::new_delete_resource();
    FunctionUnit unit(mr);
    unit.upvalues.push_back({true, true, 0, "an upvalue"});
    const Handle<Prototype> prototype = make_prototype(heap, unit);
    const auto big = [&] {
        Table* t = make();
        for (int i = 1; i <= 100; ++i) {
            set(t, i, Value::number(i));
            set(t, -i, Value::number(i));
        }
        return Value{t->self};
    };
    const Value up[] = {Value::nil()};
    struct Case {
        const char* name;
        std::function<Value()> make;
        std::function<void(Value, Value)> store;  // object, fresh table
    };
    const auto table = [&](Value v) -> Table& { return *heap.get<Table>(v); };
    const std::vector<Case> cases = {
        {"small array", [&] { return Value::object(ObjectFactory::make_table(heap, 4, 0)); },
         [&](Value o, Value v) { set(&table(o), 1, v); }},
        {"small hash", [&] { return Value::object(ObjectFactory::make_table(heap, 0, 4)); },
         [&](Value o, Value v) { set(&table(o), text("x"), v); }},
        {"small hash, as key", [&] { return Value::object(ObjectFactory::make_table(heap, 0, 4)); },
         [&](Value o, Value v) { set(&table(o), v, Value::boolean(true)); }},
        {"growing", [&] { return Value::object(ObjectFactory::make_table(heap, 0, 0)); },
         [&](Value o, Value v) { set(&table(o), text("x"), v); }},
        {"metatable", [&] { return Value::object(ObjectFactory::make_table(heap, 0, 0)); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_metatable(table(o), v), TableStatus::Ok); }},
        {"card of values", big, [&](Value o, Value v) { set(&table(o), 50, v); }},
        {"card of nodes", big, [&](Value o, Value v) { set(&table(o), -50, v); }},
        {"insertion", big, [&](Value o, Value v) { set(&table(o), text("new"), v); }},
        {"insertion, as key", big, [&](Value o, Value v) { set(&table(o), v, Value::boolean(true)); }},
        {"metatable of a large one", big,
         [&](Value o, Value v) { ASSERT_EQ(txn.set_metatable(table(o), v), TableStatus::Ok); }},
        {"cell", [&] { return Value::object(ObjectFactory::make_cell(heap, Value::nil())); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_cell(*heap.get<Cell>(o), v), TxnStatus::Ok); }},
        {"closure", [&] { return ObjectFactory::make_closure(heap, prototype, Value::nil())->value(); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_upvalue(*heap.get<Closure>(o), 0, v), TxnStatus::Ok); }},
        {"closure's environment", [&] { return ObjectFactory::make_closure(heap, prototype, Value::nil())->value(); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_environment(*heap.get<Closure>(o), v), TxnStatus::Ok); }},
        {"native", [&] { return Value::object(ObjectFactory::make_native(heap, nullptr, "f", Value::nil(), up)); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_upvalue(*heap.get<NativeFunction>(o), 0, v), TxnStatus::Ok); }},
        {"native's environment",
         [&] { return Value::object(ObjectFactory::make_native(heap, nullptr, "f", Value::nil(), up)); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_environment(*heap.get<NativeFunction>(o), v), TxnStatus::Ok); }},
        {"userdata", [&] { return Value::object(ObjectFactory::make_userdata(heap, 8, Value::nil())); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_metatable(*heap.get<Userdata>(o), v), TxnStatus::Ok); }},
        {"userdata's environment", [&] { return Value::object(ObjectFactory::make_userdata(heap, 8, Value::nil())); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_environment(*heap.get<Userdata>(o), v), TxnStatus::Ok); }},
        {"thread's environment", [&] { return Value::object(ObjectFactory::make_thread(heap, 8, 2)); },
         [&](Value o, Value v) { ASSERT_EQ(txn.set_environment(*heap.get<Thread>(o), v), TxnStatus::Ok); }},
        {"type metatable", [&] { return Value::nil(); },
         [&](Value, Value v) { ASSERT_EQ(txn.set_type_metatable(LuaType::String, v), TxnStatus::Ok); }},
    };
    w.held.push_back(Value::object(prototype));
    for (const Case& c : cases) {
        // 0: as new as can be; 1: born before a savepoint; 2: the same, and the savepoint is kept; 3: an old one.
        for (int age = 0; age < 4; ++age) {
            const Value object = c.make();
            w.regs[23] = object;
            w.regs[0] = long_list();
            std::size_t savepoint = 0;
            if (age == 3) {
                ASSERT_EQ(txn.commit(), TxnStatus::Ok);
                ASSERT_EQ(txn.begin(), TxnStatus::Ok);
                w.regs[0] = long_list();
            } else if (age != 0) {
                ASSERT_EQ(txn.savepoint(savepoint), TxnStatus::Ok);
                w.regs[0] = long_list();
                if (age == 2) {
                    ASSERT_EQ(txn.release(savepoint), TxnStatus::Ok);
                }
            }
            gc.abandon();
            for (int i = 0;
                 i < 6 || (object.is_object() && age != 3 && deref<ObjectHeader>(heap.base(), object.bits)->wkey != 0);
                 ++i) {
                (void)gc.step(1);
            }
            ASSERT_TRUE(gc.marking()) << c.name;
            const Value fresh = Value{make()->self};
            c.store(object, fresh);
            while (!gc.step(1000)) {
            }
            EXPECT_TRUE(heap.alive(fresh)) << c.name << ", age " << age;
            expect_clean();
            if (age == 1) {
                ASSERT_EQ(txn.rollback_to(savepoint), TxnStatus::Ok);
            }
            w.drop_stale();
        }
    }
}

TEST_F(CollectorTest, C9_NewPartsOfALargeTableAreNotScannedOnFromTheMiddle) {
    Table* t = make();
    w.regs[0] = Value{t->self};
    const auto insert = [&](int i) {
        std::int64_t budget = 0;
        while (txn.raw_set_resumable(*t, Value::number(i + 0.5), Value{t->self}, budget) == TableStatus::Unfinished) {
            budget = 1'000'000;
        }
    };
    constexpr int kNodes = 1 << 17;
    constexpr int kWork = 4096;
    for (int i = 0; i < kNodes; ++i) insert(i);
    // Marking is nearly through when the table is doubled, so that there is more to do than has been done.
    gc.abandon();
    for (int i = 0; i < kNodes / kWork - 4; ++i) (void)gc.step(kWork);
    ASSERT_TRUE(gc.marking());
    const std::uint64_t slices = txn.growth().slices();
    insert(kNodes);
    ASSERT_GT(txn.growth().slices(), slices);
    ASSERT_EQ(t->node_count(), 2u * kNodes);
    int steps = 0;
    for (; gc.marking(); ++steps) (void)gc.step(4 * kWork);
    EXPECT_LE(steps, kNodes / kWork + 3);  // 42 where the scan of the old parts went on in the new ones
}

TEST_F(CollectorTest, WeakTables) {
    for (const bool committed : {false, true}) {
        Table* weak_keys = make();
        Table* weak_values = make();
        Table* both = make();
        w.regs = {Value{weak_keys->self}, Value{weak_values->self}, Value{both->self}};
        for (std::size_t i = 3; i < w.regs.size(); ++i) w.regs[i] = Value::nil();
        set_mode(weak_keys, "k");
        set_mode(weak_values, "v");
        set_mode(both, "kv");
        const Value held = Value{make()->self};
        w.regs[3] = held;
        const auto fresh = [&] { return Value{make()->self}; };
        const Value lost_key = fresh(), lost_value = fresh(), long_key = text(std::string(100, 'k'));
        for (Table* t : {weak_keys, weak_values, both}) {
            set(t, lost_key, held);
            set(t, held, t == weak_keys ? text("kept") : fresh());
            set(t, text("string"), held);  // strings are values, not objects
            set(t, long_key, text(std::string(100, 'v')));
            set(t, 1, t == weak_keys ? held : fresh());  // array part
            set(t, 2, held);
            set(t, 3, Value::number(3));
        }
        set(weak_values, text("value goes"), lost_value);
        if (committed) {
            ASSERT_EQ(txn.commit(), TxnStatus::Ok);
        }
        gc.collect();
        EXPECT_EQ(weak_keys->get(heap, held), text("kept"));
        EXPECT_TRUE(weak_values->get(heap, held).is_nil());
        EXPECT_TRUE(both->get(heap, held).is_nil());
        EXPECT_FALSE(weak_values->get(heap, lost_key).is_nil() && heap.alive(lost_key));
        EXPECT_TRUE(heap.alive(lost_key));  // weak_values holds its keys
        EXPECT_TRUE(weak_values->get(heap, text("value goes")).is_nil());
        for (Table* t : {weak_keys, weak_values, both}) {
            EXPECT_EQ(t->get(heap, text("string")), held);
            EXPECT_EQ(heap.string(t->get(heap, text(std::string(100, 'k')))), std::string(100, 'v'));
            EXPECT_EQ(t->get(heap, Value::number(1)).is_nil(), t != weak_keys);
            EXPECT_EQ(t->get(heap, Value::number(2)), held);
            EXPECT_EQ(t->get(heap, Value::number(3)), Value::number(3));
        }
        EXPECT_FALSE(heap.alive(lost_value));
        if (!committed) expect_clean();
        if (committed) {
            expect_clean();
            ASSERT_EQ(txn.begin(), TxnStatus::Ok);
        }
        w.held.clear();
    }
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
}

TEST_F(CollectorTest, FinalizersRunNewestFirstAndOnce) {
    std::vector<Value> all;
    for (int i = 0; i < 10; ++i) all.push_back(userdata_with_gc(i));
    const Value without = Value::object(ObjectFactory::make_userdata(heap, 8, Value::nil()));
    w.regs[0] = all[4];
    gc.collect();
    EXPECT_FALSE(heap.alive(without));
    EXPECT_TRUE(gc.has_finalizers());
    for (int i = 9; i >= 0; --i) {
        if (i == 4) continue;
        const Value v = txn.take_finalizer();
        EXPECT_EQ(v, all[static_cast<std::size_t>(i)]);
        EXPECT_TRUE(heap.alive(v));  // alive until its finalizer has run
        EXPECT_TRUE(heap.alive(heap.get<Userdata>(v)->metatable()));
        if (i == 7) w.regs[1] = v;  // resurrected
    }
    EXPECT_TRUE(txn.take_finalizer().is_nil());
    gc.collect();
    EXPECT_FALSE(gc.has_finalizers());  // once
    EXPECT_TRUE(heap.alive(all[7]));
    EXPECT_FALSE(heap.alive(all[8]));
    w.regs[1] = Value::nil();
    gc.collect();
    EXPECT_FALSE(gc.has_finalizers());
    EXPECT_FALSE(heap.alive(all[7]));
    txn.queue_all_finalizers();
    EXPECT_EQ(txn.take_finalizer(), all[4]);
    EXPECT_TRUE(txn.take_finalizer().is_nil());
}

TEST_F(CollectorTest, FinalizedUserdataInWeakTables) {
    // Lua 5.1 §2.10.2, lgc.c iscleared: gone as a value at once, as a key only when it is really gone.
    Table* keys = make();
    Table* values = make();
    w.regs[0] = Value{keys->self};
    w.regs[1] = Value{values->self};
    set_mode(keys, "k");
    set_mode(values, "v");
    const Value u = userdata_with_gc(1);
    set(keys, u, Value::number(1));
    set(values, 1, u);
    gc.collect();
    EXPECT_EQ(keys->get(heap, u), Value::number(1));
    EXPECT_TRUE(values->get(heap, Value::number(1)).is_nil());
    EXPECT_EQ(txn.take_finalizer(), u);
    gc.collect();
    EXPECT_FALSE(heap.alive(u));
    EXPECT_TRUE(keys->get(heap, u).is_nil());
    expect_clean();
}

TEST_F(CollectorTest, FinalizersOfAnUndoneTransactionAreForgotten) {
    const Value u = userdata_with_gc(1);
    gc.collect();
    EXPECT_TRUE(gc.has_finalizers());
    ASSERT_EQ(txn.rollback(), TxnStatus::Ok);
    EXPECT_FALSE(heap.alive(u));
    EXPECT_TRUE(txn.take_finalizer().is_nil());
    EXPECT_TRUE(heap.userdata().empty());
    ASSERT_EQ(txn.begin(), TxnStatus::Ok);
    const Value kept = userdata_with_gc(2);
    ASSERT_EQ(txn.commit(), TxnStatus::Ok);
    gc.collect();
    EXPECT_EQ(txn.take_finalizer(), kept);
}

// C8: when there is no room for a black object that was written to, all of them are examined again.
TEST_F(CollectorTest, C8_WritingToABlackObjectNeedsNoMemory) {
    Table* t = heap.get(ObjectFactory::make_table(heap, 4, 0));
    const Value fresh = Value{make()->self};
    const Value garbage = Value{make()->self};
    w.regs[0] = long_list();
    w.regs[23] = Value{t->self};  // what is marked last is scanned first
    gc.abandon();
    do {
        (void)gc.step(1);
    } while (t->wkey != 0);
    ASSERT_TRUE(gc.marking());
    const std::size_t limit = heap.budget.limit();
    heap.budget.set_limit(1);
    set(t, 1, fresh);
    while (!gc.step(1000)) {
    }
    heap.budget.set_limit(limit);
    EXPECT_TRUE(heap.alive(fresh));
    EXPECT_FALSE(heap.alive(garbage));
    expect_clean();
}

// C8: however often the growth of one of its lists is refused, a cycle frees what is garbage and nothing else.
TEST_F(CollectorTest, C8_ACycleNeedsNoMemory) {
    constexpr int kWide = 3000;
    const auto build = [&] {
        std::vector<Value> live;
        Table* root = make();
        w.regs[0] = Value{root->self};
        for (int i = 1; i <= kWide; ++i) {  // wide: more than the gray list has room for at first
            Table* t = make();
            live.push_back(Value{t->self});
            set(root, i, Value{t->self});
            Table* inner = make();
            live.push_back(Value{inner->self});
            set(t, 1, Value{inner->self});
        }
        for (int i = 0; i < 60; ++i) {  // weak tables
            Table* t = make();
            live.push_back(Value{t->self});
            set(root, 10'000 + i, Value{t->self});
            set_mode(t, "v");
            set(t, 1, live[static_cast<std::size_t>(i)]);
        }
        return live;
    };
    std::uint64_t charges = 0;
    {
        (void)build();
        heap.budget.fail_charge(1'000'000);
        gc.collect();
        charges = 1'000'000 - heap.budget.charges_until_fault();
        heap.budget.fail_charge(0);
    }
    ASSERT_GE(charges, 3u);  // the lists have grown, or this tests nothing
    for (std::uint64_t n = 1; n <= charges + 1; ++n) {
        for (const bool all : {false, true}) {  // the n-th charge fails; or all do, as they are beyond the limit
            std::vector<Value> live = build();
            std::vector<Value> spare;  // what is stored in the cycle, and nobody has until then
            for (int i = 0; i < kWide / 4; ++i) spare.push_back(Value{make()->self});
            const Value garbage = Value{make()->self};
            gc.abandon();
            const std::size_t limit = heap.budget.limit();
            if (all) {
                if (n != 1) continue;
                heap.budget.set_limit(1);  // nothing that is idle may be taken instead
            } else {
                heap.budget.fail_charge(n);
            }
            bool changed = false;
            for (std::size_t steps = 0; !gc.step(300); ++steps) {
                if (changed || !gc.marking() || steps < 3) continue;
                changed = true;  // the gray-again list, too
                for (std::size_t i = 0; i < std::size_t{2} * kWide; i += 8) {
                    std::swap(live[i + 1], spare[i / 8]);
                    (void)txn.raw_set(*heap.get<Table>(live[i]), Value::number(1), live[i + 1]);
                }
            }
            heap.budget.fail_charge(0);
            heap.budget.set_limit(limit);
            EXPECT_TRUE(changed);
            EXPECT_FALSE(heap.alive(garbage));
            for (const Value v : live) ASSERT_TRUE(heap.alive(v)) << n;
            expect_clean();
            if (HasFailure()) return;
            w.regs[0] = Value::nil();
            gc.collect();
        }
    }
}

TEST_F(CollectorTest, PacingStartsACycleWhenUseHasDoubled) {
    gc.collect();
    EXPECT_FALSE(heap.pacing().gc_due);
    const std::size_t threshold = heap.pacing().gc_threshold;
    EXPECT_GE(threshold, 250'000u);
    while (!heap.pacing().gc_due) {
        (void)make();
        heap.pacing().fresh_pages = 0;  // they are charged (C15)
    }
    EXPECT_GE(heap.pacing().allocated, threshold);
    gc.collect();
    EXPECT_FALSE(heap.pacing().gc_due);
    heap.budget.set_limit(heap.budget.used() + 100'000);
    gc.set_threshold();
    EXPECT_LE(heap.pacing().gc_threshold - heap.pacing().allocated, 100'000u);  // before the limit is reached
}

// C1, C2: a random graph; whatever is reachable at the end of a cycle was not freed, what became unreachable before a
// cycle began is.
class CollectorRandom : public ::testing::TestWithParam<int> {};

/// What only dead entries of weak tables or finalized userdata led to goes in a later cycle.
void collect_all(World& w) {
    for (int i = 0; i < 6; ++i) {
        w.heap.collector().collect();
        while (!w.txn.take_finalizer().is_nil()) {
        }
    }
}

TEST_P(CollectorRandom, C1_C2_StepsBetweenMutations) {
    std::mt19937_64 engine(static_cast<std::uint64_t>(GetParam()));
    auto random = [&](std::size_t n) { return n == 0 ? std::size_t{0} : static_cast<std::size_t>(engine() % n); };
    World w;
    ASSERT_EQ(w.txn.begin(), TxnStatus::Ok);
    const std::size_t grain = 1 + random(100);
    for (int step = 0; step < 3000; ++step) {
        switch (random(8)) {
            case 0:
            case 1: w.make(random); break;
            case 2: w.load(random); break;
            case 3: (void)w.heap.collector().step(random(grain) + 1); break;
            default: (void)w.mutate(random);
        }
        if (step % 500 == 499) {
            const auto problem = w.verify();
            ASSERT_FALSE(problem.has_value()) << *problem << " seed " << GetParam() << " step " << step;
            if (random(3) == 0) {
                ASSERT_EQ(w.txn.commit(), TxnStatus::Ok);
                for (std::size_t i = random(300); i > 0; --i) (void)w.heap.collector().step(grain);
                ASSERT_EQ(w.txn.begin(), TxnStatus::Ok);
            }
        }
    }
    ASSERT_EQ(w.txn.commit(), TxnStatus::Ok);
    collect_all(w);
    auto problem = w.verify(true);
    ASSERT_FALSE(problem.has_value()) << *problem << " seed " << GetParam();
    w.regs.fill(Value::nil());
    ASSERT_EQ(w.txn.begin(), TxnStatus::Ok);
    for (unsigned i = 0; i < kLuaTypeCount; ++i) {
        ASSERT_EQ(w.txn.set_type_metatable(static_cast<LuaType>(i), Value::nil()), TxnStatus::Ok);
    }
    ASSERT_EQ(w.txn.set_registry(Value::nil()), TxnStatus::Ok);
    ASSERT_EQ(w.txn.set_globals(Value::nil()), TxnStatus::Ok);
    ASSERT_EQ(w.txn.commit(), TxnStatus::Ok);
    collect_all(w);
    problem = w.verify(true);
    ASSERT_FALSE(problem.has_value()) << *problem << " seed " << GetParam();
    std::size_t objects = 0;
    w.heap.pages().for_each_object([&](std::uint64_t*) { ++objects; });
    EXPECT_EQ(objects, kMetamethodCount);  // their names
}

INSTANTIATE_TEST_SUITE_P(Seeds, CollectorRandom, ::testing::Range(0, 150));

}  // namespace
}  // namespace arenite

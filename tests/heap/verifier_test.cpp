// Tests of heap/heap_verifier.h and heap/content_hash.h: each kind of damage is found and named.
#include "heap/heap_verifier.h"
#include "heap/prototype_builder.h"
#include "tests/support/heap_access.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "vm/embed/host.h"
#include "world_test.h"

namespace arenite {
namespace {

class VerifierTest : public WorldTest {
protected:
    /// Changes a word, expects a message with `what` in it, and repairs.
    void expect_found(void* address, std::uint64_t word, const char* what) {
        std::uint64_t saved;
        std::memcpy(&saved, address, sizeof saved);
        ASSERT_FALSE(w.verify().has_value());
        std::memcpy(address, &word, sizeof word);
        const auto problem = w.verify();
        ASSERT_TRUE(problem.has_value()) << what;
        EXPECT_NE(problem->find(what), std::string::npos) << *problem;
        std::memcpy(address, &saved, sizeof saved);
        ASSERT_FALSE(w.verify().has_value());
    }
    static std::uint64_t* words(void* object) { return static_cast<std::uint64_t*>(object); }
};

TEST_F(VerifierTest, FindsDamagedSlots) {
    Table* t = make();
    expect_found(&t->self, t->self ^ 1, "H2");
    expect_found(&t->self, t->self & word::kDeadMask, "H2");
    expect_found(&t->self, word::make(9, word::generation(t->self), word::position(t->self)), "page of class");
    expect_found(&t->wkey, 12345, "O2");
    expect_found(&t->wkey, t->self ^ (heap.pages().epoch() + 1), "O2");
    const Value dead = Value{ObjectFactory::make_empty_table(heap)->self};
    heap.collector().collect();
    ASSERT_FALSE(heap.alive(dead));
    expect_found(deref<std::uint64_t>(heap.base(), dead.bits), dead.bits, "PH1");
    expect_found(deref<std::uint64_t>(heap.base(), dead.bits) + 1, 1, "PH1");
    expect_found(deref<std::uint64_t>(heap.base(), dead.bits), std::uint64_t{77} << word::kGenerationShift, "PH3");
}

TEST_F(VerifierTest, FindsDamagedTables) {
    Table* t = make(4, 4);
    Table* other = make(4, 4);
    for (int i = 0; i < 4; ++i) {
        set(t, text("key " + std::to_string(i)), Value::number(i));
        set(other, text("key " + std::to_string(i)), Value::number(i));
    }
    const std::uint64_t stale = word::make(3, 77, word::position(t->self));
    auto* array = const_cast<Value*>(t->array());
    auto* nodes = const_cast<Node*>(t->nodes());
    expect_found(&array[0], stale, "array slot");
    expect_found(&nodes[1].value, stale, "value");
    expect_found(&nodes[1].key, stale, "key");
    expect_found(&nodes[1].key, Value::number(1).bits, "T5");
    expect_found(&nodes[1].key, Value::number(-0.0).bits, "T5");
    expect_found(&nodes[1].key, nodes[2].key.bits, "T3");  // twice the same
    expect_found(&nodes[0].next, 100, "T3");
    expect_found(&nodes[0].next, 0xFFFF'FFFFull, "T3");
    expect_found(&nodes[1].value, word::make(13, 1, 1), "V1");
    expect_found(&words(t)[2], words(other)[2], "O3");             // array part of another
    expect_found(&words(t)[3], words(other)[3], "O3");             // hash part of another
    expect_found(&words(t)[2], words(t)[2] + 8, "O3");             // no start of a block
    expect_found(&words(t)[4], words(t)[4] & ~0xFFFFFFFFull, "");  // no array slots, but a part
    expect_found(&words(t)[5], Value::number(1).bits, "metatable");
    expect_found(&words(t)[5], stale, "metatable");
    expect_found(&words(t)[6], words(t)[6] + 100, "last_free");
    // T6: says that a metamethod is absent that is there.
    set(t, heap.name(Metamethod::Index), Value::number(1));
    expect_found(&words(t)[7], words(t)[7] | 1, "T6");
}

TEST_F(VerifierTest, FindsRingsOfNodes) {
    Table* t = make(0, 2);
    set(t, text("a"), Value::number(1));
    set(t, text("b"), Value::number(2));
    auto* nodes = const_cast<Node*>(t->nodes());
    const Node saved[2] = {nodes[0], nodes[1]};
    nodes[0].next = 1;
    nodes[1].next = -1;
    const auto problem = w.verify();
    ASSERT_TRUE(problem.has_value());
    EXPECT_NE(problem->find("ring"), std::string::npos) << *problem;
    nodes[0] = saved[0];
    nodes[1] = saved[1];
    EXPECT_FALSE(w.verify().has_value());
}

TEST_F(VerifierTest, FindsOtherDamagedObjects) {
    const std::uint64_t stale = word::make(3, 77, 512);
    Cell* c = heap.get(ObjectFactory::make_cell(heap, Value::nil()));
    w.held.push_back(Value{c->self});
    expect_found(&words(c)[2], stale, "value");
    const Value s = text(std::string(103, 's'));  // with its NUL a whole number of words
    w.held.push_back(s);
    expect_found(&words(heap.get<LongString>(s))[3], 0, "O3");
    expect_found(&words(heap.get<LongString>(s))[2], 10, "is short");
    expect_found(const_cast<char*>(heap.string(s).data()) + 96, 0x0173'7373'7373'7373, "NUL");
    const Value word_value = text("a short one");
    expect_found(const_cast<char*>(heap.string(word_value).data()), 0x7878'7878, "hash");
    Thread* t = heap.get(ObjectFactory::make_thread(heap, 10, 2));
    w.held.push_back(Value{t->self});
    expect_found(&t->top, reinterpret_cast<std::uint64_t>(t->stack + 11), "TH1");
    expect_found(&t->frame->base, 0, "TH1");
    expect_found(&words(t)[8], stale, "globals");
    Buffer* b = heap.get(ObjectFactory::make_buffer(heap));
    w.held.push_back(Value{b->self});
    ASSERT_EQ(w.txn.append(*b, "text"), TxnStatus::Ok);
    expect_found(&words(b)[3], 1000, "fuller");
    expect_found(&words(b)[2], words(t)[2], "O3");
}

TEST_F(VerifierTest, FindsWrongAccounting) {
    ASSERT_TRUE(heap.budget.charge(8));
    const auto problem = w.verify();
    ASSERT_TRUE(problem.has_value());
    EXPECT_NE(problem->find("PH5"), std::string::npos);
    heap.budget.release(8);
    EXPECT_FALSE(w.verify().has_value());
    heap.budget.release(8);
    EXPECT_TRUE(verify_heap(heap).has_value());  // less than the heap's own, even when others are not known
    ASSERT_TRUE(heap.budget.charge(8));
}

TEST_F(VerifierTest, FindsLostGarbage) {
    w.held.clear();
    ASSERT_EQ(w.txn.commit(), TxnStatus::Ok);
    heap.collector().collect();
    EXPECT_FALSE(w.verify(true).has_value());
    (void)HeapTestAccess::pages(heap).allocate_payload(100);
    auto problem = w.verify(true);
    ASSERT_TRUE(problem.has_value());
    EXPECT_NE(problem->find("O3"), std::string::npos);
    heap.collector().collect();
    (void)ObjectFactory::make_buffer(heap);
    problem = w.verify(true);
    ASSERT_TRUE(problem.has_value());
    EXPECT_NE(problem->find("garbage"), std::string::npos);
    EXPECT_FALSE(w.verify().has_value());
}

TEST_F(VerifierTest, StaleRegistersAndDeadKeysAreAllowed) {
    Thread* t = heap.get(ObjectFactory::make_thread(heap, 10, 2));
    w.held.push_back(Value{t->self});
    *t->top++ = Value{word::make(3, 77, 512)};
    Table* table = make(0, 2);
    const Value key = Value{make()->self};
    set(table, key, Value::number(1));
    set(table, key, Value::nil());
    w.held.pop_back();  // the key
    heap.collector().collect();
    EXPECT_FALSE(heap.alive(key));
    const auto problem = w.verify();
    EXPECT_FALSE(problem.has_value()) << *problem;
}

// --- Content hash ----------------------------------------------------------------------------------------------------

TEST_F(VerifierTest, ContentHashSeesEveryChange) {
    Table* t = make(4, 4);
    Cell* c = heap.get(ObjectFactory::make_cell(heap, Value::nil()));
    Buffer* b = heap.get(ObjectFactory::make_buffer(heap));
    Userdata* u = heap.get(ObjectFactory::make_userdata(heap, 8, Value::nil()));
    Thread* th = heap.get(ObjectFactory::make_thread(heap, 10, 2));
    for (int i = 1; const std::uint64_t self : {c->self, b->self, u->self, th->self})
        set(t, Value::number(i++), Value{self});
    std::uint64_t last = content_hash(heap, w.held);
    EXPECT_EQ(content_hash(heap, w.held), last);
    int step = 0;
    const auto expect_change = [&] {
        const std::uint64_t now = content_hash(heap, w.held);
        EXPECT_NE(now, last) << "step " << step;
        last = now;
        ++step;
    };
    set(t, text("x"), Value::number(1));
    expect_change();
    set(t, text("x"), Value::number(2));
    expect_change();
    ASSERT_EQ(w.txn.set_metatable(*t, heap.globals()), TableStatus::Ok);
    expect_change();
    ASSERT_EQ(w.txn.set_cell(*c, Value::number(1)), TxnStatus::Ok);
    expect_change();
    ASSERT_EQ(w.txn.append(*b, "x"), TxnStatus::Ok);
    expect_change();
    ASSERT_EQ(w.txn.set_metatable(*u, heap.globals()), TxnStatus::Ok);
    expect_change();
    const_cast<char*>(u->data())[3] = 'x';
    expect_change();
    *th->top++ = Value::number(1);
    expect_change();
    th->status = ThreadStatus::Dead;
    expect_change();
    ASSERT_EQ(w.txn.set_read_only(*t, true), TableStatus::Ok);
    expect_change();
    ASSERT_EQ(w.txn.set_type_metatable(LuaType::String, heap.globals()), TxnStatus::Ok);
    expect_change();
}

TEST_F(VerifierTest, ContentHashIgnoresWhatHasNoMeaning) {
    Table* t = make(4, 4);
    const std::uint64_t before = content_hash(heap, w.held);
    (void)heap.metamethod_of(Value{t->self}, Metamethod::Index);  // the absence cache
    (void)text("an unreachable string");
    heap.collector().collect();  // write keys
    std::size_t s = 0;
    ASSERT_EQ(w.txn.savepoint(s), TxnStatus::Ok);  // epochs
    ASSERT_EQ(w.txn.commit(), TxnStatus::Ok);
    EXPECT_EQ(content_hash(heap, w.held), before);
    // Inline hints.
    boost::container::pmr::memory_resource* mr = boost::container::pmr::new_delete_resource();
    FunctionUnit unit(mr);
    unit.code.push_back(ins::abcd(Op::GETFIELD, 1, 2, 3, 0));
    const Handle<Prototype> p = make_prototype(heap, unit);
    const Value roots[] = {Value::object(p)};
    const std::uint64_t with_code = content_hash(heap, roots);
    const_cast<Instruction*>(heap.get(p)->code())[0] = ins::abcd(Op::GETFIELD, 1, 2, 3, 99);
    EXPECT_EQ(content_hash(heap, roots), with_code);
    const_cast<Instruction*>(heap.get(p)->code())[0] = ins::abcd(Op::GETFIELD, 1, 2, 4, 0);
    EXPECT_NE(content_hash(heap, roots), with_code);
}

TEST_F(VerifierTest, ContentHashFollowsLongChainsWithoutRecursion) {
    Value head = Value::nil();
    for (int i = 0; i < 200'000; ++i) head = Value::object(ObjectFactory::make_cell(heap, head));
    const Value roots[] = {head};
    const std::uint64_t before = content_hash(heap, roots);
    EXPECT_EQ(content_hash(heap, roots), before);
}

}  // namespace
}  // namespace arenite

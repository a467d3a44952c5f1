// Keys that were chosen to meet: 100,000 strings, integers, fractions and objects of which an attacker knows all but the
// secret of the Vm take hardly more probes than as many others.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arenite/vm.h>
#include "heap/key_hash.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

#if defined(ARENITE_STRESS)
constexpr std::size_t kKeys = 2'000;
#else
constexpr std::size_t kKeys = 100'000;
#endif
constexpr std::size_t kCandidates = 8 * kKeys;

class ChosenKeys : public testing::Test {
protected:
    ChosenKeys() : vm(Vm::create()) { EXPECT_EQ(vm->begin(), TxnStatus::Ok); }

    /// Probes on average to find a key of a new table with these.
    double probes(const std::vector<Value>& keys) {
        const Handle<Table> handle = vm->make_table(0, 0);
        Table* t = vm->heap().get(handle);
        for (const Value key : keys) EXPECT_EQ(vm->txn().raw_set(*t, key, Value::boolean(true)), TableStatus::Ok);
        double sum = 0;
        for (const Value key : keys) {
            const Node* n = t->home_node(vm->heap(), key);
            for (++sum; n->key.bits != key.bits; ++sum) n += n->next;
        }
        return sum / static_cast<double>(keys.size());
    }
    /// The keys among the candidates that meet most under another secret, in a table of the size that they will have.
    static std::vector<Value> chosen(std::vector<Value> candidates) {
        const auto nodes = static_cast<std::uint32_t>(kKeys <= 2048 ? 2048 : 131072);
        const KeyHash other(KeyHash::seed(nodes, 0x1234'5678'9ABC'DEF0ull, candidates[0].bits, 0));
        const auto node = [&](Value v) { return (v.is_number() ? other.number(v) : other.word(v.bits)) & (nodes - 1); };
        std::stable_sort(candidates.begin(), candidates.end(), [&](Value a, Value b) { return node(a) < node(b); });
        candidates.resize(kKeys);
        return candidates;
    }
    void compare(const std::vector<Value>& candidates) {
        const std::vector<Value> first(candidates.begin(), candidates.begin() + kKeys);
        const double usual = probes(first);
        EXPECT_LT(usual, 2.0);
        EXPECT_LT(probes(chosen(candidates)), 3 * usual);
    }
    std::unique_ptr<Vm> vm;
};

TEST_F(ChosenKeys, Integers) {
    std::vector<Value> all;
    for (std::size_t i = 0; i < kCandidates; ++i) all.push_back(Value::number(static_cast<double>(i * 64)));
    compare(all);
    for (std::size_t i = 0; i < kCandidates; ++i) all[i] = Value::number(static_cast<double>(i) * 1048576 * 4096);
    compare(all);
}

TEST_F(ChosenKeys, Fractions) {
    std::vector<Value> all;
    for (std::size_t i = 0; i < kCandidates; ++i) all.push_back(Value::number(static_cast<double>(i) + 0.5));
    compare(all);
}

TEST_F(ChosenKeys, Objects) {
    std::vector<Value> all;
    for (std::size_t i = 0; i < kCandidates; ++i) all.push_back(Value::object(vm->make_table(0, 0)));
    compare(all);
}

TEST_F(ChosenKeys, Strings) {
    std::vector<Value> all;
    for (std::size_t i = 0; i < kCandidates; ++i) all.push_back(vm->make_string("key" + std::to_string(i)));
    compare(all);
}

// What one table tells of its order is of no use against another one: the keys that come first in a table of all of them.
TEST_F(ChosenKeys, ByTheOrderOfAnotherTable) {
    const Handle<Table> handle = vm->make_table(0, 0);
    Table* t = vm->heap().get(handle);
    std::vector<Value> all;
    for (std::size_t i = 0; i < kCandidates; ++i) {
        all.push_back(Value::object(vm->make_table(0, 0)));
        ASSERT_EQ(vm->txn().raw_set(*t, all.back(), Value::boolean(true)), TableStatus::Ok);
    }
    std::vector<Value> by_node = all;
    std::stable_sort(by_node.begin(), by_node.end(), [&](Value a, Value b) {
        const auto node = [&](Value v) { return (t->home_node(vm->heap(), v) - t->nodes()) % 131072; };
        return node(a) < node(b);
    });
    by_node.resize(kKeys);
    EXPECT_LT(probes(by_node), 3 * probes({all.begin(), all.begin() + kKeys}));
}

}  // namespace
}  // namespace arenite

// Hash parts of 2^10 to 2^20 nodes with strings as keys: filling one, growth included, and reading its keys in the order in
// which they were made and at random. Each figure is the time of one key.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "heap/factory.h"
#include "heap/heap.h"
#include "txn/transaction.h"

namespace {

using namespace arenite;

enum class Order { AsMade, Random };

struct LargeTable {
    Heap heap{HeapOptions{.hash_seed = 1}};
    Transaction txn{heap};
    std::vector<Value> keys;

    explicit LargeTable(std::size_t count) {
        (void)txn.begin();
        for (std::size_t i = 0; i < count; ++i)
            keys.push_back(ObjectFactory::make_string(heap, "key" + std::to_string(i)));
    }
    Table& filled() {
        Table& t = *ObjectFactory::make_empty_table(heap);
        for (const Value key : keys) (void)txn.raw_set(t, key, Value::number(1));
        return t;
    }
};

void per_key(benchmark::State& state, std::size_t keys) {
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * keys));
}

void fill(benchmark::State& state) {
    LargeTable f(static_cast<std::size_t>(state.range(0)) * 3 / 4);
    for (auto _ : state) {
        std::size_t number = 0;
        (void)f.txn.savepoint(number);
        benchmark::DoNotOptimize(&f.filled());
        state.PauseTiming();
        (void)f.txn.rollback_to(number);
        state.ResumeTiming();
    }
    per_key(state, f.keys.size());
}

void find(benchmark::State& state, Order order) {
    LargeTable f(static_cast<std::size_t>(state.range(0)) * 3 / 4);
    const Table& t = f.filled();
    if (order == Order::Random) std::shuffle(f.keys.begin(), f.keys.end(), std::mt19937(1));
    for (auto _ : state) {
        for (const Value key : f.keys) benchmark::DoNotOptimize(t.find_word(key.bits));
    }
    per_key(state, f.keys.size());
}

BENCHMARK(fill)->RangeMultiplier(4)->Range(1 << 10, 1 << 20);
BENCHMARK_CAPTURE(find, as_made, Order::AsMade)->RangeMultiplier(4)->Range(1 << 10, 1 << 20);
BENCHMARK_CAPTURE(find, random, Order::Random)->RangeMultiplier(4)->Range(1 << 10, 1 << 20);

}  // namespace

// How long it takes to be rid of everything a transaction has made, against the number of objects: rollback, commit
// with nothing escaped, and a full mark and sweep of the same garbage. docs/measurements.md has the figures.
#include <benchmark/benchmark.h>

#include <string>

#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"
#include "txn/transaction.h"

namespace {

using namespace arenite;

/// `count` objects as scripts make them: two tables with a field in turn with one string.
void make_objects(Heap& heap, Transaction& txn, std::int64_t count) {
    const Value key = ObjectFactory::make_string(heap, "field");
    for (std::int64_t i = 0; i < count; i += 3) {
        Table* t = ObjectFactory::make_empty_table(heap);
        if (txn.raw_set(*t, key, Value::number(static_cast<double>(i))) != TableStatus::Ok) return;
        benchmark::DoNotOptimize(ObjectFactory::make_empty_table(heap));
        benchmark::DoNotOptimize(ObjectFactory::make_string(heap, "value " + std::to_string(i)));
    }
}

enum class Way { Rollback, Commit, Sweep };

/// Times only the end of the transaction (and for Sweep the collection after it).
void release(benchmark::State& state, Way way) {
    Heap heap(HeapOptions{});
    Transaction txn(heap);
    for (auto _ : state) {
        state.PauseTiming();
        (void)txn.begin();
        make_objects(heap, txn, state.range(0));
        state.ResumeTiming();
        switch (way) {
            case Way::Rollback: (void)txn.rollback(); break;
            case Way::Commit: (void)txn.commit(CommitMode::ReleaseUnescaped); break;
            case Way::Sweep:
                (void)txn.commit();
                heap.collector().collect();
                break;
        }
    }
    state.counters["ns/object"] =
        benchmark::Counter(static_cast<double>(state.range(0)) * 1e-9,
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// The whole transaction: what pages that were released cost when they are used again is in it.
void whole(benchmark::State& state, Way way) {
    Heap heap(HeapOptions{});
    Transaction txn(heap);
    for (auto _ : state) {
        (void)txn.begin();
        make_objects(heap, txn, state.range(0));
        if (way == Way::Sweep) {
            (void)txn.commit();
            heap.collector().collect();
        } else {
            (void)txn.rollback();
        }
    }
}

#define ARENITE_RELEASE(function, name, way) \
    BENCHMARK_CAPTURE(function, name, way)->RangeMultiplier(10)->Range(1000, 1'000'000)->Unit(benchmark::kMicrosecond)

ARENITE_RELEASE(release, rollback, Way::Rollback);
ARENITE_RELEASE(release, commit_nothing_escaped, Way::Commit);
ARENITE_RELEASE(release, mark_and_sweep, Way::Sweep);
ARENITE_RELEASE(whole, rollback, Way::Rollback);
ARENITE_RELEASE(whole, mark_and_sweep, Way::Sweep);

}  // namespace

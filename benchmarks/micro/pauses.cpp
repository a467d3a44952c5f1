// The longest piece of collector work that nothing interrupts, over heaps of different shapes with a million slots or
// objects: steps of a cycle as the VM takes them. docs/measurements.md has the figures.
#include <benchmark/benchmark.h>

#include <time.h>

#include <algorithm>
#include <string>

#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"
#include "txn/transaction.h"

namespace {

using namespace arenite;

/// Work of one step of the VM (Collector::pay) at the default multiplier.
constexpr std::size_t kWork = Collector::kStepWork * 2;

struct Shape {
    Heap heap{HeapOptions{}};
    Transaction txn{heap};
    Value root = Value::nil();

    Shape() {
        (void)txn.begin();
        root = Value::object(ObjectFactory::make_table(heap, 0, 0));
        for (unsigned i = 0; i < kMetamethodCount; ++i) {
            (void)txn.set_name(static_cast<Metamethod>(i),
                               ObjectFactory::make_string(heap, "__name" + std::to_string(i)));
        }
        (void)txn.set_registry(root);
    }
    Table& table() { return *heap.get<Table>(root); }
    Value empty() { return Value{ObjectFactory::make_empty_table(heap)->self}; }
};

void fill_objects(Shape& s, std::int64_t n) {
    for (std::int64_t i = 1; i <= n; ++i) (void)s.txn.raw_set_integer(s.table(), i, s.empty());
}
void fill_numbers(Shape& s, std::int64_t n) {
    for (std::int64_t i = 1; i <= n; ++i) (void)s.txn.raw_set_integer(s.table(), i, Value::number(1));
}
void fill_garbage(Shape& s, std::int64_t n) {
    for (std::int64_t i = 1; i <= n; ++i) (void)s.empty();
}
void fill_weak(Shape& s, std::int64_t n) {
    const Value mt = s.empty();
    (void)s.txn.raw_set(*s.heap.get<Table>(mt), s.heap.name(Metamethod::Mode), ObjectFactory::make_string(s.heap, "v"));
    (void)s.txn.set_metatable(s.table(), mt);
    fill_objects(s, n);
}
void fill_threads(Shape& s, std::int64_t n) {
    for (std::int64_t i = 1; i <= n / 100; ++i) {
        const auto h = ObjectFactory::make_thread(s.heap, 110, 2);
        Thread* t = s.heap.get(h);
        while (t->top < t->stack + 100) *t->top++ = Value::number(1);
        (void)s.txn.raw_set_integer(s.table(), i, Value::object(h));
    }
}
void fill_userdata(Shape& s, std::int64_t n) {
    const Value mt = s.empty();
    (void)s.txn.raw_set(*s.heap.get<Table>(mt), s.heap.name(Metamethod::Gc), Value::boolean(true));
    for (std::int64_t i = 0; i < n; ++i) {
        const auto u = ObjectFactory::make_userdata(s.heap, 8, Value::nil());
        (void)s.txn.set_metatable(*s.heap.get(u), mt);
    }
}
void fill_large_blocks(Shape& s, std::int64_t n) {
    for (std::int64_t i = 0; i < n / 20; ++i) (void)ObjectFactory::make_string(s.heap, std::string(3000, 'x'));
}

/// Processor time of this thread in microseconds: what others do on the machine is no pause of ours.
double now_us() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) * 1e-3;
}

/// A table that is written to while it is marked is scanned again in the atomic step.
void touch(Shape& s) {
    (void)s.txn.raw_set_integer(s.table(), 1, Value::number(2));
}

void pauses(benchmark::State& state, void (*fill)(Shape&, std::int64_t), void (*mutate)(Shape&)) {
    double longest_mark = 0;
    double atomic = 0;
    double longest_finish = 0;
    double longest_sweep = 0;
    for (auto _ : state) {
        state.PauseTiming();
        Shape shape;
        fill(shape, state.range(0));
        shape.heap.collector().abandon();
        state.ResumeTiming();
        for (bool done = false; !done;) {
            const Collector::Phase phase = shape.heap.collector().phase();
            if (mutate && shape.heap.collector().marking()) mutate(shape);
            const double start = now_us();
            done = shape.heap.collector().step(kWork);
            const double us = now_us() - start;
            double& longest = phase == Collector::Phase::Sweep    ? longest_sweep
                              : phase == Collector::Phase::Finish ? longest_finish
                              : shape.heap.collector().marking()  ? longest_mark
                                                                  : atomic;
            longest = std::max(longest, us);
        }
    }
    state.counters["mark_us"] = longest_mark;
    state.counters["atomic_us"] = atomic;
    state.counters["finish_us"] = longest_finish;
    state.counters["sweep_us"] = longest_sweep;
}

#define ARENITE_PAUSES(name, fill, mutate) \
    BENCHMARK_CAPTURE(pauses, name, fill, mutate)->Arg(1'000'000)->Iterations(3)->Unit(benchmark::kMillisecond)

ARENITE_PAUSES(small_tables, fill_objects, nullptr);
ARENITE_PAUSES(one_table_of_numbers, fill_numbers, nullptr);
ARENITE_PAUSES(one_table_written_to, fill_numbers, touch);
ARENITE_PAUSES(garbage, fill_garbage, nullptr);
ARENITE_PAUSES(weak_table, fill_weak, nullptr);
ARENITE_PAUSES(ten_thousand_threads, fill_threads, nullptr);
ARENITE_PAUSES(userdata_to_finalize, fill_userdata, nullptr);
ARENITE_PAUSES(large_blocks, fill_large_blocks, nullptr);

}  // namespace

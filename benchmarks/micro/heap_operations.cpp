// The costs of the heap's and the transaction's elementary operations: validation of a handle against a raw pointer and an
// unchecked index, writes to fresh and to older objects, the journal, begin with commit, rollback or savepoint, making and
// releasing each kind of object, interning, tables by kind of key. Each figure is the time of one operation.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"
#include "txn/journal.h"
#include "txn/transaction.h"

namespace {

using namespace arenite;

constexpr std::size_t kObjects = 1024;  // enough to leave the branch predictor and one cache line, few enough for L1/L2

struct Fixture final : RootSource {
    Heap heap{HeapOptions{}};
    Transaction txn{heap};
    std::vector<Value> tables;

    Fixture() {
        heap.collector().add_root_source(this);
        (void)txn.begin();
        for (std::size_t i = 0; i < kObjects; ++i) {
            Table* t = ObjectFactory::make_empty_table(heap);
            (void)txn.raw_set_integer(*t, 1, Value::number(1));
            tables.push_back(Value{t->self});
        }
    }
    ~Fixture() { heap.collector().remove_root_source(this); }
    void mark_roots(Collector& collector, bool) override { collector.mark_values(tables.data(), tables.size()); }
    Table& table(std::size_t i) { return *heap.get<Table>(tables[i % kObjects]); }
    /// What there is becomes older than the transaction.
    void age() {
        (void)txn.commit();
        (void)txn.begin();
    }
};

/// Reports the time of one of `count` operations in an iteration.
void per_operation(benchmark::State& state, std::size_t count) {
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
    state.counters["ns"] = benchmark::Counter(
        static_cast<double>(count) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// --- Reaching an object -------------------------------------------------------------------------------------------------

void reach_validated(benchmark::State& state) {
    Fixture f;
    for (auto _ : state) {
        std::uint64_t sum = 0;
        for (const Value v : f.tables) {
            const Table* t = f.heap.get<Table>(v);
            if (t) sum += t->array_size();
        }
        benchmark::DoNotOptimize(sum);
    }
    per_operation(state, kObjects);
}
void reach_unchecked(benchmark::State& state) {
    Fixture f;
    for (auto _ : state) {
        std::uint64_t sum = 0;
        for (const Value v : f.tables) sum += deref<Table>(f.heap.base(), v.bits)->array_size();
        benchmark::DoNotOptimize(sum);
    }
    per_operation(state, kObjects);
}
void reach_by_pointer(benchmark::State& state) {
    Fixture f;
    std::vector<const Table*> pointers;
    for (const Value v : f.tables) pointers.push_back(f.heap.get<Table>(v));
    for (auto _ : state) {
        std::uint64_t sum = 0;
        for (const Table* t : pointers) sum += t->array_size();
        benchmark::DoNotOptimize(sum);
    }
    per_operation(state, kObjects);
}
BENCHMARK(reach_validated);
BENCHMARK(reach_unchecked);
BENCHMARK(reach_by_pointer);

// --- Writing ------------------------------------------------------------------------------------------------------------

void write_fresh(benchmark::State& state) {
    Fixture f;
    double x = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i < kObjects; ++i) (void)f.txn.raw_set_integer(f.table(i), 1, Value::number(++x));
    }
    per_operation(state, kObjects);
}
/// The first write to each object that is older than the transaction, with a new transaction for each round.
void write_older_first(benchmark::State& state) {
    Fixture f;
    double x = 0;
    for (auto _ : state) {
        f.age();
        for (std::size_t i = 0; i < kObjects; ++i) (void)f.txn.raw_set_integer(f.table(i), 1, Value::number(++x));
    }
    per_operation(state, kObjects);
}
void write_older_again(benchmark::State& state) {
    Fixture f;
    f.age();
    double x = 0;
    for (std::size_t i = 0; i < kObjects; ++i) (void)f.txn.raw_set_integer(f.table(i), 1, Value::number(++x));
    for (auto _ : state) {
        for (std::size_t i = 0; i < kObjects; ++i) (void)f.txn.raw_set_integer(f.table(i), 1, Value::number(++x));
    }
    per_operation(state, kObjects);
}
/// One slot in each card of a large older table.
void write_older_cards(benchmark::State& state) {
    Fixture f;
    constexpr std::int64_t kSlots = 1 << 20;
    Table& large = f.table(0);
    for (std::int64_t i = 1; i <= kSlots; ++i) (void)f.txn.raw_set_integer(large, i, Value::number(1));
    constexpr std::int64_t kStride = kSlots / 1024;
    for (auto _ : state) {
        state.PauseTiming();
        f.age();
        state.ResumeTiming();
        for (std::int64_t i = 1; i <= kSlots; i += kStride) (void)f.txn.raw_set_integer(large, i, Value::number(2));
    }
    per_operation(state, 1024);
}
BENCHMARK(write_fresh);
BENCHMARK(write_older_first);
BENCHMARK(write_older_again);
BENCHMARK(write_older_cards);

// --- Journal and transactions -------------------------------------------------------------------------------------------

void journal_append(benchmark::State& state) {
    ByteBudget budget;
    Journal journal(budget);
    std::array<char, 4096> bytes{};
    const auto size = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        for (std::size_t i = 0; i < kObjects; ++i) {
            benchmark::DoNotOptimize(journal.append(Journal::Kind::Words, 0, bytes.data(), size, 0));
        }
        journal.truncate(0);
    }
    per_operation(state, kObjects);
}
BENCHMARK(journal_append)->Arg(8)->Arg(48)->Arg(128)->Arg(1024);

enum class End { Commit, Release, Rollback };
/// A transaction that writes to `range` older tables and makes as many new ones.
void transaction(benchmark::State& state, End end) {
    Fixture f;
    (void)f.txn.commit();
    const auto count = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        (void)f.txn.begin();
        for (std::size_t i = 0; i < count; ++i) {
            (void)f.txn.raw_set_integer(f.table(i), 1, Value::number(2));
            benchmark::DoNotOptimize(ObjectFactory::make_empty_table(f.heap));
        }
        switch (end) {
            case End::Commit: (void)f.txn.commit(); break;
            case End::Release: (void)f.txn.commit(CommitMode::ReleaseUnescaped); break;
            case End::Rollback: (void)f.txn.rollback(); break;
        }
        if (f.heap.pacing().gc_due) {
            state.PauseTiming();
            f.heap.collector().collect();
            state.ResumeTiming();
        }
    }
}
BENCHMARK_CAPTURE(transaction, commit, End::Commit)->Arg(0)->Arg(1)->Arg(10)->Arg(100);
BENCHMARK_CAPTURE(transaction, release_unescaped, End::Release)->Arg(0);
BENCHMARK_CAPTURE(transaction, rollback, End::Rollback)->Arg(0)->Arg(1)->Arg(10)->Arg(100);

void savepoint(benchmark::State& state, bool keep) {
    Fixture f;
    f.age();
    const auto count = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        std::size_t number = 0;
        (void)f.txn.savepoint(number);
        for (std::size_t i = 0; i < count; ++i) (void)f.txn.raw_set_integer(f.table(i), 1, Value::number(2));
        (void)(keep ? f.txn.release(number) : f.txn.rollback_to(number));
        // What a kept scope has saved stays in the journal until the transaction ends.
        if (keep && f.txn.journal().size() > 100'000) f.age();
    }
}
BENCHMARK_CAPTURE(savepoint, release, true)->Arg(0)->Arg(10);
BENCHMARK_CAPTURE(savepoint, rollback_to, false)->Arg(0)->Arg(10);

// --- Making and releasing objects -----------------------------------------------------------------------------------------

constexpr std::size_t kMade = 10'000;

Value make_table(Heap& heap, std::size_t) {
    return Value{ObjectFactory::make_empty_table(heap)->self};
}
Value make_sized_table(Heap& heap, std::size_t) {
    return Value::object(ObjectFactory::make_table(heap, 4, 4));
}
Value make_cell(Heap& heap, std::size_t) {
    return Value::object(ObjectFactory::make_cell(heap, Value::nil()));
}
Value make_short_string(Heap& heap, std::size_t i) {
    std::array<char, 10> text{'s', 't', 'r', 'i', 'n'};
    for (std::size_t at = 5; at < 10; ++at, i /= 26) text[at] = static_cast<char>('a' + i % 26);
    return ObjectFactory::make_string(heap, {text.data(), text.size()});
}
Value make_long_string(Heap& heap, std::size_t) {
    static const std::string text(200, 'x');
    return ObjectFactory::make_string(heap, text);
}
Value make_userdata(Heap& heap, std::size_t) {
    return Value::object(ObjectFactory::make_userdata(heap, 16, Value::nil()));
}
Value make_buffer(Heap& heap, std::size_t) {
    return Value::object(ObjectFactory::make_buffer(heap));
}
Value make_thread(Heap& heap, std::size_t) {
    return Value::object(ObjectFactory::make_thread(heap, 32, 8));
}
Value make_native(Heap& heap, std::size_t) {
    return Value::object(ObjectFactory::make_native(heap, nullptr, "native", Value::nil(), {}));
}

/// Makes kMade objects; what undoes them is not timed.
void allocate(benchmark::State& state, Value (*make)(Heap&, std::size_t)) {
    Heap heap(HeapOptions{});
    Transaction txn(heap);
    for (auto _ : state) {
        (void)txn.begin();
        for (std::size_t i = 0; i < kMade; ++i) benchmark::DoNotOptimize(make(heap, i));
        state.PauseTiming();
        (void)txn.rollback();
        state.ResumeTiming();
    }
    per_operation(state, kMade);
}
/// Sweeps kMade dead objects.
void release(benchmark::State& state, Value (*make)(Heap&, std::size_t)) {
    Heap heap(HeapOptions{});
    Transaction txn(heap);
    for (auto _ : state) {
        state.PauseTiming();
        (void)txn.begin();
        for (std::size_t i = 0; i < kMade; ++i) benchmark::DoNotOptimize(make(heap, i));
        (void)txn.commit();
        state.ResumeTiming();
        heap.collector().collect();
    }
    per_operation(state, kMade);
}
#define ARENITE_KIND(kind)                          \
    BENCHMARK_CAPTURE(allocate, kind, make_##kind); \
    BENCHMARK_CAPTURE(release, kind, make_##kind)
ARENITE_KIND(table);
ARENITE_KIND(sized_table);
ARENITE_KIND(cell);
ARENITE_KIND(short_string);
ARENITE_KIND(long_string);
ARENITE_KIND(userdata);
ARENITE_KIND(buffer);
ARENITE_KIND(thread);
ARENITE_KIND(native);

/// Interning of a string that is there already, by its length.
void intern_known(benchmark::State& state) {
    Heap heap(HeapOptions{});
    Transaction txn(heap);
    (void)txn.begin();
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < kObjects; ++i) {
        std::string text = std::to_string(i) + std::string(47, 'x');
        text.resize(static_cast<std::size_t>(state.range(0)));
        texts.push_back(text);
        benchmark::DoNotOptimize(ObjectFactory::make_string(heap, text));
    }
    for (auto _ : state) {
        for (const std::string& text : texts) benchmark::DoNotOptimize(ObjectFactory::make_string(heap, text));
    }
    per_operation(state, kObjects);
}
BENCHMARK(intern_known)->Arg(5)->Arg(15)->Arg(47);

// --- Tables -----------------------------------------------------------------------------------------------------------------

enum class Key { Array, ShortString, LongString, Number, Boolean, Table };

std::vector<Value> keys_of(Fixture& f, Key kind) {
    std::vector<Value> keys;
    for (std::size_t i = 0; i < kObjects; ++i) {
        const auto n = static_cast<double>(i);
        switch (kind) {
            case Key::Array: keys.push_back(Value::number(n + 1)); break;
            case Key::ShortString: keys.push_back(make_short_string(f.heap, i)); break;
            case Key::LongString:
                keys.push_back(ObjectFactory::make_string(f.heap, std::to_string(i) + std::string(60, 'y')));
                break;
            case Key::Number: keys.push_back(Value::number(n + 0.5)); break;
            case Key::Boolean: keys.push_back(Value::boolean(i % 2 == 0)); break;
            case Key::Table: keys.push_back(f.tables[i]); break;
        }
    }
    return keys;
}
void table_get(benchmark::State& state, Key kind) {
    Fixture f;
    const std::vector<Value> keys = keys_of(f, kind);
    Table& t = *f.heap.get<Table>(make_table(f.heap, 0));
    for (const Value key : keys) (void)f.txn.raw_set(t, key, Value::number(1));
    for (auto _ : state) {
        for (const Value key : keys) benchmark::DoNotOptimize(t.get(f.heap, key));
    }
    per_operation(state, kObjects);
}
void table_set(benchmark::State& state, Key kind) {
    Fixture f;
    const std::vector<Value> keys = keys_of(f, kind);
    Table& t = *f.heap.get<Table>(make_table(f.heap, 0));
    for (const Value key : keys) (void)f.txn.raw_set(t, key, Value::number(1));
    for (auto _ : state) {
        for (const Value key : keys) benchmark::DoNotOptimize(f.txn.raw_set(t, key, Value::number(2)));
    }
    per_operation(state, kObjects);
}
/// New keys into an empty table, growth included.
void table_insert(benchmark::State& state, Key kind) {
    Fixture f;
    const std::vector<Value> keys = keys_of(f, kind);
    for (auto _ : state) {
        std::size_t number = 0;
        (void)f.txn.savepoint(number);
        Table& t = *f.heap.get<Table>(make_table(f.heap, 0));
        for (const Value key : keys) benchmark::DoNotOptimize(f.txn.raw_set(t, key, Value::number(2)));
        state.PauseTiming();
        (void)f.txn.rollback_to(number);
        state.ResumeTiming();
    }
    per_operation(state, kObjects);
}
#define ARENITE_KEY(name, key)               \
    BENCHMARK_CAPTURE(table_get, name, key); \
    BENCHMARK_CAPTURE(table_set, name, key); \
    BENCHMARK_CAPTURE(table_insert, name, key)
ARENITE_KEY(array, Key::Array);
ARENITE_KEY(short_string, Key::ShortString);
ARENITE_KEY(long_string, Key::LongString);
ARENITE_KEY(number, Key::Number);
ARENITE_KEY(boolean, Key::Boolean);
ARENITE_KEY(table, Key::Table);

}  // namespace

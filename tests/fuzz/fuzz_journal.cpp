// Fuzzes transactions: bytes are operations, savepoints, collections and failing allocations. Some tables are mirrored in
// a shadow model that is copied at each savepoint; the rest of the heap is compared by its hash (X1 to X8).
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "../txn/world.h"

namespace arenite {
namespace {

constexpr std::size_t kTables = 4;

void check(bool ok, const char* what) {
    if (ok) return;
    std::fprintf(stderr, "fuzz_journal: %s\n", what);
    std::abort();
}

struct Input {
    const std::uint8_t* data;
    std::size_t size;
    std::size_t operator()(std::size_t bound) {
        if (size == 0 || bound <= 1) return 0;
        std::size_t n = *data++;
        --size;
        if (bound > 256 && size != 0) {
            n = n << 8 | *data++;
            --size;
        }
        return n % bound;
    }
};

using Shadow = std::vector<std::map<std::uint64_t, std::uint64_t>>;  // of each table: key word -> value word

struct Snapshot {
    std::size_t number;
    Shadow shadow;
    std::uint64_t hash;
    std::size_t held;
};

class Fuzz {
public:
    explicit Fuzz(Input input) : in(input), shadow(kTables) {
        check(w.txn.begin() == TxnStatus::Ok, "begin");
        static constexpr std::uint32_t kSizes[kTables] = {0, 12, 100, 400};
        for (std::size_t i = 0; i < kTables; ++i) {
            tables[i] = w.heap.get(ObjectFactory::make_table(w.heap, 0, 0));
            w.held.push_back(Value{tables[i]->self});
            for (std::uint32_t k = 1; k <= kSizes[i]; ++k) {
                set(i, Value::number(k), Value::number(k));
                set(i, Value::number(-static_cast<double>(k)), Value::number(k));
            }
        }
        kept = w.held.size();
        check(w.txn.commit() == TxnStatus::Ok, "commit");
    }

    void run() {
        while (in.size != 0) {
            begin();
            while (in.size != 0 && !end_of_transaction) operation();
            end_of_transaction = false;
            finish();
        }
        w.regs.fill(Value::nil());
        compare();
        verify();
    }

private:
    void set(std::size_t which, Value k, Value v) {
        const TableStatus s = w.txn.raw_set(*tables[which], k, v);
        if (s == TableStatus::OutOfMemory) {
            check(faults, "out of memory without a reason");
            compare_key(which, k);
            return;
        }
        check(s == TableStatus::Ok, "raw_set");
        if (v.is_nil()) {
            shadow[which].erase(k.bits);
        } else {
            shadow[which][k.bits] = v.bits;
        }
    }
    void compare_key(std::size_t which, Value k) {
        const auto at = shadow[which].find(k.bits);
        const Value expected{at == shadow[which].end() ? Value::kNil : at->second};
        check(tables[which]->get(w.heap, k) == expected, "a table differs from its shadow");
    }
    void compare() {
        for (std::size_t i = 0; i < kTables; ++i) {
            std::uint64_t index = 0;
            std::size_t count = 0;
            Value k, v;
            while (tables[i]->next_entry(index, k, v)) {
                ++count;
                const auto at = shadow[i].find(k.bits);
                check(at != shadow[i].end() && at->second == v.bits, "a table has what its shadow has not");
            }
            check(count == shadow[i].size(), "a table lacks what its shadow has");
        }
    }
    void verify() {
        const auto problem = w.verify();
        if (problem) std::fprintf(stderr, "%s\n", problem->c_str());
        check(!problem, "the heap verifier found something");
    }
    void begin() {
        check(w.txn.begin() == TxnStatus::Ok, "begin");
        regs_at_begin = w.regs;
        used_at_begin = w.heap.pages().exact_used();
        frames.push_back({0, shadow, content_hash(w.heap, w.regs), w.held.size()});
        faults = in(4) == 0;
    }
    void finish() {
        w.heap.budget.fail_charge(0);
        verify();
        const Snapshot first = frames.front();
        frames.clear();
        w.held.resize(kept);
        if (in(3) == 0) {
            check(w.txn.commit() == TxnStatus::Ok, "commit");
        } else {
            check(w.txn.rollback() == TxnStatus::Ok, "rollback");
            w.regs = regs_at_begin;
            shadow = first.shadow;
            check(content_hash(w.heap, w.regs) == first.hash, "X4: the contents are not as they were");
            check(w.heap.pages().exact_used() == used_at_begin, "PH5: the accounting is not as it was");
        }
        compare();
        verify();
    }
    Value scalar() {
        switch (in(4)) {
            case 0: return Value::nil();
            case 1: return Value::boolean(true);
            default: return Value::number(static_cast<double>(in(50)));
        }
    }
    void operation() {
        if (faults && in(8) == 0) w.heap.budget.fail_charge(1 + in(5));
        const std::size_t which = in(kTables);
        switch (in(24)) {
            case 0: w.make(in); break;
            case 1: w.load(in); break;
            case 2:
            case 3:
            case 4: (void)w.mutate(in); break;
            case 5:
            case 6: (void)w.heap.collector().step(1 + in(256)); break;
            case 7: w.heap.collector().collect(); break;
            case 8: {  // savepoint
                if (frames.size() >= 6) break;
                if (w.has_weak) w.heap.collector().collect();
                Snapshot f{0, shadow, content_hash(w.heap), w.held.size()};
                w.held.insert(w.held.end(), w.regs.begin(), w.regs.end());
                check(w.txn.savepoint(f.number) == TxnStatus::Ok, "savepoint");
                frames.push_back(f);
                break;
            }
            case 9:
            case 10: {
                if (frames.size() < 2) break;
                const std::size_t at = frames.size() - 1 - in(frames.size() - 1);
                const Snapshot f = frames[at];
                frames.resize(at);
                if (in(2)) {
                    check(w.txn.release(f.number) == TxnStatus::Ok, "release");
                } else {
                    check(w.txn.rollback_to(f.number) == TxnStatus::Ok, "rollback_to");
                    w.drop_stale();
                    shadow = f.shadow;
                    check(content_hash(w.heap) == f.hash, "X4: a savepoint is not as it was");
                }
                w.held.resize(f.held);
                compare();
                break;
            }
            case 11: verify(); break;
            case 12: end_of_transaction = in(4) == 0; break;
            case 13:
                for (std::size_t i = in (100), k = in(300); i > 0; --i)
                    set(which, Value::number(static_cast<double>(k + i)), scalar());
                break;
            case 14: {
                const TableStatus s = w.txn.reserve_array(*tables[which], static_cast<std::uint32_t>(in(600)));
                check(s == TableStatus::Ok || faults, "reserve_array");
                break;
            }
            case 15: {
                const TableStatus s = w.txn.set_metatable(*tables[which], w.table_or_nil(in));
                check(s == TableStatus::Ok || faults, "set_metatable");
                break;
            }
            default: {
                Value k = w.number_key(in);
                if (k.as_number() == 0) k = Value::number(0.0);
                set(which, k, scalar());
                compare_key(which, k);
            }
        }
    }

    Input in;
    World w;
    Table* tables[kTables] = {};
    Shadow shadow;
    std::vector<Snapshot> frames;
    std::array<Value, World::kRegisters> regs_at_begin{};
    std::size_t used_at_begin = 0;
    std::size_t kept = 0;
    bool faults = false;
    bool end_of_transaction = false;
};

}  // namespace
}  // namespace arenite

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    arenite::Fuzz(arenite::Input{data, size}).run();
    return 0;
}

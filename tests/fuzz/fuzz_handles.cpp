// Fuzzes handle validation: bytes are operations on two heaps (make, drop, collect, transactions, forged words, the
// other heap's handles), and after each the heaps must agree with a model on exactly which words name live objects (H1
// to H4).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "arena/poison.h"
#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"
#include "txn/transaction.h"
#include "txn/verifier.h"

namespace arenite {
namespace {

void check(bool ok, const char* what) {
    if (ok) return;
    std::fprintf(stderr, "fuzz_handles: %s\n", what);
    std::abort();
}

struct Input {
    const std::uint8_t* data;
    std::size_t size;
    [[nodiscard]] bool empty() const { return size == 0; }
    std::uint8_t byte() {
        if (size == 0) return 0;
        --size;
        return *data++;
    }
    std::uint64_t word() {
        std::uint64_t w = 0;
        for (int i = 0; i < 8; ++i) w = w << 8 | byte();
        return w;
    }
};

/// What the embedder's boundary does with a word from outside: it must name a slot in use, and be its self.
bool admitted(const Heap& heap, Value v) {
    return heap.pages().names_live_slot(v.position()) && heap.alive(v);
}

class Side final : public RootSource {
public:
    static HeapOptions options() {
        HeapOptions o;
        o.generation_mask = 0x2A5B;              // the same in each run
        o.address_range = std::size_t{1} << 35;  // all positions readable; smaller where that cannot be obtained
        return o;
    }
    Side() : heap(options()), txn(heap) {
        check(heap.ok(), "no address space");
        heap.collector().add_root_source(this);
        std::fill(std::begin(roots), std::end(roots), Value::nil());
    }
    ~Side() { heap.collector().remove_root_source(this); }

    void mark_roots(Collector& collector, bool) override {
        for (Value v : roots) collector.mark_value(v);
    }

    void make(Input& in) {
        Value& root = roots[in.byte() % std::size(roots)];
        const Value child = roots[in.byte() % std::size(roots)];
        Value v = Value::nil();
        bool has_child = false;
        switch (in.byte() % 9) {
            case 0: v = Value::object(ObjectFactory::make_table(heap, in.byte() % 4, in.byte() % 4)); break;
            case 1:
                v = ObjectFactory::make_string(heap,
                                               std::string(in.byte() % 48, static_cast<char>('a' + in.byte() % 4)));
                break;
            case 2: v = forging_string(in.byte() + 48u); break;
            case 3: v = Value::object(ObjectFactory::make_cell(heap, child)), has_child = true; break;
            case 4:
                v = Value::object(ObjectFactory::make_native(heap, nullptr, "f", child, {})), has_child = true;
                break;
            case 5: v = Value::object(ObjectFactory::make_userdata(heap, in.byte(), child)), has_child = true; break;
            case 6: v = Value::object(ObjectFactory::make_buffer(heap)); break;
            case 7: v = Value::object(ObjectFactory::make_thread(heap, 3, 1)); break;
            default:  // many of one kind, so that pages fill and slots are reused
                for (unsigned i = in.byte(); i > 0; --i)
                    note(Value::object(ObjectFactory::make_cell(heap, Value::nil())), Value::nil());
                return;
        }
        note(v, has_child ? child : Value::nil());
        root = v;
    }
    /// A long string full of words that would name themselves, if one believed them.
    Value forging_string(std::size_t length) {
        const Value v = ObjectFactory::make_string(heap, std::string(length, 'x'));
        const char* data = heap.string(v).data();
        if (length > kMaxSmallPayload - 1) return v;
        for (std::size_t i = 0; i + 8 <= length; i += 8) {
            const std::uint64_t self = word::make(1 + i / 8 % 10, 1, heap.pages().space().position_of(data + i));
            std::memcpy(const_cast<char*>(data) + i, &self, sizeof self);
            forged.push_back(self);
        }
        return v;
    }
    void note(Value v, Value child) {
        check(v.is_object(), "an allocation failed");
        const auto at = live.find(v.bits);
        check(at == live.end() || v.is<ShortString>(), "a handle was given out twice");
        if (at == live.end())
            check(std::find(dead.begin(), dead.end(), v.bits) == dead.end(), "H3: a dead handle came back");
        live[v.bits] = child.bits;
    }
    void collect(Input& in) {
        if (in.byte() % 2) {
            heap.collector().collect();
        } else {
            const std::size_t work = 1u + in.byte();
            const std::uint64_t cycles = heap.collector().cycles();
            heap.collector().abandon();
            while (heap.collector().cycles() == cycles) (void)heap.collector().step(work);
        }
        std::map<std::uint64_t, std::uint64_t> reached = before;  // in a transaction, all that is older
        std::vector<std::uint64_t> gray;
        for (Value v : roots) gray.push_back(v.bits);
        while (!gray.empty()) {
            const std::uint64_t bits = gray.back();
            gray.pop_back();
            const auto at = live.find(bits);
            if (at == live.end()) continue;
            if (!reached.insert(*at).second) continue;
            gray.push_back(at->second);
        }
        become(reached);
    }
    void become(std::map<std::uint64_t, std::uint64_t> now) {
        for (const auto& [bits, child] : live) {
            if (!now.contains(bits)) dead.push_back(bits);
        }
        live = std::move(now);
        for (Value& v : roots) {
            if (v.is_object() && !live.contains(v.bits)) v = Value::nil();
        }
    }
    void transaction(Input& in) {
        if (!txn.active()) {
            check(txn.begin() == TxnStatus::Ok, "begin");
            before = live;
            return;
        }
        if (in.byte() % 2) {
            check(txn.commit() == TxnStatus::Ok, "commit");
            before.clear();
        } else {
            check(txn.rollback() == TxnStatus::Ok, "rollback");
            become(std::exchange(before, {}));
        }
    }
    void probe(std::uint64_t bits) {
        const Value v{bits};
        const bool expected = live.contains(bits);
        if (!v.is_object()) {
            check(heap.alive(v), "no object, but not alive");
        } else {
            check(admitted(heap, v) == expected, "the boundary disagrees with the model");
        }
        const AddressSpace& space = heap.pages().space();
        if (!space.readable(v.position())) return;
        // Not where a slot begins, so that no handle leads there: AddressSanitizer would report the read.
        if (is_poisoned(deref<char>(space.base(), v.position()))) return;
        if (std::find(forged.begin(), forged.end(), bits) != forged.end()) return;  // that is what the boundary is for
#define ARENITE_KIND(Name, tag, type, shown, doc) \
    check((heap.get<Name>(v) != nullptr) == (expected && v.is<Name>()), "get<" #Name "> disagrees with the model");
#include <arenite/object_kinds.def>
    }
    void probe_known(Input& in) {
        for (const auto& [bits, child] : live) check(admitted(heap, Value{bits}), "a live handle is refused");
        for (const std::uint64_t bits : dead) check(!heap.alive(Value{bits}), "a dead handle is taken");
        for (const std::uint64_t bits : forged) probe(bits);
        if (live.empty()) return;
        auto at = live.begin();
        std::advance(at, in.byte() % live.size());
        const std::uint64_t bits = at->first;
        probe(bits);
        for (int i = 0; i < 64; ++i) probe(bits ^ (1ull << i));
        for (unsigned tag = 0; tag < 16; ++tag) probe(word::make(tag, word::generation(bits), word::position(bits)));
        for (std::uint32_t g = 0; g < 8; ++g) probe(word::make(word::tag(bits), g, word::position(bits)));
        for (std::uint32_t p = 1; p < 80; ++p) probe(bits + p);
    }
    void verify() {
        HeapCheck c;
        c.roots = roots;
        c.other_bytes = 0;
        const auto problem = verify_heap(heap, &txn, c);
        if (problem) std::fprintf(stderr, "%s\n", problem->c_str());
        check(!problem, "the heap verifier found something");
    }

    Heap heap;
    Transaction txn;
    Value roots[8];
    std::map<std::uint64_t, std::uint64_t> live;    ///< word -> word of the one object it refers to
    std::map<std::uint64_t, std::uint64_t> before;  ///< live at the begin of the transaction
    std::vector<std::uint64_t> dead;
    std::vector<std::uint64_t> forged;
};

}  // namespace
}  // namespace arenite

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace arenite;
    Input in{data, size};
    Side sides[2];
    while (!in.empty()) {
        const std::uint8_t op = in.byte();
        Side& side = sides[op >> 7];
        Side& other = sides[1 - (op >> 7)];
        switch (op & 15) {
            default: side.make(in); break;
            case 0: side.roots[in.byte() % std::size(side.roots)] = Value::nil(); break;
            case 1:
            case 2: side.collect(in); break;
            case 3:
            case 4: side.transaction(in); break;
            case 5: side.probe_known(in); break;
            case 6: side.probe(in.word()); break;
            case 7: {  // a likely looking one
                const std::uint64_t w = in.word();
                side.probe(word::make(1 + w % 10, static_cast<std::uint32_t>(w >> 8) % 4,
                                      static_cast<std::uint32_t>(w >> 16) % 16384));
                break;
            }
            case 8:  // foreign handles: a word means what it means here, or nothing
                for (const auto& [bits, child] : other.live) side.probe(bits);
                break;
        }
    }
    for (Side& side : sides) {
        side.probe_known(in);
        side.verify();
        if (side.txn.active()) check(side.txn.rollback() == TxnStatus::Ok, "rollback");
        std::fill(std::begin(side.roots), std::end(side.roots), Value::nil());
        side.heap.collector().collect();
        side.verify();
    }
    return 0;
}

// A small machine with registers that does everything one can do to a heap, at random or as a fuzzer's bytes say.
// Registers are roots, as an interpreter's would be, and are not rolled back.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/pmr/global_resource.hpp>

#include "heap/collector.h"
#include "heap/content_hash.h"
#include "heap/factory.h"
#include "heap/heap.h"
#include "heap/prototype_builder.h"
#include "txn/transaction.h"
#include "txn/verifier.h"

namespace arenite {

inline NativeFunctionPointer dummy_native() {
    return nullptr;
}

class World final : public RootSource {
public:
    static constexpr std::size_t kRegisters = 24;

    explicit World(std::size_t memory_limit = static_cast<std::size_t>(-1))
        : heap_options{std::size_t{1} << 28, memory_limit, 0x1234'5678'9ABC'DEF0ull, 0x2A5B},
          heap(heap_options),
          txn(heap) {
        regs.fill(Value::nil());
        heap.collector().add_root_source(this);
        must(txn.begin() == TxnStatus::Ok);
        static constexpr const char* names[kMetamethodCount] = {
#define ARENITE_METAMETHOD(Name, name) name,
#include <arenite/metamethods.def>
        };
        for (unsigned i = 0; i < kMetamethodCount; ++i) {
            must(txn.set_name(static_cast<Metamethod>(i), ObjectFactory::make_string(heap, names[i])) == TxnStatus::Ok);
        }
        must(txn.set_registry(Value::object(ObjectFactory::make_table(heap, 0, 0))) == TxnStatus::Ok);
        must(txn.set_globals(Value::object(ObjectFactory::make_table(heap, 0, 0))) == TxnStatus::Ok);
        must(txn.commit() == TxnStatus::Ok);
    }
    ~World() { heap.collector().remove_root_source(this); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    static void must(bool ok, const char* what = "set-up") {
        if (ok) return;
        std::fprintf(stderr, "World: %s failed\n", what);
        std::abort();
    }

    void mark_roots(Collector& collector, bool) override {
        for (Value v : regs) collector.mark_value(v);
        for (Value v : held) collector.mark_value(v);
    }

    /// Registers never hold what was rolled back: that was in frames that are gone.
    void drop_stale() {
        for (Value& v : regs) {
            if (!heap.alive(v)) v = Value::nil();
        }
    }

    [[nodiscard]] std::optional<std::string> verify(bool collected = false) {
        std::vector<Value> roots(regs.begin(), regs.end());
        roots.insert(roots.end(), held.begin(), held.end());
        HeapCheck check;
        check.roots = roots;
        check.other_bytes = 0;
        check.other_overhead = 0;
        check.collected = collected;
        return verify_heap(heap, &txn, check);
    }

    // --- Choices ----------------------------------------------------------------------------------------------------------
    /// Random(bound) gives a number below bound.
    template <class Random>
    Value number_key(Random& random) {
        switch (random(12)) {
            case 0: return Value::number(-0.0);
            case 1: return Value::number(0.0);
            case 2: return Value::number(9007199254740992.0);  // 2^53
            case 3: return Value::number(-static_cast<double>(random(100)));
            case 4: return Value::number(static_cast<double>(random(1000)) / 8);
            case 5: return Value::number(1e300);
            case 6: return Value::number(static_cast<double>(1u << random(31)));
            default: return Value::number(static_cast<double>(1 + random(random(2) ? 20 : 300)));
        }
    }
    template <class Random>
    Value string(Random& random) {
        const std::size_t which = random(200);
        std::string text = "key" + std::to_string(which);
        if (which % 10 == 0) text.append(60, 'x');  // a long one
        return ObjectFactory::make_string(heap, text);
    }
    template <class Random>
    Value scalar(Random& random) {
        switch (random(6)) {
            case 0: return Value::boolean(random(2) != 0);
            case 1: return Value::light_userdata(random(1000));
            case 2: return Value::nil();
            case 3: return string(random);
            default: return number_key(random);
        }
    }
    template <class Random>
    Value& reg(Random& random) {
        return regs[random(kRegisters)];
    }
    template <class Random>
    Value value(Random& random) {
        return random(3) ? reg(random) : scalar(random);
    }
    /// A table: of a register, or the registry.
    template <class Random>
    Table* table(Random& random) {
        const std::size_t start = random(kRegisters);
        for (std::size_t i = 0; i < 6; ++i) {
            if (Table* t = heap.get<Table>(regs[(start + i) % kRegisters])) return t;
        }
        return heap.get<Table>(random(2) ? heap.registry() : heap.globals());
    }
    template <class T, class Random>
    T* find(Random& random) {
        const std::size_t start = random(kRegisters);
        for (std::size_t i = 0; i < kRegisters; ++i) {
            if (T* t = heap.get<T>(regs[(start + i) % kRegisters])) return t;
        }
        return nullptr;
    }
    /// A table or nil.
    template <class Random>
    Value table_or_nil(Random& random) {
        if (random(4) == 0) return Value::nil();
        Table* t = table(random);
        return t ? Value{t->self} : Value::nil();
    }
    /// A key that `t` has, or a new one.
    template <class Random>
    Value key(Random& random, const Table& t) {
        if (random(2)) {
            std::uint64_t index = random(t.array_size() + t.node_count() + 1);
            Value k, v;
            if (t.next_entry(index, k, v)) return k;
        }
        return value(random);
    }

    // --- One operation ----------------------------------------------------------------------------------------------------
    template <class Random>
    void make(Random& random) {
        Value made = Value::nil();
        switch (random(12)) {
            case 0:
            case 1: made = Value::object(ObjectFactory::make_table(heap, random(8), random(8))); break;
            case 2: made = Value::object(ObjectFactory::make_table(heap, random(300), random(300))); break;
            case 3: made = string(random); break;
            case 4: made = Value::object(ObjectFactory::make_cell(heap, value(random))); break;
            case 5: {
                const Value upvalues[] = {value(random), value(random), value(random)};
                made = Value::object(ObjectFactory::make_native(heap, dummy_native(), "native", table_or_nil(random),
                                                                {upvalues, random(4)}));
                break;
            }
            case 6:
                made = Value::object(
                    ObjectFactory::make_userdata(heap, random(3) ? random(100) : random(5000), table_or_nil(random)));
                break;
            case 7: made = Value::object(ObjectFactory::make_thread(heap, 8 + random(300), 2 + random(20))); break;
            case 8: made = Value::object(ObjectFactory::make_buffer(heap)); break;
            case 9: {  // a prototype with a child
                boost::container::pmr::memory_resource* mr = boost::container::pmr::new_delete_resource();
                FunctionUnit child(mr);
                child.source = "=world";
                child.code.assign(random(20), Instruction{0});
                child.upvalues.push_back({true, false, 0, "up"});
                FunctionUnit unit(mr);
                unit.source = "=world";
                unit.code.assign(1 + random(40), Instruction{0});
                unit.lines.assign(unit.code.size(), 7);
                unit.constants.push_back({UnitConstant::Kind::String, 0, "a constant"});
                unit.constants.push_back({UnitConstant::Kind::Number, 42, {}});
                unit.upvalues.push_back({true, true, 0, "first"});
                unit.upvalues.push_back({true, true, 1, "second"});
                unit.locals.push_back({"a local", 0, 1, 0, false});
                unit.children.push_back(&child);
                made = Value::object(make_prototype(heap, unit));
                break;
            }
            default: {
                const Prototype* p = find<Prototype>(random);
                if (!p) break;
                const Value environment = table_or_nil(random);
                const auto c = ObjectFactory::make_closure(heap, Handle<Prototype>{p->self}, environment);
                if (!c) break;
                for (std::uint32_t i = 0; i < c->upvalue_count(); ++i) c->set_upvalue(i, value(random));
                made = c->value();
            }
        }
        if (made.bits == 0) made = Value::nil();
        if (made.is_object()) born.push_back(made.bits);
        reg(random) = made;
    }

    template <class Random>
    void load(Random& random) {
        const Value from = reg(random);
        Value got = Value::nil();
        switch (from.is_object() ? from.tag() : Tag::Constant) {
            case Tag::Table: {
                const Table* t = heap.get<Table>(from);
                got = random(6) ? t->get(heap, key(random, *t)) : t->metatable();
                break;
            }
            case Tag::Cell: got = heap.get<Cell>(from)->value(); break;
            case Tag::Closure: {
                const Closure* c = heap.get<Closure>(from);
                got = c->upvalue_count() && random(2)
                          ? c->upvalue(static_cast<std::uint32_t>(random(c->upvalue_count())))
                          : c->environment();
                break;
            }
            case Tag::NativeFunction: {
                const NativeFunction* f = heap.get<NativeFunction>(from);
                got = f->upvalue_count() && random(2)
                          ? f->upvalue(static_cast<std::uint32_t>(random(f->upvalue_count())))
                          : f->environment();
                break;
            }
            case Tag::Userdata:
                got = random(2) ? heap.get<Userdata>(from)->metatable() : heap.get<Userdata>(from)->environment();
                break;
            case Tag::Thread: {
                const Thread* t = heap.get<Thread>(from);
                got = t->stack[random(static_cast<std::size_t>(t->top - t->stack))];
                if (!heap.alive(got)) got = Value::nil();
                break;
            }
            case Tag::ShortString:
            case Tag::LongString:
            case Tag::Prototype:
            case Tag::Buffer:
            case Tag::LightUserdata:
            case Tag::Constant:
            case Tag::NumberNan: got = random(2) ? heap.registry() : heap.globals();
        }
        if (random(4) || !got.is_nil()) reg(random) = got;
    }

    /// Changes something; false when memory was out.
    template <class Random>
    bool mutate(Random& random) {
        switch (random(20)) {
            default: {
                Table* t = table(random);
                if (!t) return true;
                const Value k = key(random, *t);
                return txn.raw_set(*t, k, random(5) ? value(random) : Value::nil()) != TableStatus::OutOfMemory;
            }
            case 0: {  // a run of array stores
                Table* t = table(random);
                if (!t) return true;
                const std::uint32_t border = t->border(heap);
                for (std::size_t i = random(60); i > 0; --i) {
                    if (txn.raw_set_integer(*t, static_cast<std::int64_t>(border + i), value(random)) ==
                        TableStatus::OutOfMemory)
                        return false;
                }
                return true;
            }
            case 1: {
                Table* t = table(random);
                if (!t) return true;
                Value metatable = table_or_nil(random);
                return txn.set_metatable(*t, metatable) != TableStatus::OutOfMemory;
            }
            case 2: {
                Table* t = table(random);
                if (!t || t->array_size() > 2000) return true;
                return txn.reserve_array(*t, static_cast<std::uint32_t>(random(400))) != TableStatus::OutOfMemory;
            }
            case 3: {
                Table* t = find<Table>(random);
                if (!t) return true;
                return txn.set_read_only(*t, random(3) == 0) != TableStatus::OutOfMemory;
            }
            case 4:
            case 5: {
                Cell* c = find<Cell>(random);
                return !c || txn.set_cell(*c, value(random)) == TxnStatus::Ok;
            }
            case 6: {
                Closure* c = find<Closure>(random);
                if (!c) return true;
                if (random(2)) return txn.set_environment(*c, table_or_nil(random)) == TxnStatus::Ok;
                return txn.set_upvalue(*c, static_cast<std::uint32_t>(random(c->upvalue_count())), value(random)) ==
                       TxnStatus::Ok;
            }
            case 7: {
                NativeFunction* f = find<NativeFunction>(random);
                if (!f) return true;
                if (f->upvalue_count() == 0 || random(2))
                    return txn.set_environment(*f, table_or_nil(random)) == TxnStatus::Ok;
                return txn.set_upvalue(*f, static_cast<std::uint32_t>(random(f->upvalue_count())), value(random)) ==
                       TxnStatus::Ok;
            }
            case 8: {
                Userdata* u = find<Userdata>(random);
                if (!u) return true;
                return (random(2) ? txn.set_environment(*u, table_or_nil(random))
                                  : txn.set_metatable(*u, table_or_nil(random))) == TxnStatus::Ok;
            }
            case 9:
                return txn.set_type_metatable(static_cast<LuaType>(random(kLuaTypeCount)), table_or_nil(random)) ==
                       TxnStatus::Ok;
            case 10:
            case 11: {
                Buffer* b = find<Buffer>(random);
                if (!b) return true;
                switch (random(6)) {
                    case 0: return txn.resize(*b, random(3000)) == TxnStatus::Ok;
                    case 1: return txn.append_fill(*b, random(100), 'z') == TxnStatus::Ok;
                    case 2: {
                        char* data = nullptr;
                        if (txn.writable_data(*b, data) != TxnStatus::Ok) return false;
                        for (std::size_t i = 0; i < b->view().size(); ++i)
                            data[i] = static_cast<char>('a' + random(26));
                        return true;
                    }
                    case 3: {
                        const Value v = txn.finish(*b);
                        if (v.is_nil()) return false;
                        reg(random) = v;
                        return true;
                    }
                    default: return txn.append(*b, "some more bytes") == TxnStatus::Ok;
                }
            }
            case 12: {  // a thread runs
                Thread* t = find<Thread>(random);
                if (!t) return true;
                if (random(4) == 0) return txn.set_environment(*t, table_or_nil(random)) == TxnStatus::Ok;
                if (txn.checkpoint_thread(*t) != TxnStatus::Ok) return false;
                if (random(3) && t->top < t->stack_limit) *t->top++ = value(random);
                if (random(3) == 0 && t->top > t->stack + 1) --t->top;
                if (random(3) == 0) t->stack[random(static_cast<std::size_t>(t->top - t->stack))] = value(random);
                if (random(4) == 0 && t->frame + 1 < t->frame_limit) {
                    t->frame[1] = *t->frame;
                    ++t->frame;
                } else if (random(4) == 0 && t->frame > t->frames) {
                    --t->frame;
                }
                return true;
            }
            case 13: {  // weak tables and finalizers
                Table* t = table(random);
                if (!t) return true;
                static constexpr const char* kModes[] = {"k", "v", "kv", "x"};
                if (random(2))
                    return txn.raw_set(*t, heap.name(Metamethod::Gc), Value::boolean(true)) != TableStatus::OutOfMemory;
                has_weak = true;
                const Value mode = ObjectFactory::make_string(heap, kModes[random(4)]);
                if (mode.is_nil()) return false;
                return txn.raw_set(*t, heap.name(Metamethod::Mode), mode) != TableStatus::OutOfMemory;
            }
            case 14: {
                (void)heap.metamethod(reg(random), static_cast<Metamethod>(random(kMetamethodCount)));  // caches (T6)
                Table* t = table(random);
                if (!t) return true;
                (void)txn.raw_set(*t, heap.names()[random(8)], random(2) ? Value::nil() : value(random));
                return true;
            }
            case 15: {  // everything in reach, so that much depends on the registry
                Table* t = heap.get<Table>(heap.registry());
                return txn.raw_set_integer(*t, static_cast<std::int64_t>(random(200)), reg(random)) !=
                       TableStatus::OutOfMemory;
            }
        }
    }

    HeapOptions heap_options;
    Heap heap;
    Transaction txn;
    std::array<Value, kRegisters> regs;
    std::vector<Value> held;          ///< registers as they were at savepoints
    std::vector<std::uint64_t> born;  ///< handles of what make() made
    bool has_weak = false;
};

}  // namespace arenite

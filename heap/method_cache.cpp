#include "heap/method_cache.h"

#include "heap/heap.h"

namespace arenite {

namespace {
constexpr Value kNone = Value::nil();
}  // namespace

const Value* MethodCache::inherited(const Heap& heap, Value metatable, Value key) {
    Table* passed[2 * kMaxChain];
    unsigned n = 0;
    const auto remember = [&](Value found) {
        for (unsigned i = 0; i < n; ++i) passed[i]->watch();
        put(passed[0]->self, key.bits, found);
    };
    for (unsigned steps = 0; steps < kMaxChain; ++steps) {
        Table* meta = heap.get<Table>(metatable);
        if (meta) passed[n++] = meta;
        const Value next = heap.metamethod_of(metatable, Metamethod::Index);
        if (next.is_nil() && steps > 0) {  // the chain ends in a table: there is no such field
            remember(Value::nil());
            return &kNone;
        }
        Table* up = heap.get<Table>(next);
        if (!up) return nullptr;
        passed[n++] = up;
        // The collector takes entries out of weak tables.
        const bool weak = !heap.metamethod_of(meta->metatable(), Metamethod::Mode).is_nil() ||
                          !heap.metamethod_of(up->metatable(), Metamethod::Mode).is_nil();
        if (weak) return nullptr;
        const Value* slot = up->find_word(key.bits);
        if (slot && !slot->is_nil()) {
            remember(*slot);
            return slot;
        }
        metatable = up->metatable();
    }
    return nullptr;
}

}  // namespace arenite

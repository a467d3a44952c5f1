// Heap: the state of one VM that is made of objects: pages, string table, roots, write key, collector state.
//
// Reading is open to everyone; changes go through Transaction (txn/transaction.h), creation through ObjectFactory. The
// parts are private, with readers that give them out as const, so that another way does not compile (tests/compile_fail).
// What is open to everyone beside reading does not change what Lua can see: the account of memory, the pace of the
// collector, its steps, and the sizes of slices.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include <arenite/heap_options.h>
#include <arenite/value.h>

#include "arena/byte_budget.h"
#include "arena/counted_vector.h"
#include "arena/page_heap.h"
#include "heap/method_cache.h"
#include "heap/objects.h"
#include "heap/slice_sizes.h"
#include "heap/string_table.h"
#include "heap/table.h"
#include "heap/thread.h"

namespace arenite {

class Collector;

class Heap {
public:
    explicit Heap(const HeapOptions& options);
    ~Heap();
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;
    [[nodiscard]] bool ok() const { return pages_.ok(); }

    [[nodiscard]] HeapBase base() const { return base_; }
    /// What wkey of a freely writable object is xored with (O2).
    [[nodiscard]] std::uint64_t txn_key() const { return txn_key_; }

    /// The object that `v` names, or null when v is not a live T: the one validation point.
    template <class T>
    [[nodiscard, gnu::always_inline]] T* get(Value v) const {
        if (!v.is<T>()) return nullptr;
        T* object = deref<T>(base_, v.bits);
        return object->self == v.bits ? object : nullptr;
    }
    template <class T>
    [[nodiscard, gnu::always_inline]] T* get(Handle<T> h) const {
        return get<T>(Value{h.bits});
    }
    /// Whether v is no object, or a live one.
    [[nodiscard]] bool alive(Value v) const { return !v.is_object() || *deref<std::uint64_t>(base_, v.bits) == v.bits; }
    /// Bytes of a live string; empty for anything else.
    [[nodiscard]] std::string_view string(Value v) const {
        if (const ShortString* s = get<ShortString>(v)) return s->view();
        if (const LongString* l = get<LongString>(v)) return l->view();
        return {};
    }
    /// Primitive equality (Lua 5.1 §2.5.2 without metamethods).
    [[nodiscard]] bool raw_equal(Value a, Value b) const {
        if (a.is_number() && b.is_number()) return a.as_number() == b.as_number();
        if (a.bits == b.bits) return true;
        return a.is<LongString>() && b.is<LongString>() && same_text(a, b);
    }
    /// Whether two long strings have the same bytes.
    [[nodiscard]] bool same_text(Value a, Value b) const {
        const LongString* x = get<LongString>(a);
        const LongString* y = get<LongString>(b);
        if (!x || !y) return string(a) == string(b);
        if (x->has_hash() && y->has_hash() && x->hash() != y->hash()) return false;
        return x->view() == y->view();
    }
    /// The secret of all hashing in this heap; never 0.
    [[nodiscard]] std::uint64_t hash_seed() const { return options_.hash_seed; }
    /// A number of 48 bits that names a live object and no other, as long as it lives. It tells nothing of where the object
    /// is, of how it is hashed, or of which one was made first: it is what tostring() shows.
    [[nodiscard]] std::uint64_t identity(Value object) const;
    /// Hash of a string's bytes.
    [[nodiscard]] std::uint32_t hash_bytes(std::string_view bytes) const;
    /// Hash of a long string, which is remembered in it.
    [[nodiscard]] std::uint32_t hash_of(Value long_string) const;
    /// Makes it known, as far as `budget` goes, which is charged. False: not yet; the next call with the same string goes on.
    [[nodiscard]] bool hash_resumable(Value long_string, std::int64_t& budget);
    [[nodiscard]] Value name(Metamethod m) const { return names_[static_cast<unsigned>(m)]; }
    /// The metatable of any value: a table or nil.
    [[nodiscard]] Value metatable(Value v) const {
        if (const Table* t = get<Table>(v)) return t->metatable();
        if (const Userdata* u = get<Userdata>(v)) return u->metatable();
        const auto type = static_cast<unsigned>(v.type());
        return type < kLuaTypeCount ? type_metatables_[type] : Value::nil();
    }
    /// Field `m` of a metatable, using and setting its "absent" cache; nil when absent.
    [[nodiscard]] Value metamethod_of(Value metatable_value, Metamethod m) const {
        Table* mt = get<Table>(metatable_value);
        if (!mt) return Value::nil();
        const auto index = static_cast<unsigned>(m);
        if (index < 8 && (mt->absent() >> index & 1)) return Value::nil();
        const Value* slot = mt->find_word(names_[index].bits);
        if (slot && !slot->is_nil()) return *slot;
        if (index < 8) mt->note_absent(static_cast<std::uint8_t>(1u << index));
        return Value::nil();
    }
    [[nodiscard]] Value metamethod(Value v, Metamethod m) const { return metamethod_of(metatable(v), m); }

    /// What `key`, a short string, gives along the chain of __index tables that begins at `metatable`; remembered if that is
    /// possible (MC1). Null when it takes the general way.
    [[nodiscard]] const Value* inherited_field(Value metatable, Value key) {
        return methods_.inherited(*this, metatable, key);
    }

    // --- Parts, to be read ----------------------------------------------------------------------------------------------
    [[nodiscard]] const PageHeap& pages() const { return pages_; }
    [[nodiscard]] const StringTable& strings() const { return strings_; }
    [[nodiscard]] const MethodCache& methods() const { return methods_; }
    [[nodiscard]] const std::array<Value, kLuaTypeCount>& type_metatables() const { return type_metatables_; }
    [[nodiscard]] Value type_metatable(LuaType type) const { return type_metatables_[static_cast<unsigned>(type)]; }
    [[nodiscard]] Value registry() const { return registry_; }
    [[nodiscard]] Value globals() const { return globals_; }
    [[nodiscard]] const std::array<Value, kMetamethodCount>& names() const { return names_; }
    [[nodiscard]] std::uint64_t private_weak() const { return private_weak_; }
    [[nodiscard]] const CountedVector<std::uint64_t>& userdata() const { return userdata_; }
    [[nodiscard]] std::uint64_t userdata_sequence() const { return userdata_sequence_; }

    // --- Collections: what they free, nothing can refer to ----------------------------------------------------------------
    [[nodiscard]] Collector& collector() { return *collector_; }
    [[nodiscard]] const Collector& collector() const { return *collector_; }
    /// When a step is due.
    [[nodiscard]] AllocationPacing& pacing() { return pages_; }
    [[nodiscard]] const AllocationPacing& pacing() const { return pages_; }

    /// Makes the bitmaps and the account of the pages exact, for inspection.
    void flush_caches() { pages_.flush_caches(); }

    ByteBudget budget;       ///< the account: whoever holds memory for this VM charges it
    SliceSizes slice_sizes;  ///< tests make it smaller

private:
    friend class Transaction;
    friend class Collector;
    friend class ObjectFactory;
    friend class PrototypeBuilder;
    friend class HeapVerifier;
    friend class StringTable;
    friend class Table;
    friend class TableGrowth;
    friend class PendingConcat;
    friend class ThreadArrays;
    friend struct HeapTestAccess;  // tests/support/heap_access.h
    struct LongHash;

    PageHeap pages_;
    StringTable strings_;
    MethodCache methods_;

    // Roots. Transaction changes them, so that they roll back.
    std::array<Value, kLuaTypeCount> type_metatables_;
    Value registry_ = Value::nil();
    Value globals_ = Value::nil();
    std::array<Value, kMetamethodCount> names_;

    /// A weak table that scripts can neither read nor refer to; 0 for none.
    std::uint64_t private_weak_ = 0;
    /// Userdata that may need finalizing, oldest first; the collector drops entries, which are 0 for a while (C11).
    CountedVector<std::uint64_t> userdata_;
    std::uint64_t userdata_sequence_ = 0;
    std::unique_ptr<Collector> collector_;
    HeapBase base_;
    std::uint64_t txn_key_ = 0;
    HeapOptions options_;
    std::uint64_t identity_key_ = 0;
    std::unique_ptr<LongHash> long_hash_;
};

[[gnu::always_inline]] inline std::uint32_t Table::main_position(const Heap& heap, Value key) const {
    if (key.is_number()) return key_hash().number(key) & hash_mask_;
    if (__builtin_expect(key.is<LongString>(), 0)) return heap.hash_of(key) & hash_mask_;
    return key_hash().word(key.bits) & hash_mask_;
}
[[gnu::always_inline]] inline const Node* Table::home_node(const Heap& heap, Value key) const {
    return nodes_ + main_position(heap, key);
}
[[gnu::always_inline]] inline const Value* Table::find_number(const Heap& heap, Value key) const {
    const Node* n = home_node(heap, key);
    for (;;) {
        if (n->key.bits == key.bits) return &n->value;
        if (n->next == 0) return nullptr;
        n += n->next;
    }
}

}  // namespace arenite

// ObjectFactory: makes heap objects. Creation needs no journal entry (the page heap's scopes undo it). Every function
// answers nil (or a null handle) when memory is out, and then has left nothing behind that is reachable.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <string_view>

#include "heap/function_unit.h"
#include "heap/heap.h"

namespace arenite {

class ObjectFactory {
public:
    /// A string of these bytes: interned when short.
    [[nodiscard]] static Value make_string(Heap& heap, std::string_view bytes) {
        return bytes.size() <= kShortStringMax ? heap.strings.intern(heap, bytes) : make_long_string(heap, bytes);
    }
    [[nodiscard]] static Value make_short_string(Heap& heap, std::string_view bytes, std::uint32_t hash);
    [[nodiscard]] static Value make_long_string(Heap& heap, std::string_view bytes);
    /// A long string that takes over a payload block of exactly `length + 1` bytes, the last one a NUL.
    [[nodiscard]] static Value adopt_long_string(Heap& heap, char* block, std::size_t length);
    [[nodiscard]] static Handle<Table> make_table(Heap& heap, std::uint32_t array_size, std::uint32_t hash_size);
    /// An empty table.
    [[nodiscard]] static Table* make_empty_table(Heap& heap) {
        return clear_table(heap, heap.pages.allocate_object(kTableClass, static_cast<unsigned>(Tag::Table)));
    }
    /// An empty table without taking any slow path, or null: the fast path of constructors.
    [[nodiscard, gnu::always_inline]] static Table* try_make_empty_table(Heap& heap) {
        return clear_table(heap, heap.pages.try_allocate_object(kTableClass, static_cast<unsigned>(Tag::Table)));
    }
    /// A closure whose upvalues are to be filled at once; a cell; likewise.
    [[nodiscard, gnu::always_inline]] static Closure* try_make_closure(Heap& heap, const Prototype& p,
                                                                       Value environment) {
        auto* c = reinterpret_cast<Closure*>(heap.pages.try_allocate_object(
            object_class(Closure::bytes_for(p.upvalue_count())), static_cast<unsigned>(Tag::Closure)));
        if (__builtin_expect(!c, 0)) return nullptr;
        c->wkey = c->self ^ heap.txn_key();
        c->prototype_ = Handle<Prototype>{p.self};
        c->environment_ = environment;
        c->constants_ = p.constants();
        c->upvalue_count_ = p.upvalue_count();
        c->unused_ = 0;
        return c;
    }
    [[nodiscard, gnu::always_inline]] static Cell* try_make_cell(Heap& heap, Value v) {
        auto* c = reinterpret_cast<Cell*>(
            heap.pages.try_allocate_object(object_class(sizeof(Cell)), static_cast<unsigned>(Tag::Cell)));
        if (__builtin_expect(!c, 0)) return nullptr;
        c->wkey = c->self ^ heap.txn_key();
        c->value_ = v;
        c->epoch_ = heap.pages.epoch();
        c->unused_ = 0;
        return c;
    }
    /// A table with parts of these sizes, both small, likewise. (Nothing is left behind when it answers null.)
    [[nodiscard, gnu::always_inline]] static Table* try_make_small_table(Heap& heap, std::uint32_t array_size,
                                                                         std::uint32_t hash_size) {
        if (array_size > 32 || hash_size > 16) return nullptr;
        const std::uint32_t nodes = hash_size == 0 ? 0 : std::bit_ceil(hash_size);
        void* const array = array_size ? heap.pages.try_allocate_payload(array_size * sizeof(Value)) : nullptr;
        if (array_size && !array) return nullptr;
        void* const node_block = nodes ? heap.pages.try_allocate_payload(nodes * sizeof(Node)) : nullptr;
        Table* const t = nodes && !node_block ? nullptr : try_make_empty_table(heap);
        if (!t) {
            if (array) heap.pages.release_payload(array, array_size * sizeof(Value));
            if (node_block) heap.pages.release_payload(node_block, nodes * sizeof(Node));
            return nullptr;
        }
        if (array) {
            t->array_ = static_cast<Value*>(array);
            t->array_size_ = array_size;
            for (std::uint32_t i = 0; i < array_size; ++i) t->array_[i] = Value::nil();
        }
        if (nodes) {
            t->nodes_ = static_cast<Node*>(node_block);
            for (std::uint32_t i = 0; i < nodes; ++i) t->nodes_[i] = {Value::nil(), Value::nil(), 0, 0};
            t->hash_mask_ = nodes - 1;
            t->last_free_ = nodes;
        }
        return t;
    }
    [[nodiscard]] static Handle<Cell> make_cell(Heap& heap, Value v);
    /// A closure whose upvalues are nil; fill them with set_initial_upvalue before Lua sees it.
    [[nodiscard]] static Closure* make_closure(Heap& heap, Handle<Prototype> prototype, Value environment);
    static void set_initial_upvalue(Closure& c, std::uint32_t i, Value v) { c.upvalues_[i] = v; }
    [[nodiscard]] static Handle<NativeFunction> make_native(Heap& heap, NativeFunctionPointer fn, const char* name,
                                                            Value environment, std::span<const Value> upvalues,
                                                            std::uint32_t fast = 0);
    [[nodiscard]] static Handle<Userdata> make_userdata(Heap& heap, std::size_t bytes, Value environment);
    /// Fills the data of a userdata before Lua sees it.
    static void set_initial_data(Userdata& u, std::span<const char> bytes) {
        std::copy_n(bytes.data(), std::min(bytes.size(), u.size_), u.data_);
    }
    [[nodiscard]] static Handle<Buffer> make_buffer(Heap& heap);
    [[nodiscard]] static Handle<Thread> make_thread(Heap& heap, std::uint32_t stack_slots, std::uint32_t frames);
    /// Prototypes of a verified unit and its children; all or nothing.
    [[nodiscard]] static Handle<Prototype> make_prototype(Heap& heap, const FunctionUnit& unit);

private:
    [[nodiscard, gnu::always_inline]] static Table* clear_table(Heap& heap, std::uint64_t* slot) {
        auto* t = reinterpret_cast<Table*>(slot);
        if (__builtin_expect(!t, 0)) return nullptr;
        t->wkey = t->self ^ heap.txn_key();
        t->array_ = nullptr;
        t->nodes_ = Table::kEmptyNode;
        t->array_size_ = 0;
        t->hash_mask_ = 0;
        t->metatable_ = Value::nil();
        t->last_free_ = 0;
        t->epoch_ = heap.pages.epoch();
        t->absent_ = 0;
        t->read_only_ = false;
        t->watched_ = false;
        return t;
    }
    [[nodiscard]] static Prototype* make_one_prototype(Heap& heap, const FunctionUnit& unit, Value source);
};

}  // namespace arenite

// ObjectFactory: makes heap objects. Creation needs no journal entry (the page heap's scopes undo it). Every function
// answers nil (or a null handle) when memory is out, and then has left nothing behind that is reachable.
#pragma once

#include <bit>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "arena/checks.h"
#include "heap/function_unit.h"
#include "heap/heap.h"

namespace arenite {

/// A closure that nobody has seen yet: the witness that its upvalues may be filled. As with Writable<T>
/// (txn/writable.h, W2) it is a local variable of the function that has made the closure, and is used before anything
/// else is done.
class [[nodiscard]] FreshClosure {
public:
    FreshClosure(Badge<ObjectFactory>, const Heap& heap, Closure& c)
        : closure_(c)
#if defined(ARENITE_CHECKS)
          ,
          heap_(heap)
#endif
    {
        (void)heap;
    }
    FreshClosure(const FreshClosure&) = delete;
    FreshClosure& operator=(const FreshClosure&) = delete;
    static void* operator new(std::size_t) = delete;

    [[nodiscard]] Value value() const { return Value{closure_.self}; }
    [[nodiscard]] std::uint32_t upvalue_count() const { return closure_.upvalue_count(); }
    /// Upvalue `i` < upvalue_count() as captured: the value itself, or the handle of its cell.
    [[gnu::always_inline]] void set_upvalue(std::uint32_t i, Value v) const {
#if defined(ARENITE_CHECKS)
        ARENITE_REQUIRE(is_writable_by(&closure_, closure_.self, heap_.txn_key()),
                        "a closure was filled after it had been seen");
        ARENITE_REQUIRE(i < closure_.upvalue_count_, "a closure does not have that upvalue");
#endif
        closure_.upvalues_[i] = v;
    }

private:
    Closure& closure_;
#if defined(ARENITE_CHECKS)
    const Heap& heap_;
#endif
};

class ObjectFactory {
public:
    /// A string of these bytes: interned when short.
    [[nodiscard]] static Value make_string(Heap& heap, std::string_view bytes) {
        return bytes.size() <= kShortStringMax ? intern(heap, bytes) : make_long_string(heap, bytes);
    }
    /// The same of at most kShortStringMax bytes.
    [[nodiscard]] static Value intern(Heap& heap, std::string_view bytes) { return heap.strings_.intern(heap, bytes); }
    /// The string of up to StringTable::kPacked bytes in a number, the first one lowest, zeros after them.
    [[nodiscard]] static Value intern_packed(Heap& heap, std::uint64_t packed, std::size_t length) {
        return heap.strings_.intern_packed(heap, packed, length);
    }
    [[nodiscard]] static Value make_long_string(Heap& heap, std::string_view bytes);
    [[nodiscard]] static Handle<Table> make_table(Heap& heap, std::uint32_t array_size, std::uint32_t hash_size);
    /// An empty table.
    [[nodiscard]] static Table* make_empty_table(Heap& heap) {
        return clear_table(heap, heap.pages_.allocate_object(kTableClass, static_cast<unsigned>(Tag::Table)));
    }
    /// An empty table without taking any slow path, or null: the fast path of constructors.
    [[nodiscard, gnu::always_inline]] static Table* try_make_empty_table(Heap& heap) {
        return clear_table(heap, heap.pages_.try_allocate_object(kTableClass, static_cast<unsigned>(Tag::Table)));
    }
    /// A closure whose upvalues are to be filled at once; a cell; likewise.
    [[nodiscard, gnu::always_inline]] static std::optional<FreshClosure> try_make_closure(Heap& heap,
                                                                                          const Prototype& p,
                                                                                          Value environment) {
        auto* c = reinterpret_cast<Closure*>(heap.pages_.try_allocate_object(
            object_class(Closure::bytes_for(p.upvalue_count())), static_cast<unsigned>(Tag::Closure)));
        if (__builtin_expect(!c, 0)) return std::nullopt;
        c->wkey = c->self ^ heap.txn_key();
        c->prototype_ = Handle<Prototype>{p.self};
        c->environment_ = environment;
        c->constants_ = p.constants();
        c->upvalue_count_ = p.upvalue_count();
        c->unused_ = 0;
        return std::optional<FreshClosure>(std::in_place, Badge<ObjectFactory>{}, heap, *c);
    }
    [[nodiscard, gnu::always_inline]] static Cell* try_make_cell(Heap& heap, Value v) {
        auto* c = reinterpret_cast<Cell*>(
            heap.pages_.try_allocate_object(object_class(sizeof(Cell)), static_cast<unsigned>(Tag::Cell)));
        if (__builtin_expect(!c, 0)) return nullptr;
        c->wkey = c->self ^ heap.txn_key();
        c->value_ = v;
        c->epoch_ = heap.pages_.epoch();
        c->unused_ = 0;
        return c;
    }
    /// A table with parts of these sizes, both small, likewise. (Nothing is left behind when it answers null.)
    [[nodiscard, gnu::always_inline]] static Table* try_make_small_table(Heap& heap, std::uint32_t array_size,
                                                                         std::uint32_t hash_size) {
        static_assert(KeyHash::kSeedlessNodes >= 16);
        if (array_size > 32 || hash_size > 16) return nullptr;
        const std::uint32_t nodes = hash_size == 0 ? 0 : std::bit_ceil(hash_size);
        void* const array = array_size ? heap.pages_.try_allocate_payload(array_size * sizeof(Value)) : nullptr;
        if (array_size && !array) return nullptr;
        void* const node_block = nodes ? heap.pages_.try_allocate_payload(nodes * sizeof(Node)) : nullptr;
        Table* const t = nodes && !node_block ? nullptr : try_make_empty_table(heap);
        if (!t) {
            if (array) heap.pages_.release_payload(array, array_size * sizeof(Value));
            if (node_block) heap.pages_.release_payload(node_block, nodes * sizeof(Node));
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
    /// A closure whose upvalues are nil, to be filled before Lua sees it.
    [[nodiscard]] static std::optional<FreshClosure> make_closure(Heap& heap, Handle<Prototype> prototype,
                                                                  Value environment);
    [[nodiscard]] static Handle<NativeFunction> make_native(Heap& heap, NativeFunctionPointer fn, const char* name,
                                                            Value environment, std::span<const Value> upvalues,
                                                            std::uint32_t fast = 0);
    /// A userdata of `bytes`, which are those of `data`, then zeros.
    [[nodiscard]] static Handle<Userdata> make_userdata(Heap& heap, std::size_t bytes, Value environment,
                                                        std::span<const char> data = {});
    [[nodiscard]] static Handle<Buffer> make_buffer(Heap& heap);
    [[nodiscard]] static Handle<Thread> make_thread(Heap& heap, std::uint32_t stack_slots, std::uint32_t frames) {
        return make_thread(heap, stack_slots, frames, heap.globals_);
    }
    [[nodiscard]] static Handle<Thread> make_thread(Heap& heap, std::uint32_t stack_slots, std::uint32_t frames,
                                                    Value globals);
    /// Makes a thread what it was when it was made, with these arrays, as if that were now; what it holds is forgotten.
    /// Without a record: for a thread that is no part of what a rollback restores (vm/embed/main_thread.h).
    static void restart_thread(Heap& heap, Thread& t, Value* stack, std::uint32_t stack_slots, Frame* frame_block,
                               std::uint32_t frames, Value globals);

private:
    static void init_thread(Thread& t, Value* stack, std::uint32_t stack_slots, Frame* frame_block,
                            std::uint32_t frames, Value globals, std::uint32_t epoch);
    friend class PrototypeBuilder;
    friend class StringTable;
    friend class PendingConcat;
    friend class Transaction;
    /// A short string that the string table does not have yet (ST2).
    [[nodiscard]] static Value make_short_string(Heap& heap, std::string_view bytes, std::uint32_t hash);
    /// A long string that takes over a payload block of exactly `length + 1` bytes, the last one a NUL.
    [[nodiscard]] static Value adopt_long_string(Heap& heap, char* block, std::size_t length);
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
        t->epoch_ = heap.pages_.epoch();
        t->absent_ = 0;
        t->read_only_ = false;
        t->watched_ = false;
        t->hash_seed_ = 0;
        return t;
    }
};

}  // namespace arenite

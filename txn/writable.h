// Writable<T>: the witness that an object may be written to at once, as a value that only Transaction can make.
//
// Invariants
//  W1. A witness is made by the compare of the write key (heap/objects.h, O2) and by nothing else. So its object is
//      alive, and a write to it needs no journal record and no barrier. Stores that check nothing are members of
//      witnesses; there are no others.
//  W2. It holds until the next operation that may open or end a scope, or run the collector. So it is a local variable
//      of the function that made it: it cannot be copied, moved, assigned or made with `new`. With checks
//      (arena/checks.h) each use compares again.
//  W3. What is stored goes into slots and nodes that the table has: callers have looked for them through the same
//      witness. With checks that is verified, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "arena/checks.h"
#include "heap/heap.h"

namespace arenite {

namespace detail {
template <class T>
class Witness {
public:
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    static void* operator new(std::size_t) = delete;
    static void* operator new[](std::size_t) = delete;

    [[nodiscard, gnu::always_inline]] const T* operator->() const { return &object_; }
    [[nodiscard, gnu::always_inline]] const T& operator*() const { return object_; }

protected:
#if defined(ARENITE_CHECKS)
    [[gnu::always_inline]] Witness(const Heap& heap, T& object) : object_(object), heap_(heap) {}
#else
    [[gnu::always_inline]] Witness(const Heap&, T& object) : object_(object) {}
#endif
    /// The object, to be written to now.
    [[nodiscard, gnu::always_inline]] T& object() const {
#if defined(ARENITE_CHECKS)
        ARENITE_REQUIRE(is_writable_by(&object_, object_.self, heap_.txn_key()),
                        "W2: a witness was used when it did not hold any more");
#endif
        return object_;
    }

private:
    T& object_;
#if defined(ARENITE_CHECKS)
    const Heap& heap_;
#endif
};
}  // namespace detail

template <>
class [[nodiscard]] Writable<Table> : public detail::Witness<Table> {
public:
    [[gnu::always_inline]] Writable(Badge<Transaction>, const Heap& heap, Table& t) : Witness(heap, t) {}

    /// Array slot `i`, which counts from 0 and is below array_size().
    [[gnu::always_inline]] void set_slot(std::uint32_t i, Value value) const {
        Table& t = object();
        ARENITE_REQUIRE(i < t.array_size_, "W3: an array slot that the table does not have");
        t.array_[i] = value;
    }
    /// Array slots [first, first + count) from `values`, which are not in the table.
    [[gnu::always_inline]] void set_slots(std::uint32_t first, const Value* values, std::uint32_t count) const {
        Table& t = object();
        ARENITE_REQUIRE(count <= t.array_size_ && first <= t.array_size_ - count,
                        "W3: array slots that the table does not have");
        __builtin_memcpy(static_cast<void*>(t.array_ + first), values, count * sizeof(Value));
    }
    /// Moves array slots [from, from + count) to [to, to + count).
    [[gnu::always_inline]] void move_slots(std::uint32_t to, std::uint32_t from, std::uint32_t count) const {
        Table& t = object();
        ARENITE_REQUIRE(count <= t.array_size_ && from <= t.array_size_ - count && to <= t.array_size_ - count,
                        "W3: array slots that the table does not have");
        __builtin_memmove(static_cast<void*>(t.array_ + to), t.array_ + from, count * sizeof(Value));
    }
    /// The array part, for views that are made again after whatever ends W2.
    [[nodiscard]] std::span<Value> array() const {
        Table& t = object();
        return {t.array_, t.array_size_};
    }
    /// Stores into a slot that a reader of the table has found and that is not nil; or (store_again) that is: its key
    /// comes back, and may be a metamethod that was noted as absent (T6).
    [[gnu::always_inline]] void store(const Value* slot, Value value) const {
        ARENITE_REQUIRE(has(object(), slot), "W3: a slot that the table does not have");
        *const_cast<Value*>(slot) = value;
    }
    [[gnu::always_inline]] void store_again(const Value* slot, Value value) const {
        object().absent_ = 0;
        store(slot, value);
    }
    /// A new key into its main position, a node of the hash part that has no key.
    [[gnu::always_inline]] void insert_fresh(const Node* free, Value key, Value value) const {
        Table& t = object();
        ARENITE_REQUIRE(t.has_nodes() && has(t, &free->value) && free->key.is_nil(), "W3: a node that is not free");
        Node* const n = t.nodes_ + (free - t.nodes_);
        n->key = key;
        n->value = value;
        t.absent_ = 0;
    }
    /// A new key that equals only itself by word, into a node of a small hash part. Null when there is no free node, or
    /// a key of another kind is in the way; then nothing has changed.
    [[nodiscard, gnu::always_inline]] const Node* place_word(Value key, Value value) const {
        return object().place_word(key, value);
    }
    [[gnu::always_inline]] void set_metatable(Value table_or_nil) const { object().metatable_ = table_or_nil; }

private:
    friend class Transaction;
    /// Whether `slot` is one of the table's own.
    [[nodiscard]] static bool has(const Table& t, const Value* slot) {
        const auto at = reinterpret_cast<std::uintptr_t>(slot);
        const auto array = reinterpret_cast<std::uintptr_t>(t.array_);
        const auto nodes = reinterpret_cast<std::uintptr_t>(t.nodes_);
        return (at >= array && at < array + t.array_size_ * sizeof(Value)) ||
               (at >= nodes && at < nodes + t.node_count() * sizeof(Node));
    }
};

template <>
class [[nodiscard]] Writable<Cell> : public detail::Witness<Cell> {
public:
    [[gnu::always_inline]] Writable(Badge<Transaction>, const Heap& heap, Cell& c) : Witness(heap, c) {}

    [[gnu::always_inline]] void set(Value value) const { object().value_ = value; }
};

template <>
class [[nodiscard]] Writable<Buffer> : public detail::Witness<Buffer> {
public:
    [[gnu::always_inline]] Writable(Badge<Transaction>, const Heap& heap, Buffer& b) : Witness(heap, b) {}

    /// Whether append() has room for that many bytes.
    [[nodiscard]] bool has_room(std::size_t bytes) const { return object().capacity_ - object().size_ >= bytes; }
    /// Appends bytes for which there is room; no more of them than there is.
    void append(std::string_view bytes) const {
        Buffer& b = object();
        ARENITE_REQUIRE(has_room(bytes.size()), "W3: more bytes than the buffer has room for");
        const std::string_view taken = bytes.substr(0, b.capacity_ - b.size_);
        // No more than the room: _FORTIFY_SOURCE has nothing to add, and would keep it from being inlined.
        if (!taken.empty()) __builtin_memcpy(b.data_ + b.size_, taken.data(), taken.size());
        b.size_ += taken.size();
    }
};

using WritableTable = Writable<Table>;
using WritableCell = Writable<Cell>;
using WritableBuffer = Writable<Buffer>;

}  // namespace arenite

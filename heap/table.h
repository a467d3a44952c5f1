// Table: array part and hash part, as in PUC Lua 5.1 (ltable.c): the array part holds keys 1..n when more than half of
// them are in use; the hash part is a chained scatter table with Brent's variation, full before it grows. Sizes are
// chosen by the same rule as PUC's, so that the border that `#` finds is the same.
//
// Invariants
//  T1. array_[i] holds key i+1 for i < array_size_; no such key is in the hash part.
//  T2. The hash part has hash_mask_+1 nodes (a power of two). nodes_ may be the shared immutable empty node, which is
//      never written (its key is nil and hash_mask_ is 0).
//  T3. A node whose key's main position is taken by another node is on the chain that starts at its main position.
//  T4. A key whose value is nil stays in its node until the next rehash, so `next` can go on from it (Lua 5.1 §5.1
//      next).
//  T5. Number keys are normalised: -0 is 0, integers in array range are in the array. NaN and nil are no keys.
//  T6. absent_ bits say that a metamethod name is not a key with a value here; cleared by every insertion of a key.
#pragma once

#include <cstddef>
#include <cstdint>

#include "heap/key_hash.h"
#include "heap/objects.h"

namespace arenite {

class Heap;

struct Node {
    Value key;
    Value value;
    std::int32_t next;  ///< distance to the next node of the chain, in nodes; 0 ends it
    std::uint32_t unused;
};
static_assert(sizeof(Node) == 24);

/// Answer of a table mutation.
enum class TableStatus : std::uint8_t {
    Ok,
    OutOfMemory,
    StillOutOfMemory,  ///< although the caller has collected for it: it is not to do so again (TableGrowth, TG6)
    ReadOnly,
    NilKey,
    NanKey,
    Stale,
    InvalidNext,
    Unfinished,  ///< a slice of it is done; the same again goes on (Transaction::raw_set_resumable)
};
/// Whether a key that is not there can be inserted without new parts.
enum class Room : std::uint8_t { Some, None, NotKnown };

class Table {
public:
    static constexpr std::uint32_t kMaxArray = 1u << 30;

    // --- Reading ----------------------------------------------------------------------------------------------------
    [[nodiscard]] std::uint32_t array_size() const { return array_size_; }
    [[nodiscard]] const Value* array() const { return array_; }
    [[nodiscard]] const Node* nodes() const { return nodes_; }
    [[nodiscard]] std::uint32_t hash_mask() const { return hash_mask_; }
    /// Number of nodes of its own (0 while it has the shared empty one).
    [[nodiscard]] std::uint32_t node_count() const { return nodes_ == kEmptyNode ? 0 : hash_mask_ + 1; }
    /// Which node is whose.
    [[nodiscard, gnu::always_inline]] KeyHash key_hash() const { return KeyHash(hash_seed_); }
    [[nodiscard]] bool has_nodes() const { return nodes_ != kEmptyNode; }
    [[nodiscard]] Value metatable() const { return metatable_; }  ///< table or nil
    [[nodiscard]] bool read_only() const { return read_only_; }
    [[nodiscard]] std::uint8_t absent() const { return absent_; }
    [[nodiscard]] std::uint32_t epoch() const { return epoch_; }
    /// The value slot of `key`, or null when there is no node or array slot for it.
    [[nodiscard]] const Value* find(const Heap& heap, Value key) const;
    /// The same for a key that equals only itself by word (short string, boolean, object).
    [[nodiscard, gnu::always_inline]] const Value* find_word(std::uint64_t key) const {
        const Node* n = find_node(key);
        return n ? &n->value : nullptr;
    }
    /// The main position of a key that equals only itself by word.
    [[nodiscard, gnu::always_inline]] const Node* home_node(std::uint64_t key) const {
        return nodes_ + (key_hash().word(key) & hash_mask_);
    }
    /// The same of any key but nil, as a node has it (T5). Defined in heap/heap.h.
    [[nodiscard]] const Node* home_node(const Heap& heap, Value key) const;
    /// The slot in the hash part of a number, as a node has it; null when there is none. Defined in heap/heap.h.
    [[nodiscard]] const Value* find_number(const Heap& heap, Value key) const;
    /// Its node.
    [[nodiscard, gnu::always_inline]] const Node* find_node(std::uint64_t key) const {
        const Node* n = home_node(key);
        for (;;) {
            if (n->key.bits == key) return n;
            if (n->next == 0) return nullptr;
            n += n->next;
        }
    }
    [[nodiscard]] const Value* find_integer(const Heap& heap, std::int64_t key) const;
    [[nodiscard]] Value get(const Heap& heap, Value key) const {
        const Value* v = find(heap, key);
        return v ? *v : Value::nil();
    }
    /// A border (Lua 5.1 §2.5.5), found as luaH_getn does.
    [[nodiscard]] std::uint32_t border(const Heap& heap) const;
    /// The same, or kLinearBorder where that examines key after key: then linear_border() answers.
    [[nodiscard]] std::uint32_t quick_border(const Heap& heap) const;
    static constexpr std::uint32_t kLinearBorder = 0xFFFF'FFFF;
    /// Goes from `key` to the first key without value, or `limit` keys on; true when it is that.
    [[nodiscard]] bool linear_border(const Heap& heap, std::uint64_t& key, std::uint64_t limit) const;
    /// Position of `key` for iteration: 0 for nil, else one past its index; -1 when it is no key here.
    [[nodiscard]] std::int64_t iteration_index(const Heap& heap, Value key) const;
    /// First entry with a value at or after `index`, among `limit` slots; false when there is none. `index` becomes one
    /// past the entry, or where to go on.
    [[nodiscard]] bool next_entry(std::uint64_t& index, Value& key, Value& value, std::uint64_t limit = ~0ull) const;
    struct Entry {
        Value key;
        Value value;
    };
    /// What is at `index` of an iteration: a nil value if there is no entry.
    [[nodiscard, gnu::always_inline]] Entry entry_at(std::uint64_t index) const {
        if (index < array_size_) return {Value::number(static_cast<double>(index + 1)), array_[index]};
        const std::uint64_t i = index - array_size_;
        if (i < node_count()) return {nodes_[i].key, nodes_[i].value};
        return {Value::nil(), Value::nil()};
    }
    /// A key that may have the bytes of `key`, a long string: itself, or one of the same hash and length; nil for none.
    /// With `live`, of those that have a value.
    [[nodiscard]] Value similar_key(const Heap& heap, Value key, bool live) const;
    /// The value of `key`, or nil. Unlike find() it does not compare long strings with keys that have none.
    [[nodiscard]] Value value_of(const Heap& heap, Value key) const;

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Objects;
    [[nodiscard]] std::size_t slot_bytes() const { return sizeof(Table); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.key(o.wkey);
        v.epoch(o.epoch_);
        v.block("array part", o.array_, o.array_size_ * sizeof(Value));
        v.block("hash part", o.nodes_, o.node_count() * sizeof(Node));
        v.value("metatable", o.metatable_);
        v.number(o.read_only_);
        v.entries(o);
    }

    SelfWord self;
    WriteKey wkey;

    // --- Mutation, by the transaction alone -------------------------------------------------------------------------
    /// Inserts a key that find() does not know. May rehash; old parts are released through the page heap, which keeps
    /// them when a rollback may need them.
    [[nodiscard]] TableStatus insert(Badge<Transaction>, Heap& heap, Value key, Value value);
    /// Appends to an array part that is all there is and has no room, as insert() would: that finds the part full, but
    /// for holes. False: there are holes, or memory is out, and nothing has changed.
    [[nodiscard]] bool append(Badge<Transaction>, Heap& heap, Value value);
    /// Looks for a place for a key that find() does not know, at up to `limit` nodes. NotKnown: ask again, which goes
    /// on.
    [[nodiscard]] Room room_for(Badge<Transaction>, const Heap& heap, Value key, std::uint32_t limit);
    /// Gives the parts exactly these sizes (entries are kept).
    [[nodiscard]] TableStatus resize(Badge<Transaction>, Heap& heap, std::uint32_t array_size, std::uint32_t hash_size);
    /// One past the highest free node (PUC's lastfree), for the heap verifier.
    [[nodiscard]] std::uint32_t last_free() const { return last_free_; }

private:
    friend class Transaction;
    friend class Writable<Table>;
    friend class Collector;
    friend class ObjectFactory;
    friend class Heap;
    friend class HeapVerifier;
    friend class MethodCache;
    friend class TableGrowth;

    /// Makes the next write to it forget the method cache (MC1).
    void watch() {
        watched_ = true;
        wkey = 0;
    }
    /// Remembers that the metamethod of `bit` is absent. Not a change that Lua can observe.
    void note_absent(std::uint8_t bit) { absent_ |= bit; }
    /// Puts a new key that equals only itself by word into a node of a small hash part. Null when there is no free
    /// node, or a key of another kind is in the way; then nothing has changed.
    [[nodiscard, gnu::always_inline]] const Node* place_word(Value key, Value value) {
        constexpr std::uint32_t kFew = 64;
        if (!has_nodes() || hash_mask_ >= kFew || key.is<LongString>()) return nullptr;
        Node* home = nodes_ + (key_hash().word(key.bits) & hash_mask_);
        if (!home->value.is_nil()) {
            if (home->key.is_number() || home->key.is<LongString>()) return nullptr;
            Node* const free = free_node();
            if (!free) return nullptr;
            home = make_way(home, free, nodes_ + (key_hash().word(home->key.bits) & hash_mask_));
        }
        home->key = key;
        home->value = value;
        absent_ = 0;
        return home;
    }

    static Node* const kEmptyNode;
    /// Has no entries, until its parts are put back in place (Transaction, X12).
    void hide_entries() {
        array_ = nullptr;
        array_size_ = 0;
        take_nodes(nullptr, 0, 0);
    }

    /// The node of its own of any key but nil, as a node has it (T5). Defined in heap/heap.h.
    [[nodiscard]] std::uint32_t main_position(const Heap& heap, Value key) const;
    /// Takes over nodes that have no keys yet, with a seed for them (KH2); none if `count` is 0.
    void take_nodes(Node* nodes, std::uint32_t count, std::uint32_t seed);
    void take_nodes(const Heap& heap, Node* nodes, std::uint32_t count);
    [[nodiscard, gnu::always_inline]] Node* free_node() {
        while (last_free_ > 0) {
            --last_free_;
            if (nodes_[last_free_].key.is_nil()) return &nodes_[last_free_];
        }
        return nullptr;
    }
    /// Brent's variation: the node of a new key whose main position `home` is taken by a key whose own one is `other`.
    [[nodiscard, gnu::always_inline]] static Node* make_way(Node* home, Node* free, Node* other) {
        if (other == home) {  // the new key goes to the free node
            free->next = home->next != 0 ? static_cast<std::int32_t>(home + home->next - free) : 0;
            home->next = static_cast<std::int32_t>(free - home);
            return free;
        }
        // The key there is out of its main position: it moves to the free node.
        while (other + other->next != home) other += other->next;
        other->next = static_cast<std::int32_t>(free - other);
        *free = *home;
        if (home->next != 0) {
            free->next = static_cast<std::int32_t>(home + home->next - free);
            home->next = 0;
        }
        home->value = Value::nil();
        return home;
    }
    [[nodiscard]] TableStatus rehash(Heap& heap, Value extra_key);
    /// rehash() of a small table without array part whose keys all equal only themselves by word. False: it is not one,
    /// or memory is out, and nothing has changed.
    [[nodiscard]] bool rehash_words(Heap& heap, Value extra_key);
    [[nodiscard]] TableStatus resize_parts(Heap& heap, std::uint32_t array_size, std::uint32_t hash_size);
    /// Puts entries [first, last) of the old parts into these: array slots in order, nodes from the last one on.
    void move_array(const Heap& heap, const Value* from, std::uint32_t first, std::uint32_t last);
    void move_nodes(const Heap& heap, const Node* from, std::uint32_t first, std::uint32_t last);
    /// Places a key known to be absent; false when the hash part is full.
    [[nodiscard]] bool place(const Heap& heap, Value key, Value value);
    template <class Position>
    [[nodiscard]] bool place_by(Position position, Value key, Value value);

    Value* array_;
    Node* nodes_;
    std::uint32_t array_size_;
    std::uint32_t hash_mask_;
    Value metatable_;
    std::uint32_t last_free_;
    std::uint32_t epoch_;  ///< scope epoch of its birth, or of the last time it was journaled whole
    std::uint8_t absent_;
    bool read_only_;
    bool watched_;  ///< an entry of the method cache may depend on this table (heap/method_cache.h, MC1)
    std::uint8_t unused_;
    std::uint32_t hash_seed_;  ///< of key_hash()
};
static_assert(sizeof(Table) == 64);

}  // namespace arenite

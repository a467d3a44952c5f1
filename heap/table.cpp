#include "heap/table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "heap/heap.h"
#include "heap/table_sizes.h"

namespace arenite {

namespace {
constinit const Node kSharedEmptyNode = {Value::nil(), Value::nil(), 0, 0};

}  // namespace

Node* const Table::kEmptyNode = const_cast<Node*>(&kSharedEmptyNode);

void Table::take_nodes(Node* nodes, std::uint32_t count, std::uint32_t seed) {
    nodes_ = count != 0 ? nodes : kEmptyNode;
    hash_mask_ = count != 0 ? count - 1 : 0;
    last_free_ = count;
    hash_seed_ = seed;
}

void Table::take_nodes(const Heap& heap, Node* nodes, std::uint32_t count) {
    take_nodes(nodes, count, KeyHash::seed(count, heap.hash_seed(), self, hash_seed_));
}

const Value* Table::find_integer(const Heap& heap, std::int64_t key) const {
    if (static_cast<std::uint64_t>(key) - 1 < array_size_) return &array_[key - 1];
    if (nodes_ == kEmptyNode) return nullptr;
    const Value k = Value::number(static_cast<double>(key));
    const Node* n = nodes_ + main_position(heap, k);
    for (;;) {
        if (n->key.bits == k.bits) return &n->value;
        if (n->next == 0) return nullptr;
        n += n->next;
    }
}

const Value* Table::find(const Heap& heap, Value key) const {
    if (key.is_number()) {
        if (const std::uint32_t i = array_key(key); i != 0 && i <= array_size_) return &array_[i - 1];
        if (nodes_ == kEmptyNode) return nullptr;
        if (key.as_number() == 0) key = Value::number(0);  // T5: -0
        const Node* n = nodes_ + main_position(heap, key);
        for (;;) {
            if (n->key.bits == key.bits) return &n->value;
            if (n->next == 0) return nullptr;
            n += n->next;
        }
    }
    if (__builtin_expect(key.is<LongString>(), 0)) {
        const Node* n = nodes_ + (heap.hash_of(key) & hash_mask_);
        for (;;) {
            if (n->key.bits == key.bits ||
                (n->key.is<LongString>() && heap.alive(n->key) && heap.same_text(n->key, key))) {
                return &n->value;
            }
            if (n->next == 0) return nullptr;
            n += n->next;
        }
    }
    if (key.is_nil()) return nullptr;
    return find_word(key.bits);
}

Value Table::value_of(const Heap& heap, Value key) const {
    if (!key.is<LongString>()) return get(heap, key);
    for (const Node* n = nodes_ + (heap.hash_of(key) & hash_mask_);; n += n->next) {
        const bool may_be = !n->value.is_nil() && (n->key.bits == key.bits || n->key.is<LongString>());
        if (may_be && (n->key.bits == key.bits || heap.same_text(n->key, key))) return n->value;
        if (n->next == 0) return Value::nil();
    }
}

Value Table::similar_key(const Heap& heap, Value key, bool live) const {
    const LongString* s = heap.get<LongString>(key);
    if (!s) return Value::nil();
    for (const Node* n = nodes_ + (heap.hash_of(key) & hash_mask_);; n += n->next) {
        if (n->key.bits == key.bits) {
            if (!live || !n->value.is_nil()) return key;
            if (n->next == 0) return Value::nil();
            continue;
        }
        const LongString* other = live && n->value.is_nil() ? nullptr : heap.get<LongString>(n->key);
        if (other && other->view().size() == s->view().size() && heap.hash_of(n->key) == heap.hash_of(key))
            return n->key;
        if (n->next == 0) return Value::nil();
    }
}

std::uint32_t Table::border(const Heap& heap) const {
    const std::uint32_t quick = quick_border(heap);
    if (quick != kLinearBorder) return quick;
    std::uint64_t key = 1;
    (void)linear_border(heap, key, static_cast<std::uint64_t>(-1));
    return static_cast<std::uint32_t>(key - 1);
}

bool Table::linear_border(const Heap& heap, std::uint64_t& key, std::uint64_t limit) const {
    for (; limit > 0; --limit, ++key) {
        const Value* v = find_integer(heap, static_cast<std::int64_t>(key));
        if (!v || v->is_nil()) return true;
    }
    return false;
}

std::uint32_t Table::quick_border(const Heap& heap) const {
    std::uint32_t j = array_size_;
    if (j > 0 && array_[j - 1].is_nil()) {
        std::uint32_t i = 0;
        while (j - i > 1) {
            const std::uint32_t m = (i + j) / 2;
            (array_[m - 1].is_nil() ? j : i) = m;
        }
        return i;
    }
    if (nodes_ == kEmptyNode) return j;
    const auto present = [&](std::uint64_t k) {
        const Value* v = find_integer(heap, static_cast<std::int64_t>(k));
        return v && !v->is_nil();
    };
    // luaH_getn's unbound_search
    std::uint64_t i = j;
    std::uint64_t k = static_cast<std::uint64_t>(j) + 1;
    while (present(k)) {
        i = k;
        k *= 2;
        if (k > 0x7FFF'FFFDull) return kLinearBorder;  // "table was built with bad purposes: resort to linear search"
    }
    while (k - i > 1) {
        const std::uint64_t m = (i + k) / 2;
        (present(m) ? i : k) = m;
    }
    return static_cast<std::uint32_t>(i);
}

std::int64_t Table::iteration_index(const Heap& heap, Value key) const {
    if (key.is_nil()) return 0;
    if (const std::uint32_t i = array_key(key); i != 0 && i <= array_size_) return i;
    const Value* slot = find(heap, key);
    if (!slot) return -1;
    const Node* node = reinterpret_cast<const Node*>(reinterpret_cast<const char*>(slot) - offsetof(Node, value));
    return static_cast<std::int64_t>(array_size_) + (node - nodes_) + 1;
}

bool Table::next_entry(std::uint64_t& index, Value& key, Value& value, std::uint64_t limit) const {
    std::uint64_t i = index;
    const std::uint64_t all = static_cast<std::uint64_t>(array_size_) + node_count();
    const std::uint64_t end = limit < all && index < all - limit ? index + limit : all;
    for (const std::uint64_t array_end = std::min<std::uint64_t>(array_size_, end); i < array_end; ++i) {
        if (!array_[i].is_nil()) {
            key = Value::number(static_cast<double>(i + 1));
            value = array_[i];
            index = i + 1;
            return true;
        }
    }
    for (; i < end; ++i) {
        const Node& n = nodes_[i - array_size_];
        if (!n.value.is_nil()) {
            key = n.key;
            value = n.value;
            index = i + 1;
            return true;
        }
    }
    index = end;
    return false;
}

template <class Position>
[[gnu::always_inline]] inline bool Table::place_by(Position position, Value key, Value value) {
    Node* home = nodes_ + position(key);
    if (!home->value.is_nil()) {
        Node* free = free_node();
        if (!free) return false;
        home = make_way(home, free, nodes_ + position(home->key));
    }
    home->key = key;
    home->value = value;
    return true;
}

bool Table::place(const Heap& heap, Value key, Value value) {
    if (nodes_ == kEmptyNode) return false;
    return place_by([&](Value k) { return main_position(heap, k); }, key, value);
}

Room Table::room_for(Badge<Transaction>, const Heap& heap, Value key, std::uint32_t limit) {
    if (nodes_ == kEmptyNode) return Room::None;
    if (key.is_number() && key.as_number() == 0) key = Value::number(0);
    if (nodes_[main_position(heap, key)].value.is_nil()) return Room::Some;
    for (; last_free_ > 0; --last_free_) {
        if (nodes_[last_free_ - 1].key.is_nil()) return Room::Some;
        if (limit-- == 0) return Room::NotKnown;
    }
    return Room::None;
}

TableStatus Table::insert(Badge<Transaction>, Heap& heap, Value key, Value value) {
    absent_ = 0;
    if (key.is_number() && key.as_number() == 0) key = Value::number(0);
    if (place(heap, key, value)) return TableStatus::Ok;
    if (rehash_words(heap, key)) return place(heap, key, value) ? TableStatus::Ok : TableStatus::OutOfMemory;
    if (const TableStatus s = rehash(heap, key); s != TableStatus::Ok) return s;
    if (const Value* slot = find(heap, key)) {
        *const_cast<Value*>(slot) = value;
        return TableStatus::Ok;
    }
    return place(heap, key, value) ? TableStatus::Ok : TableStatus::OutOfMemory;
}

bool Table::append(Badge<Transaction>, Heap& heap, Value value) {
    const std::uint32_t size = array_size_;
    Value* const old = array_;
    bool full = true;
    for (std::uint32_t i = 0; i < size; ++i) full &= !old[i].is_nil();
    if (!full) return false;
    // What the counts of a full array and the next key come to: PUC's computesizes.
    const std::uint32_t grown = std::bit_ceil(size + 1);
    auto* const fresh = static_cast<Value*>(heap.pages_.allocate_payload(grown * sizeof(Value)));
    if (!fresh) return false;
    if (size != 0) {
        std::memcpy(fresh, old, size * sizeof(Value));
        heap.pages_.release_payload(old, size * sizeof(Value));
    }
    fresh[size] = value;
    for (std::uint32_t i = size + 1; i < grown; ++i) fresh[i] = Value::nil();
    absent_ = 0;
    array_ = fresh;
    array_size_ = grown;
    return true;
}

TableStatus Table::rehash(Heap& heap, Value extra_key) {
    KeyCount keys;
    keys.add_array(array_, 0, array_size_);
    keys.add_nodes(nodes_, 0, node_count());
    keys.add(extra_key);
    std::uint32_t array_size = 0;
    std::uint32_t hash_size = 0;
    keys.sizes(array_size, hash_size);
    return resize_parts(heap, array_size, hash_size);
}

bool Table::rehash_words(Heap& heap, Value extra_key) {
    constexpr std::uint32_t kFew = 32;
    const auto is_word = [](Value key) { return !key.is_number() && !key.is<LongString>(); };
    const std::uint32_t old_count = node_count();
    if (array_size_ != 0 || old_count == 0 || old_count > kFew || !is_word(extra_key)) return false;
    Node* const old_nodes = nodes_;
    std::uint32_t keys = 1;
    for (std::uint32_t i = 0; i < old_count; ++i) {
        if (old_nodes[i].value.is_nil()) continue;
        if (!is_word(old_nodes[i].key)) return false;
        ++keys;
    }
    const std::uint32_t count = std::bit_ceil(keys);
    auto* const nodes = static_cast<Node*>(heap.pages_.allocate_payload(count * sizeof(Node)));
    if (!nodes) return false;
    for (std::uint32_t i = 0; i < count; ++i) nodes[i] = kSharedEmptyNode;
    take_nodes(heap, nodes, count);
    const auto position = [hash = key_hash(), mask = count - 1](Value k) { return hash.word(k.bits) & mask; };
    for (std::uint32_t i = old_count; i-- > 0;) {
        const Node& n = old_nodes[i];
        if (!n.value.is_nil()) (void)place_by(position, n.key, n.value);
    }
    heap.pages_.release_payload(old_nodes, old_count * sizeof(Node));
    return true;
}

TableStatus Table::resize(Badge<Transaction>, Heap& heap, std::uint32_t array_size, std::uint32_t hash_size) {
    return resize_parts(heap, array_size, hash_size);
}

void Table::move_array(const Heap& heap, const Value* from, std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t i = first; i < last; ++i) {
        if (!from[i].is_nil()) (void)place(heap, Value::number(i + 1), from[i]);
    }
}

void Table::move_nodes(const Heap& heap, const Node* from, std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t i = last; i-- > first;) {
        if (from[i].value.is_nil()) continue;
        if (const std::uint32_t k = array_key(from[i].key); k != 0 && k <= array_size_) {
            array_[k - 1] = from[i].value;
        } else {
            (void)place(heap, from[i].key, from[i].value);
        }
    }
}

TableStatus Table::resize_parts(Heap& heap, std::uint32_t array_size, std::uint32_t hash_size) {
    if (array_size > kMaxArray || hash_size > kMaxArray) return TableStatus::OutOfMemory;
    Value* const old_array = array_;
    const std::uint32_t old_array_size = array_size_;
    Node* const old_nodes = nodes_;
    const std::uint32_t old_count = node_count();

    Value* new_array = old_array;
    if (array_size != old_array_size) {
        new_array = nullptr;
        if (array_size != 0) {
            new_array = static_cast<Value*>(heap.pages_.allocate_payload(array_size * sizeof(Value)));
            if (!new_array) return TableStatus::OutOfMemory;
            const std::uint32_t keep = std::min(array_size, old_array_size);
            if (keep) std::memcpy(new_array, old_array, keep * sizeof(Value));
            std::memset(static_cast<void*>(new_array + keep), 0xFF, (array_size - keep) * sizeof(Value));
        }
    }
    Node* new_nodes = nullptr;
    std::uint32_t new_count = 0;
    if (hash_size != 0) {
        new_count = std::bit_ceil(hash_size);
        new_nodes =
            static_cast<Node*>(heap.pages_.allocate_payload(static_cast<std::size_t>(new_count) * sizeof(Node)));
        if (!new_nodes) {
            if (new_array != old_array && new_array) heap.pages_.release_payload(new_array, array_size * sizeof(Value));
            return TableStatus::OutOfMemory;
        }
        for (std::uint32_t i = 0; i < new_count; ++i) new_nodes[i] = kSharedEmptyNode;
    }
    array_ = new_array;
    array_size_ = array_size;
    take_nodes(heap, new_nodes, new_count);
    move_array(heap, old_array, array_size, old_array_size);
    move_nodes(heap, old_nodes, 0, old_count);
    if (old_array != new_array && old_array) heap.pages_.release_payload(old_array, old_array_size * sizeof(Value));
    if (old_count != 0) heap.pages_.release_payload(old_nodes, old_count * sizeof(Node));
    return TableStatus::Ok;
}

}  // namespace arenite

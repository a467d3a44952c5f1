#include "heap/table.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "heap/heap.h"

namespace arenite {

namespace {
constinit const Node kSharedEmptyNode = {Value::nil(), Value::nil(), 0, 0};

/// The array index of an integral key in 1..kMaxArray; 0 for any other key.
inline std::uint32_t array_key(Value key) {
    if (!key.is_number()) return 0;
    const double d = key.as_number();
    if (!(d >= 1 && d <= Table::kMaxArray)) return 0;
    const auto i = static_cast<std::uint32_t>(d);
    return static_cast<double>(i) == d ? i : 0;
}

/// Slices of PUC's rehash: nums[i] counts the keys k with 2^(i-1) < k <= 2^i.
constexpr unsigned kSlices = 31;
inline unsigned slice_of(std::uint32_t key) {
    return static_cast<unsigned>(std::bit_width(key - 1));
}

/// Size of the array part: the largest power of two n such that more than n/2 of 1..n are in use.
std::uint32_t best_array_size(const std::uint32_t (&nums)[kSlices], std::uint32_t candidates, std::uint32_t& used) {
    std::uint32_t total = 0;
    std::uint32_t best = 0;
    used = 0;
    std::uint64_t power = 1;
    for (unsigned i = 0; i < kSlices && power / 2 < candidates; ++i, power *= 2) {
        if (nums[i] > 0) {
            total += nums[i];
            if (total > power / 2) {
                best = static_cast<std::uint32_t>(power);
                used = total;
            }
        }
        if (total == candidates) break;
    }
    return best;
}
}  // namespace

Node* const Table::kEmptyNode = const_cast<Node*>(&kSharedEmptyNode);

std::uint32_t Table::main_position(const Heap& heap, Value key) const {
    return heap.hash(key) & hash_mask_;
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
        const std::string_view bytes = heap.string(key);
        const Node* n = nodes_ + (heap.hash_bytes(bytes) & hash_mask_);
        for (;;) {
            if (n->key.bits == key.bits ||
                (n->key.is<LongString>() && heap.alive(n->key) && heap.string(n->key) == bytes)) {
                return &n->value;
            }
            if (n->next == 0) return nullptr;
            n += n->next;
        }
    }
    if (key.is_nil()) return nullptr;
    return find_word(key.bits);
}

std::uint32_t Table::border(const Heap& heap) const {
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
        if (k > 0x7FFF'FFFDull) {
            std::uint64_t linear = 1;
            while (present(linear)) ++linear;
            return static_cast<std::uint32_t>(linear - 1);
        }
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

bool Table::next_entry(std::uint64_t& index, Value& key, Value& value) const {
    std::uint64_t i = index;
    for (; i < array_size_; ++i) {
        if (!array_[i].is_nil()) {
            key = Value::number(static_cast<double>(i + 1));
            value = array_[i];
            index = i + 1;
            return true;
        }
    }
    const std::uint64_t end = static_cast<std::uint64_t>(array_size_) + node_count();
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

Node* Table::free_node() {
    while (last_free_ > 0) {
        --last_free_;
        if (nodes_[last_free_].key.is_nil()) return &nodes_[last_free_];
    }
    return nullptr;
}

bool Table::place(const Heap& heap, Value key, Value value) {
    if (nodes_ == kEmptyNode) return false;
    Node* home = nodes_ + main_position(heap, key);
    if (!home->value.is_nil()) {
        Node* free = free_node();
        if (!free) return false;
        Node* other = nodes_ + main_position(heap, home->key);
        if (other != home) {  // the node there is out of its main position: move it to the free one (Brent)
            while (other + other->next != home) other += other->next;
            other->next = static_cast<std::int32_t>(free - other);
            *free = *home;
            if (home->next != 0) {
                free->next = static_cast<std::int32_t>(home + home->next - free);
                home->next = 0;
            }
            home->value = Value::nil();
        } else {  // the new key goes to the free node
            free->next = home->next != 0 ? static_cast<std::int32_t>(home + home->next - free) : 0;
            home->next = static_cast<std::int32_t>(free - home);
            home = free;
        }
    }
    home->key = key;
    home->value = value;
    return true;
}

TableStatus Table::insert(Badge<Transaction>, Heap& heap, Value key, Value value) {
    absent_ = 0;
    if (key.is_number() && key.as_number() == 0) key = Value::number(0);
    if (place(heap, key, value)) return TableStatus::Ok;
    if (const TableStatus s = rehash(heap, key); s != TableStatus::Ok) return s;
    if (const Value* slot = find(heap, key)) {
        *const_cast<Value*>(slot) = value;
        return TableStatus::Ok;
    }
    return place(heap, key, value) ? TableStatus::Ok : TableStatus::OutOfMemory;
}

TableStatus Table::rehash(Heap& heap, Value extra_key) {
    std::uint32_t nums[kSlices] = {};
    std::uint32_t candidates = 0;
    std::uint32_t total = 0;
    for (std::uint32_t i = 0; i < array_size_; ++i) {
        if (array_[i].is_nil()) continue;
        ++nums[slice_of(i + 1)];
        ++candidates;
    }
    total = candidates;
    const auto count_key = [&](Value key) {
        if (const std::uint32_t k = array_key(key); k != 0) {
            ++nums[slice_of(k)];
            ++candidates;
        }
        ++total;
    };
    for (std::uint32_t i = 0; i < node_count(); ++i) {
        if (!nodes_[i].value.is_nil()) count_key(nodes_[i].key);
    }
    count_key(extra_key);
    std::uint32_t in_array = 0;
    const std::uint32_t array_size = best_array_size(nums, candidates, in_array);
    return resize_parts(heap, array_size, total - in_array);
}

TableStatus Table::resize(Badge<Transaction>, Heap& heap, std::uint32_t array_size, std::uint32_t hash_size) {
    return resize_parts(heap, array_size, hash_size);
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
            new_array = static_cast<Value*>(heap.pages.allocate_payload(array_size * sizeof(Value)));
            if (!new_array) return TableStatus::OutOfMemory;
            const std::uint32_t keep = std::min(array_size, old_array_size);
            if (keep) std::memcpy(new_array, old_array, keep * sizeof(Value));
            std::memset(static_cast<void*>(new_array + keep), 0xFF, (array_size - keep) * sizeof(Value));
        }
    }
    Node* new_nodes = kEmptyNode;
    std::uint32_t new_count = 0;
    if (hash_size != 0) {
        new_count = std::bit_ceil(hash_size);
        new_nodes = static_cast<Node*>(heap.pages.allocate_payload(static_cast<std::size_t>(new_count) * sizeof(Node)));
        if (!new_nodes) {
            if (new_array != old_array && new_array) heap.pages.release_payload(new_array, array_size * sizeof(Value));
            return TableStatus::OutOfMemory;
        }
        for (std::uint32_t i = 0; i < new_count; ++i) new_nodes[i] = kSharedEmptyNode;
    }
    array_ = new_array;
    array_size_ = array_size;
    nodes_ = new_nodes;
    hash_mask_ = new_count ? new_count - 1 : 0;
    last_free_ = new_count;
    for (std::uint32_t i = array_size; i < old_array_size; ++i) {  // the vanishing slice of the array
        if (!old_array[i].is_nil()) (void)place(heap, Value::number(i + 1), old_array[i]);
    }
    for (std::uint32_t i = old_count; i-- > 0;) {
        if (old_nodes[i].value.is_nil()) continue;
        if (const std::uint32_t k = array_key(old_nodes[i].key); k != 0 && k <= array_size_) {
            array_[k - 1] = old_nodes[i].value;
        } else {
            (void)place(heap, old_nodes[i].key, old_nodes[i].value);
        }
    }
    if (old_array != new_array && old_array) heap.pages.release_payload(old_array, old_array_size * sizeof(Value));
    if (old_count != 0) heap.pages.release_payload(old_nodes, old_count * sizeof(Node));
    return TableStatus::Ok;
}

}  // namespace arenite

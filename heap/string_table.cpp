#include "heap/string_table.h"

#include <cstdlib>
#include <cstring>

#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"

namespace arenite {

namespace {
constexpr std::uint64_t entry_of(std::uint64_t self, std::uint32_t hash) {
    return (self & word::kDeadMask) | static_cast<std::uint64_t>(hash >> 15) << word::kTagShift;
}
/// Up to 8 bytes as a number.
std::uint64_t pack(std::string_view bytes) {
    const std::size_t n = bytes.size();
    if (n >= 4) {
        std::uint32_t low;
        std::uint32_t high;
        std::memcpy(&low, bytes.data(), 4);
        std::memcpy(&high, bytes.data() + n - 4, 4);
        return low | static_cast<std::uint64_t>(high) << (n - 4) * 8;
    }
    std::uint64_t packed = 0;
    for (std::size_t i = 0; i < n; ++i) packed |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << i * 8;
    return packed;
}
constexpr std::uint64_t self_of(std::uint64_t entry) {
    return word::kBoxed | static_cast<std::uint64_t>(Tag::ShortString) << word::kTagShift | (entry & word::kDeadMask);
}
}  // namespace

StringTable::~StringTable() {
    std::free(entries_);
    std::free(kept_);
}

Value StringTable::lookup(const Heap& heap, std::string_view bytes) const {
    if (capacity_ == 0) return Value::nil();
    const std::uint32_t hash = heap.hash_bytes(bytes);
    const std::size_t mask = capacity_ - 1;
    for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
        const std::uint64_t entry = entries_[i];
        if (entry == 0) return Value::nil();
        if (entry >> word::kTagShift != hash >> 15) continue;
        const auto* s = heap.get<ShortString>(Value{self_of(entry)});
        if (s && s->hash() == hash && s->view() == bytes) return Value{s->self};
    }
}

Value StringTable::intern(Heap& heap, std::string_view bytes) {
    if (bytes.size() > 8) return intern_hashed(heap, bytes);
    const std::uint64_t packed = pack(bytes);
    Recent& recent = recent_[(packed + bytes.size()) * 0x9E37'79B9'7F4A'7C15ull >> 56];
    if (recent.packed == packed && recent.length == bytes.size() && heap.get<ShortString>(recent.string)) {
        heap.collector->revive(recent.string);
        return recent.string;
    }
    const Value v = intern_hashed(heap, bytes);
    if (!v.is_nil()) recent = {packed, bytes.size(), v};
    return v;
}

Value StringTable::intern_hashed(Heap& heap, std::string_view bytes) {
    const std::uint32_t hash = heap.hash_bytes(bytes);
    if ((occupied_ + 1) * 4 > capacity_ * 3 && !rebuild(heap)) return Value::nil();
    const std::size_t mask = capacity_ - 1;
    std::size_t stale = capacity_;
    std::size_t i = hash & mask;
    for (;; i = (i + 1) & mask) {
        const std::uint64_t entry = entries_[i];
        if (entry == 0) break;
        const std::uint64_t self = self_of(entry);
        const auto* s = deref<ShortString>(heap.base(), self);
        if (s->self != self) {
            if (stale == capacity_) stale = i;
            continue;
        }
        if (entry >> word::kTagShift == hash >> 15 && s->hash() == hash && s->view() == bytes) {
            heap.collector->revive(Value{self});
            return Value{self};
        }
    }
    const Value v = ObjectFactory::make_short_string(heap, bytes, hash);
    if (v.is_nil()) return v;
    if (stale != capacity_) {
        i = stale;
    } else {
        ++occupied_;
    }
    entries_[i] = entry_of(v.bits, hash);
    return v;
}

bool StringTable::rebuild(Heap& heap) {
    std::size_t live = 0;
    for (std::size_t i = 0; i < capacity_; ++i) {
        if (entries_[i] && heap.alive(Value{self_of(entries_[i])})) ++live;
    }
    std::size_t capacity = 128;
    while (capacity < (live + 1) * 2) capacity *= 2;
    if (!heap.budget.charge(capacity * sizeof(std::uint64_t))) return false;
    auto* fresh = static_cast<std::uint64_t*>(std::calloc(capacity, sizeof(std::uint64_t)));
    if (!fresh) {
        heap.budget.release(capacity * sizeof(std::uint64_t));
        return false;
    }
    const std::size_t mask = capacity - 1;
    for (std::size_t k = 0; k < capacity_; ++k) {
        if (!entries_[k]) continue;
        const auto* s = heap.get<ShortString>(Value{self_of(entries_[k])});
        if (!s) continue;
        std::size_t i = s->hash() & mask;
        while (fresh[i]) i = (i + 1) & mask;
        fresh[i] = entries_[k];
    }
    if (in_transaction_ && !replaced_) {
        replaced_ = true;
        kept_ = entries_;
        kept_capacity_ = capacity_;
        kept_occupied_ = occupied_;
    } else {
        free_array(heap, entries_, capacity_);
    }
    entries_ = fresh;
    capacity_ = capacity;
    occupied_ = live;
    return true;
}

void StringTable::free_array(Heap& heap, std::uint64_t* array, std::size_t capacity) {
    if (!array) return;
    heap.budget.release(capacity * sizeof(std::uint64_t));
    std::free(array);
}

void StringTable::begin_transaction() {
    in_transaction_ = true;
}

void StringTable::commit(Heap& heap) {
    in_transaction_ = false;
    free_array(heap, kept_, kept_capacity_);
    kept_ = nullptr;
    replaced_ = false;
}

void StringTable::rollback(Heap& heap) {
    in_transaction_ = false;
    if (!replaced_) return;
    replaced_ = false;
    free_array(heap, entries_, capacity_);
    entries_ = kept_;
    capacity_ = kept_capacity_;
    occupied_ = kept_occupied_;
    kept_ = nullptr;
}

}  // namespace arenite

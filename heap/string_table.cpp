#include "heap/string_table.h"

#include <cstdlib>
#include <cstring>

#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"

namespace arenite {

namespace {
constexpr std::uint32_t entry_of(std::uint64_t self, std::uint32_t hash) {
    return word::position(self) | hash >> 31;
}
static_assert(kObjectStrides[object_class(ShortString::bytes_for(0))] % 16 == 0 &&
              kObjectStrides[object_class(ShortString::bytes_for(16))] % 16 == 0 &&
              kObjectStrides[object_class(ShortString::bytes_for(kShortStringMax))] % 16 == 0);

/// The short string that lives at an entry's position, or null.
const ShortString* string_at(const Heap& heap, std::uint32_t entry) {
    const auto* s = deref<ShortString>(heap.base(), entry & ~1u);
    constexpr std::uint64_t kShort = word::make(static_cast<unsigned>(Tag::ShortString), 0, 0) >> word::kTagShift;
    return s->self >> word::kTagShift == kShort ? s : nullptr;
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
    if (n == 0) return 0;
    // First, middle and last of one to three bytes: the same ones where there are fewer.
    const auto at = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(bytes[i])} << i * 8; };
    return at(0) | at(n >> 1) | at(n - 1);
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
        const std::uint32_t entry = entries_[i];
        if (entry == 0) return Value::nil();
        if (((entry ^ hash >> 31) & 1) != 0) continue;
        const ShortString* s = string_at(heap, entry);
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
        const std::uint32_t entry = entries_[i];
        if (entry == 0) break;
        if (((entry ^ hash >> 31) & 1) != 0) continue;  // another string, or one that is gone
        const ShortString* s = string_at(heap, entry);
        if (!s) {
            if (stale == capacity_) stale = i;
        } else if (s->hash() == hash && s->view() == bytes) {
            heap.collector->revive(Value{s->self});
            return Value{s->self};
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

std::size_t StringTable::copy_live(const Heap& heap, std::uint32_t* fresh, std::size_t capacity) const {
    const std::size_t mask = capacity - 1;
    std::size_t live = 0;
    for (std::size_t k = 0; k < capacity_; ++k) {
        const std::uint32_t entry = entries_[k];
        const ShortString* s = entry != 0 ? string_at(heap, entry) : nullptr;
        if (!s || ((entry ^ s->hash() >> 31) & 1) != 0) continue;
        std::size_t i = s->hash() & mask;
        while (fresh[i] != 0 && fresh[i] != entry) i = (i + 1) & mask;
        live += fresh[i] == 0;
        fresh[i] = entry;
    }
    return live;
}

bool StringTable::rebuild(Heap& heap) {
    constexpr std::size_t kFirst = 512;  // room for the names of all libraries
    const auto capacity_for = [](std::size_t strings) {
        std::size_t capacity = kFirst;
        while (capacity < (strings + 1) * 2) capacity *= 2;
        return capacity;
    };
    std::size_t live = 0;  // an upper bound, since one string may have several entries (ST2)
    for (std::size_t i = 0; i < capacity_; ++i) live += entries_[i] != 0 && string_at(heap, entries_[i]) != nullptr;
    std::size_t capacity = 0;
    std::uint32_t* fresh = nullptr;
    for (std::size_t want = capacity_for(live); want != capacity; want = capacity_for(live)) {  // at most twice
        free_array(heap, fresh, capacity);
        fresh = nullptr;
        if (!heap.budget.charge(want * sizeof(std::uint32_t))) return false;
        fresh = static_cast<std::uint32_t*>(std::calloc(want, sizeof(std::uint32_t)));
        if (!fresh) {
            heap.budget.release(want * sizeof(std::uint32_t));
            return false;
        }
        capacity = want;
        live = copy_live(heap, fresh, capacity);
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

void StringTable::free_array(Heap& heap, std::uint32_t* array, std::size_t capacity) {
    if (!array) return;
    heap.budget.release(capacity * sizeof(std::uint32_t));
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

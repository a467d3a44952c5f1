#include "heap/string_table.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "arena/address_space.h"
#include "arena/system_memory.h"
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
/// Larger arrays are obtained from the system page by page: they need not be cleared, and can be released in pieces.
constexpr std::size_t kMapped = std::size_t{64} << 10;

std::uint32_t* allocate_memory(std::size_t capacity) {
    const std::size_t bytes = capacity * sizeof(std::uint32_t);
    if (bytes < kMapped) return static_cast<std::uint32_t*>(std::calloc(capacity, sizeof(std::uint32_t)));
    return reinterpret_cast<std::uint32_t*>(reserve_memory(bytes).start);
}
void free_memory(std::uint32_t* entries, std::size_t capacity) {
    if (!entries) return;
    const std::size_t bytes = capacity * sizeof(std::uint32_t);
    if (bytes < kMapped) {
        std::free(entries);
    } else {
        unreserve_memory({reinterpret_cast<char*>(entries), bytes});
    }
}
/// Whether a string has these bytes: without a call where that is two words, which may overlap.
[[gnu::always_inline]] inline bool has_bytes(const ShortString& s, std::string_view bytes) {
    const std::string_view own = s.view();
    const std::size_t n = bytes.size();
    if (own.size() != n) return false;
    if (n < 8 || n > 16) return own == bytes;
    std::uint64_t words[4];
    __builtin_memcpy(&words[0], own.data(), 8);
    __builtin_memcpy(&words[1], bytes.data(), 8);
    __builtin_memcpy(&words[2], own.data() + n - 8, 8);
    __builtin_memcpy(&words[3], bytes.data() + n - 8, 8);
    return words[0] == words[1] && words[2] == words[3];
}

/// Up to 8 bytes as a number.
std::uint64_t pack(std::string_view bytes) {
    const std::size_t n = bytes.size();
    if (n >= 4) {
        std::uint32_t low;
        std::uint32_t high;
        __builtin_memcpy(&low, bytes.data(), 4);
        __builtin_memcpy(&high, bytes.data() + n - 4, 4);
        return low | static_cast<std::uint64_t>(high) << (n - 4) * 8;
    }
    if (n == 0) return 0;
    // First, middle and last of one to three bytes: the same ones where there are fewer.
    const auto at = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(bytes[i])} << i * 8; };
    return at(0) | at(n >> 1) | at(n - 1);
}
}  // namespace

StringTable::~StringTable() {
    if (kept_now_.entries == now_.entries) kept_now_ = {};
    if (kept_next_.entries == now_.entries || kept_next_.entries == next_.entries) kept_next_ = {};
    for (const Array& a : {now_, next_, kept_now_, kept_next_, dying_}) free_memory(a.entries, a.capacity);
}

std::size_t StringTable::bytes() const {
    std::size_t entries = now_.capacity + next_.capacity + dying_.capacity;
    if (in_transaction_ && kept_now_.entries != now_.entries) entries += kept_now_.capacity;
    if (in_transaction_ && kept_next_.entries != now_.entries && kept_next_.entries != next_.entries) {
        entries += kept_next_.capacity;
    }
    return entries * sizeof(std::uint32_t);
}

Value StringTable::lookup(const Heap& heap, std::string_view bytes) const {
    return find_in(heap, now_, bytes);
}

Value StringTable::find_in(const Heap& heap, const Array& array, std::string_view bytes) {
    if (array.capacity == 0) return Value::nil();
    const std::uint32_t hash = heap.hash_bytes(bytes);
    const std::size_t mask = array.capacity - 1;
    for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
        const std::uint32_t entry = array.entries[i];
        if (entry == 0) return Value::nil();
        if (((entry ^ hash >> 31) & 1) != 0) continue;
        const ShortString* s = string_at(heap, entry);
        if (s && s->hash() == hash && has_bytes(*s, bytes)) return Value{s->self};
    }
}

[[gnu::always_inline]] inline bool StringTable::names(Heap& heap, const Recent& recent, std::uint64_t packed,
                                                      std::size_t length) {
    if (recent.packed != packed || recent.length != length || !heap.get<ShortString>(recent.string)) return false;
    heap.collector_->revive(recent.string);
    return true;
}

Value StringTable::intern(Heap& heap, std::string_view bytes) {
    if (bytes.size() > kPacked) return intern_hashed(heap, bytes);
    const std::uint64_t packed = pack(bytes);
    Recent& recent = recent_of(packed, bytes.size());
    if (names(heap, recent, packed, bytes.size())) return recent.string;
    const Value v = intern_hashed(heap, bytes);
    if (!v.is_nil()) recent = {packed, bytes.size(), v};
    return v;
}

Value StringTable::intern_packed(Heap& heap, std::uint64_t packed, std::size_t length) {
    const Recent& recent = recent_of(packed, length);
    if (__builtin_expect(names(heap, recent, packed, length), 1)) return recent.string;
    return intern_bytes_of(heap, packed, length);
}

Value StringTable::intern_bytes_of(Heap& heap, std::uint64_t packed, std::size_t length) {
    char bytes[kPacked];
    __builtin_memcpy(bytes, &packed, sizeof bytes);
    return intern(heap, {bytes, length});
}

Value StringTable::intern_hashed(Heap& heap, std::string_view bytes) {
    const std::uint32_t hash = heap.hash_bytes(bytes);
    if (now_.occupied >= limit_ && !make_room(heap)) return Value::nil();
    const std::size_t mask = now_.capacity - 1;
    std::size_t stale = now_.capacity;
    std::size_t i = hash & mask;
    for (;; i = (i + 1) & mask) {
        const std::uint32_t entry = now_.entries[i];
        if (entry == 0) break;
        if (((entry ^ hash >> 31) & 1) != 0) continue;  // another string, or one that is gone
        const ShortString* s = string_at(heap, entry);
        if (!s) {
            if (stale == now_.capacity) stale = i;
        } else if (s->hash() == hash && has_bytes(*s, bytes)) {
            heap.collector_->revive(Value{s->self});
            return Value{s->self};
        }
    }
    const Value v = ObjectFactory::make_short_string(heap, bytes, hash);
    if (v.is_nil()) return v;
    const std::uint32_t entry = entry_of(v.bits, hash);
    if (stale != now_.capacity) {
        i = stale;
    } else {
        ++now_.occupied;
    }
    now_.entries[i] = entry;
    if (__builtin_expect(moving(), 0)) add_entry(next_, entry, hash);
    return v;
}

// --- Rebuilding (ST5) -----------------------------------------------------------------------------------------------

namespace {
constexpr std::size_t kFirst = 512;    ///< room for the names of all libraries
constexpr std::size_t kAtOnce = 1024;  ///< tables of up to so many entries are moved at once
/// Entries moved with each string. From 11/16 to 3/4 full a table of n entries gets n/16 new ones: time for two moves.
constexpr std::size_t kSlice = 32;
constexpr std::size_t kSample = 512;  ///< entries examined to estimate how many are live
/// Smaller tables have 5/2 entries and more for each live string, larger ones two: in small ones most strings are
/// garbage soon, and the less of a table lives, the longer it takes to fill up.
constexpr std::size_t kRoomy = std::size_t{1} << 14;
constexpr std::size_t kGivenBack = kMapped / sizeof(std::uint32_t);
constexpr std::size_t kInCache = std::size_t{1} << 14;  ///< entries of a table whose strings are in a cache
constexpr std::size_t kMovedLikeFresh = 1;     ///< pages: obtaining them takes as long as to move kSlice entries
constexpr std::size_t kReleasedLikeFresh = 4;  ///< pages: obtaining them takes as long as to release kMapped bytes

constexpr bool too_full(std::size_t occupied, std::size_t capacity) {
    return (occupied + 1) * 4 > capacity * 3;
}
constexpr std::size_t entries_before_move(std::size_t capacity) {
    return capacity <= kAtOnce ? capacity / 4 * 3 : capacity / 16 * 11;
}
}  // namespace

void StringTable::set_limit() {
    limit_ = moving() || dying_.entries ? 0 : entries_before_move(now_.capacity);
}

bool StringTable::make_room(Heap& heap) {
    if (dying_.entries) give_back(heap, kGivenBack);
    if (!moving()) {
        if (now_.occupied < entries_before_move(now_.capacity)) return true;
        if (!begin_move(heap, 0)) {
            if (now_.capacity <= kAtOnce || too_full(now_.occupied, now_.capacity)) return false;
            // Until the present array is full, another one can wait for memory: it is asked for again after some
            // strings.
            limit_ = std::min(now_.occupied + kSlice, now_.capacity / 4 * 3 - 1);
            return true;
        }
    }
    const bool at_once = now_.capacity <= kAtOnce || too_full(now_.occupied, now_.capacity);
    return move(heap, at_once ? now_.capacity : kSlice);
}

std::size_t StringTable::estimate_live(const Heap& heap) const {
    const std::size_t step = std::max<std::size_t>(now_.capacity / kSample, 1);
    const std::size_t mask = now_.capacity - 1;
    std::size_t live = 0;
    for (std::size_t k = 0; k < now_.capacity; k += step) {
        const std::uint32_t entry = now_.entries[k];
        const ShortString* s = entry != 0 ? string_at(heap, entry) : nullptr;
        if (!s) continue;
        // An entry counts if it is the first one in the probe sequence of its string (ST2).
        std::size_t i = s->hash() & mask;
        while (i != k && now_.entries[i] != 0 && now_.entries[i] != entry) i = (i + 1) & mask;
        live += i == k;
    }
    return live * step;
}

bool StringTable::begin_move(Heap& heap, std::size_t least) {
    finish_giving_back(heap);
    std::size_t capacity = std::max(kFirst, least);
    const std::size_t live = estimate_live(heap);
    while (capacity < (live + 1) * 2 || (capacity < kRoomy && capacity * 2 < live * 5)) capacity *= 2;
    moved_ = 0;
    if (!allocate(heap, next_, capacity)) return false;
    set_limit();
    return true;
}

void StringTable::add_entry(Array& array, std::uint32_t entry, std::uint32_t hash) {
    const std::size_t mask = array.capacity - 1;
    std::size_t i = hash & mask;
    while (array.entries[i] != 0 && array.entries[i] != entry) i = (i + 1) & mask;
    array.occupied += array.entries[i] == 0;
    array.entries[i] = entry;
}

bool StringTable::move(Heap& heap, std::size_t count) {
    std::size_t end = std::min(now_.capacity, moved_ + count);
    std::size_t i = moved_;
    while (i < end) {
        const std::uint32_t entry = now_.entries[i++];
        if (entry == 0) continue;
        const ShortString* s = string_at(heap, entry);
        if (!s || ((entry ^ s->hash() >> 31) & 1) != 0) continue;
        if (too_full(next_.occupied + 1, next_.capacity)) {  // there are more than it was estimated
            const std::size_t larger = next_.capacity * 2;
            drop(heap, next_);
            if (!begin_move(heap, larger)) return false;
            i = 0;
            end = std::min(now_.capacity, count);
            continue;
        }
        add_entry(next_, entry, s->hash());
    }
    // Each entry is looked for in two places that are in no cache; and the first strings of a move each touch pages of the new
    // array that are new.
    if (count == kSlice && now_.capacity > kInCache) heap.pages_.note_fresh_pages(kMovedLikeFresh);
    moved_ = i;
    if (moved_ < now_.capacity) return true;
    drop(heap, now_);
    now_ = next_;
    next_ = {};
    set_limit();
    return true;
}

// --- Memory ---------------------------------------------------------------------------------------------------------

bool StringTable::allocate(Heap& heap, Array& array, std::size_t capacity) {
    const std::size_t bytes = capacity * sizeof(std::uint32_t);
    if (!heap.budget.charge(bytes)) return false;
    std::uint32_t* entries = allocate_memory(capacity);
    if (!entries) {
        heap.budget.release(bytes);
        return false;
    }
    array = {entries, capacity, 0};
    return true;
}

void StringTable::drop(Heap& heap, Array& array) {
    for (Array* kept : {&kept_now_, &kept_next_}) {
        if (!in_transaction_ || !array.entries || kept->entries != array.entries) continue;
        kept->occupied = array.occupied;
        array = {};
        return;
    }
    if (array.capacity * sizeof(std::uint32_t) < 2 * kMapped) {
        free_array(heap, array);
        return;
    }
    finish_giving_back(heap);
    dying_ = array;
    array = {};
}

void StringTable::free_array(Heap& heap, Array& array) {
    if (array.entries) heap.budget.release(array.capacity * sizeof(std::uint32_t));
    free_memory(array.entries, array.capacity);
    array = {};
}

void StringTable::give_back(Heap& heap, std::size_t entries) {
    if (dying_.capacity <= entries) {
        free_array(heap, dying_);
        set_limit();
        return;
    }
    heap.pages_.note_fresh_pages(kReleasedLikeFresh);
    Reservation range{reinterpret_cast<char*>(dying_.entries), dying_.capacity * sizeof(std::uint32_t)};
    dying_.capacity -= entries;
    shrink_memory(range, dying_.capacity * sizeof(std::uint32_t));
    heap.budget.release(entries * sizeof(std::uint32_t));
}

// --- Transactions (ST3) ---------------------------------------------------------------------------------------------

void StringTable::begin_transaction(Heap& heap) {
    finish_giving_back(heap);
    in_transaction_ = true;
    kept_now_ = now_;
    kept_next_ = next_;
    kept_moved_ = moved_;
}

void StringTable::commit(Heap& heap) {
    in_transaction_ = false;
    if (kept_next_.entries != now_.entries && kept_next_.entries != next_.entries) free_array(heap, kept_next_);
    if (kept_now_.entries != now_.entries) free_array(heap, kept_now_);
    kept_now_ = kept_next_ = {};
    finish_giving_back(heap);
}

void StringTable::rollback(Heap& heap) {
    // What was moved since the begin may stay moved: of the strings that live still, nothing has changed.
    if (next_.entries == kept_next_.entries) kept_moved_ = moved_;
    drop(heap, now_);
    drop(heap, next_);
    in_transaction_ = false;
    now_ = kept_now_;
    next_ = kept_next_;
    moved_ = kept_moved_;
    kept_now_ = kept_next_ = {};
    finish_giving_back(heap);
    set_limit();
}

}  // namespace arenite

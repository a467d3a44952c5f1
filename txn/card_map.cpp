#include "txn/card_map.h"

#include <cstdlib>
#include <cstring>

#include "arena/counted_vector.h"

namespace arenite {

CardMap::~CardMap() {
    for (std::size_t i = 0; i < capacity_; ++i) {
        if (entries_[i].words > 1) free(entries_[i].bits, entries_[i].words * sizeof(std::uint64_t));
    }
    free(entries_, capacity_ * sizeof(Cards));
}

void* CardMap::allocate(std::size_t bytes) {
    if (!budget_.charge_overhead(bytes + kMallocOverhead)) return nullptr;
    void* block = std::calloc(1, bytes);
    if (!block) {
        budget_.release_overhead(bytes + kMallocOverhead);
        return nullptr;
    }
    charged_ += bytes + kMallocOverhead;
    return block;
}

void CardMap::free(void* block, std::size_t bytes) {
    if (!block) return;
    budget_.release_overhead(bytes + kMallocOverhead);
    charged_ -= bytes + kMallocOverhead;
    std::free(block);
}

Cards& CardMap::slot_of(std::uint64_t owner) const {
    const std::uint64_t hash = (owner & word::kDeadMask) * 0x9E37'79B9'7F4A'7C15ull;
    std::size_t i = static_cast<std::size_t>(hash >> 32) & (capacity_ - 1);
    while (entries_[i].owner != 0 && entries_[i].owner != owner) i = (i + 1) & (capacity_ - 1);
    return entries_[i];
}

bool CardMap::grow() {
    const std::size_t old_capacity = capacity_;
    Cards* const old = entries_;
    const std::size_t capacity = old_capacity == 0 ? 4 : old_capacity * 2;
    auto* fresh = static_cast<Cards*>(allocate(capacity * sizeof(Cards)));
    if (!fresh) return false;
    entries_ = fresh;
    capacity_ = capacity;
    for (std::size_t i = 0; i < old_capacity; ++i) {
        if (old[i].owner != 0) slot_of(old[i].owner) = old[i];
    }
    free(old, old_capacity * sizeof(Cards));
    return true;
}

Cards* CardMap::find(std::uint64_t owner) {
    if (capacity_ != 0) {
        Cards& found = slot_of(owner);
        if (found.owner == owner) return &found;
    }
    if ((count_ + 1) * 4 > capacity_ * 3 && !grow()) return nullptr;
    Cards& made = slot_of(owner);
    made.owner = owner;
    ++count_;
    return &made;
}

bool CardMap::reset(Cards& cards, std::uint32_t total) {
    const std::uint32_t words = (total + 63) / 64;
    std::uint64_t* bits = nullptr;
    if (words > 1) {
        bits = static_cast<std::uint64_t*>(allocate(words * sizeof(std::uint64_t)));
        if (!bits) return false;
    }
    if (cards.words > 1) free(cards.bits, cards.words * sizeof(std::uint64_t));
    cards.bits = bits;
    cards.words = words;
    cards.inline_bits = 0;
    cards.count = 0;
    return true;
}

}  // namespace arenite

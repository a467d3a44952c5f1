#include "compiler/atoms.h"

#include <cstring>

#include "compiler/seeded_hash.h"
#include "compiler/token.h"

namespace arenite::compiler {
namespace {

constexpr std::size_t kFirstSlots = 256;
/// Slots that are filled or moved between two checks.
constexpr std::size_t kSlots = 1024;

std::uint64_t load64(const char* p) {
    std::uint64_t v;
    std::memcpy(&v, p, sizeof v);
    return v;
}
std::uint64_t load32(const char* p) {
    std::uint32_t v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

constexpr std::uint64_t kMul0 = 0xa0761d6478bd642full;
constexpr std::uint64_t kMul1 = 0xe7037ed1a0b428dbull;

/// Reads only the bytes of the string itself.
std::uint64_t hash_bytes(const char* p, std::size_t n, std::uint64_t seed) {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint64_t h = seed ^ n * kMul0;
    if (n <= 16) {
        if (n >= 8) {
            a = load64(p);
            b = load64(p + n - 8);
        } else if (n >= 4) {
            a = load32(p);
            b = load32(p + n - 4);
        } else if (n > 0) {
            a = static_cast<unsigned char>(p[0]) | std::uint64_t{static_cast<unsigned char>(p[n >> 1])} << 8 |
                std::uint64_t{static_cast<unsigned char>(p[n - 1])} << 16;
        }
    } else {
        const char* last = p + n - 16;
        for (; p < last; p += 16) {
            h = mix(load64(p) ^ kMul1, load64(p + 8) ^ h);
        }
        a = load64(last);
        b = load64(last + 8);
    }
    return mix(kMul0 ^ mix(a ^ kMul1, b ^ h), h ^ kMul1);
}

}  // namespace

AtomTable::AtomTable(boost::container::pmr::memory_resource* mr, Pauses& pauses)
    : mr_(mr), pauses_(pauses), atoms_(mr, 4096), slots_(mr) {
    slots_.assign(kFirstSlots, {0, nullptr});
    mask_ = kFirstSlots - 1;
    for (int i = 0; i < kReservedWords; ++i) {
        intern(kTokenText[static_cast<std::size_t>(i)])->reserved = kFirstReserved + i;
    }
}

Atom* AtomTable::intern(const char* data, std::size_t length) {
    const std::uint64_t hash =
        length <= Look::kBytes ? hash_bytes(data, length, process_seed()) : hash_of(data, length);
    std::size_t i = hash & mask_;
    for (;; i = (i + 1) & mask_) {
        const Slot& slot = slots_[i];
        if (slot.atom == nullptr) {
            return add(i, hash, data, length);
        }
        if (slot.hash == hash && slot.atom->length == length &&
            (length <= Look::kBytes ? std::memcmp(slot.atom->data, data, length) == 0
                                    : same(*slot.atom, data, length))) {
            return slot.atom;
        }
    }
}

std::uint64_t AtomTable::hash_of(const char* data, std::size_t length) {
    std::uint64_t h = process_seed();
    for (; length > Look::kBytes; length -= Look::kBytes, data += Look::kBytes) {
        h = hash_bytes(data, Look::kBytes, h);
        pauses_.now();
    }
    return hash_bytes(data, length, h);
}

bool AtomTable::same(const Atom& atom, const char* data, std::size_t length) {
    const char* p = atom.data;
    for (; length > Look::kBytes; length -= Look::kBytes, data += Look::kBytes, p += Look::kBytes) {
        if (std::memcmp(p, data, Look::kBytes) != 0) {
            return false;
        }
        pauses_.now();
    }
    return std::memcmp(p, data, length) == 0;
}

Atom* AtomTable::add(std::size_t slot, std::uint64_t hash, const char* data, std::size_t length) {
    const char* text = "";
    if (length != 0) {
        char* copy = string_memory(length);
        pauses_.copy(copy, data, length);
        text = copy;
    }
    Atom* atom = atoms_.make<Atom>(text, static_cast<std::uint32_t>(length), 0, nullptr, 0u, 0u);
    slots_[slot] = {hash, atom};
    if (++count_ * 2 > mask_) {
        grow();
    }
    return atom;
}

void AtomTable::grow() {
    ScratchVector<Slot> old(mr_);
    old.swap(slots_);
    const std::size_t size = old.size() * 2;
    mask_ = size - 1;
    slots_.reserve(size);
    while (slots_.size() < size) {
        const std::size_t some = std::min(kSlots, size - slots_.size());
        const std::size_t end = slots_.size() + some;
        while (slots_.size() < end) {
            slots_.push_back({0, nullptr});
        }
        if (slots_.size() < size) {
            pauses_.now();
        }
    }
    for (std::size_t k = 0; k < old.size(); ++k) {
        if (k % kSlots == kSlots - 1) {
            old.discard(k + 1 - kSlots, kSlots - 1);
            pauses_.now();
        }
        if (old[k].atom == nullptr) {
            continue;
        }
        std::size_t i = old[k].hash & mask_;
        while (slots_[i].atom != nullptr) {
            i = (i + 1) & mask_;
        }
        slots_[i] = old[k];
    }
}

char* AtomTable::string_memory(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(text_end_ - text_cur_)) {
        if (bytes > text_block_ / 4) {
            return static_cast<char*>(mr_->allocate(bytes, 1));
        }
        text_cur_ = static_cast<char*>(mr_->allocate(text_block_, 1));
        text_end_ = text_cur_ + text_block_;
        text_block_ = std::min<std::size_t>(text_block_ * 2, 65536);
    }
    char* p = text_cur_;
    text_cur_ += bytes;
    return p;
}

}  // namespace arenite::compiler

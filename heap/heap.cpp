#include "heap/heap.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "arena/reservation_pool.h"
#include "heap/collector.h"

namespace arenite {

/// The hash of one long string in the making. Strings do not change, so it stays good for as long as the handle does.
struct Heap::LongHash {
    std::uint64_t string = 0;
    std::size_t done = 0;
    XXH3_state_t state;
};

Heap::Heap(const HeapOptions& options)
    : pages_(options.address_range, budget,
             options.reservations || !options.keep_range ? options.reservations : ReservationPool::of_thread()),
      userdata_(budget),
      base_(pages_.base()),
      options_(options) {
    budget.set_limit(options.memory_limit);
    type_metatables_.fill(Value::nil());
    names_.fill(Value::nil());
    collector_ = std::make_unique<Collector>(*this);
    long_hash_ = std::make_unique<LongHash>();
}

Heap::~Heap() = default;

std::uint32_t Heap::hash_bytes(std::string_view bytes) const {
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), options_.hash_seed));
}

std::uint32_t Heap::hash_of(Value long_string) const {
    LongString* s = get<LongString>(long_string);
    if (!s) return 0;
    if (!s->has_hash()) s->note_hash(hash_bytes(s->view()));
    return s->hash();
}

bool Heap::hash_slices(Value long_string, std::int64_t& budget) {
    LongString* s = get<LongString>(long_string);
    if (!s || s->has_hash()) return true;
    LongHash& h = *long_hash_;
    const std::string_view bytes = s->view();
    if (h.string != s->self) {
        h.string = s->self;
        h.done = 0;
        (void)XXH3_64bits_reset_withSeed(&h.state, options_.hash_seed);
    }
    while (h.done < bytes.size()) {
        const std::size_t n = std::min(2 * long_work.slice_bytes, bytes.size() - h.done);
        (void)XXH3_64bits_update(&h.state, bytes.data() + h.done, n);
        h.done += n;
        if ((budget -= 1 + static_cast<std::int64_t>(n / LongWork::kBytesPerUnit)) < 0) break;
    }
    if (h.done < bytes.size()) return false;
    s->note_hash(static_cast<std::uint32_t>(XXH3_64bits_digest(&h.state)));
    h.string = 0;
    return true;
}

}  // namespace arenite

#include "heap/heap.h"

#include <algorithm>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "arena/random_seed.h"
#include "arena/reservation_pool.h"
#include "heap/collector.h"

namespace arenite {

std::shared_ptr<ReservationPool> make_reservation_pool(std::size_t ranges) {
    return std::make_shared<ReservationPool>(ranges);
}

/// The hash of one long string, so far. Strings do not change, so it stays good for as long as the handle does.
struct Heap::LongHash {
    std::uint64_t string = 0;
    std::size_t done = 0;
    XXH3_state_t state;
};

namespace {
std::uint32_t generation_mask(const HeapOptions& options) {
    if (options.generation_mask) return *options.generation_mask;
    const std::uint64_t seed = options.hash_seed != 0 ? options.hash_seed : random_seed();
    return static_cast<std::uint32_t>((seed * 0x9E37'79B9'7F4A'7C15ull) >> 49);
}
}  // namespace

Heap::Heap(const HeapOptions& options)
    : pages_(options.address_range, budget,
             options.reservations || !options.keep_range ? options.reservations : ReservationPool::of_thread(),
             generation_mask(options)),
      userdata_(budget),
      base_(pages_.base()),
      options_(options) {
    if (options_.hash_seed == 0) {
        std::uint64_t seeds[2];
        random_seeds(seeds);
        options_.hash_seed = seeds[0];
        identity_key_ = seeds[1];
    } else {
        identity_key_ = XXH3_64bits_withSeed("identity", 8, options_.hash_seed);
    }
    budget.set_limit(options.memory_limit);
    type_metatables_.fill(Value::nil());
    names_.fill(Value::nil());
    collector_ = std::make_unique<Collector>(*this);
    long_hash_ = std::make_unique<LongHash>();
}

Heap::~Heap() = default;

std::uint64_t Heap::identity(Value object) const {
    // A permutation of 48 bits (a Feistel network of halves of 24) under a key that nothing else uses. Words of objects
    // differ in the 47 bits of position and generation; those of light userdata have their own half of the range.
    constexpr std::uint32_t kHalf = 0xFF'FFFF;
    const std::uint64_t name =
        (object.bits & ((std::uint64_t{1} << 47) - 1)) | std::uint64_t{object.type() == LuaType::LightUserdata} << 47;
    auto left = static_cast<std::uint32_t>(name >> 24) & kHalf;
    auto right = static_cast<std::uint32_t>(name) & kHalf;
    for (std::uint64_t round = 1; round <= 6; ++round) {
        const std::uint64_t input = round << 32 | right;
        const auto mixed =
            static_cast<std::uint32_t>(XXH3_64bits_withSeed(&input, sizeof input, identity_key_)) & kHalf;
        left = std::exchange(right, left ^ mixed);
    }
    return static_cast<std::uint64_t>(left) << 24 | right;
}

std::uint32_t Heap::hash_bytes(std::string_view bytes) const {
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), options_.hash_seed));
}

std::uint32_t Heap::hash_of(Value long_string) const {
    LongString* s = get<LongString>(long_string);
    if (!s) return 0;
    if (!s->has_hash()) s->note_hash(hash_bytes(s->view()));
    return s->hash();
}

bool Heap::hash_resumable(Value long_string, std::int64_t& budget) {
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
        const std::size_t n = std::min(2 * slice_sizes.slice_bytes, bytes.size() - h.done);
        (void)XXH3_64bits_update(&h.state, bytes.data() + h.done, n);
        h.done += n;
        if ((budget -= 1 + static_cast<std::int64_t>(n / SliceSizes::kBytesPerUnit)) < 0) break;
    }
    if (h.done < bytes.size()) return false;
    s->note_hash(static_cast<std::uint32_t>(XXH3_64bits_digest(&h.state)));
    h.string = 0;
    return true;
}

const char* type_name(LuaType t) noexcept {
    static constexpr const char* kNames[] = {"nil",   "boolean",  "userdata", "number", "string",
                                             "table", "function", "userdata", "thread", "internal"};
    return kNames[static_cast<unsigned>(t)];
}

}  // namespace arenite

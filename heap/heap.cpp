#include "heap/heap.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "heap/collector.h"

namespace arenite {

Heap::Heap(const HeapOptions& options)
    : pages(options.address_range, budget), userdata(budget), base_(pages.base()), options_(options) {
    budget.set_limit(options.memory_limit);
    type_metatables.fill(Value::nil());
    names.fill(Value::nil());
    collector = std::make_unique<Collector>(*this);
}

Heap::~Heap() = default;

std::uint32_t Heap::hash_bytes(std::string_view bytes) const {
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), options_.hash_seed));
}

}  // namespace arenite

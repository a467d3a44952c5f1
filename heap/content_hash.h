// A hash of everything that the roots reach: the same before a transaction and after its rollback (X4).
#pragma once

#include <cstdint>
#include <span>

#include "heap/heap.h"

namespace arenite {

/// Order-defined structural hash of what the heap's own roots and `extra_roots` reach. Objects count by the bits of their
/// handles and by their contents; of tables everything counts that decides on iteration order and future rehashes.
/// Write keys, epochs, capacities of buffers, caches and inline hints do not.
[[nodiscard]] std::uint64_t content_hash(const Heap& heap, std::span<const Value> extra_roots = {});

}  // namespace arenite

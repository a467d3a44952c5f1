// Hashes by which two states of a heap are compared: what the roots reach, and all that a rollback has to restore (X4).
#pragma once

#include <cstdint>
#include <span>

#include "heap/heap.h"

namespace arenite {

/// Order-defined structural hash of what the heap's own roots and `extra_roots` reach. Objects count by the bits of their
/// handles and by their contents; of tables everything counts that decides on iteration order and future rehashes.
/// Write keys, epochs, capacities of buffers, caches and inline hints do not.
[[nodiscard]] std::uint64_t content_hash(const Heap& heap, std::span<const Value> extra_roots = {});

/// The same, and what else a rollback restores: which handles are alive, which strings are interned, the list of userdata
/// and the queue of finalizers in their order, and the bytes in use. A collection changes it, a rolled back transaction
/// does not, whatever was collected in it.
[[nodiscard]] std::uint64_t state_hash(const Heap& heap, std::span<const Value> extra_roots = {});

}  // namespace arenite

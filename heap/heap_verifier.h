// Heap verifier: walks a whole heap and says what is wrong with it. For tests, the stress build and debugging.
//
// It checks: pages (H2, PH1, PH3), write keys (O2), accounting (PH5), the string table (ST1, ST2), and for every object
// that the roots reach: its payload blocks (O3), that what it refers to is alive, and the invariants of tables (T1 to T6).
// Garbage is checked only as far as its slot goes: it may refer to what is swept already.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "heap/heap.h"

namespace arenite {

/// What the heap cannot know about itself.
struct HeapCheck {
    /// A payload block kept for `owner` beside the one it has now: a journal's backup.
    struct Backup {
        std::uint64_t owner;
        const void* block;
        std::size_t bytes;
    };
    /// Roots beside the heap's own.
    std::span<const Value> roots;
    std::span<const Backup> backups;
    /// Bytes charged to the budget by others (the journal, compiler scratch); empty when not known, then the heap's own
    /// bytes must merely fit into what is charged.
    std::optional<std::size_t> other_bytes;
    /// The same for bytes charged as overhead.
    std::optional<std::size_t> other_overhead;
    /// A full collection outside of transactions has just ended: every object and every block must be reachable.
    bool collected = false;
};

/// Nothing when all is well, else what is wrong and where. Flushes the page heap's caches.
[[nodiscard]] std::optional<std::string> verify_heap(Heap& heap, const HeapCheck& check = {});

}  // namespace arenite

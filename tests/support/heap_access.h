// HeapTestAccess: what tests of the heap do to its parts directly.
#pragma once

#include "heap/heap.h"

namespace arenite {

struct HeapTestAccess {
    static PageHeap& pages(Heap& heap) { return heap.pages_; }
    /// Room for `count` more pages in the list of claims, so that it does not grow (which takes it twice) where memory is short.
    [[nodiscard]] static bool reserve_claims(Heap& heap, std::size_t count) {
        return heap.pages_.claims_.reserve(heap.pages_.claims_.size() + count);
    }
    static StringTable& strings(Heap& heap) { return heap.strings_; }
};

}  // namespace arenite

// HeapTestAccess: what tests of the heap do to its parts directly.
#pragma once

#include "heap/heap.h"

namespace arenite {

struct HeapTestAccess {
    static PageHeap& pages(Heap& heap) { return heap.pages_; }
    static StringTable& strings(Heap& heap) { return heap.strings_; }
};

}  // namespace arenite

// expect: Handle<
// A handle of one kind is not a handle of another.
#include "heap/heap.h"

namespace arenite {
const Table* f(const Heap& heap, Handle<Table> t, Handle<Cell> c) {
    (void)c;
#if ARENITE_CONTROL
    return heap.get(t);
#else
    t = c;
    return heap.get(t);
#endif
}
}  // namespace arenite

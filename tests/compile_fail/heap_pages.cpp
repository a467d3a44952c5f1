// expect: const|discards qualifiers
// Blocks are allocated and released by the heap's own classes.
#include "txn/transaction.h"

namespace arenite {
void f(Heap& heap) {
#if ARENITE_CONTROL
    (void)heap.pages().epoch();
#else
    heap.pages().release_payload(nullptr, 8);
#endif
}
}  // namespace arenite

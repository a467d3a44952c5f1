// expect: const|discards qualifiers
// The string table is told of transactions by the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Heap& heap) {
#if ARENITE_CONTROL
    (void)heap.strings().lookup(heap, "x");
#else
    heap.strings().rollback(heap);
#endif
}
}  // namespace arenite

// expect: private
// The collector is told of scopes by the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Heap& heap) {
#if ARENITE_CONTROL
    heap.collector().collect();
#else
    heap.collector().set_scope_bounds({}, {});
#endif
}
}  // namespace arenite

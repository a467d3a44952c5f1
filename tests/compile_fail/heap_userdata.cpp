// expect: const|discards qualifiers
// The list of userdata is the heap's own.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.heap().userdata().size();
#else
    txn.heap().userdata().truncate(0);
#endif
}
}  // namespace arenite

// expect: private
// So is the one table that scripts cannot read.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.set_private_weak({});
#else
    txn.heap().private_weak_ = 0;
#endif
}
}  // namespace arenite

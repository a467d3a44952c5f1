// expect: private
// So is their count.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.heap().userdata_sequence();
#else
    txn.heap().userdata_sequence_ = 0;
#endif
}
}  // namespace arenite

// expect: private
// The queue of finalizers is taken from through the transaction, which can put back what was taken.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.take_finalizer();
#else
    (void)txn.heap().collector().take_finalizer({});
#endif
}
}  // namespace arenite

// expect: private
// A captured variable is written through the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Cell& c) {
#if ARENITE_CONTROL
    (void)txn.set_cell(c, Value::nil());
#else
    (void)txn;
    c.store({}, Value::nil());
#endif
}
}  // namespace arenite

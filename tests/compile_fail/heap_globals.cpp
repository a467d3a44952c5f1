// expect: non-static member function|invalid use of member function|cannot convert
// The globals are changed through the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.set_globals(Value::nil());
#else
    txn.heap().globals = Value::nil();
#endif
}
}  // namespace arenite

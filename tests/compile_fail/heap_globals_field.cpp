// expect: private
// And there is no field.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.set_globals(Value::nil());
#else
    txn.heap().globals_ = Value::nil();
#endif
}
}  // namespace arenite

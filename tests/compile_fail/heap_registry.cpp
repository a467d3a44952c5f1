// expect: private
// So is the registry.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.set_registry(Value::nil());
#else
    txn.heap().registry_ = Value::nil();
#endif
}
}  // namespace arenite

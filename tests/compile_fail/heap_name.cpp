// expect: const
// So are the names of metamethods.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.set_name(Metamethod::Index, Value::nil());
#else
    txn.heap().names()[0] = Value::nil();
#endif
}
}  // namespace arenite

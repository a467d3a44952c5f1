// expect: private
// What makes a slot ready to be written stays inside the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    (void)txn.raw_set_integer(t, 1, Value::nil());
#else
    const Value* slot = t.array();
    (void)txn.prepare_slot(t, slot, Value::nil());
#endif
}
}  // namespace arenite

// expect: array_slots
// An array slot is written with a witness.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) writable->set_slot(0, Value::nil());
#else
    (void)txn;
    Transaction::array_slots(t)[0] = Value::nil();
#endif
}
}  // namespace arenite

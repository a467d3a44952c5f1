// expect: private
// A captured variable is written with a witness, or through the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Cell& c) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(c)) writable->set(Value::nil());
    (void)txn.set_cell(c, Value::nil());
#else
    (void)txn;
    c.value_ = Value::nil();
#endif
}
}  // namespace arenite

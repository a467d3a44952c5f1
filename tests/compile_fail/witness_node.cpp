// expect: const
// A node is written with a witness.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) writable->store(&t.nodes()->value, Value::nil());
#else
    (void)txn;
    t.nodes()->value = Value::nil();
#endif
}
}  // namespace arenite

// expect: Writable|WritableTable
// And in tables that may grow.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) (void)txn.insert_absent(*writable, Value::nil(), Value::nil());
#else
    (void)txn.insert_absent(t, Value::nil(), Value::nil());
#endif
}
}  // namespace arenite

// expect: no matching (member )?function
// And at the end of an array part.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) (void)txn.append(*writable, Value::nil());
#else
    (void)txn.append(t, Value::nil());
#endif
}
}  // namespace arenite

// expect: deleted|no viable overloaded|no match for
// Nor is it replaced by another one.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    (void)txn.writable(t);
#else
    auto one = txn.writable(t);
    one = txn.writable(t);
#endif
}
}  // namespace arenite

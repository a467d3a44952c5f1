// expect: deleted
// A witness stays where it was made, so that it does not outlive what it says.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    const auto writable = txn.writable(t);
    (void)writable;
#else
    const auto writable = txn.writable(t);
    const Writable<Table> kept = *writable;
#endif
}
}  // namespace arenite

// expect: deleted
// Nor can it be made to live long.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    (void)txn.writable(t);
#else
    auto* kept = new Writable<Table>(*txn.writable(t));
    (void)kept;
#endif
}
}  // namespace arenite

// expect: no member named 'store'|has no member named 'store'
// So is a slot that a reader has found; the table itself stores nothing.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) writable->store(t.find_word(0), Value::nil());
#else
    (void)txn;
    t.store(t.find_word(0), Value::nil());
#endif
}
}  // namespace arenite

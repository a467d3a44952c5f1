// expect: no member named 'insert_fresh'|'insert_fresh' is not a member
// A new key needs a witness.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) writable->insert_fresh(t.nodes(), Value::nil(), Value::nil());
#else
    Transaction::insert_fresh(t, t.nodes(), Value::nil(), Value::nil());
    (void)txn;
#endif
}
}  // namespace arenite

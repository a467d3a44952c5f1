// expect: no member named 'store_again'|'store_again' is not a member
// And one that is nil.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) writable->store_again(t.find_word(0), Value::nil());
#else
    Transaction::store_again(t, t.find_word(0), Value::nil());
    (void)txn;
#endif
}
}  // namespace arenite

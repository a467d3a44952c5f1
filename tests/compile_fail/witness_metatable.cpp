// expect: no member named 'set_metatable'|has no member named 'set_metatable'
// A metatable is set with a witness.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) writable->set_metatable(Value::nil());
#else
    (void)txn;
    t.set_metatable({}, Value::nil());
#endif
}
}  // namespace arenite

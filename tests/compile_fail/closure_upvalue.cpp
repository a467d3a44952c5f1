// expect: private
// Upvalues are filled by who has made the closure, at once, or set through the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Closure& c) {
#if ARENITE_CONTROL
    (void)txn.set_upvalue(c, 0, Value::nil());
#else
    FreshClosure fresh({}, txn.heap(), c);
    fresh.set_upvalue(0, Value::nil());
#endif
}
}  // namespace arenite

// expect: private
// The environment of a thread is changed through the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Thread& t) {
#if ARENITE_CONTROL
    (void)txn.set_environment(t, Value::nil());
#else
    (void)txn;
    t.globals_ = Value::nil();
#endif
}
}  // namespace arenite

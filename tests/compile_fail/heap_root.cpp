// expect: private
// No other word can be passed off as a root.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Value& root) {
#if ARENITE_CONTROL
    (void)txn.set_globals(root);
#else
    (void)txn.set_root(root, Value::nil());
#endif
}
}  // namespace arenite

// expect: private
// A table can be changed through Transaction alone: its mutators take a badge that nobody else can make.
#include "txn/transaction.h"

namespace arenite {
TxnStatus f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    (void)txn.set_metatable(t, Value::nil());
#else
    t.set_metatable({}, Value::nil());
#endif
    return txn.commit();
}
}  // namespace arenite

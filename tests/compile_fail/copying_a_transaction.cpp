// expect: delete
// There is one transaction, and it is not copied.
#include "txn/transaction.h"

namespace arenite {
TxnState f(Transaction& txn) {
#if ARENITE_CONTROL
    Transaction& same = txn;
#else
    Transaction same = txn;
#endif
    return same.state();
}
}  // namespace arenite

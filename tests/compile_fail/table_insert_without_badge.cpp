// expect: private
// Nor can an entry be inserted behind the transaction's back.
#include "txn/transaction.h"

namespace arenite {
TableStatus f(Transaction& txn, Heap& heap, Table& t) {
    (void)heap;
#if ARENITE_CONTROL
    return txn.raw_set(t, Value::number(1), Value::number(2));
#else
    (void)txn;
    return t.insert({}, heap, Value::number(1), Value::number(2));
#endif
}
}  // namespace arenite

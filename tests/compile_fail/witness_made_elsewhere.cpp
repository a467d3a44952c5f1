// expect: private
// Only the transaction makes witnesses.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, [[maybe_unused]] const Heap& heap, Table& t) {
#if ARENITE_CONTROL
    (void)txn.writable(t);
#else
    (void)txn;
    Writable<Table> mine({}, heap, t);
    mine.set_slot(0, Value::nil());
#endif
}
}  // namespace arenite

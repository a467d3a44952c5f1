// expect: append_in_place
// Bytes are appended with a witness, or through the transaction.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Buffer& b) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(b)) writable->append("x");
    (void)txn.append(b, "x");
#else
    txn.append_in_place(b, "x");
#endif
}
}  // namespace arenite

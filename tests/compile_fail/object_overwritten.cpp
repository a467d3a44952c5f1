// expect: deleted
// No object is copied over another one.
#include "txn/transaction.h"

namespace arenite {
void f(Table& a, const Table& b) {
#if ARENITE_CONTROL
    (void)a, (void)b;
#else
    a = b;
#endif
}
}  // namespace arenite

// expect: const|read-only|not assignable
// Code that the verifier has seen does not change.
#include "txn/transaction.h"

namespace arenite {
void f(Prototype& p) {
#if ARENITE_CONTROL
    (void)p.code()[0];
#else
    p.code()[0] = 0;
#endif
}
}  // namespace arenite

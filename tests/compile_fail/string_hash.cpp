// expect: private
// The hash of a string is noted by who has computed it.
#include "txn/transaction.h"

namespace arenite {
void f(LongString& s) {
#if ARENITE_CONTROL
    (void)s.hash();
#else
    s.note_hash(1);
#endif
}
}  // namespace arenite

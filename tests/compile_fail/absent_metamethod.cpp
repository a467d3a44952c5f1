// expect: private
// That a metamethod is absent is noted by who has looked.
#include "txn/transaction.h"

namespace arenite {
void f(Table& t) {
#if ARENITE_CONTROL
    (void)t.absent();
#else
    t.note_absent(1);
#endif
}
}  // namespace arenite

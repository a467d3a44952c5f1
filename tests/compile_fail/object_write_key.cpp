// expect: deleted|private|no viable
// The write key of an object is not for others to set.
#include "txn/transaction.h"

namespace arenite {
void f(Table& t) {
#if ARENITE_CONTROL
    (void)static_cast<std::uint64_t>(t.wkey);
#else
    t.wkey = t.self;
#endif
}
}  // namespace arenite

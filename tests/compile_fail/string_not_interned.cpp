// expect: private
// A short string is made by the string table, which has one of each.
#include "txn/transaction.h"

namespace arenite {
Value f(Heap& heap) {
#if ARENITE_CONTROL
    return ObjectFactory::intern(heap, "x");
#else
    return ObjectFactory::make_short_string(heap, "x", 0);
#endif
}
}  // namespace arenite

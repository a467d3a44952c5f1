// expect: deleted|no viable
// Nor is its name.
#include "txn/transaction.h"

namespace arenite {
void f(Table& t) {
#if ARENITE_CONTROL
    (void)static_cast<std::uint64_t>(t.self);
#else
    t.self = 0;
#endif
}
}  // namespace arenite

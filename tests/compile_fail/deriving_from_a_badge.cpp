// expect: deleted
// A class derived from a badge has no way to construct it either.
#include "heap/badge.h"

namespace arenite {
struct Forged : Badge<Transaction> {};
#if !ARENITE_CONTROL
Forged make() {
    return Forged();
}
#endif
}  // namespace arenite

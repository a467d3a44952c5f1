// expect: const
// What the readers give out is const.
#include "heap/table.h"

namespace arenite {
Value f(Table& t) {
#if !ARENITE_CONTROL
    t.array()[0] = Value::nil();
#endif
    return t.array()[0];
}
}  // namespace arenite

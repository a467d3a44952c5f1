// expect: deleted
// A view stays where it is made (heap/payload_view.h, PV3).
#include "heap/payload_view.h"

namespace arenite {
Value f(const Heap& heap, Handle<Table> t) {
    const ArrayView values(heap, t);
#if ARENITE_CONTROL
    const ArrayView& other = values;
#else
    const ArrayView other(values);
#endif
    return other[0];
}
}  // namespace arenite

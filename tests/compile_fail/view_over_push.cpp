// expect: cannot call function 'push'
// Results are pushed on a stack that may have to grow (heap/payload_view.h, PV1).
#include "vm/buffer_bytes.h"

namespace arenite {
NativeResult f(NativeContext& cx, Handle<Table> t) {
    cx.begin_results();
#if ARENITE_CONTROL
    const Value v = ArrayView(cx.heap(), t)[0];
#else
    const ArrayView values(cx.heap(), t);
    const Value v = values[0];
#endif
    return cx.push(v) ? cx.done_pushed() : cx.failed();
}
}  // namespace arenite

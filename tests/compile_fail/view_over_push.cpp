// expect: cannot call function 'push'
// Results are pushed on a stack that may have to grow (heap/payload_view.h, PV1).
#include "vm/buffer_bytes.h"
#include "vm/library_context.h"

namespace arenite {
NativeResult f(NativeContext& cx, Handle<Table> t) {
    cx.begin_results();
#if ARENITE_CONTROL
    const Value v = ArrayView(library(cx).heap(), t)[0];
#else
    const ArrayView values(library(cx).heap(), t);
    const Value v = values[0];
#endif
    return cx.push(v) ? cx.done_pushed() : cx.failed();
}
}  // namespace arenite

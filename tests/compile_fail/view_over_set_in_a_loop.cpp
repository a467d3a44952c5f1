// expect: cannot call function 'raw_set'
// As table.sort once did: a view made before the loop, a write within it (heap/payload_view.h, PV1).
#include "vm/buffer_bytes.h"
#include "vm/library_context.h"

namespace arenite {
bool f(NativeContext& cx, Handle<Table> t) {
#if ARENITE_CONTROL
    for (std::size_t i = 0; i < ArrayView(library(cx).heap(), t).size(); ++i) {
        const Value v = ArrayView(library(cx).heap(), t)[i];
#else
    const ArrayView values(library(cx).heap(), t);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Value v = values[i];
#endif
        if (!cx.raw_set(t, Value::number(static_cast<double>(i) + 7), v)) return false;
    }
    return true;
}
}  // namespace arenite

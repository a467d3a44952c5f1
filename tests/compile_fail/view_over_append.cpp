// expect: cannot call function 'append'
// A buffer that grows moves its bytes (heap/payload_view.h, PV1).
#include "vm/buffer_bytes.h"
#include "vm/library_context.h"

namespace arenite {
bool f(NativeContext& cx, Value from, Value to) {
#if ARENITE_CONTROL
    if (BufferView(library(cx).heap(), from).bytes().empty()) return true;
    return cx.append(to, "x");
#else
    const BufferView view(library(cx).heap(), from);
    return cx.append(to, view.bytes());
#endif
}
}  // namespace arenite

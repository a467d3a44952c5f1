// expect: already held
// Two payloads are worked on in NativeContext only (heap/payload_view.h, PV4).
#include "vm/buffer_bytes.h"
#include "vm/library_context.h"

namespace arenite {
bool f(NativeContext& cx, Value from, Value to) {
    const BufferView bytes(library(cx).heap(), from);
#if ARENITE_CONTROL
    return to.is_nil() && bytes.size() == 0;
#else
    const BufferBytes out(cx, to);
    return out && bytes.size() == 0;
#endif
}
}  // namespace arenite

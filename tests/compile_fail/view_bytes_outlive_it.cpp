// expect: temporary whose address is used
// What a view gives out ends with it (heap/payload_view.h, PV1).
#include "vm/buffer_bytes.h"
#include "vm/library_context.h"

namespace arenite {
std::size_t f(NativeContext& cx, Value buffer) {
#if ARENITE_CONTROL
    const BufferView view(library(cx).heap(), buffer);
    const std::string_view bytes = view.bytes();
#else
    const std::string_view bytes = BufferView(library(cx).heap(), buffer).bytes();
#endif
    return bytes.size();
}
}  // namespace arenite

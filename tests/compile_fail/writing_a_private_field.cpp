// expect: private
// The parts of a table are not writable fields.
#include "heap/table.h"

namespace arenite {
std::uint32_t f(Table& t) {
#if !ARENITE_CONTROL
    t.array_size_ = 100;
#endif
    return t.array_size();
}
}  // namespace arenite

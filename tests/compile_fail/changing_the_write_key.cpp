// expect: private
// The key that says what may be written without journaling moves with the transaction only.
#include "heap/heap.h"

namespace arenite {
std::uint64_t f(Heap& heap) {
#if !ARENITE_CONTROL
    heap.txn_key_ = 0;
#endif
    return heap.txn_key();
}
}  // namespace arenite

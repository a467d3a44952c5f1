// expect: private
// A string takes over a block that the heap has allocated for it, and no other.
#include "txn/transaction.h"

namespace arenite {
void f(Heap& heap, char* block) {
#if ARENITE_CONTROL
    (void)ObjectFactory::make_string(heap, {block, 100});
#else
    (void)ObjectFactory::adopt_long_string(heap, block, 100);
#endif
}
}  // namespace arenite

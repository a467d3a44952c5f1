// expect: private
// What is inherited is remembered by the walk that has found it.
#include "txn/transaction.h"

namespace arenite {
void f(Heap& heap) {
#if ARENITE_CONTROL
    (void)heap.inherited_field(Value::nil(), Value::nil());
#else
    const_cast<MethodCache&>(heap.methods()).put(0, 0, Value::nil());
#endif
}
}  // namespace arenite

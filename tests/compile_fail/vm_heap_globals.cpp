// expect: non-static member function|invalid use of member function|cannot convert
// Nor is there a way by the Vm.
#include <arenite/vm.h>

#include "txn/transaction.h"

namespace arenite {
void f(Vm& vm) {
#if ARENITE_CONTROL
    (void)vm.txn().set_globals(Value::nil());
#else
    vm.heap().globals = Value::nil();
#endif
}
}  // namespace arenite

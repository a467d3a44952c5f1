// expect: const
// So are the metatables of types.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn) {
#if ARENITE_CONTROL
    (void)txn.set_type_metatable(LuaType::String, Value::nil());
#else
    txn.heap().type_metatables()[4] = Value::nil();
#endif
}
}  // namespace arenite

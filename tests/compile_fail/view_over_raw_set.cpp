// expect: cannot call function 'raw_set'
// Setting a key may give a table new parts: no view of the old ones may be there (heap/payload_view.h, PV1).
#include "txn/payload_slots.h"

namespace arenite {
bool f(Transaction& txn, Heap& heap, Table& t) {
#if ARENITE_CONTROL
    {
        const ArraySlots slots(txn, heap, Handle<Table>{t.self});
        if (!slots.empty()) slots[0] = Value::nil();
    }
    return txn.raw_set(t, Value::number(1), Value::nil()) == TableStatus::Ok;
#else
    const ArraySlots slots(txn, heap, Handle<Table>{t.self});
    const TableStatus s = txn.raw_set(t, Value::number(1), Value::nil());
    if (!slots.empty()) slots[0] = Value::nil();
    return s == TableStatus::Ok;
#endif
}
}  // namespace arenite

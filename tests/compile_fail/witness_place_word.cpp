// expect: private
// Where others are in the way, too.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    if (const auto writable = txn.writable(t)) (void)writable->place_word(Value::nil(), Value::nil());
#else
    (void)t.place_word(Value::nil(), Value::nil());
    (void)txn;
#endif
}
}  // namespace arenite

// expect: deleted|no matching
// It cannot be handed on either.
#include "txn/transaction.h"

namespace arenite {
void f(Transaction& txn, Table& t) {
#if ARENITE_CONTROL
    const auto writable = txn.writable(t);
    (void)writable;
#else
    auto writable = txn.writable(t);
    std::optional<Writable<Table>> kept(std::move(writable));
#endif
}
}  // namespace arenite

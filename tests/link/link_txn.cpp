// The transaction library links without the compiler: a write is made and undone.
#include "txn/transaction.h"
#include "txn/verifier.h"

int main() {
    using namespace arenite;
    HeapOptions options;
    options.address_range = std::size_t{1} << 26;
    Heap heap(options);
    Transaction txn(heap);
    if (!heap.ok() || txn.begin() != TxnStatus::Ok) return 1;
    Table* t = heap.get(ObjectFactory::make_table(heap, 0, 0));
    if (txn.set_registry(Value{t->self}) != TxnStatus::Ok || txn.commit() != TxnStatus::Ok) return 1;
    if (txn.begin() != TxnStatus::Ok || txn.raw_set_integer(*t, 1, Value::number(1)) != TableStatus::Ok) return 1;
    if (verify_heap(heap, &txn) || txn.rollback() != TxnStatus::Ok) return 1;
    return t->get(heap, Value::number(1)).is_nil() ? 0 : 1;
}

// verify_heap with a transaction: checks the journal's backups as well, and the accounting with the journal's bytes.
#pragma once

#include <optional>
#include <string>

#include "heap/heap_verifier.h"
#include "txn/transaction.h"

namespace arenite {

/// As verify_heap(heap, check), with the journal of `transaction` (of that heap; may be null) counted in: its bytes are
/// added to check.other_bytes if that is given.
[[nodiscard]] std::optional<std::string> verify_heap(Heap& heap, const Transaction* transaction, HeapCheck check = {});

}  // namespace arenite

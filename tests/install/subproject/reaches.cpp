#include "txn/transaction.h"  // must not be found

#include "heap/heap.h"
#include "vm/vm.h"

static_assert(kOwnMachine + kOwnHeap == 3);

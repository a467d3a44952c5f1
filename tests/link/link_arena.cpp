// The arena library links alone: a slot is made, named and validated.
#include "arena/page_heap.h"

int main() {
    arenite::ByteBudget budget;
    arenite::PageHeap pages(std::size_t{1} << 26, budget);
    if (!pages.ok()) return 1;
    const std::uint64_t* words = pages.allocate_object(arenite::kTableClass, 3);
    return words && *arenite::deref<std::uint64_t>(pages.base(), *words) == *words && pages.allocate_payload(5000) ? 0
                                                                                                                   : 1;
}

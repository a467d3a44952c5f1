// Where a table.sort that waits for its comparator keeps its state: shared by vm/lib/table_sort.cpp and the K_SORT opcode handler,
// which does the steps of its scans.
#pragma once

#include <cstdint>

namespace arenite::sort_state {

/// Local slots of the native. Waiting ranges follow kRanges, two slots each. Only the sort itself writes them.
enum Slot : std::uint32_t { kLow, kHigh, kUp, kDown, kLeft, kRight, kPivot, kWaiting, kRanges };

/// Comparisons of the algorithm; the native's state while the comparator runs.
enum Phase : std::uint32_t {
    kHighLow = 1,  ///< a[high] < a[low]?      left = a[low],  right = a[high]
    kMiddleLow,    ///< a[middle] < a[low]?    left = a[middle], right = a[low]
    kHighMiddle,   ///< a[high] < a[middle]?   left = a[middle], right = a[high]
    kScanUp,       ///< a[up] < pivot?         left = a[up]
    kScanDown,     ///< pivot < a[down]?       left = a[up], right = a[down]
};

}  // namespace arenite::sort_state

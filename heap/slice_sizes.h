// SliceSizes: when the work that one instruction has with one object is done in slices, and how large a slice is.
//
// A script must not do more than some 50 µs of work between two checks of its budget. What grows with one object (the
// growth of a table, the bytes of a long string) is therefore done in slices of about 10 µs each, and charged; between
// two slices the run may be suspended or killed. Small objects are worked on at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace arenite {

struct SliceSizes {
#if defined(ARENITE_STRESS)
    std::uint32_t slots = 24;
    std::uint32_t slice_slots = 16;
    std::size_t bytes = 100;
    std::size_t slice_bytes = 64;
    std::size_t compiled_at_once = 0;
    std::uint32_t finer_looks = 32;
    std::size_t tree_bytes = 1024;
#else
    std::uint32_t slots = 4096;        ///< tables with more array slots, or a quarter as many nodes, grow in slices
    std::uint32_t slice_slots = 4096;  ///< array slots of one slice; of nodes, an eighth as many
    std::size_t bytes = 64 * 1024;     ///< strings with more bytes are worked on in slices
    std::size_t slice_bytes = 32 * 1024;
    std::size_t compiled_at_once = 2048;  ///< chunks with more bytes are loaded in slices
    std::uint32_t finer_looks = 1;        ///< Look::finer of what is loaded and dumped
    std::size_t tree_bytes = 256 * 1024;  ///< CompileLimits::tree_bytes
#endif

    // What is charged. A unit of the budget stands for about 2 ns.
    static constexpr std::int64_t kSlotsPerUnit = 2;
    static constexpr std::int64_t kUnitsPerNode = 8;
    static constexpr std::int64_t kBytesPerUnit = 16;

    [[nodiscard]] std::uint32_t slice_nodes() const { return slice_slots / 8; }
};

}  // namespace arenite

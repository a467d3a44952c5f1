// AddressSpace: the positions of one VM and their memory.
//
// Two forms, chosen when building:
//  - a reserved address range (default): position p is the 8 bytes at base + 8p. The whole range is readable, so any
//    position a handle can hold can be read (never touched memory is zero and matches no handle: H2, H4). Where 32 GiB
//    of address space cannot be reserved, smaller ranges are tried; then `readable` says which positions exist.
//  - a chunk table (ARENITE_CHUNK_TABLE): positions are bounds-checked against a table of 1 MiB chunks; needs no
//    reservation and no overcommit; 8 to 9 % slower.
//
// Invariants
//  AS1. deref() of any 32-bit position below limit() yields readable memory; in the chunk form, of any position at all.
//  AS2. Memory never moves and is zero when first handed out.
//  AS3. The side, `side_bytes` for each page that may exist, is memory of the same kind: zero at first, and only that
//       of pages below the ensured count is ever written to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "arena/reservation_pool.h"

namespace arenite {

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::uint32_t kPageUnits = kPageBytes / 8;
inline constexpr unsigned kPageShift = 9;  ///< position >> kPageShift = page number
inline constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
inline constexpr std::uint32_t kPagesPerChunk = kChunkBytes / kPageBytes;

#if defined(ARENITE_CHUNK_TABLE)
struct ChunkTable {
    char* const* chunks;
    std::uint32_t count;
};
/// What the interpreter keeps in a register to reach objects.
using HeapBase = const ChunkTable*;
/// 1 MiB of zeros that stands in for chunks that do not exist.
extern const char kZeroChunk[kChunkBytes];

template <class T>
[[nodiscard, gnu::always_inline]] inline T* deref(HeapBase base, std::uint64_t bits) {
    const auto position = static_cast<std::uint32_t>(bits);
    const std::uint32_t chunk = position >> 17;
    char* start = chunk < base->count ? base->chunks[chunk] : const_cast<char*>(kZeroChunk);
    return reinterpret_cast<T*>(start + static_cast<std::size_t>(position & 0x1FFFF) * 8);
}
#else
using HeapBase = char*;

/// The memory at the position in the low 32 bits of `bits`; nothing is validated here.
template <class T>
[[nodiscard, gnu::always_inline]] inline T* deref(HeapBase base, std::uint64_t bits) {
    return reinterpret_cast<T*>(base + static_cast<std::uint64_t>(static_cast<std::uint32_t>(bits)) * 8);
}
#endif

class AddressSpace {
public:
    /// Reserves up to `bytes` (a power of two, at most 32 GiB), and `side_bytes` for each page; ok() tells whether that
    /// worked. The range comes from `pool`, if there is one, and goes back to it (a chunk table has no use for it).
    explicit AddressSpace(std::size_t bytes, std::size_t side_bytes = 0,
                          std::shared_ptr<ReservationPool> pool = nullptr);
    ~AddressSpace();
    AddressSpace(const AddressSpace&) = delete;
    AddressSpace& operator=(const AddressSpace&) = delete;

    [[nodiscard]] bool ok() const { return pages_ != 0; }
    [[nodiscard]] HeapBase base() const;
    /// What there is for the pages (AS3), that of page 0 first.
    [[nodiscard]] void* side() const { return side_.start; }
    /// Number of pages that may exist.
    [[nodiscard]] std::uint32_t page_limit() const { return pages_; }
    /// Makes pages [0, count) usable. False when memory is out.
    [[nodiscard]] bool ensure_pages(std::uint32_t count);
    [[nodiscard]] bool readable(std::uint32_t position) const { return (position >> kPageShift) < pages_; }
    /// Start of a page below the ensured count.
    [[nodiscard]] char* page(std::uint32_t number) const {
        return deref<char>(base(), static_cast<std::uint64_t>(number) << kPageShift);
    }
    /// Position of an address inside the space (8-byte aligned).
    [[nodiscard]] std::uint32_t position_of(const void* address) const;
    /// Makes pages [first, first + count) read as zero from now on, and gives their memory back to the system if
    /// kDiscards.
    void discard_pages(std::uint32_t first, std::uint32_t count);
#if defined(ARENITE_CHUNK_TABLE)
    static constexpr bool kDiscards = false;
#else
    static constexpr bool kDiscards = true;
#endif

private:
    std::uint32_t pages_ = 0;
    Reservation side_;
#if defined(ARENITE_CHUNK_TABLE)
    char** chunks_ = nullptr;
    ChunkTable table_{};
#else
    char* base_ = nullptr;
    Reservation range_;  ///< the pages and after them the side
    std::uint32_t ensured_ = 0;
    std::shared_ptr<ReservationPool> pool_;
#endif
};

#if defined(ARENITE_CHUNK_TABLE)
inline HeapBase AddressSpace::base() const {
    return &table_;
}
#else
inline HeapBase AddressSpace::base() const {
    return base_;
}
inline std::uint32_t AddressSpace::position_of(const void* address) const {
    return static_cast<std::uint32_t>((static_cast<const char*>(address) - base_) >> 3);
}
#endif

}  // namespace arenite

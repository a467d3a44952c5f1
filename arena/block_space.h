// BlockSpace: the memory of payload blocks that are too large for a page's slots, got from the system for one VM.
//
// malloc would do, but what it keeps when blocks of many sizes come and go is not to be known, so no limit could be
// kept: a script had 113 MB resident under a limit of 64. Here the account is of what is resident.
//
//   area   a mapping of 1 MiB. Blocks stand in it one after the other, in units of 64 bytes:
//          | head | block ... | head | block ... | free head | ......... |
//   apart  a block of kApart bytes or more is a mapping of its own, which grows and goes without a copy. Of one that is
//   to
//          stay where it is while it grows, the mapping is longer than the block.
//
// Free blocks are in lists by size, eight to a power of two: one that is large enough is found at once, and is seldom
// much too large (two-level segregated fit, Masmano et al. 2004).
//
// Invariants
//  BS1. Each page of an area that was touched since it was last released is resident, and is charged: what blocks take
//       of it is used, the rest is idle (byte_budget.h). So the limit holds for the process, however blocks are
//       scattered; what holes cost is that memory is out earlier.
//  BS2. No two neighbours are free. An area without a block is unmapped, all but one.
//  BS3. Pages that lie within a free block, after its head, are released when memory is short, and when there are many
//       (kMostKept). A block of which some are resident is in the list of dirty ones, so that nothing is searched.
//  BS4. Heads are changed here only; a script cannot write past the end of a block.
//  BS5. What is released later (a block apart) is idle from then on, and its memory goes in pieces, so that nothing has
//       to wait for all of it; at once where memory is short, or release_doomed() is called.
//  BS6. Sanitizer builds have blocks from malloc, which tells them where each begins and ends.
#pragma once

#include <cstddef>
#include <cstdint>

#include "arena/byte_budget.h"
#include "arena/counted_vector.h"
#include "arena/system_memory.h"

namespace arenite {

class BlockSpace {
public:
    /// Blocks of this many bytes or more, their head included, stand apart.
    static constexpr std::size_t kApart = std::size_t{256} << 10;
    static constexpr std::size_t kAreaBytes = std::size_t{1} << 20;

    /// `budget` outlives it. Nothing is obtained from the system before the first block.
    explicit BlockSpace(ByteBudget& budget);
    ~BlockSpace();
    BlockSpace(const BlockSpace&) = delete;
    BlockSpace& operator=(const BlockSpace&) = delete;

    /// `bytes` bytes, at a multiple of 16; null when memory is out. They are charged as footprint(bytes). A block apart
    /// has address space for `most` bytes if there is any: up to this size it grows without moving.
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t most = 0);
    /// Releases what allocate() or grow() had for `bytes`.
    void release(void* block, std::size_t bytes);
    /// The same, but what is apart goes in pieces: release_some() (BS5).
    void release_later(void* block, std::size_t bytes);
    /// Gives the system a piece of what is to be released later.
    void release_some();
    /// All of it.
    void release_doomed();
    [[nodiscard]] bool has_doomed() const { return doomed_ != nullptr; }
    /// Makes a block of `from` bytes one of `to`, which is more. It may move; what was in it is kept. Null: nothing has
    /// changed. Up to how many bytes a block of `bytes` can grow without moving; 0: it has no room of its own.
    [[nodiscard]] std::size_t reserved_of(const void* block, std::size_t bytes) const;
    /// `most` as for allocate().
    [[nodiscard]] void* grow(void* block, std::size_t from, std::size_t to, std::size_t most = 0);
    /// Bytes that a block of `bytes` is charged as.
    [[nodiscard]] static std::size_t footprint(std::size_t bytes) {
        const std::size_t total = bytes + kHeadBytes;
        const std::size_t unit = total < kApart ? kUnit : system_page_bytes();
        return (total + unit - 1) / unit * unit;
    }
    /// Gives idle pages back to the system, all but `keep` bytes of those that can be.
    void trim(std::size_t keep);
    /// Pages of areas that are resident.
    [[nodiscard]] std::size_t resident_pages() const { return resident_; }
    /// Bytes that are resident and in no block; charged as idle.
    [[nodiscard]] std::size_t idle() const { return resident_ * page_ - used_ + doomed_bytes_; }
    /// Bytes charged as overhead.
    [[nodiscard]] std::size_t overhead_bytes() const { return areas_.bytes(); }
    [[nodiscard]] std::size_t area_count() const { return mapped_; }
    /// Whether heads, lists and counts agree (BS1 to BS3); for tests.
    [[nodiscard]] bool verify() const;

private:
    struct Head {
        std::uint32_t units;     ///< of this block, its head included
        std::uint32_t previous;  ///< units of the block in front of it; 0 for the first
        std::uint32_t area;
        std::uint32_t free;
    };
    struct FreeHead : Head {
        FreeHead* next;
        FreeHead* before;
        FreeHead* next_dirty;
        FreeHead* before_dirty;
        std::uint32_t dirty_pages;  ///< resident ones within; 0: not in the list
    };
    struct Area {
        static constexpr std::size_t kWords = kAreaBytes / 4096 / 64;
        Reservation range;               ///< no start: the entry is free
        std::uint64_t resident[kWords];  ///< a bit for each page
    };
    /// Of a block apart. What is after `reserved` stands where its bytes were, once it is to be released later.
    struct ApartHead {
        std::size_t reserved;  ///< bytes of the mapping
        std::size_t charged;   ///< of them
        ApartHead* next;
    };
    static constexpr std::size_t kUnit = 64;
    static constexpr std::size_t kHeadBytes = 16;
    static constexpr std::uint32_t kAreaUnits = kAreaBytes / kUnit;
    static constexpr unsigned kClasses = 128;
    static constexpr std::size_t kMostKept = std::size_t{4} << 20;
    static constexpr std::size_t kPiece = std::size_t{256} << 10;  ///< bytes that the system gets back at once
    static_assert(sizeof(Head) == kHeadBytes && sizeof(FreeHead) <= kUnit);

    [[nodiscard]] static unsigned class_of(std::uint32_t units);
    [[nodiscard]] static char* at(Head* h) { return reinterpret_cast<char*>(h); }
    [[nodiscard]] static Head* head_of(void* block) {
        return reinterpret_cast<Head*>(static_cast<char*>(block) - kHeadBytes);
    }
    [[nodiscard]] Head* behind(Head* h) const;
    [[nodiscard]] static Head* before(Head* h);
    [[nodiscard]] FreeHead* find(std::uint32_t units) const;
    [[nodiscard]] FreeHead* add_area();
    void drop_area(FreeHead* all);
    void put(Head* h, std::uint32_t units);
    void take(FreeHead* h);
    void clean(FreeHead* h);
    /// Pages that [start, end) of an area touches, or (not `touch`) that lie wholly in it.
    struct Pages {
        std::size_t first;
        std::size_t last;
    };
    [[nodiscard]] Pages pages_of(std::uint32_t area, const char* start, const char* end, bool touch) const;
    [[nodiscard]] std::size_t resident_in(std::uint32_t area, Pages pages) const;
    void set_resident(std::uint32_t area, Pages pages, bool on);
    /// Charges and notes the pages that are about to be touched. False when memory is out.
    [[nodiscard]] bool make_resident(std::uint32_t area, const char* start, const char* end, std::size_t used);
    void give_back(FreeHead* h);
    [[nodiscard]] void* allocate_apart(std::size_t bytes, std::size_t most);
    [[nodiscard]] static ApartHead* apart_of(void* block) {
        return reinterpret_cast<ApartHead*>(static_cast<char*>(block) - kHeadBytes);
    }

    ByteBudget& budget_;
    const std::size_t page_;  ///< bytes of the kernel's pages
    CountedVector<Area> areas_;
    std::size_t mapped_ = 0;    ///< areas that are there
    std::size_t empty_ = 0;     ///< of them, without a block
    std::size_t resident_ = 0;  ///< pages of areas
    std::size_t used_ = 0;      ///< bytes charged for blocks in areas
    std::size_t dirty_pages_ = 0;
    std::size_t doomed_bytes_ = 0;
    ApartHead* doomed_ = nullptr;
    FreeHead* dirty_ = nullptr;
    FreeHead* lists_[kClasses] = {};
    std::uint64_t filled_[kClasses / 64] = {};  ///< a bit for each list that is not empty
};

}  // namespace arenite

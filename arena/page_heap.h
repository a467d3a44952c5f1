// PageHeap: slots for objects and payload blocks, in 4 KiB pages of one size class each, with bitmaps.
//
// A page's metadata holds three bitmaps of its slots: `alloc` (in use or handed to the allocator's cached word), `mark`
// (reached by the collector in cycle `mark_cycle`) and `old` (in use when the outermost scope began; valid when the
// page was claimed in that scope). Allocation pops bits from a cached word of `alloc`; sweeping is a bitmap operation.
//
// Scopes are how transactions get their allocations rolled back: the first time a page is used for allocation within a
// scope it is *claimed*, which logs its `alloc` words. Undoing a scope restores them: everything born since is gone.
//
// Invariants
//  PH1. A slot of an object class that is not in use has a dead first word (H2) and a zero second word.
//  PH2. A slot is handed out at most once between two moments at which its alloc bit is clear.
//  PH3. max_generation of a page is at least the generation of every dead slot in it; a page that has held objects
//       keeps its stride forever, and when it was empty and is used again its slots start after max_generation. So what
//       a stale handle names is a slot start forever, its first word is never an object's contents, and no handle ever
//       matches a later object (H3). (Generations are numbers here, without the mask that handles have: H4.)
//  PH4. While a scope is open, slots in use when the outermost scope began are never freed (sweep honours `old`), so
//       rolling back needs no copy of them.
//  PH5. Bytes charged as used = bytes of slots with alloc bit set, minus retired ones, plus large blocks; exact
//       whenever the caches are flushed. Used bytes of slots and idle bytes together are kPageBytes for each page that
//       is held (the pages of a class and those of pools_), and what is idle in areas of large blocks (block_space.h,
//       BS1). Metadata of every page ever touched, claims and lists are overhead; with a chunk table, which gives no
//       page back, retired pages and each chunk's first page are too.
//  PH6. While sweeping, memory is handed out only from pages already swept, or first claimed since the sweep began.
//  PH7. A slot freed by a sweep is cleared in every claim of its page too: what is born in it later is born in the
//       innermost scope, whoever lived there when that scope began.
//  PH8. A live slot's generation is at most max_generation + 1 of its page, since that of each dead one is at most
//       max_generation (PH3). So a page that was empty when a scope claimed it is emptied without examining its slots.
//
// Complexity of undo_scope(): a constant for each page that the scope claimed and each large block born in it. The
// slots of a page are visited only if the page was in use when it was claimed, or is one of the kKeptPages first
// claimed, which are cleared slot by slot to be used again; other pages are returned to the system, a run of neighbours
// with one call. docs/measurements.md has figures.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "arena/address_space.h"
#include "arena/block_space.h"
#include "arena/byte_budget.h"
#include "arena/chunked_vector.h"
#include "arena/counted_vector.h"
#include "arena/poison.h"

namespace arenite {

/// Size classes. Object classes hold slots with a `self` word, payload classes raw blocks.
inline constexpr std::uint16_t kObjectStrides[] = {64 /* tables */, 32, 48, 64, 80, 96, 128, 192, 288, 544};
inline constexpr std::uint16_t kPayloadStrides[] = {16,  24,  32,  48,  64,  80,  96,  112, 128,  160,  192,
                                                    224, 256, 320, 384, 448, 512, 640, 768, 1024, 1536, 2048};
inline constexpr unsigned kObjectClasses = std::size(kObjectStrides);
inline constexpr unsigned kPayloadClasses = std::size(kPayloadStrides);
inline constexpr unsigned kClassCount = kObjectClasses + kPayloadClasses;
inline constexpr std::size_t kMaxSmallPayload = 2048;
inline constexpr unsigned kTableClass = 0;

[[nodiscard]] constexpr std::uint16_t class_stride(unsigned cls) {
    return cls < kObjectClasses ? kObjectStrides[cls] : kPayloadStrides[cls - kObjectClasses];
}
/// Class of a non-table object of `bytes` (<= 544).
[[nodiscard]] constexpr unsigned object_class(std::size_t bytes);

namespace detail {
constexpr auto object_class_map() {
    std::array<std::uint8_t, kObjectStrides[kObjectClasses - 1] / 8 + 1> map{};
    unsigned c = 1;
    for (std::size_t i = 0; i < map.size(); ++i) {
        while (kObjectStrides[c] < i * 8) ++c;
        map[i] = static_cast<std::uint8_t>(c);
    }
    return map;
}
inline constexpr auto kObjectClassMap = object_class_map();
constexpr auto payload_class_map() {
    std::array<std::uint8_t, kMaxSmallPayload / 8 + 1> map{};
    unsigned c = 0;
    for (std::size_t i = 0; i < map.size(); ++i) {
        while (kPayloadStrides[c] < i * 8) ++c;
        map[i] = static_cast<std::uint8_t>(kObjectClasses + c);
    }
    return map;
}
inline constexpr auto kPayloadClassMap = payload_class_map();
}  // namespace detail

constexpr unsigned object_class(std::size_t bytes) {
    return detail::kObjectClassMap[(bytes + 7) / 8];
}

/// Class of a payload block of `bytes` (1..kMaxSmallPayload).
[[nodiscard]] constexpr unsigned payload_class(std::size_t bytes) {
    return detail::kPayloadClassMap[(bytes + 7) / 8];
}

/// ceil(2^20 / stride) of a class: slot index = offset * reciprocal >> 20.
inline constexpr auto kReciprocals = [] {
    std::array<std::uint32_t, kClassCount> all{};
    for (unsigned c = 0; c < kClassCount; ++c) all[c] = ((1u << 20) + class_stride(c) - 1) / class_stride(c);
    return all;
}();

struct alignas(64) PageMeta {
    static constexpr std::uint8_t kFree = 0xFF;     ///< in a pool
    static constexpr std::uint8_t kRetired = 0xFE;  ///< every generation of every slot is used up

    std::uint64_t alloc[4];
    std::uint64_t mark[4];
    std::uint64_t old[4];
    std::uint32_t claim_epoch;
    std::uint32_t mark_cycle;
    std::uint32_t sweep_cycle;
    std::uint32_t claim;  ///< 1 + index of its newest claim, when claimed in the open outermost scope
    std::uint32_t next;   ///< in the list of pages with free slots, or in a pool; 0 ends it
    std::uint32_t previous;
    std::uint16_t slots;
    std::uint16_t max_generation;
    std::uint16_t retired;  ///< slots that will never be used again
    std::uint8_t cls;
    std::uint8_t listed;  ///< in the list of pages with free slots
};
static_assert(sizeof(PageMeta) == 128);

/// Head of a block above kMaxSmallPayload, in a block of BlockSpace; the payload follows.
struct LargeBlock {
    std::size_t bytes;         ///< of the payload
    std::uint32_t index;       ///< in the list of large blocks
    std::uint32_t epoch;       ///< scope epoch of its birth
    std::uint32_t mark_cycle;  ///< last cycle that reached it
    std::uint32_t magic;
    std::uint64_t padding_;
};
static_assert(sizeof(LargeBlock) == 32);

/// What says when the collector is due. It is no part of what is on the heap: anybody may set it.
struct AllocationPacing {
    /// Bytes handed to the allocator's caches and to large blocks, less what came back otherwise than by sweeping: what
    /// is allocated and released again at once, or undone with its scope, is no work for the collector.
    std::uint64_t allocated = 0;
    /// What `allocated` is beyond this is owed: the VM collects at its next safepoint (collector.h, C13).
    std::uint64_t gc_threshold = std::size_t{1} << 18;
    bool gc_due = false;
    /// As if `bytes` more had been allocated.
    void owe(std::size_t bytes) {
        gc_threshold -= std::min<std::uint64_t>(bytes, gc_threshold);
        if (allocated >= gc_threshold) gc_due = true;
    }
    /// Pages that were obtained from the system since the VM has charged for them (collector.h, C15): it does so at its
    /// next safepoint.
    std::size_t fresh_pages = 0;
    static constexpr std::size_t kManyFreshPages = 8;
    static constexpr unsigned kFreshPageCharge =
        256;  ///< units of work for each of them: the first use takes 0.3 to 2 us
    void note_fresh_pages(std::size_t count) {
        fresh_pages += count;
        if (fresh_pages >= kManyFreshPages) gc_due = true;
    }
    /// Claim one slot at a time (stress and fault tests: every allocation takes the slow path).
    bool single_slot_claims = false;
};

class PageHeap final : public AllocationPacing, private ByteBudget::Reclaimer {
public:
    /// Pages that undoing a scope keeps, to be used again at once.
    static constexpr std::size_t kKeptPages = 256;

    /// The range comes from `pool`, if there is one, and goes back to it. `generation_mask` is that of its handles
    /// (H4).
    PageHeap(std::size_t range_bytes, ByteBudget& budget, std::shared_ptr<ReservationPool> pool = nullptr,
             std::uint32_t generation_mask = 0);
    ~PageHeap();
    PageHeap(const PageHeap&) = delete;
    PageHeap& operator=(const PageHeap&) = delete;

    [[nodiscard]] bool ok() const { return space_.ok(); }
    [[nodiscard]] HeapBase base() const { return base_; }
    [[nodiscard]] AddressSpace& space() { return space_; }
    [[nodiscard]] const AddressSpace& space() const { return space_; }
    [[nodiscard]] ByteBudget& budget() { return budget_; }

    // --- Allocation -------------------------------------------------------------------------------------------------
    /// A slot of an object class, its first word set to the new handle with `tag`; the rest is what the last owner left
    /// (second word zero). Null when memory is out.
    [[nodiscard, gnu::always_inline]] std::uint64_t* allocate_object(unsigned cls, unsigned tag) {
        Cache& c = caches_[cls];
        if (__builtin_expect(c.free == 0, 0) && !refill(cls)) return nullptr;
        const auto i = static_cast<unsigned>(std::countr_zero(c.free));
        c.free &= c.free - 1;
        char* slot = c.start + static_cast<std::size_t>(i) * c.stride;
        unpoison(slot, c.stride);
        auto* words = reinterpret_cast<std::uint64_t*>(slot);
        const std::uint32_t generation = word::generation(words[0]) + 1;
        words[0] = word::make(tag, generation, 0) ^ (c.where + i * (c.stride / 8u));
        return words;
    }
    /// The same from the cached word only: null when the slow path is due.
    [[nodiscard, gnu::always_inline]] std::uint64_t* try_allocate_object(unsigned cls, unsigned tag) {
        return caches_[cls].free == 0 ? nullptr : allocate_object(cls, tag);
    }
    /// A payload block of `bytes` > 0. Null when memory is out.
    [[nodiscard]] void* allocate_payload(std::size_t bytes) {
        if (__builtin_expect(bytes > kMaxSmallPayload, 0)) return allocate_large(bytes);
        const unsigned cls = payload_class(bytes);
        Cache& c = caches_[cls];
        if (__builtin_expect(c.free == 0, 0) && !refill(cls)) return nullptr;
        const auto i = static_cast<unsigned>(std::countr_zero(c.free));
        c.free &= c.free - 1;
        char* const block = c.start + static_cast<std::size_t>(i) * c.stride;
        unpoison(block, bytes);
        return block;
    }
    /// The same without taking any slow path, or null; `bytes` <= kMaxSmallPayload.
    [[nodiscard, gnu::always_inline]] void* try_allocate_payload(std::size_t bytes) {
        Cache& c = caches_[payload_class(bytes)];
        if (__builtin_expect(c.free == 0, 0)) return nullptr;
        const auto i = static_cast<unsigned>(std::countr_zero(c.free));
        c.free &= c.free - 1;
        char* const block = c.start + static_cast<std::size_t>(i) * c.stride;
        unpoison(block, bytes);
        return block;
    }
    /// Gives a block of `bytes` back at once if it was born in the innermost scope and nothing else can need it; if
    /// not, it is left to the collector. Never fails.
    void release_payload(void* block, std::size_t bytes);
    /// Whether release_payload() would give the block back at once.
    [[nodiscard]] bool releases(const void* block, std::size_t bytes) const {
        return bytes > kMaxSmallPayload ? born_in_innermost(block) : depth_ == 1 && born_in_outermost(block, bytes);
    }
    /// Makes a block for which releases() holds larger; both sizes are above kMaxSmallPayload. It may move; the bytes
    /// it had are kept, mostly without a copy: the allocator moves whole pages. Null when memory is out: nothing has
    /// changed. `most`: bytes up to which it stays where it is from then on, if there is address space (BlockSpace).
    [[nodiscard]] void* grow_large(void* block, std::size_t bytes, std::size_t most = 0);
    /// A block of `bytes`, with address space to grow in as `block`, of the same size, has it.
    [[nodiscard]] void* allocate_like(const void* block, std::size_t bytes);
    /// Large blocks that were undone with a nested scope go in pieces, which somebody is to release before the
    /// outermost scope ends: it would be long work otherwise.
    [[nodiscard]] bool has_doomed() const { return blocks_.has_doomed(); }
    void release_some() { blocks_.release_some(); }
    /// Bytes that a payload of `bytes` really occupies.
    [[nodiscard]] static std::size_t payload_footprint(std::size_t bytes) {
        return bytes == 0 ? 0 : bytes > kMaxSmallPayload ? large_footprint(bytes) : class_stride(payload_class(bytes));
    }

    // --- Scopes -----------------------------------------------------------------------------------------------------
    struct ScopeMark {
        std::size_t claims;
        std::uint32_t epoch;  ///< of the scope: everything born in it has at least this epoch
    };
    [[nodiscard]] std::uint32_t epoch() const { return epoch_; }
    [[nodiscard]] unsigned scope_depth() const { return depth_; }
    /// Epoch at which the innermost open scope began; 0 when none is open.
    [[nodiscard]] std::uint32_t scope_epoch() const { return scope_epoch_; }
    /// Opens a scope. Flushes the caches.
    ScopeMark open_scope();
    /// Ends the innermost scope and keeps what was born in it.
    void keep_scope(const ScopeMark& mark, std::uint32_t outer_epoch);
    /// Ends the innermost scope: everything born in it is freed, its handles are stale.
    void undo_scope(const ScopeMark& mark, std::uint32_t outer_epoch);
    /// A part of undo_scope() of the innermost scope, a nested one: frees what was born in it on up to `pages` pages, a
    /// large block counting as half of those that it has. True: nothing is left but to end it. The scope stays open,
    /// and what is born meanwhile is born in it.
    [[nodiscard]] bool undo_some(const ScopeMark& mark, std::size_t pages);
    /// Has a large block that was born in an open nested scope outlive its undoing, as if it had been born just before.
    /// False: it is older than the scope.
    [[nodiscard]] bool outlive_undo(void* large_block, const ScopeMark& mark);
    /// Restarts epochs, so that they never wrap; outside of scopes only, by Transaction::begin, which has made every
    /// object forget its epoch.
    void restart_epochs();
    /// Test hook: lets epochs pass.
    void skip_epochs(std::uint32_t count) { epoch_ += count; }
    /// Whether the payload block was born in the outermost open scope (false outside of scopes).
    [[nodiscard]] bool born_in_outermost(const void* block, std::size_t bytes) const;
    /// The same for the innermost scope and a block above kMaxSmallPayload.
    [[nodiscard]] bool born_in_innermost(const void* large_block) const;

    // --- Collector --------------------------------------------------------------------------------------------------
    /// Starts a mark cycle; with a scope open, slots older than the outermost scope count as marked.
    void begin_marking();
    /// Marks the slot at `position`; true when it was not marked (and is not old).
    [[nodiscard, gnu::always_inline]] bool mark(std::uint32_t position) {
        PageMeta& m = meta_[position >> kPageShift];
        const unsigned i = slot_index(m, position);
        const std::uint64_t bit = std::uint64_t{1} << (i & 63);
        if (__builtin_expect(depth_ != 0, 0) && (!claimed_in_scope(m) || (m.old[i >> 6] & bit))) return false;
        if (m.mark_cycle != cycle_) {
            m.mark_cycle = cycle_;
            for (std::uint64_t& w : m.mark) w = 0;
        }
        std::uint64_t& word = m.mark[i >> 6];
        if (word & bit) return false;
        word |= bit;
        return true;
    }
    [[nodiscard]] bool is_marked(std::uint32_t position) const;
    /// Whether the slot in use at `position` is older than the outermost open scope (false outside of scopes).
    [[nodiscard]] bool is_older(std::uint32_t position) const {
        if (depth_ == 0) return false;
        const PageMeta& m = meta_[position >> kPageShift];
        const unsigned i = slot_index(m, position);
        return !claimed_in_scope(m) || (m.old[i >> 6] >> (i & 63) & 1);
    }
    void mark_payload(const void* block, std::size_t bytes);
    /// Marking is over, sweeping has not begun: from now on what is made is born marked.
    void begin_finish();
    /// From now on unmarked slots are dead; sweep() frees them.
    void begin_sweep();
    [[nodiscard]] bool sweeping() const { return sweeping_; }
    /// Sweeps about `pages` pages; true when the sweep is complete.
    bool sweep(std::size_t pages);
    /// Ends a sweep before it is complete (what is unswept stays until the next cycle).
    void abandon_cycle();
    /// Gives pages that are empty back to the system, all but `keep`.
    void trim(std::size_t keep);
    /// Whether marking is over and the slot was not reached, but is not swept yet.
    [[nodiscard]] bool is_dying(std::uint32_t position) const;

    // --- Inspection -------------------------------------------------------------------------------------------------
    /// Returns the cached words' unused bits, so that bitmaps and accounting are exact.
    void flush_caches();
    [[nodiscard]] std::uint32_t page_count() const { return next_page_; }
    [[nodiscard]] const PageMeta& meta(std::uint32_t page) const { return meta_[page]; }
    [[nodiscard]] const CountedVector<LargeBlock*>& large_blocks() const { return large_; }
    /// Where the large blocks are.
    [[nodiscard]] const BlockSpace& blocks() const { return blocks_; }
    /// Empty pages that are held.
    [[nodiscard]] std::size_t pooled_pages() const { return pooled_; }
    /// Bytes charged as overhead.
    [[nodiscard]] std::size_t overhead_bytes() const {
        return (next_page_ - 1) * sizeof(PageMeta) + unusable_pages_ * kPageBytes + large_.bytes() + claims_.bytes() +
               blocks_.overhead_bytes();
    }
    /// Pages that are held and can never be used: none unless there is a chunk table (PH5).
    [[nodiscard]] std::size_t unusable_pages() const { return unusable_pages_; }
    /// Whether `position` is the start of a slot in use of an object class (handles from the host are checked so).
    [[nodiscard]] bool names_live_slot(std::uint32_t position) const;
    /// Bytes of the object slot at `position`.
    [[nodiscard]] std::size_t slot_bytes(std::uint32_t position) const {
        return class_stride(meta_[position >> kPageShift].cls);
    }
    /// Calls f(self_word_pointer) for every live object slot.
    template <class F>
    void for_each_object(F&& f) const {
        for (std::uint32_t page = 1; page < next_page_; ++page) {
            const PageMeta& m = meta_[page];
            if (m.cls >= kObjectClasses) continue;
            for (unsigned i = 0; i < m.slots; ++i) {
                if (!(m.alloc[i >> 6] >> (i & 63) & 1)) continue;
                auto* words = reinterpret_cast<std::uint64_t*>(space_.page(page) + i * class_stride(m.cls));
                if (words[0] >> word::kTagShift) f(words);
            }
        }
    }
    /// Calls f(self) for every object of a page that this cycle has marked (or has as born marked).
    template <class F>
    void for_each_marked_object(std::uint32_t page, F&& f) const {
        const PageMeta& m = meta_[page];
        if (m.cls >= kObjectClasses || m.mark_cycle != cycle_) return;
        for (unsigned i = 0; i < m.slots; ++i) {
            if (!((m.mark[i >> 6] & m.alloc[i >> 6]) >> (i & 63) & 1)) continue;
            const auto self = *reinterpret_cast<std::uint64_t*>(space_.page(page) + i * class_stride(m.cls));
            if (self >> word::kTagShift) f(self);  // not one that is claimed and not handed out
        }
    }
    /// Bytes in use, exact even when the caches are not flushed.
    [[nodiscard]] std::size_t exact_used() const;
    /// The number of a handle's generation in its slot (H4).
    [[nodiscard]] std::uint32_t generation_of(std::uint64_t handle) const {
        return word::generation(handle ^ generation_mask_);
    }

private:
    friend struct HeapTestAccess;  // tests/support/heap_access.h
    struct Cache {
        std::uint64_t free = 0;   ///< claimed and not handed out
        char* start = nullptr;    ///< address of the slot of bit 0
        std::uint64_t where = 0;  ///< its position, and above it the mask of generations
        std::uint32_t page = 0;   ///< 0: none
        std::uint16_t stride = 0;
        std::uint16_t word = 0;
    };
    struct Claim {
        std::uint32_t page;
        std::uint32_t previous_epoch;
        std::uint32_t previous_claim;  ///< PageMeta::claim before this one; 0 for the first of the outermost scope
        std::uint64_t words[4];        ///< slots in use then, less those freed since (PH7)
    };
    /// A list of pages through PageMeta::next.
    struct PageList {
        std::uint32_t first = 0;
    };
    /// Neighbouring pages to be released with one call.
    struct Run {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    /// Pool of empty pages an object class takes from: one per stride (PH3); the last is of pages that never held
    /// objects.
    static constexpr unsigned kPoolCount = kObjectClasses + 1;
    [[nodiscard]] static constexpr unsigned pool_of(unsigned cls) {
        if (cls >= kObjectClasses) return kObjectClasses;
        return kObjectStrides[cls] == kObjectStrides[kTableClass] ? kTableClass : cls;
    }

    /// Pool of an empty page that has held objects (the stride says of which classes).
    [[nodiscard]] static constexpr unsigned pool_of_stride(unsigned slots) {
        for (unsigned cls = 0; cls < kObjectClasses; ++cls) {
            if (kPageBytes / kObjectStrides[cls] == slots) return pool_of(cls);
        }
        return kObjectClasses;
    }

    [[nodiscard]] bool refill(unsigned cls);
    [[nodiscard]] bool claim_word(unsigned cls, std::uint32_t page, unsigned from_word);
    [[nodiscard]] bool claim_page(std::uint32_t page);
    /// Of the claims [first, ...) of a scope that is kept drops those of pages which the outer scope, begun at `outer_epoch`,
    /// has claimed itself: what they would free is freed by the older claim, too.
    void hand_over_claims(std::size_t first, std::uint32_t outer_epoch);
    static constexpr std::size_t kFewClaims = 64;  ///< scopes with more just leave them: that is done in one piece
    [[nodiscard]] std::uint32_t take_page(unsigned cls);
    /// Makes all slots of an object page free, after every generation the page has seen (PH1, PH3).
    void clear_slots(std::uint32_t page);
    void flush_cache(unsigned cls);
    void list_page(std::uint32_t page);
    void unlist_page(std::uint32_t page);
    void push(PageList& list, std::uint32_t page);
    [[nodiscard]] std::uint32_t pop(PageList& list);
    void reclaim(std::size_t bytes) override;
    /// Gives a page that is in no list back to the system, into a cold pool.
    void chill_page(std::uint32_t page, Run& run);
    void discard(Run& run);
    void discard_pages(std::uint32_t first, std::uint32_t count);
    /// Frees what was born in a page since it was claimed. `keep` says whether it may stay if it is empty then.
    void undo_claim(std::uint32_t page, const std::uint64_t (&words)[4], bool keep, Run& run);
    void sweep_page(std::uint32_t page);
    void release_page(std::uint32_t page);
    void retire_page(std::uint32_t page);
    void next_cycle();
    /// Kills the slots in `dead` of word w of an object page; returns those that may be used again.
    std::uint64_t kill(std::uint32_t page, unsigned w, std::uint64_t dead);
    /// Poisons what the blocks in `dead` of word w of a payload page hold.
    void poison_blocks(std::uint32_t page, unsigned w, std::uint64_t dead);
    /// Poisons a page in which nothing is in use (PO1, PO2).
    void poison_page(std::uint32_t page);
    [[nodiscard]] void* allocate_large(std::size_t bytes, std::size_t most = 0);
    /// Bytes that a large block really takes, with all its heads.
    [[nodiscard]] static std::size_t large_footprint(std::size_t bytes) {
        return BlockSpace::footprint(bytes + sizeof(LargeBlock));
    }
    /// `later`: its memory may go in pieces.
    void free_large(std::uint32_t index, bool later = false);
    /// Gives the pages of a dead block back in pieces, for what `work` allows; true when it can be freed.
    [[nodiscard]] bool empty_large(LargeBlock& block, std::size_t& work);
    static constexpr std::size_t kEmptiedInSteps = std::size_t{1} << 18;  ///< bytes: larger blocks are
    [[nodiscard]] static std::uint64_t valid_bits(const PageMeta& m, unsigned w) {
        const unsigned first = w * 64;
        if (m.slots <= first) return 0;
        const unsigned n = m.slots - first;
        return n >= 64 ? ~0ull : (1ull << n) - 1;
    }
    [[nodiscard]] unsigned slot_index(const PageMeta& m, std::uint32_t position) const {
        return ((position & (kPageUnits - 1)) * 8 * kReciprocals[m.cls]) >> 20;
    }
    /// Whether the page's `old` bits speak of the open outermost scope.
    [[nodiscard]] bool claimed_in_scope(const PageMeta& m) const { return m.claim_epoch >= outermost_epoch_; }

    AddressSpace space_;
    HeapBase base_;
    ByteBudget& budget_;
    BlockSpace blocks_;
    PageMeta* const meta_;
    const std::uint64_t generation_mask_;  ///< at its place in a handle
    std::uint32_t next_page_ = 1;          ///< page 0 is never used: position 0 names nothing
    std::array<Cache, kClassCount> caches_{};
    std::uint64_t cached_ = 0;  ///< classes whose cache has, or has had, a page since they were flushed
    static_assert(kClassCount <= 64);
    std::array<PageList, kClassCount> listed_;
    std::array<PageList, kPoolCount> pools_;  ///< empty pages that are held
    std::array<PageList, kPoolCount> cold_;   ///< empty pages that were released
    std::size_t pooled_ = 0;                  ///< pages in pools_
    std::size_t unusable_pages_ = 0;          ///< held and of no use (PH5)
    CountedVector<LargeBlock*> large_;
    /// How far undo_some() of the scope of that epoch has come in large_, if that still has as many.
    struct {
        std::uint32_t epoch = 0;
        std::size_t cursor = 0;
        std::size_t size = 0;
    } undo_;
    std::size_t large_old_ = 0;  ///< large_[0, large_old_) are older than the outermost scope
    ChunkedVector<Claim> claims_;
    std::uint32_t epoch_ = 1;
    std::uint32_t scope_epoch_ = 0;      ///< begin epoch of the innermost open scope
    std::uint32_t outermost_epoch_ = 0;  ///< begin epoch of the outermost open scope; 0 when none is open
    unsigned depth_ = 0;
    std::uint32_t cycle_ = 0;
    bool sweeping_ = false;
    bool births_marked_ = false;  ///< between begin_finish() and begin_sweep()
    std::size_t sweep_cursor_ = 0;
    std::size_t sweep_large_cursor_ = 0;
    std::size_t sweep_end_ = 0;
    std::size_t emptied_ = 0;  ///< bytes released of the dead block at sweep_large_cursor_ - 1
};

}  // namespace arenite

#include "arena/page_heap.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace arenite {

namespace {
constexpr std::uint32_t kLargeMagic = 0x4152454E;
/// A page for objects is reused for another class only while this many generations are left.
constexpr std::uint32_t kGenerationReserve = 64;

LargeBlock* large_of(const void* block) {
    return reinterpret_cast<LargeBlock*>(static_cast<char*>(const_cast<void*>(block)) - sizeof(LargeBlock));
}
}  // namespace

PageHeap::PageHeap(std::size_t range_bytes, ByteBudget& budget, std::shared_ptr<ReservationPool> pool,
                   std::uint32_t generation_mask)
    : space_(range_bytes, sizeof(PageMeta), std::move(pool)),
      base_(space_.base()),
      budget_(budget),
      blocks_(budget),
      meta_(static_cast<PageMeta*>(space_.side())),
      generation_mask_(static_cast<std::uint64_t>(generation_mask & word::kMaxGeneration) << word::kGenerationShift),
      large_(budget),
      claims_(budget) {
    if (!space_.ok()) return;
    budget_.set_reclaimer(this);
    for (unsigned cls = 0; cls < kClassCount; ++cls) caches_[cls].stride = class_stride(cls);
}

PageHeap::~PageHeap() {
    budget_.set_reclaimer(nullptr);
    for (LargeBlock* b : large_) blocks_.release(b, b->bytes + sizeof(LargeBlock));
    if constexpr (kPoisons) {  // the range may go to another heap
        for (std::uint32_t page = 1; page < next_page_; ++page) unpoison(space_.page(page), kPageBytes);
    }
}

// --- Poisoning ------------------------------------------------------------------------------------------------------

void PageHeap::poison_blocks(std::uint32_t page, unsigned w, std::uint64_t dead) {
    if constexpr (!kPoisons && !kFillsFreed) return;
    const std::size_t stride = class_stride(meta_[page].cls);
    char* start = space_.page(page) + w * 64 * stride;
    for (; dead != 0; dead &= dead - 1) {
        poison_freed(start + static_cast<std::size_t>(std::countr_zero(dead)) * stride, stride);
    }
}

void PageHeap::poison_page(std::uint32_t page) {
    if constexpr (!kPoisons) return;
    const PageMeta& m = meta_[page];
    char* start = space_.page(page);
    poison(start, kPageBytes);
    if (m.cls >= kObjectClasses && m.max_generation == 0) return;  // it has never held objects
    const std::size_t stride = kObjectStrides[pool_of_stride(m.slots)];
    for (unsigned i = 0; i < m.slots; ++i) unpoison(start + i * stride, 2 * sizeof(std::uint64_t));
}

// --- Allocation -----------------------------------------------------------------------------------------------------

std::uint32_t PageHeap::take_page(unsigned cls) {
    const bool object = cls < kObjectClasses;
    const unsigned candidates[] = {pool_of(cls), kObjectClasses};  // PH3
    std::uint32_t page = 0;
    for (const unsigned pool : candidates) {
        if (page != 0 || (page = pop(pools_[pool])) == 0) continue;
        --pooled_;
    }
    for (const unsigned pool : candidates) {
        if (page != 0 || (page = pop(cold_[pool])) == 0) continue;
        if (budget_.charge_idle(kPageBytes)) {
            note_fresh_pages(1);
            continue;
        }
        push(cold_[pool], page);
        return 0;
    }
    if (page == 0) {
#if defined(ARENITE_CHUNK_TABLE)
        // The chunk's first page has its number (address_space.cpp); it is paid for like any other.
        if (next_page_ % kPagesPerChunk == 0 && next_page_ < space_.page_limit()) {
            if (!budget_.charge_overhead(sizeof(PageMeta) + kPageBytes)) return 0;
            meta_[next_page_++].cls = PageMeta::kRetired;
            ++unusable_pages_;
        }
#endif
        if (next_page_ >= space_.page_limit() || !space_.ensure_pages(next_page_ + 1)) return 0;
        if (!budget_.charge_overhead(sizeof(PageMeta))) return 0;
        if (!budget_.charge_idle(kPageBytes)) {
            budget_.release_overhead(sizeof(PageMeta));
            return 0;
        }
        page = next_page_++;
        meta_[page].cls = PageMeta::kFree;
        note_fresh_pages(1);
    }
    PageMeta& m = meta_[page];
    const bool used_before = m.slots != 0;
    const std::uint16_t stride = class_stride(cls);
    std::memset(m.alloc, 0, sizeof m.alloc);
    std::memset(m.mark, 0, sizeof m.mark);
    std::memset(m.old, 0, sizeof m.old);
    m.cls = static_cast<std::uint8_t>(cls);
    m.slots = static_cast<std::uint16_t>(kPageBytes / stride);
    m.mark_cycle = 0;
    m.sweep_cycle = sweeping_ ? cycle_ : cycle_ - 1;  // PH6
    m.retired = 0;
    m.listed = 0;
    poison_page(page);
    if (object && used_before) clear_slots(page);
    return page;
}

void PageHeap::clear_slots(std::uint32_t page) {
    const PageMeta& m = meta_[page];
    const std::uint16_t stride = class_stride(m.cls);
    char* start = space_.page(page);
    for (unsigned i = 0; i < m.slots; ++i) {
        auto* words = reinterpret_cast<std::uint64_t*>(start + static_cast<std::size_t>(i) * stride);
        words[0] = static_cast<std::uint64_t>(m.max_generation) << word::kGenerationShift;
        words[1] = 0;
    }
}

bool PageHeap::claim_page(std::uint32_t page) {
    PageMeta& m = meta_[page];
    if (depth_ == 0 || m.claim_epoch >= scope_epoch_) return true;
    const bool first = !claimed_in_scope(m);
    if (!claims_.push_back(
            {page, m.claim_epoch, first ? 0 : m.claim, {m.alloc[0], m.alloc[1], m.alloc[2], m.alloc[3]}})) {
        return false;
    }
    if (first) {
        std::memcpy(m.old, m.alloc, sizeof m.old);
        if (sweeping_) m.sweep_cycle = cycle_;  // PH6: what is in it is old, what comes now is not for this sweep
    }
    m.claim_epoch = epoch_;
    m.claim = static_cast<std::uint32_t>(claims_.size());
    return true;
}

bool PageHeap::claim_word(unsigned cls, std::uint32_t page, unsigned from_word) {
    PageMeta& m = meta_[page];
    for (unsigned w = from_word; w < 4; ++w) {
        std::uint64_t free = ~m.alloc[w] & valid_bits(m, w);
        if (free == 0) continue;
        Cache& c = caches_[cls];
        if (single_slot_claims) free &= ~free + 1;
        if (!budget_.use(static_cast<std::size_t>(std::popcount(free)) * c.stride)) {
            if (std::popcount(free) == 1) return false;
            free &= ~free + 1;
            if (!budget_.use(c.stride)) return false;
        }
        allocated += static_cast<std::uint64_t>(std::popcount(free)) * c.stride;
        m.alloc[w] |= free;
        if (births_marked_) {
            if (m.mark_cycle != cycle_) {
                m.mark_cycle = cycle_;
                std::memset(m.mark, 0, sizeof m.mark);
            }
            m.mark[w] |= free;
        }
        c.free = free;
        c.page = page;
        cached_ |= std::uint64_t{1} << cls;
        c.word = static_cast<std::uint16_t>(w);
        c.start = space_.page(page) + static_cast<std::size_t>(w) * 64 * c.stride;
        c.where = generation_mask_ | ((page << kPageShift) + w * 64 * (c.stride / 8u));
        return true;
    }
    return false;
}

bool PageHeap::refill(unsigned cls) {
    if (allocated >= gc_threshold) gc_due = true;
    Cache& c = caches_[cls];
    if (c.page != 0) {
        const std::uint32_t page = c.page;
        if (claim_word(cls, page, single_slot_claims ? 0 : c.word)) return true;
        c.page = 0;
        const PageMeta& m = meta_[page];
        for (unsigned w = 0; w < 4; ++w) {
            if (~m.alloc[w] & valid_bits(m, w)) {
                list_page(page);
                break;
            }
        }
    }
    for (int round = 0; round < 2; ++round) {
        while (const std::uint32_t page = listed_[cls].first) {
            PageMeta& m = meta_[page];
            if (sweeping_ && m.sweep_cycle != cycle_ && (depth_ == 0 || claimed_in_scope(m))) sweep_page(page);
            if (m.cls != cls) continue;  // the sweep has emptied it: it is in no list of ours any more
            bool any = false;
            for (unsigned w = 0; w < 4 && !any; ++w) any = (~m.alloc[w] & valid_bits(m, w)) != 0;
            if (any && (!claim_page(page) || !claim_word(cls, page, 0))) return false;
            unlist_page(page);
            if (any) return true;
        }
        if (round == 0 && sweeping_) {
            for (int i = 0; i < 16 && listed_[cls].first == 0 && !sweep(4); ++i) {
            }
        }
    }
    const std::uint32_t page = take_page(cls);
    if (page == 0) return false;
    if (claim_page(page) && claim_word(cls, page, 0)) return true;
    list_page(page);
    return false;
}

// --- Lists of pages -------------------------------------------------------------------------------------------------

void PageHeap::list_page(std::uint32_t page) {
    PageMeta& m = meta_[page];
    if (m.listed) return;
    m.listed = 1;
    m.previous = 0;
    PageList& list = listed_[m.cls];
    if (list.first != 0) meta_[list.first].previous = page;
    push(list, page);
}

void PageHeap::unlist_page(std::uint32_t page) {
    PageMeta& m = meta_[page];
    if (!m.listed) return;
    m.listed = 0;
    if (m.next != 0) meta_[m.next].previous = m.previous;
    (m.previous != 0 ? meta_[m.previous].next : listed_[m.cls].first) = m.next;
}

void PageHeap::push(PageList& list, std::uint32_t page) {
    meta_[page].next = list.first;
    list.first = page;
}

std::uint32_t PageHeap::pop(PageList& list) {
    const std::uint32_t page = list.first;
    if (page != 0) list.first = meta_[page].next;
    return page;
}

void PageHeap::discard(Run& run) {
    if (run.count != 0) discard_pages(run.first, run.count);
    run = {};
}

void PageHeap::discard_pages(std::uint32_t first, std::uint32_t count) {
    if constexpr (kPoisons) unpoison(space_.page(first), std::size_t{count} * kPageBytes);
    space_.discard_pages(first, count);
    for (std::uint32_t page = first; page < first + count; ++page) poison_page(page);
}

void PageHeap::chill_page(std::uint32_t page, Run& run) {
    PageMeta& m = meta_[page];
    const unsigned pool = m.max_generation == 0 ? kObjectClasses : pool_of_stride(m.slots);
    m.cls = PageMeta::kFree;
    if constexpr (AddressSpace::kDiscards) {
        push(cold_[pool], page);
        budget_.release_idle(kPageBytes);
    } else {
        push(pools_[pool], page);
        ++pooled_;
    }
    if (run.count != 0 && page + 1 == run.first) {
        run.first = page;
        ++run.count;
    } else if (run.count != 0 && page == run.first + run.count) {
        ++run.count;
    } else {
        discard(run);
        run = {page, 1};
    }
}

void PageHeap::trim(std::size_t keep) {
    if constexpr (AddressSpace::kDiscards) {
        Run run;
        for (PageList& pool : pools_) {
            while (pooled_ > keep && pool.first != 0) {
                --pooled_;
                chill_page(pop(pool), run);
            }
        }
        discard(run);
    }
    blocks_.trim(keep * kPageBytes);
}

void PageHeap::reclaim(std::size_t bytes) {
    const std::size_t pages = (bytes + kPageBytes - 1) / kPageBytes;
    trim(pooled_ > pages ? pooled_ - pages : 0);
    blocks_.trim(0);
}

// --- Caches ---------------------------------------------------------------------------------------------------------

void PageHeap::flush_cache(unsigned cls) {
    Cache& c = caches_[cls];
    if (c.page == 0) return;
    if (c.free != 0) {
        meta_[c.page].alloc[c.word] &= ~c.free;
        const std::size_t bytes = static_cast<std::size_t>(std::popcount(c.free)) * c.stride;
        budget_.unuse(bytes);
        allocated -= bytes;
        c.free = 0;
    }
    list_page(c.page);
    c.page = 0;
}

void PageHeap::flush_caches() {
    for (std::uint64_t rest = std::exchange(cached_, 0); rest != 0; rest &= rest - 1) {
        flush_cache(static_cast<unsigned>(std::countr_zero(rest)));
    }
}

std::size_t PageHeap::exact_used() const {
    std::size_t used = budget_.used();
    for (const Cache& c : caches_) used -= static_cast<std::size_t>(std::popcount(c.free)) * c.stride;
    return used;
}

void* PageHeap::allocate_like(const void* block, std::size_t bytes) {
    if (bytes <= kMaxSmallPayload) return allocate_payload(bytes);
    const std::size_t most = blocks_.reserved_of(large_of(block), bytes + sizeof(LargeBlock));
    return allocate_large(bytes, most > sizeof(LargeBlock) ? most - sizeof(LargeBlock) : 0);
}

void* PageHeap::allocate_large(std::size_t bytes, std::size_t most) {
    if (bytes > SIZE_MAX / 2) return nullptr;
    const std::size_t charged = large_footprint(bytes);
    if (!large_.reserve(large_.size() + 1)) return nullptr;
    const std::size_t resident = blocks_.resident_pages();
    auto* block = static_cast<LargeBlock*>(
        blocks_.allocate(bytes + sizeof(LargeBlock), most > bytes ? most + sizeof(LargeBlock) : 0));
    if (!block) return nullptr;
    // (What is written to larger ones is charged by its bytes, in slices.)
    if (const std::size_t now = blocks_.resident_pages(); now > resident) note_fresh_pages(now - resident);
    allocated += charged;
    if (allocated >= gc_threshold) gc_due = true;
    *block = {bytes,       static_cast<std::uint32_t>(large_.size()),
              epoch_,      sweeping_ || births_marked_ ? cycle_ : 0,
              kLargeMagic, 0};
    (void)large_.push_back(block);  // there is room
    return block + 1;
}

void* PageHeap::grow_large(void* payload, std::size_t bytes, std::size_t most) {
    if (bytes > SIZE_MAX / 2) return nullptr;
    LargeBlock* block = large_of(payload);
    const std::size_t more = large_footprint(bytes) - large_footprint(block->bytes);
    block = static_cast<LargeBlock*>(
        blocks_.grow(block, block->bytes + sizeof(LargeBlock), bytes + sizeof(LargeBlock), most + sizeof(LargeBlock)));
    if (!block) return nullptr;
    allocated += more;
    if (allocated >= gc_threshold) gc_due = true;
    block->bytes = bytes;
    large_[block->index] = block;
    return block + 1;
}

void PageHeap::free_large(std::uint32_t index, bool later) {
    LargeBlock* block = large_[index];
    large_[index] = large_.back();
    large_[index]->index = index;
    large_.pop_back();
    if constexpr (kFillsFreed) {
        // What is larger may have been returned to the system already.
        if (block->bytes <= kEmptiedInSteps) poison_freed(block + 1, block->bytes / 8 * 8);
    }
    const std::size_t bytes = block->bytes + sizeof(LargeBlock);
    later ? blocks_.release_later(block, bytes) : blocks_.release(block, bytes);
}

bool PageHeap::born_in_innermost(const void* large_block) const {
    const LargeBlock* block = large_of(large_block);
    return depth_ != 0 && block->index >= large_old_ && block->epoch >= scope_epoch_;
}

bool PageHeap::born_in_outermost(const void* block, std::size_t bytes) const {
    if (depth_ == 0 || bytes == 0) return false;
    if (bytes > kMaxSmallPayload) return large_of(block)->index >= large_old_;
    const std::uint32_t position = space_.position_of(block);
    const PageMeta& m = meta_[position >> kPageShift];
    if (!claimed_in_scope(m)) return false;
    const unsigned i = slot_index(m, position);
    return !(m.old[i >> 6] >> (i & 63) & 1);
}

void PageHeap::release_payload(void* block, std::size_t bytes) {
    if (!releases(block, bytes)) return;
    if (bytes > kMaxSmallPayload) {
        allocated -= large_footprint(large_of(block)->bytes);
        free_large(large_of(block)->index);
        return;
    }
    const std::uint32_t position = space_.position_of(block);
    const std::uint32_t page = position >> kPageShift;
    PageMeta& m = meta_[page];
    const unsigned i = slot_index(m, position);
    m.alloc[i >> 6] &= ~(1ull << (i & 63));
    m.mark[i >> 6] &= ~(1ull << (i & 63));
    poison_blocks(page, i >> 6, 1ull << (i & 63));
    const std::uint32_t stride = class_stride(m.cls);
    budget_.unuse(stride);
    allocated -= stride;
    if (!m.listed && caches_[m.cls].page != page) list_page(page);
}

// --- Scopes ---------------------------------------------------------------------------------------------------------

PageHeap::ScopeMark PageHeap::open_scope() {
    flush_caches();
    ++epoch_;
    if (depth_ == 0) {
        abandon_cycle();
        outermost_epoch_ = epoch_;
        large_old_ = large_.size();
    }
    ++depth_;
    scope_epoch_ = epoch_;
    return {claims_.size(), epoch_};
}

void PageHeap::keep_scope(const ScopeMark& mark, std::uint32_t outer_epoch) {
    --depth_;
    ++epoch_;
    scope_epoch_ = outer_epoch;
    if (depth_ != 0) {
        if (claims_.size() - mark.claims <= kFewClaims) hand_over_claims(mark.claims, outer_epoch);
    } else {
        blocks_.release_doomed();
        abandon_cycle();
        claims_.clear();
        claims_.shrink();
        outermost_epoch_ = 0;
        large_old_ = 0;
    }
}

void PageHeap::hand_over_claims(std::size_t first, std::uint32_t outer_epoch) {
    std::size_t kept = first;
    for (std::size_t i = first; i < claims_.size(); ++i) {
        const Claim claim = claims_[i];
        PageMeta& m = meta_[claim.page];
        if (claim.previous_epoch < outer_epoch) {
            claims_[kept++] = claim;
            m.claim = static_cast<std::uint32_t>(kept);
        } else if (claim.previous_claim <= first) {  // else the one before it has been dealt with
            m.claim = claim.previous_claim;
        }
    }
    claims_.truncate(kept);
    if (sweeping_) sweep_cursor_ = std::min(sweep_cursor_, first);  // what has moved down is not passed over
}

void PageHeap::undo_scope(const ScopeMark& mark, std::uint32_t outer_epoch) {
    if (depth_ == 1) abandon_cycle();
    (void)undo_some(mark, static_cast<std::size_t>(-1));
    --depth_;
    if (depth_ == 0) blocks_.release_doomed();
    ++epoch_;
    scope_epoch_ = outer_epoch;
    if (depth_ == 0) {
        outermost_epoch_ = 0;
        large_old_ = 0;
    }
}

bool PageHeap::undo_some(const ScopeMark& mark, std::size_t pages) {
    flush_caches();
    const std::size_t used = budget_.used();
    Run run;
    std::size_t n = claims_.size();
    for (; n > mark.claims && pages > 0; --pages) {
        const Claim& claim = claims_[--n];
        PageMeta& m = meta_[claim.page];
        if (m.cls < kClassCount) undo_claim(claim.page, claim.words, n - mark.claims < kKeptPages, run);
        m.claim_epoch = claim.previous_epoch;
        m.claim = claim.previous_claim;
    }
    discard(run);
    claims_.truncate(n);
    claims_.shrink();
    // Its blocks are not in a row, as the last one takes the place of one that is freed.
    std::size_t& i = undo_.cursor;
    if (undo_.epoch != mark.epoch || undo_.size != large_.size()) i = large_.size();
    while (i > large_old_ && pages > 0) {
        std::size_t done = 1;
        if (const LargeBlock& block = *large_[--i]; block.epoch >= mark.epoch) {
            // Its pages may be returned to the system.
            done += std::min(block.bytes, BlockSpace::kApart) / (2 * kPageBytes);
            free_large(static_cast<std::uint32_t>(i), depth_ > 1);
        }
        pages -= std::min(pages, done);
    }
    undo_.epoch = mark.epoch;
    undo_.size = large_.size();
    allocated -= used - budget_.used();
    return n == mark.claims && i == large_old_;
}

bool PageHeap::outlive_undo(void* large_block, const ScopeMark& mark) {
    LargeBlock* block = large_of(large_block);
    if (block->epoch < mark.epoch) return false;
    block->epoch = mark.epoch - 1;
    return true;
}

void PageHeap::undo_claim(std::uint32_t page, const std::uint64_t (&words)[4], bool keep, Run& run) {
    PageMeta& m = meta_[page];
    const bool object = m.cls < kObjectClasses;
    const std::uint16_t stride = class_stride(m.cls);
    const bool was_empty = (words[0] | words[1] | words[2] | words[3]) == 0;
    // A kept page of objects is cleared slot by slot: so each slot uses up a generation only when it was in use.
    if (was_empty && !(keep && object) &&
        m.max_generation + 1 + kGenerationReserve <= word::kMaxGeneration) {  // PH8; so none is retired
        std::size_t live = 0;
        for (unsigned w = 0; w < 4; ++w) {
            live += static_cast<std::size_t>(std::popcount(m.alloc[w]));
            m.alloc[w] = m.mark[w] = 0;
        }
        budget_.unuse(live * stride);
        if (object) ++m.max_generation;
        poison_page(page);
        if (!keep) {
            unlist_page(page);
            chill_page(page, run);
        } else {
            release_page(page);
        }
        return;
    }
    for (unsigned w = 0; w < 4; ++w) {
        const std::uint64_t dead = m.alloc[w] & ~words[w];
        if (dead == 0) continue;
        m.mark[w] &= ~dead;  // a cycle may go on, and must find whoever comes next unmarked
        if (object) {
            m.alloc[w] &= ~kill(page, w, dead);
        } else {
            m.alloc[w] &= ~dead;
            poison_blocks(page, w, dead);
            budget_.unuse(static_cast<std::size_t>(std::popcount(dead)) * stride);
        }
    }
    if (object && m.retired == m.slots) {
        retire_page(page);
    } else {
        list_page(page);
    }
}

// --- Collector ------------------------------------------------------------------------------------------------------

void PageHeap::begin_marking() {
    sweeping_ = births_marked_ = false;
    next_cycle();
}

void PageHeap::next_cycle() {
    if (++cycle_ != 0) return;
    for (std::uint32_t page = 1; page < next_page_; ++page) meta_[page].mark_cycle = meta_[page].sweep_cycle = 0;
    for (LargeBlock* block : large_) block->mark_cycle = 0;
    cycle_ = 1;
}

bool PageHeap::is_marked(std::uint32_t position) const {
    const PageMeta& m = meta_[position >> kPageShift];
    const unsigned i = slot_index(m, position);
    const std::uint64_t bit = 1ull << (i & 63);
    if (depth_ != 0 && (!claimed_in_scope(m) || (m.old[i >> 6] & bit))) return true;
    return m.mark_cycle == cycle_ && (m.mark[i >> 6] & bit);
}

void PageHeap::mark_payload(const void* block, std::size_t bytes) {
    if (bytes == 0) return;
    if (bytes > kMaxSmallPayload) {
        large_of(block)->mark_cycle = cycle_;
        return;
    }
    (void)mark(space_.position_of(block));
}

void PageHeap::begin_finish() {
    flush_caches();  // so that nothing is born in a word that was claimed before
    births_marked_ = true;
}

void PageHeap::begin_sweep() {
    flush_caches();
    births_marked_ = false;
    sweeping_ = true;
    sweep_cursor_ = depth_ != 0 ? 0 : 1;
    sweep_end_ = depth_ != 0 ? claims_.size() : next_page_;
    sweep_large_cursor_ = large_.size();
    emptied_ = 0;
}

bool PageHeap::is_dying(std::uint32_t position) const {
    if (births_marked_) return !is_marked(position);
    if (!sweeping_) return false;
    const PageMeta& m = meta_[position >> kPageShift];
    return m.sweep_cycle != cycle_ && !is_marked(position);
}

std::uint64_t PageHeap::kill(std::uint32_t page, unsigned w, std::uint64_t dead) {
    PageMeta& m = meta_[page];
    const std::uint16_t stride = class_stride(m.cls);
    char* start = space_.page(page) + static_cast<std::size_t>(w) * 64 * stride;
    std::uint64_t reusable = dead;
    std::uint32_t max_generation = m.max_generation;
    for (std::uint64_t rest = dead; rest != 0; rest &= rest - 1) {
        const auto i = static_cast<unsigned>(std::countr_zero(rest));
        auto* words = reinterpret_cast<std::uint64_t*>(start + static_cast<std::size_t>(i) * stride);
        const std::uint64_t self = words[0];
        if (self >> word::kTagShift == 0) {  // retired earlier: stays in use forever (H3)
            reusable &= ~(1ull << i);
            continue;
        }
        const std::uint32_t generation = generation_of(self);
        max_generation = std::max(max_generation, generation);
        words[0] = (self ^ generation_mask_) & word::kDeadMask;
        words[1] = 0;
        poison_freed(words + 2, stride - 2 * sizeof *words);
        budget_.unuse(stride);
        if (generation == word::kMaxGeneration) {
            reusable &= ~(1ull << i);
            ++m.retired;
        }
    }
    m.max_generation = static_cast<std::uint16_t>(max_generation);
    return reusable;
}

void PageHeap::release_page(std::uint32_t page) {
    PageMeta& m = meta_[page];
    if (m.max_generation + kGenerationReserve > word::kMaxGeneration) {
        retire_page(page);
        return;
    }
    unlist_page(page);
    push(pools_[m.max_generation == 0 ? kObjectClasses : pool_of_stride(m.slots)], page);
    ++pooled_;
    m.cls = PageMeta::kFree;
}

void PageHeap::retire_page(std::uint32_t page) {
    unlist_page(page);
    meta_[page].cls = PageMeta::kRetired;
    discard_pages(page, 1);
    if constexpr (AddressSpace::kDiscards) {
        budget_.release_idle(kPageBytes);
    } else {  // idle bytes count as available, and these are not
        budget_.retire_idle(kPageBytes);
        ++unusable_pages_;
    }
}

void PageHeap::sweep_page(std::uint32_t page) {
    PageMeta& m = meta_[page];
    if (m.sweep_cycle == cycle_) return;
    m.sweep_cycle = cycle_;
    if (m.cls == PageMeta::kFree || m.cls == PageMeta::kRetired) return;
    if (m.mark_cycle != cycle_) {
        m.mark_cycle = cycle_;
        std::memset(m.mark, 0, sizeof m.mark);
    }
    const bool object = m.cls < kObjectClasses;
    std::uint64_t left = 0;
    std::uint64_t free = 0;
    for (unsigned w = 0; w < 4; ++w) {
        std::uint64_t keep = m.mark[w];
        if (depth_ != 0) keep |= m.old[w];
        const std::uint64_t dead = m.alloc[w] & ~keep;
        if (dead != 0) {
            if (object) {
                m.alloc[w] &= ~kill(page, w, dead);
            } else {
                m.alloc[w] &= ~dead;
                poison_blocks(page, w, dead);
                budget_.unuse(static_cast<std::size_t>(std::popcount(dead)) * class_stride(m.cls));
            }
            if (depth_ != 0) {  // PH7
                for (std::uint32_t c = m.claim; c != 0; c = claims_[c - 1].previous_claim)
                    claims_[c - 1].words[w] &= ~dead;
            }
        }
        left |= m.alloc[w];
        free |= ~m.alloc[w] & valid_bits(m, w);
    }
    if (object && m.retired == m.slots) {
        retire_page(page);
        return;
    }
    if (left == 0 && depth_ <= 1) {
        // A page with a claim may go back only if it was empty when the scope began: its claim then says "nothing".
        const bool was_empty = (m.old[0] | m.old[1] | m.old[2] | m.old[3]) == 0;
        if ((depth_ == 0 || was_empty) && caches_[m.cls].page != page) {
            release_page(page);
            return;
        }
    }
    if (free != 0 && caches_[m.cls].page != page) list_page(page);
}

bool PageHeap::sweep(std::size_t pages) {
    if (!sweeping_) return true;
    const bool scoped = depth_ != 0;
    for (; pages > 0; --pages) {
        const std::size_t end = scoped ? std::min(sweep_end_, claims_.size()) : sweep_end_;
        if (sweep_cursor_ >= end) break;
        sweep_page(scoped ? claims_[sweep_cursor_].page : static_cast<std::uint32_t>(sweep_cursor_));
        ++sweep_cursor_;
    }
    if (pages > 0) {
        sweep_large_cursor_ = std::min(sweep_large_cursor_, large_.size());
        while (pages > 0 && sweep_large_cursor_ > large_old_) {
            LargeBlock* block = large_[sweep_large_cursor_ - 1];
            if (block->mark_cycle != cycle_) {
                if (!empty_large(*block, pages)) return false;
                free_large(block->index);
            } else {
                --pages;
            }
            --sweep_large_cursor_;
        }
        if (pages > 0) {
            sweeping_ = false;
            return true;
        }
    }
    return false;
}

bool PageHeap::empty_large(LargeBlock& block, std::size_t& work) {
    constexpr std::size_t kUnitBytes = 8192;  // to release takes about as long as to sweep a page
    const std::size_t total = block.bytes + sizeof(LargeBlock);
    if (total > kEmptiedInSteps) {
        // Its payload, from the front. The block stays an allocated one until free() takes what is left.
        char* payload = reinterpret_cast<char*>(&block + 1);
        while (emptied_ < block.bytes) {
            if (work == 0) return false;
            const std::size_t bytes = std::min(block.bytes - emptied_, 8 * kUnitBytes);
            discard_slice(payload, emptied_, emptied_ + bytes);
            poison(payload + emptied_, bytes);
            emptied_ += bytes;
            work -= std::min(work, bytes / kUnitBytes + 1);
        }
        emptied_ = 0;
    }
    work -= std::min(work, total > kEmptiedInSteps ? 1 : 1 + total / kUnitBytes);
    return true;
}

void PageHeap::abandon_cycle() {
    sweeping_ = births_marked_ = false;
    next_cycle();
}

void PageHeap::restart_epochs() {
    for (std::uint32_t page = 1; page < next_page_; ++page) meta_[page].claim_epoch = 0;
    for (LargeBlock* block : large_) block->epoch = 0;
    epoch_ = 1;
}

bool PageHeap::names_live_slot(std::uint32_t position) const {
    const std::uint32_t page = position >> kPageShift;
    if (page == 0 || page >= next_page_) return false;
    const PageMeta& m = meta_[page];
    if (m.cls >= kObjectClasses) return false;
    const unsigned i = slot_index(m, position);
    if (i >= m.slots || i * (class_stride(m.cls) / 8u) != (position & (kPageUnits - 1))) return false;
    return m.alloc[i >> 6] >> (i & 63) & 1;
}

}  // namespace arenite

#include "arena/block_space.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "arena/poison.h"

namespace arenite {

namespace {
constexpr bool kUsesMalloc = kPoisons;  // BS6
}  // namespace

BlockSpace::BlockSpace(ByteBudget& budget) : budget_(budget), page_(system_page_bytes()), areas_(budget) {}

BlockSpace::~BlockSpace() {
    release_doomed();
    for (const Area& a : areas_) unreserve_memory(a.range);
    budget_.release_idle(idle());
}

// --- Free blocks ----------------------------------------------------------------------------------------------------

unsigned BlockSpace::class_of(std::uint32_t units) {
    if (units < 8) return units;
    const auto log = static_cast<unsigned>(std::bit_width(units)) - 1;
    return (log - 3) * 8 + 8 + ((units >> (log - 3)) & 7);
}

BlockSpace::Head* BlockSpace::behind(Head* h) const {
    char* next = at(h) + std::size_t{h->units} * kUnit;
    return next == areas_[h->area].range.start + kAreaBytes ? nullptr : reinterpret_cast<Head*>(next);
}

BlockSpace::Head* BlockSpace::before(Head* h) {
    return h->previous == 0 ? nullptr : reinterpret_cast<Head*>(at(h) - std::size_t{h->previous} * kUnit);
}

BlockSpace::FreeHead* BlockSpace::find(std::uint32_t units) const {
    constexpr unsigned kMaxProbes = 4;
    const unsigned cls = class_of(units);
    unsigned probes = kMaxProbes;
    for (FreeHead* h = lists_[cls]; h && probes > 0; h = h->next, --probes) {
        if (h->units >= units) return h;
    }
    for (unsigned c = cls + 1, w = c / 64; w < kClasses / 64; ++w) {
        const std::uint64_t lists = filled_[w] & (w == c / 64 ? ~std::uint64_t{0} << (c % 64) : ~std::uint64_t{0});
        if (lists != 0) return lists_[w * 64 + static_cast<unsigned>(std::countr_zero(lists))];
    }
    return nullptr;
}

/// Makes [h, h + units) a free block; its neighbours are not free, and the page of its head is resident.
void BlockSpace::put(Head* head, std::uint32_t units) {
    auto* h = static_cast<FreeHead*>(head);
    h->units = units;
    h->free = 1;
    if (Head* next = behind(h)) next->previous = units;
    FreeHead*& list = lists_[class_of(units)];
    h->next = list;
    h->before = nullptr;
    if (list) list->before = h;
    list = h;
    filled_[class_of(units) / 64] |= std::uint64_t{1} << (class_of(units) % 64);
    const Pages within = pages_of(h->area, at(h) + kUnit, at(h) + std::size_t{units} * kUnit, false);
    h->dirty_pages = static_cast<std::uint32_t>(resident_in(h->area, within));
    if (h->dirty_pages == 0) return;
    dirty_pages_ += h->dirty_pages;
    h->next_dirty = dirty_;
    h->before_dirty = nullptr;
    if (dirty_) dirty_->before_dirty = h;
    dirty_ = h;
}

/// Takes it out of the list of dirty ones.
void BlockSpace::clean(FreeHead* h) {
    if (h->dirty_pages == 0) return;
    dirty_pages_ -= h->dirty_pages;
    h->dirty_pages = 0;
    if (h->next_dirty) h->next_dirty->before_dirty = h->before_dirty;
    (h->before_dirty ? h->before_dirty->next_dirty : dirty_) = h->next_dirty;
}

void BlockSpace::take(FreeHead* h) {
    clean(h);
    const unsigned cls = class_of(h->units);
    if (h->next) h->next->before = h->before;
    (h->before ? h->before->next : lists_[cls]) = h->next;
    if (!lists_[cls]) filled_[cls / 64] &= ~(std::uint64_t{1} << (cls % 64));
    h->free = 0;
}

// --- Pages ----------------------------------------------------------------------------------------------------------

BlockSpace::Pages BlockSpace::pages_of(std::uint32_t area, const char* start, const char* end, bool touch) const {
    const char* base = areas_[area].range.start;
    const auto from = static_cast<std::size_t>(start - base);
    const auto to = static_cast<std::size_t>(end - base);
    const std::size_t first = touch ? from / page_ : (from + page_ - 1) / page_;
    const std::size_t last = touch ? (to + page_ - 1) / page_ : to / page_;
    return {first, std::max(first, last)};
}

std::size_t BlockSpace::resident_in(std::uint32_t area, Pages pages) const {
    std::size_t n = 0;
    for (std::size_t p = pages.first; p < pages.last;) {
        const std::size_t count = std::min<std::size_t>(64 - p % 64, pages.last - p);
        const std::uint64_t bits = count == 64 ? ~std::uint64_t{0} : ((std::uint64_t{1} << count) - 1) << (p % 64);
        n += static_cast<std::size_t>(std::popcount(areas_[area].resident[p / 64] & bits));
        p += count;
    }
    return n;
}

void BlockSpace::set_resident(std::uint32_t area, Pages pages, bool on) {
    for (std::size_t p = pages.first; p < pages.last;) {
        const std::size_t count = std::min<std::size_t>(64 - p % 64, pages.last - p);
        const std::uint64_t bits = count == 64 ? ~std::uint64_t{0} : ((std::uint64_t{1} << count) - 1) << (p % 64);
        std::uint64_t& word = areas_[area].resident[p / 64];
        word = on ? word | bits : word & ~bits;
        p += count;
    }
}

bool BlockSpace::make_resident(std::uint32_t area, const char* start, const char* end, std::size_t used) {
    const Pages pages = pages_of(area, start, end, true);
    const std::size_t more = pages.last - pages.first - resident_in(area, pages);
    if (more != 0 && !budget_.charge_idle(more * page_)) return false;
    if (used != 0 && !budget_.use(used)) {
        budget_.release_idle(more * page_);
        return false;
    }
    set_resident(area, pages, true);
    resident_ += more;
    used_ += used;
    return true;
}

/// Gives the pages of a dirty block back (BS3).
void BlockSpace::give_back(FreeHead* h) {
    const std::uint32_t area = h->area;
    const std::size_t pages = h->dirty_pages;
    const Pages within = pages_of(area, at(h) + kUnit, at(h) + std::size_t{h->units} * kUnit, false);
    clean(h);
    if (!clear_memory(areas_[area].range.start + within.first * page_, (within.last - within.first) * page_)) return;
    set_resident(area, within, false);
    resident_ -= pages;
    budget_.release_idle(pages * page_);
}

void BlockSpace::trim(std::size_t keep) {
    if (keep == 0) release_doomed();
    while (dirty_ && dirty_pages_ * page_ > keep) give_back(dirty_);
}

// --- Areas ----------------------------------------------------------------------------------------------------------

BlockSpace::FreeHead* BlockSpace::add_area() {
    std::uint32_t i = 0;
    while (i < areas_.size() && areas_[i].range.start) ++i;
    if (i == areas_.size() && !areas_.push_back({})) return nullptr;
    const Reservation range = reserve_memory(kAreaBytes);
    if (!range.start) return nullptr;
    areas_[i] = {range, {}};
    auto* head = reinterpret_cast<FreeHead*>(range.start);
    if (!make_resident(i, range.start, range.start + kUnit, 0)) {
        unreserve_memory(range);
        areas_[i] = {};
        return nullptr;
    }
    ++mapped_;
    ++empty_;
    *head = {};
    head->area = i;
    head->units = kAreaUnits;
    put(head, kAreaUnits);
    return head;
}

void BlockSpace::drop_area(FreeHead* all) {
    const std::uint32_t area = all->area;
    take(all);
    const std::size_t pages = resident_in(area, {0, kAreaBytes / page_});
    unreserve_memory(areas_[area].range);
    areas_[area] = {};
    --mapped_;
    --empty_;
    resident_ -= pages;
    budget_.release_idle(pages * page_);
}

// --- Blocks ---------------------------------------------------------------------------------------------------------

void* BlockSpace::allocate_apart(std::size_t bytes, std::size_t most) {
    const std::size_t charged = footprint(bytes);
    if (!budget_.charge(charged)) return nullptr;
    Reservation range;
    if (most > bytes) range = reserve_memory(footprint(most));
    if (!range.start) range = reserve_memory(charged);
    if (!range.start) {
        budget_.release(charged);
        return nullptr;
    }
    reinterpret_cast<ApartHead*>(range.start)->reserved = range.bytes;
    return range.start + kHeadBytes;
}

void* BlockSpace::allocate(std::size_t bytes, std::size_t most) {
    if (bytes > SIZE_MAX / 2) return nullptr;
    const std::size_t charged = footprint(bytes);
    if constexpr (kUsesMalloc) {
        if (!budget_.charge(charged)) return nullptr;
        void* block = std::malloc(bytes);
        if (!block) budget_.release(charged);
        return block;
    }
    if (bytes + kHeadBytes >= kApart) return allocate_apart(bytes, most);
    const auto units = static_cast<std::uint32_t>(charged / kUnit);
    FreeHead* h = find(units);
    if (!h && !(h = add_area())) return nullptr;
    clean(h);  // if memory is short, what can be released is: not these pages now
    const std::uint32_t all = h->units;
    const std::uint32_t area = h->area;
    const std::size_t touched = charged + (all > units ? kUnit : 0);  // what is left over has its head there
    if (!make_resident(area, at(h), at(h) + touched, charged)) {
        take(h);
        put(h, all);
        return nullptr;
    }
    if (all == kAreaUnits) --empty_;
    take(h);
    h->units = units;
    if (all > units) {
        Head* rest = behind(h);
        rest->previous = units;
        rest->area = area;
        put(rest, all - units);
    }
    return at(h) + kHeadBytes;
}

void BlockSpace::release(void* block, std::size_t bytes) {
    const std::size_t charged = footprint(bytes);
    if constexpr (kUsesMalloc) {
        budget_.release(charged);
        std::free(block);
        return;
    }
    Head* h = head_of(block);
    if (bytes + kHeadBytes >= kApart) {
        budget_.release(charged);
        unreserve_memory({at(h), apart_of(block)->reserved});
        return;
    }
    budget_.unuse(charged);
    used_ -= charged;
    std::uint32_t units = h->units;
    if (Head* next = behind(h); next && next->free) {
        units += next->units;
        take(static_cast<FreeHead*>(next));
    }
    if (Head* front = before(h); front && front->free) {
        units += front->units;
        take(static_cast<FreeHead*>(front));
        h = front;
    }
    put(h, units);
    if (units == kAreaUnits) {
        ++empty_;
        if (empty_ > 1) drop_area(static_cast<FreeHead*>(h));
    }
    const std::size_t most = std::max(kMostKept, used_ / 2);
    trim(most);  // about as much as came free now, so that it is no long work
}

void BlockSpace::release_later(void* block, std::size_t bytes) {
    if (kUsesMalloc || bytes + kHeadBytes < kApart) return release(block, bytes);
    const std::size_t charged = footprint(bytes);
    budget_.unuse(charged);
    doomed_bytes_ += charged;
    ApartHead* h = apart_of(block);
    h->charged = charged;
    h->next = doomed_;
    doomed_ = h;
}

void BlockSpace::release_some() {
    ApartHead* const h = doomed_;
    if (!h) return;
    Reservation range{reinterpret_cast<char*>(h), h->reserved};
    const std::size_t piece = std::min(h->charged, kPiece / page_ * page_);
    if (piece == h->charged) {
        doomed_ = h->next;
        unreserve_memory(range);
    } else {
        h->charged -= piece;
        h->reserved = h->charged;
        shrink_memory(range, h->charged);
    }
    doomed_bytes_ -= piece;
    budget_.release_idle(piece);
}

void BlockSpace::release_doomed() {
    while (doomed_) {
        ApartHead* const h = doomed_;
        doomed_ = h->next;
        doomed_bytes_ -= h->charged;
        budget_.release_idle(h->charged);
        unreserve_memory({reinterpret_cast<char*>(h), h->reserved});
    }
}

std::size_t BlockSpace::reserved_of(const void* block, std::size_t bytes) const {
    if (kUsesMalloc || bytes + kHeadBytes < kApart) return 0;
    return apart_of(const_cast<void*>(block))->reserved - kHeadBytes;
}

void* BlockSpace::grow(void* block, std::size_t from, std::size_t to, std::size_t most) {
    if (to > SIZE_MAX / 2) return nullptr;
    if constexpr (!kUsesMalloc) {
        if (from + kHeadBytes >= kApart) {
            const std::size_t before = footprint(from);
            const std::size_t after = footprint(to);
            if (!budget_.charge(after - before)) return nullptr;
            ApartHead* const h = apart_of(block);
            if (after <= h->reserved) return block;
            Reservation range{reinterpret_cast<char*>(h), h->reserved};
            const bool extended = (most > to && extend_memory(range, footprint(most))) || extend_memory(range, after);
            if (!extended) {
                budget_.release(after - before);
                return nullptr;
            }
            reinterpret_cast<ApartHead*>(range.start)->reserved = range.bytes;
            return range.start + kHeadBytes;
        }
    }
    void* grown = allocate(to, most);
    if (!grown) return nullptr;
    std::memcpy(grown, block, from);
    release(block, from);
    return grown;
}

bool BlockSpace::verify() const {
    std::size_t resident = 0;
    std::size_t used = 0;
    std::size_t dirty = 0;
    std::size_t free_blocks = 0;
    for (std::uint32_t i = 0; i < areas_.size(); ++i) {
        if (!areas_[i].range.start) continue;
        resident += resident_in(i, {0, kAreaBytes / page_});
        std::uint32_t previous = 0;
        bool free_before = false;
        for (auto* h = reinterpret_cast<Head*>(areas_[i].range.start); h; h = behind(h)) {
            if (h->units == 0 || h->area != i || h->previous != previous || (h->free && free_before)) return false;
            const char* end = at(h) + (h->free ? kUnit : std::size_t{h->units} * kUnit);
            const Pages pages = pages_of(i, at(h), end, true);
            if (resident_in(i, pages) != pages.last - pages.first) return false;  // BS1
            if (h->free) {
                dirty += static_cast<FreeHead*>(h)->dirty_pages;
                ++free_blocks;
            } else {
                used += std::size_t{h->units} * kUnit;
            }
            previous = h->units;
            free_before = h->free != 0;
        }
    }
    for (unsigned c = 0; c < kClasses; ++c) {
        if ((lists_[c] != nullptr) != (filled_[c / 64] >> (c % 64) & 1)) return false;
        for (const FreeHead* h = lists_[c]; h; h = h->next, --free_blocks) {
            if (!h->free || class_of(h->units) != c) return false;
        }
    }
    return resident == resident_ && used == used_ && dirty == dirty_pages_ && free_blocks == 0;
}

}  // namespace arenite

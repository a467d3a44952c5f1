#include "arena/reservation_pool.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace arenite {

namespace {
/// Makes [start, start + used) zero; what is beyond the warm bytes is returned to the system. False: it is not zero.
bool clear(char* start, std::size_t used) {
    const std::size_t warm = std::min(used, ReservationPool::kWarmBytes);
    if (used > warm && !clear_memory(start + warm, used - warm)) return false;
    std::memset(start, 0, warm);
    return true;
}
}  // namespace

ReservationPool::~ReservationPool() {
    for (const Reservation& range : kept_) unreserve_memory(range);
}

std::shared_ptr<ReservationPool> ReservationPool::of_thread() noexcept {
    thread_local bool ended = false;  // of a type without destructor: it may be read as long as the thread lives
    struct Own {
        std::shared_ptr<ReservationPool> pool;
        ~Own() { ended = true; }
    };
    if (ended) return nullptr;
    thread_local Own own;
    if (!own.pool) {
        try {
            own.pool = std::make_shared<ReservationPool>(1);
        } catch (const std::bad_alloc&) {  // none, then
        }
    }
    return own.pool;
}

Reservation ReservationPool::take(std::size_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = kept_.size(); i-- > 0;) {  // the last one is the most likely to be in the processor's caches
        if (kept_[i].bytes != bytes) continue;
        const Reservation range = kept_[i];
        kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(i));
        return range;
    }
    return {};
}

void ReservationPool::give(Reservation range, std::size_t used, std::size_t side, std::size_t side_used) noexcept {
    if (size() < most_ && clear(range.start, used) && clear(range.start + side, side_used)) {
        const std::lock_guard lock(mutex_);
        if (kept_.size() < most_) {
            kept_.push_back(range);  // there is room since the beginning
            return;
        }
    }
    unreserve_memory(range);
}

std::size_t ReservationPool::size() const noexcept {
    const std::lock_guard lock(mutex_);
    return kept_.size();
}

}  // namespace arenite

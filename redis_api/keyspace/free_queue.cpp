#include "redis_api/keyspace/free_queue.h"

#include <limits>

#include "redis_api/free_blocks.h"

namespace arenite::redis {

void FreeQueue::add(Freeable& object) noexcept {
    if (object.queued_) return;
    object.queued_ = true;
    object.next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = &object;
    last_ = &object;
}

std::uint64_t FreeQueue::free_some(FreeAllowance units) noexcept {
    FreeAllowance left = units;
    while (first_ != nullptr && left > 0) {
        Freeable* const object = first_;
        const bool unused = object->references_ == 0;
        if (!object->free_some(unused, left)) break;
        --left;
        first_ = object->next_;
        if (first_ == nullptr) last_ = nullptr;
        object->queued_ = false;
        if (unused) delete object;
    }
    join_free_blocks();
    return static_cast<std::uint64_t>(units - left);
}

void FreeQueue::free_all() noexcept {
    while (!empty()) (void)free_some(std::numeric_limits<FreeAllowance>::max());
}

}  // namespace arenite::redis

#include "heap/thread_arrays.h"

#include <cstring>

namespace arenite {

namespace {
#if defined(ARENITE_STRESS)
constexpr bool kMovesAlways = true;  // so that a pointer that is kept over it is seen
#else
constexpr bool kMovesAlways = false;
#endif

/// A block of `to` bytes with the first `used` bytes of one of `from`, which is gone then. Null when memory is out: it is
/// as it was. `most` as PageHeap::grow_large.
void* grow_block(PageHeap& pages, void* block, std::size_t used, std::size_t from, std::size_t to, std::size_t most) {
    if (!kMovesAlways && from > kMaxSmallPayload && pages.releases(block, from))
        return pages.grow_large(block, to, most);
    void* grown = pages.allocate_payload(to);
    if (!grown) return nullptr;
    std::memcpy(grown, block, used);
    pages.release_payload(block, from);
    return grown;
}
}  // namespace

bool ThreadArrays::grow_stack(Heap& heap, Thread& t, std::uint32_t slots, std::size_t most) {
    const auto used = static_cast<std::size_t>(t.stack_limit - t.stack);
    const auto top = t.top - t.stack;
    const auto old = reinterpret_cast<std::uintptr_t>(t.stack);
    auto* stack =
        static_cast<Value*>(grow_block(heap.pages_, t.stack, used * sizeof(Value), t.stack_size * sizeof(Value),
                                       slots * sizeof(Value), most * sizeof(Value)));
    if (!stack) return false;
    t.stack = stack;
    t.stack_size = slots;
    t.stack_limit = stack + used;
    t.top = stack + top;
    if (const auto shift = reinterpret_cast<std::uintptr_t>(stack) - old; shift != 0) {
        for (Frame* f = t.frames; f <= t.frame; ++f) {
            f->base = reinterpret_cast<Value*>(reinterpret_cast<std::uintptr_t>(f->base) + shift);
        }
    }
    return true;
}

bool ThreadArrays::grow_frames(Heap& heap, Thread& t, std::uint32_t count) {
    const auto used = t.frame - t.frames;
    auto* frames =
        static_cast<Frame*>(grow_block(heap.pages_, t.frames, (static_cast<std::size_t>(used) + 1) * sizeof(Frame),
                                       t.frame_count * sizeof(Frame), count * sizeof(Frame), 0));
    if (!frames) return false;
    t.frames = frames;
    t.frame_count = count;
    t.frame = frames + used;
    t.frame_limit = frames + count;
    return true;
}

}  // namespace arenite

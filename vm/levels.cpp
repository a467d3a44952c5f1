#include "vm/levels.h"

#include <algorithm>

#include "vm/pending.h"

namespace arenite {

namespace {
/// The lowest frame that is a level.
const Frame* bottom(const Thread& t) {
    return t.frames[0].pc == pending::kHostEnd + 1 ? t.frames : t.frames + 1;
}

/// The slot that the function of a frame was called in.
const Value* call_slot(const Heap& heap, const Frame& f) {
    const Prototype* p = prototype_of(heap, f);
    return p && p->is_vararg() ? f.base - 2 - p->num_params() - f.count : f.base - 1;
}
}  // namespace

Level find_level(const Thread& t, std::int64_t level) {
    const Frame* from = t.frame;
    Level found;
    while (!find_level_step(t, from, level, static_cast<std::size_t>(-1), found)) {
    }
    return found;
}

bool find_level_step(const Thread& t, const Frame*& from, std::int64_t& level, std::size_t limit, Level& out) {
    for (; level >= 0 && from >= bottom(t); --from, --limit) {
        if (limit == 0) return false;
        if (from->kind() == FrameKind::Pending) continue;
        if (level == 0) {
            out = {Level::Active, from};
            return true;
        }
        --level;
        if (from->kind() == FrameKind::Lua) level -= from->tail_calls();
    }
    out = {level < 0 ? Level::TailCall : Level::OutOfRange};
    return true;
}

Level LevelWalk::at(std::int64_t level) {
    if (level < 0) return {Level::TailCall};
    for (; frame_ >= bottom(t_); --frame_) {
        if (frame_->kind() == FrameKind::Pending) continue;
        const std::int64_t tail_calls = frame_->kind() == FrameKind::Lua ? frame_->tail_calls() : 0;
        if (level == first_) return {Level::Active, frame_};
        if (level <= first_ + tail_calls) return {Level::TailCall};
        first_ += 1 + tail_calls;
    }
    return {};
}

std::size_t last_levels(const Thread& t, std::span<Level> out) {
    std::size_t n = 0;
    for (const Frame* f = bottom(t); f <= t.frame; ++f) {
        if (f->kind() == FrameKind::Pending) continue;
        std::uint32_t tail_calls = f->kind() == FrameKind::Lua ? f->tail_calls() : 0;
        for (; tail_calls > 0 && n < out.size(); --tail_calls) out[n++] = {Level::TailCall};
        if (n == out.size()) break;
        out[n++] = {Level::Active, f};
        if (n == out.size()) break;
    }
    return n;
}

std::int64_t count_levels(const Thread& t) {
    std::int64_t count = 0;
    for (const Frame* f = t.frame; f >= bottom(t); --f) {
        if (f->kind() == FrameKind::Pending) continue;
        count += 1 + (f->kind() == FrameKind::Lua ? f->tail_calls() : 0);
    }
    return count;
}

Value function_of(const Frame& f) {
    return f.kind() == FrameKind::Base ? Value::nil() : f.base[-1];
}

const Prototype* prototype_of(const Heap& heap, const Frame& f) {
    if (f.kind() != FrameKind::Lua) return nullptr;
    const Closure* c = heap.get<Closure>(f.base[-1]);
    return c ? heap.get(c->prototype()) : nullptr;
}

std::int64_t slot_count(const Heap& heap, const Thread& t, const Frame& f) {
    if (f.kind() == FrameKind::Base) return 0;
    const Prototype* p = prototype_of(heap, f);
    const Value* end = p ? f.base + p->max_stack() : f.base + f.count;
    const Frame* next = &f + 1;
    bool message_handler = false;  // which is called one slot higher than PUC does it
    for (; next <= t.frame && next->kind() == FrameKind::Pending; ++next) {
        message_handler = message_handler || next->pc == pending::kHandler + 1;
    }
    if (next <= t.frame) {
        const Value* called = call_slot(heap, *next) - (message_handler ? 1 : 0);
        end = p ? called : std::min(end, called);  // a native's own slots are not shown
    } else if (!p && t.status == ThreadStatus::Suspended) {
        end = f.base;  // the arguments of a yield are gone to who resumed
    } else {
        end = std::min<const Value*>(end, t.top);
    }
    return std::max<std::int64_t>(end - f.base, 0);
}

}  // namespace arenite

#include "redis_api/script_position.h"

#include "heap/thread.h"
#include "vm/lib/lib.h"
#include "vm/machine.h"

namespace arenite::redis {
namespace {

ScriptPosition position_of(const Machine& machine, const Frame* frame) {
    if (frame->kind() != FrameKind::Lua) return {"=[C]", -1, true};
    const Heap& heap = machine.heap();
    const Closure* closure = heap.get<Closure>(frame->base[-1]);
    const Prototype* prototype = closure ? heap.get(closure->prototype()) : nullptr;
    if (!prototype) return {"=?", -1, false};
    return {heap.string(prototype->source()), std::int64_t{machine.current_line(frame)}, false};
}

}  // namespace

std::optional<ScriptPosition> position_at(const Machine& machine, std::uint32_t level) {
    const Thread* thread = machine.heap().get<Thread>(lib::running_thread(machine));
    if (!thread) return std::nullopt;
    for (const Frame* frame = thread->frame; frame > thread->frames; --frame) {
        if (frame->kind() == FrameKind::Pending) continue;
        if (level == 0) return position_of(machine, frame);
        --level;
        if (frame->kind() != FrameKind::Lua) continue;
        if (level < frame->tail_calls()) return ScriptPosition{"=(tail call)", -1, false};
        level -= frame->tail_calls();
    }
    return std::nullopt;
}

std::optional<ScriptPosition> lua_position(const Machine& machine) {
    for (std::uint32_t level = 0;; ++level) {
        const auto position = position_at(machine, level);
        if (!position || position->line >= 0) return position;
    }
}

}  // namespace arenite::redis

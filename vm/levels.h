// Levels of a thread's stack, as lua_getstack of PUC Lua 5.1 counts them: 0 is the running function, 1 what called it,
// and so on. A tail call counts as a level of its own, of which nothing is known; so does every negative level. Pending
// operations are no levels. At the bottom of a main thread is a C function, which stands for the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "heap/thread.h"
#include "vm/machine.h"

namespace arenite {

struct Level {
    enum Kind : std::uint8_t { OutOfRange, TailCall, Active };
    Kind kind = OutOfRange;
    const Frame* frame = nullptr;  ///< of an Active level; the Base frame for the host
};

[[nodiscard]] Level find_level(const Thread& t, std::int64_t level);
/// The same, `limit` frames at a time: begins at frame `from` (at first t.frame) with `level` levels to go, which become
/// where it goes on. False: not found yet.
[[nodiscard]] bool find_level_step(const Thread& t, const Frame*& from, std::int64_t& level, std::size_t limit,
                                   Level& out);
/// The same for levels that are asked for in ascending order, in one walk.
class LevelWalk {
public:
    explicit LevelWalk(const Thread& t) : t_(t), frame_(t.frame) {}
    /// Begins at the frame of an active level.
    LevelWalk(const Thread& t, const Frame* frame, std::int64_t level) : t_(t), frame_(frame), first_(level) {}
    [[nodiscard]] Level at(std::int64_t level);

private:
    const Thread& t_;
    const Frame* frame_;
    std::int64_t first_ = 0;  ///< level of frame_
};
/// The last levels there are, the very last one first. Returns how many.
std::size_t last_levels(const Thread& t, std::span<Level> out);
/// How many levels from 0 on there are.
[[nodiscard]] std::int64_t count_levels(const Thread& t);

/// The function of a frame; nil for the host.
[[nodiscard]] Value function_of(const Frame& f);
/// The prototype of a Lua frame's function, null for other frames.
[[nodiscard]] const Prototype* prototype_of(const Heap& heap, const Frame& f);
/// How many slots from f.base on belong to an active frame: up to what it calls, or to its last argument or register.
[[nodiscard]] std::int64_t slot_count(const Heap& heap, const Thread& t, const Frame& f);

}  // namespace arenite

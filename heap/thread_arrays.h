// ThreadArrays: makes the arrays of a thread larger (heap/thread.h, TH1). They are payload blocks, which only the heap's own
// classes allocate and release.
#pragma once

#include <cstdint>

#include "heap/heap.h"

namespace arenite {

class ThreadArrays {
public:
    /// Gives `t` a stack of `slots` slots, with what is below its limit; the limit stays where it is. What points into the
    /// stack follows: top and the frames' bases. False when memory is out: nothing has changed. `most` is the largest number
    /// of slots there may ever be: a large stack has address space for these, as moving it is long work with many frames.
    [[nodiscard]] static bool grow_stack(Heap& heap, Thread& t, std::uint32_t slots, std::size_t most);
    /// The same for its frames, up to the current one, and with all of them free for use.
    [[nodiscard]] static bool grow_frames(Heap& heap, Thread& t, std::uint32_t count);
};

}  // namespace arenite

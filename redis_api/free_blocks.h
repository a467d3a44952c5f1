// What the allocator puts off when many small blocks are freed.
#pragma once

namespace arenite::redis {

/// To be called after each piece of some freed elements. glibc keeps small blocks that are freed in lists, and joins
/// all of them with their neighbours when a large block is asked for: 48 ms after 150,000 elements. This asks for one
/// at once.
void join_free_blocks() noexcept;

}  // namespace arenite::redis

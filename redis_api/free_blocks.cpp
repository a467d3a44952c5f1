#include "redis_api/free_blocks.h"

#include <cstddef>
#include <cstdlib>

namespace arenite::redis {

void join_free_blocks() noexcept {
    constexpr std::size_t kLargeBlock = 2048;
    void* volatile block = std::malloc(kLargeBlock);  // volatile, as the pair could be left out
    std::free(block);
}

}  // namespace arenite::redis

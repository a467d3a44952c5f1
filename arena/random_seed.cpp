#include "arena/random_seed.h"

#include <sys/random.h>

#include <random>

namespace arenite {

std::uint64_t random_seed() {
    // The system's own call takes a fifth (on a busy virtual machine a twentieth) of what the processor's instructions take,
    // which random_device prefers: 15 microseconds and more.
    std::uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof seed) && seed != 0) return seed;
    std::random_device device;
    return (std::uint64_t{device()} << 32 | device()) | 1;
}

}  // namespace arenite

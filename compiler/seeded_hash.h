// Hashes of what a compilation looks up by its text: seeded per process, so that a script cannot make its names or numbers
// collide.
#pragma once

#include <cstdint>

#include "arena/random_seed.h"

namespace arenite::compiler {

/// Drawn once per process.
inline std::uint64_t process_seed() {
    static const std::uint64_t seed = random_seed() | 1;
    return seed;
}

/// Multiply and fold, the mixing step of wyhash.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide wide = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(wide) ^ static_cast<std::uint64_t>(wide >> 64);
}

}  // namespace arenite::compiler

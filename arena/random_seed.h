// random_seed: a number that nobody can guess, to hash with or to start a generator from.
#pragma once

#include <cstdint>
#include <span>

namespace arenite {

/// Drawn from the system, never 0. Some microseconds; may throw what std::random_device does where the system has none to give.
[[nodiscard]] std::uint64_t random_seed();
/// Several at once, for the price of one.
void random_seeds(std::span<std::uint64_t> seeds);

}  // namespace arenite

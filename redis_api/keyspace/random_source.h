// A small pseudo-random generator for the choices of RANDOMKEY, SPOP, SRANDMEMBER and skip list
// levels (xorshift64*). Nothing secret depends on it.
#pragma once

#include <cstdint>

namespace arenite::redis {

class RandomSource {
public:
    explicit RandomSource(std::uint64_t seed) noexcept : state_(seed != 0 ? seed : 0x9e3779b97f4a7c15ULL) {}

    [[nodiscard]] std::uint64_t next() noexcept {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return state_ * 0x2545f4914f6cdd1dULL;
    }

    /// Uniform in [0, bound); bound > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept {
        const std::uint64_t unfair = -bound % bound;  // 2^64 mod bound
        std::uint64_t drawn = next();
        while (drawn < unfair) drawn = next();
        return drawn % bound;
    }

private:
    std::uint64_t state_;
};

}  // namespace arenite::redis

// The generator of math.random in scripts: lrand48 of POSIX, so that a script's numbers depend on its seed alone,
// on every machine (Redis rand.c).
#pragma once

#include <cstdint>

namespace arenite::redis {

class Lrand48 {
public:
    /// The next number in [0, 2^31).
    [[nodiscard]] std::int32_t next() {
        state_ = (state_ * 0x5DEE'CE66Du + 0xB) & 0xFFFF'FFFF'FFFFu;
        return static_cast<std::int32_t>(state_ >> 17);
    }

    void seed(std::int32_t seed) { state_ = std::uint64_t{static_cast<std::uint32_t>(seed)} << 16 | 0x330E; }

private:
    std::uint64_t state_ = 0x1234'ABCD'330E;
};

}  // namespace arenite::redis

// The numbers of math.random (Lua 5.1 §5.6): those of C's rand on Linux, which is what the reference gives there, so
// that a script with a seed, or with none, sees the same numbers. One sequence for each Vm.
//
// An additive feedback generator of 31 words, after the x[i] = x[i-3] + x[i-31] (mod 2^32) of the GNU C library's
// random_r.c, TYPE_3: the lowest bit of each word is dropped. The words start as a sequence of the multiplicative
// generator 16807 * x mod 2^31-1 from the seed, and the first 310 results are thrown away.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace arenite {

class RandomSequence {
public:
    /// Largest number that next() returns (RAND_MAX).
    static constexpr std::int32_t kMax = 2147483647;

    RandomSequence() { seed(1); }

    /// srand. Seed 0 is seed 1.
    void seed(std::uint32_t seed) {
        auto x = static_cast<std::int32_t>(seed == 0 ? 1 : seed);
        words_[0] = static_cast<std::uint32_t>(x);
        for (std::uint32_t i = 1; i < kWords; ++i) {
            std::int64_t product = std::int64_t{x} * 16807 % kMax;
            if (product < 0) product += kMax;
            x = static_cast<std::int32_t>(product);
            words_[i] = static_cast<std::uint32_t>(x);
        }
        oldest_ = kShort;
        for (std::uint32_t i = 0; i < 10 * kWords; ++i) (void)next();
    }

    /// rand: 0 to kMax.
    [[nodiscard]] std::int32_t next() {
        const std::uint32_t recent = oldest_ >= kShort ? oldest_ - kShort : oldest_ + kWords - kShort;
        const std::uint32_t sum = words_[oldest_] += words_[recent];
        oldest_ = oldest_ + 1 == kWords ? 0 : oldest_ + 1;
        return static_cast<std::int32_t>(sum >> 1);
    }

    /// The bytes to come back to by restore(), at any time in this program.
    [[nodiscard]] std::string_view state() const { return {reinterpret_cast<const char*>(this), sizeof *this}; }
    void restore(std::string_view state) {
        if (state.size() == sizeof *this) std::memcpy(static_cast<void*>(this), state.data(), sizeof *this);
        if (oldest_ >= kWords) oldest_ = 0;
    }

private:
    static constexpr std::uint32_t kWords = 31;
    static constexpr std::uint32_t kShort = 3;
    std::uint32_t words_[kWords];
    std::uint32_t oldest_ = 0;
};

static_assert(std::is_trivially_copyable_v<RandomSequence>);

}  // namespace arenite

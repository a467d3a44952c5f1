// KeyHash: the node of a table's hash part that a key belongs to. Which hash a table uses is decided here and nowhere else.
//
// Most keys are objects or short strings, which are equal exactly when their words are: they hash by position, in units of
// 8 bytes. What is made in a row lies side by side, 4 to 16 units apart, page by page, and is often used in that order.
//
// Invariants
//  KH1. A table of up to kSeedlessNodes nodes has seed 0: tables that are filled the same way have the same layout, so that
//       an instruction's hint fits all of them, and `next` goes the same way in each run. No chain in it is long.
//  KH2. A larger table has a seed of its own, made from the heap's secret one, its name and its earlier seeds, each time
//       it gets nodes: what another table, or the same one in another size, tells of its order is of no use to who
//       chooses keys.
//  KH3. Words: position times kStep, a number between 1/4 and 1/2 of which the windows of all sizes of tables are good (found
//       by search), so that keys made in a row lie in a row, and those at other strides evenly; the seed, xored in, decides
//       which stretches meet. As cheap as a hash without seed and locality: it is in the way of every field access.
//       Numbers: 64 integers that follow each other lie side by side. Which runs of them meet depends on the seed: the two
//       halves of a product of 128 bits hide it, where one half alone has differences that meet under every seed.
//  KH4. The mean number of probes is below 2 for keys at every stride of 4, 6, 8 and 16 units, at full load, in tables of
//       2^4 to 2^22 nodes (tests/heap/key_hash_test.cpp); that of keys thrown at random is 1.5.
#pragma once

#include <cstdint>

#include <arenite/value.h>

namespace arenite {

class KeyHash {
public:
    static constexpr std::uint32_t kSeedlessNodes = 32;

    constexpr explicit KeyHash(std::uint32_t seed) : seed_(seed) {}

    /// Of a key that is equal exactly when its word is: short string, boolean, object.
    [[nodiscard, gnu::always_inline]] constexpr std::uint32_t word(std::uint64_t bits) const {
        return static_cast<std::uint32_t>((static_cast<std::uint32_t>(bits) ^ seed_) * kStep >> 32);
    }
    /// Of a number that is a key; -0 is none.
    [[nodiscard, gnu::always_inline]] std::uint32_t number(Value key) const {
        const double d = key.as_number();
        if (const bool is_small = d > -2147483649.0 && d < 2147483648.0; __builtin_expect(is_small, 1)) {
            const auto i = static_cast<std::int32_t>(d);
            if (__builtin_expect(i == d, 1)) {
                const auto n = static_cast<std::uint32_t>(i);
                return (n & 63) ^ fold((n >> 6) ^ seed_);
            }
        }
        return fold(key.bits ^ (static_cast<std::uint64_t>(seed_) << 32 | seed_));
    }

    /// The seed of a table that gets `nodes` nodes: `secret` is that of the heap, `before` the seed it had.
    [[nodiscard]] static constexpr std::uint32_t seed(std::uint32_t nodes, std::uint64_t secret, std::uint64_t self,
                                                      std::uint32_t before) {
        if (nodes <= kSeedlessNodes) return 0;
        const std::uint64_t history = (static_cast<std::uint64_t>(nodes) << 32 | before) * 0xD6E8'FEB8'6659'FD93ull;
        const std::uint64_t mixed = secret ^ (self * 0xA24B'AED4'963E'E407ull) ^ history;
        return fold(fold(mixed) ^ (mixed >> 32) ^ (secret << 7)) | 1;
    }

private:
    static constexpr std::uint64_t kStep = 0x4C76'4EF5;  ///< of 2^32
    /// Both halves of a product, at the bits that matter.
    [[nodiscard, gnu::always_inline]] static constexpr std::uint32_t fold(std::uint64_t n) {
        const auto wide = static_cast<unsigned __int128>(n) * 0x9E37'79B9'7F4A'7C15ull;
        return static_cast<std::uint32_t>(wide >> 64) ^ static_cast<std::uint32_t>(wide >> 32);
    }

    std::uint32_t seed_;
};

}  // namespace arenite

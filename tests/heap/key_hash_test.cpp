// Tests of heap/key_hash.h: how evenly keys lie, and that nobody can choose keys that meet.
#include "heap/key_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "arena/address_space.h"

namespace arenite {
namespace {

/// Probes that finding each of the keys takes on average, when keys of one main position are one chain.
template <class Hash>
double mean_probes(std::uint32_t nodes, std::uint32_t keys, Hash hash) {
    std::vector<std::uint32_t> chains(nodes, 0);
    double probes = 0;
    for (std::uint32_t i = 0; i < keys; ++i) probes += ++chains[hash(i) & (nodes - 1)];
    return probes / keys;
}

/// Words of keys made in a row, `stride` units apart, page by page as the page heap has them.
std::uint64_t word_of(std::uint32_t i, std::uint32_t stride, std::uint32_t first_page) {
    const std::uint32_t each = kPageUnits / stride;
    return (std::uint64_t{0xFFF9'0000} << 32) + (first_page + i / each) * kPageUnits + i % each * stride;
}

TEST(KeyHash, KH4_KeysMadeInARowTakeFewProbes) {
    std::mt19937 random(11);
    for (const std::uint32_t stride : {4u, 6u, 8u, 16u}) {
        for (unsigned size = 4; size <= 22; ++size) {
            const std::uint32_t nodes = 1u << size;
            const unsigned tries = size <= 12 ? 50 : size <= 16 ? 10 : 2;
            double sum = 0;
            for (unsigned n = 0; n < tries; ++n) {
                const KeyHash hash(KeyHash::seed(nodes, random(), random(), 0));
                const std::uint32_t page = 1 + random() % 100'000;
                const double probes =
                    mean_probes(nodes, nodes, [&](std::uint32_t i) { return hash.word(word_of(i, stride, page)); });
                EXPECT_LT(probes, 2.5) << stride << " 2^" << size;
                sum += probes;
            }
            EXPECT_LT(sum / tries, 2) << stride << " 2^" << size;
        }
    }
}

TEST(KeyHash, KH4_NumbersInARowTakeFewProbes) {
    std::mt19937 random(12);
    for (unsigned shift = 0; shift <= 20; ++shift) {
        for (unsigned size = 4; size <= 20; size += 2) {
            const std::uint32_t nodes = 1u << size;
            double sum = 0;
            constexpr unsigned kTries = 8;
            for (unsigned n = 0; n < kTries; ++n) {
                const KeyHash hash(KeyHash::seed(nodes, random(), random(), 0));
                // Integers and, where they would be too large for these, doubles; then fractions.
                const double scale = n % 2 == 0 ? static_cast<double>(1u << shift) : 1.0 / (3u << shift);
                sum += mean_probes(nodes, nodes,
                                   [&](std::uint32_t i) { return hash.number(Value::number((i + 1) * scale)); });
            }
            EXPECT_LT(sum / kTries, 2) << shift << " 2^" << size;
        }
    }
}

TEST(KeyHash, KH1_SmallTablesHaveTheSameLayout) {
    for (const std::uint32_t nodes : {0u, 1u, 16u, KeyHash::kSeedlessNodes})
        EXPECT_EQ(KeyHash::seed(nodes, 7, 8, 9), 0u);
}

TEST(KeyHash, KH2_EachLargerTableHasASeedOfItsOwn) {
    std::vector<std::uint32_t> seeds;
    for (const std::uint32_t nodes : {64u, 128u, 1u << 20}) {
        for (const std::uint64_t secret : {1ull, 2ull, 0xFFFF'0000'0000'0000ull}) {
            for (const std::uint64_t self : {0x8000'0001ull, 0x8000'0009ull, 1ull << 40}) {
                for (const std::uint32_t before : {0u, 1u, 77u})
                    seeds.push_back(KeyHash::seed(nodes, secret, self, before));
            }
        }
    }
    std::sort(seeds.begin(), seeds.end());
    EXPECT_NE(seeds.front(), 0u);
    EXPECT_EQ(std::adjacent_find(seeds.begin(), seeds.end()), seeds.end());
}

// Whoever knows all of this but the seed chooses the keys that meet most under another seed: all the keys there are, sorted
// by their node there. Under the table's own they take hardly more probes than any others. So it is for words, integers
// and fractions.
template <class Hash>
double chosen(std::uint32_t nodes, std::uint32_t candidates, Hash hash, std::mt19937& random) {
    // In this order: that of arguments is the compiler's.
    const auto seed = [&] {
        const std::uint64_t secret = random();
        const std::uint64_t self = random();
        return KeyHash::seed(nodes, secret, self, 0);
    };
    const KeyHash known(seed());
    std::vector<std::uint32_t> all(candidates);
    std::iota(all.begin(), all.end(), 0);
    std::sort(all.begin(), all.end(), [&](std::uint32_t a, std::uint32_t b) {
        const std::uint32_t x = hash(known, a) & (nodes - 1);
        const std::uint32_t y = hash(known, b) & (nodes - 1);
        return x != y ? x < y : a < b;
    });
    double sum = 0;
    constexpr int kTries = 10;
    for (int n = 0; n < kTries; ++n) {
        const KeyHash own(seed());
        sum += mean_probes(nodes, nodes * 3 / 4, [&](std::uint32_t i) { return hash(own, all[i]); });
    }
    return sum / kTries;
}

TEST(KeyHash, KH3_WhatMeetsUnderOneSeedDoesNotUnderOthers) {
    std::mt19937 random(13);
    const auto words = [](KeyHash h, std::uint32_t i) { return h.word(word_of(i, 8, 1)); };
    const auto integers = [](KeyHash h, std::uint32_t i) { return h.number(Value::number(i * 64.0)); };
    const auto fractions = [](KeyHash h, std::uint32_t i) { return h.number(Value::number(i + 0.5)); };
    for (const std::uint32_t nodes : {1u << 11, 1u << 13}) {
        constexpr std::uint32_t kCandidates = 1u << 21;
        EXPECT_LT(chosen(nodes, kCandidates, words, random), 3.0) << nodes;
        EXPECT_LT(chosen(nodes, kCandidates, integers, random), 2.0) << nodes;
        EXPECT_LT(chosen(nodes, kCandidates, fractions, random), 2.0) << nodes;
    }
}

}  // namespace
}  // namespace arenite

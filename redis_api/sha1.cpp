#include "redis_api/sha1.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace arenite::redis {

namespace {

constexpr std::size_t kBlock = 64;  ///< bytes

/// FIPS 180-4, 6.1: what one block makes of the state.
void add_block(std::uint32_t (&state)[5], const unsigned char* block) {
    std::uint32_t w[80];
    for (unsigned i = 0; i < 16; ++i) {
        std::uint32_t word = 0;
        std::memcpy(&word, block + 4 * i, 4);
        w[i] = __builtin_bswap32(word);  // arena/target.h: little-endian
    }
    for (unsigned i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);

    std::uint32_t a = state[0];
    std::uint32_t b = state[1];
    std::uint32_t c = state[2];
    std::uint32_t d = state[3];
    std::uint32_t e = state[4];
    const auto round = [&](std::uint32_t f, std::uint32_t k, std::uint32_t word) {
        const std::uint32_t next = std::rotl(a, 5) + f + e + k + word;
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    };
    for (unsigned i = 0; i < 20; ++i) round((b & c) | (~b & d), 0x5A827999, w[i]);
    for (unsigned i = 20; i < 40; ++i) round(b ^ c ^ d, 0x6ED9EBA1, w[i]);
    for (unsigned i = 40; i < 60; ++i) round((b & c) | (b & d) | (c & d), 0x8F1BBCDC, w[i]);
    for (unsigned i = 60; i < 80; ++i) round(b ^ c ^ d, 0xCA62C1D6, w[i]);
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

}  // namespace

std::string sha1_hex(std::string_view bytes) {
    std::uint32_t state[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t left = bytes.size();
    for (; left >= kBlock; at += kBlock, left -= kBlock) add_block(state, at);

    // A one bit, zeros, and the number of bits in eight bytes, which may need one more block.
    unsigned char tail[2 * kBlock] = {};
    if (left != 0) std::memcpy(tail, at, left);
    tail[left] = 0x80;
    const std::size_t end = left + 9 <= kBlock ? kBlock : 2 * kBlock;
    const std::uint64_t bits = __builtin_bswap64(std::uint64_t{bytes.size()} * 8);
    std::memcpy(tail + end - sizeof bits, &bits, sizeof bits);
    for (std::size_t i = 0; i < end; i += kBlock) add_block(state, tail + i);

    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(40);
    for (const std::uint32_t word : state) {
        for (unsigned shift = 32; shift != 0;) hex += kDigits[word >> (shift -= 4) & 0xF];
    }
    return hex;
}

}  // namespace arenite::redis

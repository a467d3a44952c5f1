#include "redis_api/keyspace/sip_hash.h"

#include <bit>

#include "arena/random_seed.h"

namespace arenite::redis {
namespace {

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    void round() noexcept {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }

    void absorb(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        v0 ^= word;
    }
};

std::uint64_t load(const char* bytes, std::size_t count) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return word;
}

}  // namespace

HashKey HashKey::random() {
    return {random_seed(), random_seed()};
}

std::uint64_t sip_hash(const HashKey& key, std::string_view bytes) noexcept {
    SipState state{key.first ^ 0x736f6d6570736575ULL, key.second ^ 0x646f72616e646f6dULL,
                   key.first ^ 0x6c7967656e657261ULL, key.second ^ 0x7465646279746573ULL};
    const char* next = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, next += 8) state.absorb(load(next, 8));
    state.absorb(static_cast<std::uint64_t>(bytes.size()) << 56 | load(next, left));
    state.v2 ^= 0xff;
    state.round();
    state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace arenite::redis

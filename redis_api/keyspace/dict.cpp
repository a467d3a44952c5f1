#include "redis_api/keyspace/dict.h"

namespace arenite::redis {
namespace {

std::uint64_t reversed_bits(std::uint64_t word) noexcept {
    std::uint64_t result = 0;
    for (int i = 0; i < 64; ++i) {
        result = result << 1 | (word & 1);
        word >>= 1;
    }
    return result;
}

}  // namespace

const HashKey& DictBase::hash_key() {
    static const HashKey key = HashKey::random();
    return key;
}

std::uint64_t DictBase::next_cursor(std::uint64_t cursor, std::uint64_t mask) noexcept {
    cursor |= ~mask;
    return reversed_bits(reversed_bits(cursor) + 1);
}

}  // namespace arenite::redis

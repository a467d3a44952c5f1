// SipHash-1-2, the keyed hash of Redis dictionaries (Redis siphash.c): whoever does not know the
// key cannot choose strings that collide.
#pragma once

#include <cstdint>
#include <string_view>

namespace arenite::redis {

struct HashKey {
    std::uint64_t first = 0;
    std::uint64_t second = 0;

    /// A key from the operating system's random source.
    [[nodiscard]] static HashKey random();
};

[[nodiscard]] std::uint64_t sip_hash(const HashKey& key, std::string_view bytes) noexcept;

}  // namespace arenite::redis

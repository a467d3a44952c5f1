#include "redis_api/sha1.h"

#include <boost/uuid/detail/sha1.hpp>

#include <cstdint>

namespace arenite::redis {

std::string sha1_hex(std::string_view bytes) {
    boost::uuids::detail::sha1 hasher;
    hasher.process_bytes(bytes.data(), bytes.size());
    boost::uuids::detail::sha1::digest_type digest;
    hasher.get_digest(digest);

    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(40);
    // Up to Boost 1.85 a digest is five 32-bit words, from then on twenty bytes.
    constexpr unsigned kBits = sizeof(digest[0]) * 8;
    for (const auto word : digest) {
        for (unsigned shift = kBits; shift != 0;) {
            shift -= 4;
            hex += kDigits[static_cast<std::uint32_t>(word) >> shift & 0xF];
        }
    }
    return hex;
}

}  // namespace arenite::redis

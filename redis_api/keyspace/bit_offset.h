// Bit offsets in arguments.
#pragma once

#include <cstddef>
#include <cstdint>

namespace arenite::redis {

class Invocation;

/// An offset in bits within the longest string; with `width` > 0, "#n" stands for n * width (Redis
/// bitops.c, getBitOffsetFromArgument).
[[nodiscard]] bool parse_bit_offset(Invocation& call, std::size_t index, int width, std::uint64_t& offset);

}  // namespace arenite::redis

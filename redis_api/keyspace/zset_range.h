// Ranges of sorted sets in arguments.
#pragma once

#include <cstddef>
#include <cstdint>

#include "redis_api/keyspace/sorted_set.h"

namespace arenite::redis {

class Invocation;

/// Two scores, each with '(' if open; false: "min or max is not a float" (t_zset.c, zslParseRange).
[[nodiscard]] bool parse_score_range(Invocation& call, std::size_t min, std::size_t max, ScoreRange& range);

/// Two members with '[' or '(', or '-' and '+'; false: "min or max not valid string range item"
/// (t_zset.c, zslParseLexRange).
[[nodiscard]] bool parse_lex_range(Invocation& call, std::size_t min, std::size_t max, LexRange& range);

/// Turns start and end, negative from the end, into ranks; false if nothing lies between.
[[nodiscard]] bool resolve_ranks(std::size_t size, std::int64_t& start, std::int64_t& end) noexcept;

}  // namespace arenite::redis

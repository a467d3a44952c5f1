// Redis's glob patterns, for KEYS and the MATCH option of the SCAN family.
#pragma once

#include <string_view>

namespace arenite::redis {

// Whether `text` matches `pattern` as Redis util.c, stringmatchlen, decides, oddities included.
// Time is at most the product of both lengths, whatever the pattern.
bool glob_match(std::string_view pattern, std::string_view text) noexcept;

}  // namespace arenite::redis

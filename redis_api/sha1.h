// SHA-1, by which Redis names scripts (Redis eval.c, sha1hex). No security rests on it.
#pragma once

#include <string>
#include <string_view>

namespace arenite::redis {

/// The digest of `bytes` as 40 lower-case hexadecimal digits.
[[nodiscard]] std::string sha1_hex(std::string_view bytes);

}  // namespace arenite::redis

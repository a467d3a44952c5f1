// The text of a double in replies.
#pragma once

#include <string>

namespace arenite::redis {

/// %.17g, and inf, -inf (Redis networking.c, addReplyDouble).
[[nodiscard]] std::string format_double(double value);

}  // namespace arenite::redis

// Times in the arguments of SET, GETEX and the EXPIRE family.
#pragma once

#include <cstddef>
#include <cstdint>

namespace arenite::redis {

class Invocation;

enum class ExpireUnit : std::uint8_t { None, Seconds, Milliseconds, AtSeconds, AtMilliseconds };

/// The moment in milliseconds that an option of SET or GETEX names; it must lie after 1970 (Redis
/// t_string.c, getExpireMillisecondsOrReply).
[[nodiscard]] bool parse_expire_time(Invocation& call, std::size_t index, ExpireUnit unit, std::int64_t& when);

}  // namespace arenite::redis

// Where redis.log() goes.
#pragma once

#include <functional>
#include <string_view>

namespace arenite::redis {

/// The levels of redis.log() (Redis server.h, LL_DEBUG ...).
enum class LogLevel : int { Debug, Verbose, Notice, Warning };

using LogSink = std::function<void(LogLevel level, std::string_view text)>;

}  // namespace arenite::redis

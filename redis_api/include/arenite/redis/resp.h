// Turns a Reply into the bytes of the Redis protocol. The one place that sanitises the lines which
// cannot carry CR or LF (CVE-2025-67733: injection through error replies).
#pragma once

#include <string>

#include <arenite/redis/reply.h>
#include <arenite/redis/text_sink.h>

namespace arenite::redis {

/// Appends `reply` in RESP version `version` (2 or 3). RESP3 kinds are written for a RESP2 client as
/// Redis writes them: maps and sets as arrays, doubles, big numbers and verbatim strings as bulk
/// strings, booleans as :1 and :0. Uses constant C++ stack for any nesting.
void write_resp(const Reply& reply, int version, std::string& out);

/// The same for a stream, in pieces.
void write_resp(const Reply& reply, int version, const TextSink& sink);

[[nodiscard]] std::string to_resp(const Reply& reply, int version);

}  // namespace arenite::redis

// Replies as text: the bytes of the Redis protocol, and what redis-cli shows.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <arenite/redis/reply.h>

namespace arenite::redis {

/// Takes the pieces of a text one after another.
using TextSink = std::function<void(std::string_view)>;

/// Appends `reply` in RESP version `version` (2 or 3). RESP3 kinds are written for a RESP2 client as Redis writes them:
/// maps and sets as arrays, doubles, big numbers and verbatim strings as bulk strings, booleans as :1 and :0. Lines that
/// cannot carry CR or LF are sanitised here, and nowhere else. Uses constant C++ stack for any nesting.
void write_resp(const Reply& reply, int version, std::string& out);
/// The same for a stream, in pieces.
void write_resp(const Reply& reply, int version, const TextSink& sink);
[[nodiscard]] std::string to_resp(const Reply& reply, int version);

/// The lines that redis-cli 7 prints on a terminal for `reply`, each with its newline (Redis redis-cli.c,
/// cliFormatReplyTTY). Uses constant C++ stack for any nesting.
[[nodiscard]] std::string print_reply(const Reply& reply);
/// The same for a stream, in pieces.
void print_reply(const Reply& reply, const TextSink& sink);

/// `text` in double quotes, with \n \r \t \a \b \\ \" and \xHH for what is not printable ASCII (Redis sds.c, sdscatrepr).
[[nodiscard]] std::string quote_text(std::string_view text);

}  // namespace arenite::redis

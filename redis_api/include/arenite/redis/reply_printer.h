// Prints a reply as redis-cli 7 prints it on a terminal.
#pragma once

#include <string>
#include <string_view>

#include <arenite/redis/reply.h>
#include <arenite/redis/text_sink.h>

namespace arenite::redis {

/// The lines of `reply`, each with its newline (Redis redis-cli.c, cliFormatReplyTTY). Uses constant
/// C++ stack for any nesting.
[[nodiscard]] std::string print_reply(const Reply& reply);

/// The same for a stream, in pieces.
void print_reply(const Reply& reply, const TextSink& sink);

/// `text` in double quotes, with \n \r \t \a \b \\ \" and \xHH for what is not printable ASCII
/// (Redis sds.c, sdscatrepr).
[[nodiscard]] std::string quote_text(std::string_view text);

}  // namespace arenite::redis

// Messages on standard error, in the form of lua.c.
#pragma once

#include <string>
#include <string_view>

#include <arenite/vm.h>

namespace arenite::cli {

/// The name in front of messages: argv[0], or ours when there is none (lua.c, pmain).
[[nodiscard]] std::string_view program_name(char* const* argv);

/// "program: text", or the text alone where `program` is empty (in the interactive mode); ends at a zero byte, as C does
/// (lua.c, l_message).
void print_message(std::string_view program, std::string_view text);

/// What lua.c prints of a failure: the message, a word about errors that are no strings, nothing for nil. False: nothing.
[[nodiscard]] bool failure_text(const Failure& failure, std::string& text);

}  // namespace arenite::cli

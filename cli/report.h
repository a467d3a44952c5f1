// Messages on standard error, in the form of lua.c.
#pragma once

#include <string>
#include <string_view>

#include "vm/vm.h"

namespace arenite::cli {

/// "arenite: text", or the text alone where `named` is false (in the interactive mode); ends at a zero byte, as C does.
void print_message(std::string_view text, bool named = true);

/// What lua.c prints of a failure: the message with its traceback, a word about errors that are no strings, nothing for
/// nil. False: nothing.
[[nodiscard]] bool failure_text(const Failure& failure, std::string& text);

}  // namespace arenite::cli

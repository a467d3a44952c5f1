// What the program makes of errors that a script does not catch.
#pragma once

#include <arenite/native.h>

namespace arenite::cli {

/// lua.c, traceback: a message handler that calls the script's own debug.traceback. Errors that are neither strings nor
/// numbers stay what they are, and so does the message when a script has removed debug.traceback.
[[nodiscard]] NativeResult add_traceback(NativeContext& cx);

}  // namespace arenite::cli

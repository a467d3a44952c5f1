// arenite [options] [script [args]]: what lua.c does in pmain.
#pragma once

#include "cli/arguments.h"

namespace arenite::cli {

/// The exit code.
[[nodiscard]] int run_lua(const LuaCommand& command, char* const* argv);

}  // namespace arenite::cli

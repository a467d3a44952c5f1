// arenite list FILE...: the bytecode of files, for people to read.
#pragma once

#include "cli/arguments.h"

namespace arenite::cli {

/// The exit code. `program` is the name in front of messages.
[[nodiscard]] int run_list(const ListCommand& command, std::string_view program);

}  // namespace arenite::cli

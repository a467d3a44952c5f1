// arenite eval: a script in the Redis profile, with the keyspace in this process.
#pragma once

#include "cli/arguments.h"

namespace arenite::cli {

/// The exit code. `program` is the name in front of messages.
[[nodiscard]] int run_eval(const EvalCommand& command, std::string_view program);

}  // namespace arenite::cli

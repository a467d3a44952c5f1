// arenite eval: a script in the Redis profile, with the keyspace in this process.
#pragma once

#include "cli/arguments.h"

namespace arenite::cli {

/// The exit code.
[[nodiscard]] int run_eval(const EvalCommand& command);

}  // namespace arenite::cli

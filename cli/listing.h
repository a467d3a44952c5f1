// arenite -l FILE: the bytecode of a file, for people to read.
#pragma once

#include <string>

#include "cli/limits.h"

namespace arenite::cli {

/// The listing of FILE ("-": standard input). False: `text` says why there is none.
[[nodiscard]] bool list_file(const std::string& file, const Limits& limits, std::string& text);

}  // namespace arenite::cli

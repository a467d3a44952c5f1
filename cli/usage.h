// What the program says about itself.
#pragma once

#include <string_view>

namespace arenite::cli {

extern const std::string_view kUsage;    ///< a few lines, for a mistake in the command line
extern const std::string_view kHelp;     ///< --help
extern const std::string_view kVersion;  ///< -v

}  // namespace arenite::cli

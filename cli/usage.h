// What the program says about itself.
#pragma once

#include <string>
#include <string_view>

namespace arenite::cli {

/// A few lines, for a mistake in the command line of `program`.
[[nodiscard]] std::string usage(std::string_view program);
/// --help
[[nodiscard]] std::string help(std::string_view program);

extern const std::string_view kVersion;  ///< -v: one line
extern const std::string_view kBuild;    ///< what --version says beside it

}  // namespace arenite::cli

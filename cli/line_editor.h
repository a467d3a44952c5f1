// Line editing with a history, by libedit. Built only where libedit is.
#pragma once

#include <memory>

#include "cli/line_reader.h"

namespace arenite::cli {

/// Null when standard input and output are no terminal, or one that cannot be edited on.
[[nodiscard]] std::unique_ptr<LineReader> make_line_editor();

}  // namespace arenite::cli

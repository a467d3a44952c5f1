// The interactive mode.
#pragma once

namespace arenite::cli {

class Session;

/// Reads and runs lines from standard input until it ends (lua.c, dotty). True: os.exit ended the program instead.
[[nodiscard]] bool run_interactively(Session& session);

}  // namespace arenite::cli

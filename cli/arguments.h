// The command line, read but not acted upon.
//
// Grammar: arenite LIMIT* (eval EVAL | list LIST | run LUA | LUA), where the words `eval`, `list` and `run` count only
// as the first argument that is no limit. LUA is the command line of lua.c (collectargs), plus long options: options up
// to the name of a script, which ends them, and everything after it is the script's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/limits.h"

namespace arenite::cli {

/// What is done before the script, in the order given.
struct Action {
    enum class Kind { Execute, Require };
    Kind kind;
    std::string_view text;  ///< the chunk of -e, the module of -l
};

/// arenite [options] [script [args]]
struct LuaCommand {
    Limits limits;
    std::vector<Action> actions;
    bool interactive = false;
    bool version = false;
    int script = 0;                ///< index in argv; 0: none
    bool script_is_stdin = false;  ///< "-", but not after "--"
    std::string misuse;            ///< what is wrong with the options; not empty: only LUA_INIT is run
};

/// arenite eval [options] FILE [key...] [, arg...]
struct EvalCommand {
    Limits limits;
    enum class Output { Human, Resp2, Resp3 };
    Output output = Output::Human;
    std::optional<std::size_t> reply_limit;  ///< bytes of one reply
    bool inline_script = false;  ///< `script` is the text itself, not the name of its file ("-": standard input)
    std::string script;
    std::vector<std::string> keys;
    std::vector<std::string> arguments;
};

/// arenite list FILE...
struct ListCommand {
    Limits limits;
    std::vector<std::string> files;  ///< "-": standard input
};

struct HelpCommand {};
struct VersionCommand {};

/// A command line that makes no sense.
struct Misuse {
    std::string message;
    bool show_usage;
};

using Command = std::variant<LuaCommand, EvalCommand, ListCommand, HelpCommand, VersionCommand, Misuse>;

/// `argv` ends with a null pointer.
[[nodiscard]] Command parse_arguments(char* const* argv);

/// Exit codes: an error of a script, or whatever lua.c answers with 1; a mistake in what lua.c does not have.
inline constexpr int kFailure = 1;
inline constexpr int kMisuse = 2;

}  // namespace arenite::cli

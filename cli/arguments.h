// The command line, read but not acted upon.
//
// Grammar: arenite LIMIT* (eval EVAL | run LUA | LUA), where the words `eval` and `run` count only as the first argument
// that is no limit. LUA is the command line of lua.c (collectargs): options up to the name of a script, which ends them,
// and everything behind it is the script's.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/limits.h"

namespace arenite::cli {

/// What is done before the script, in the order given.
struct Action {
    enum class Kind { Execute, List };
    Kind kind;
    std::string_view text;  ///< the chunk of -e, the file of -l
};

/// arenite [options] [script [args]]
struct LuaCommand {
    Limits limits;
    std::vector<Action> actions;
    bool interactive = false;
    bool version = false;
    int script = 0;                ///< index in argv; 0: none
    bool script_is_stdin = false;  ///< "-", but not behind "--"
};

/// arenite eval [options] FILE [key...] [, arg...]
struct EvalCommand {
    Limits limits;
    enum class Output { Human, Resp2, Resp3 };
    Output output = Output::Human;
    bool inline_script = false;  ///< `script` is the text itself, not the name of its file ("-": standard input)
    std::string script;
    std::vector<std::string> keys;
    std::vector<std::string> arguments;
};

struct HelpCommand {};

/// A command line that makes no sense.
struct Misuse {
    int exit_code;
    std::string message;
    bool show_usage;
};

using Command = std::variant<LuaCommand, EvalCommand, HelpCommand, Misuse>;

/// `argv` ends with a null pointer.
[[nodiscard]] Command parse_arguments(char* const* argv);

/// Exit codes: an error of a script, or whatever lua.c answers with 1; a mistake in the options that lua.c has not.
inline constexpr int kFailure = 1;
inline constexpr int kMisuse = 2;

}  // namespace arenite::cli

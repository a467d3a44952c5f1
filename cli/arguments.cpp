#include "cli/arguments.h"

#include <optional>
#include <utility>

namespace arenite::cli {
namespace {

std::string unknown_option(std::string_view option) {
    return "unrecognized option '" + std::string(option) + "'";
}

std::string value_missing(std::string_view option) {
    return "option '" + std::string(option) + "' needs an argument";
}

/// The value of a one-letter option: the rest of its argument or the next one. Null: there is none.
const char* option_value(char* const* argv, int& i) {
    if (argv[i][2] != '\0') return argv[i] + 2;
    if (argv[i + 1] == nullptr) return nullptr;
    return argv[++i];
}

/// lua.c, collectargs and runargs.
Command parse_lua(char* const* argv, int i, const Limits& limits) {
    LuaCommand command;
    command.limits = limits;
    while (argv[i] != nullptr) {
        const std::string_view argument = argv[i];
        if (!argument.starts_with('-') || argument == "-") {
            command.script = i;
            break;
        }
        if (argument == "--") {
            if (argv[i + 1] != nullptr) command.script = i + 1;
            break;
        }
        std::string error;
        switch (take_limit(argv, i, command.limits, error)) {
            case Taken::Yes: continue;
            case Taken::Wrong: return Misuse{std::move(error), false};
            case Taken::No: break;
        }
        if (argument == "--help") return HelpCommand{};
        if (argument == "--version") return VersionCommand{};
        if (argument == "-v") {
            command.version = true;
        } else if (argument == "-i") {
            command.interactive = true;
            command.version = true;
        } else if (argument[1] == 'e' || argument[1] == 'l') {
            const char* value = option_value(argv, i);
            if (value == nullptr) {
                command.misuse = value_missing(argument);
                return command;
            }
            command.actions.push_back({argument[1] == 'e' ? Action::Kind::Execute : Action::Kind::Require, value});
        } else {
            command.misuse = unknown_option(argument);
            return command;
        }
        ++i;
    }
    const int script = command.script;
    command.script_is_stdin =
        script != 0 && std::string_view(argv[script]) == "-" && std::string_view(argv[script - 1]) != "--";
    return command;
}

/// Keys, a lone comma, arguments (redis-cli.c, evalMode).
void take_keys_and_arguments(char* const* rest, EvalCommand& command) {
    bool behind_comma = false;
    for (; *rest != nullptr; ++rest) {
        if (!behind_comma && std::string_view(*rest) == ",") {
            behind_comma = true;
        } else {
            (behind_comma ? command.arguments : command.keys).emplace_back(*rest);
        }
    }
}

/// The options of a form that lua.c does not have, from argv[i] on, each taken by `take(argument)`, which answers false
/// for one that it does not know. Nothing: i is after them.
template <class Take>
std::optional<Command> parse_options(char* const* argv, int& i, Limits& limits, Take take) {
    for (; argv[i] != nullptr; ++i) {
        const std::string_view argument = argv[i];
        if (!argument.starts_with('-') || argument == "-") break;
        if (argument == "--") {
            ++i;
            break;
        }
        std::string error;
        const Taken taken = take_limit(argv, i, limits, error);
        if (taken == Taken::Wrong) return Misuse{std::move(error), false};
        if (taken == Taken::Yes) {
            --i;
            continue;
        }
        if (argument == "-h" || argument == "--help") return HelpCommand{};
        if (!take(argument, error)) return Misuse{error.empty() ? unknown_option(argument) : std::move(error), true};
    }
    return std::nullopt;
}

Command parse_eval(char* const* argv, int i, const Limits& limits) {
    EvalCommand command;
    command.limits = limits;
    const auto take = [&](std::string_view argument, std::string& error) {
        if (argument == "--resp2" || argument == "--resp3") {
            command.output = argument == "--resp2" ? EvalCommand::Output::Resp2 : EvalCommand::Output::Resp3;
            return true;
        }
        std::size_t size = 0;
        if (const Taken taken = take_size("--reply-limit", argv, i, size, error); taken != Taken::No) {
            --i;
            if (taken == Taken::Yes) command.reply_limit = size;
            return taken == Taken::Yes;
        }
        if (argument != "-e" && argument != "--script") return false;
        if (command.inline_script) {
            error = "eval: more than one script is given";
            return false;
        }
        if (argv[i + 1] == nullptr) {
            error = "eval: " + value_missing(argument);
            return false;
        }
        command.inline_script = true;
        command.script = argv[++i];
        return true;
    };
    if (auto other = parse_options(argv, i, command.limits, take)) return *std::move(other);
    if (!command.inline_script) {
        if (argv[i] == nullptr) return Misuse{"eval: which script?", true};
        command.script = argv[i++];
    }
    take_keys_and_arguments(argv + i, command);
    return command;
}

Command parse_list(char* const* argv, int i, const Limits& limits) {
    ListCommand command;
    command.limits = limits;
    const auto none = [](std::string_view, std::string&) { return false; };
    if (auto other = parse_options(argv, i, command.limits, none)) return *std::move(other);
    if (argv[i] == nullptr) return Misuse{"list: which file?", true};
    for (; argv[i] != nullptr; ++i) command.files.emplace_back(argv[i]);
    return command;
}

}  // namespace

Command parse_arguments(char* const* argv) {
    if (argv[0] == nullptr) return LuaCommand{};
    Limits limits;
    int i = 1;
    while (argv[i] != nullptr) {
        std::string error;
        const Taken taken = take_limit(argv, i, limits, error);
        if (taken == Taken::Wrong) return Misuse{std::move(error), false};
        if (taken == Taken::No) break;
    }
    if (argv[i] != nullptr) {
        if (std::string_view(argv[i]) == "eval") return parse_eval(argv, i + 1, limits);
        if (std::string_view(argv[i]) == "list") return parse_list(argv, i + 1, limits);
        if (std::string_view(argv[i]) == "run") return parse_lua(argv, i + 1, limits);
    }
    return parse_lua(argv, i, limits);
}

}  // namespace arenite::cli

#include "cli/arguments.h"

#include <utility>

namespace arenite::cli {
namespace {

Misuse unknown_option(std::string_view option, int exit_code) {
    return {exit_code, "unrecognized option '" + std::string(option) + "'", true};
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
        if (argument.substr(0, 1) != "-" || argument == "-") {
            command.script = i;
            command.script_is_stdin = argument == "-";
            return command;
        }
        if (argument == "--") {
            command.script = argv[i + 1] != nullptr ? i + 1 : 0;
            return command;
        }
        std::string error;
        switch (take_limit(argv, i, command.limits, error)) {
            case Taken::Yes: continue;
            case Taken::Wrong: return Misuse{kMisuse, std::move(error), false};
            case Taken::No: break;
        }
        if (argument == "-h" || argument == "--help") return HelpCommand{};
        if (argument == "-v" || argument == "--version") {
            command.version = true;
        } else if (argument == "-i") {
            command.interactive = true;
            command.version = true;
        } else if (argument[1] == 'e' || argument[1] == 'l') {
            const char* value = option_value(argv, i);
            if (value == nullptr) {
                return Misuse{kFailure, "option '" + std::string(argument) + "' needs an argument", true};
            }
            command.actions.push_back({argument[1] == 'e' ? Action::Kind::Execute : Action::Kind::List, value});
        } else {
            return unknown_option(argument, kFailure);
        }
        ++i;
    }
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

Command parse_eval(char* const* argv, int i, const Limits& limits) {
    EvalCommand command;
    command.limits = limits;
    while (argv[i] != nullptr) {
        const std::string_view argument = argv[i];
        if (argument.substr(0, 1) != "-" || argument == "-") break;
        if (argument == "--") {
            ++i;
            break;
        }
        std::string error;
        switch (take_limit(argv, i, command.limits, error)) {
            case Taken::Yes: continue;
            case Taken::Wrong: return Misuse{kMisuse, std::move(error), false};
            case Taken::No: break;
        }
        if (argument == "-h" || argument == "--help") return HelpCommand{};
        if (argument == "--resp2" || argument == "--resp3") {
            command.output = argument == "--resp2" ? EvalCommand::Output::Resp2 : EvalCommand::Output::Resp3;
        } else if (argument == "-e" || argument == "--script") {
            if (command.inline_script) return Misuse{kMisuse, "eval: more than one script is given", false};
            if (argv[++i] == nullptr) {
                return Misuse{kMisuse, "eval: option '" + std::string(argument) + "' needs an argument", true};
            }
            command.inline_script = true;
            command.script = argv[i];
        } else {
            return unknown_option(argument, kMisuse);
        }
        ++i;
    }
    if (!command.inline_script) {
        if (argv[i] == nullptr) return Misuse{kMisuse, "eval: which script?", true};
        command.script = argv[i++];
    }
    take_keys_and_arguments(argv + i, command);
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
        if (taken == Taken::Wrong) return Misuse{kMisuse, std::move(error), false};
        if (taken == Taken::No) break;
    }
    if (argv[i] != nullptr) {
        if (std::string_view(argv[i]) == "eval") return parse_eval(argv, i + 1, limits);
        if (std::string_view(argv[i]) == "run") return parse_lua(argv, i + 1, limits);
    }
    return parse_lua(argv, i, limits);
}

}  // namespace arenite::cli

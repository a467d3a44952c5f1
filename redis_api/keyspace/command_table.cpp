#include "redis_api/keyspace/command_table.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "redis_api/keyspace/number_format.h"
#include "redis_api/keyspace/text.h"

namespace arenite::redis {

#define ARENITE_COMMAND(name, arity, flags, keys, handler) Reply handler(Invocation& call);
#define ARENITE_REFUSED_COMMAND(name, arity)
#include "redis_api/keyspace/commands.def"
#undef ARENITE_COMMAND
#undef ARENITE_REFUSED_COMMAND

namespace {

constexpr KeyPositions no_keys() {
    return {};
}
constexpr KeyPositions range(int first, int last, int step = 1) {
    return {first, last, step, 0};
}
constexpr KeyPositions one() {
    return {1, 1, 1, 0};
}
constexpr KeyPositions counted(int at) {
    return {0, 0, 1, at};
}
constexpr KeyPositions one_and_counted(int at) {
    return {1, 1, 1, at};
}

constexpr CommandFlag N = CommandFlag::None;
constexpr CommandFlag W = CommandFlag::Write;
constexpr CommandFlag R = CommandFlag::ReadOnly;
constexpr CommandFlag F = CommandFlag::Fast;
constexpr CommandFlag X = CommandFlag::NoScript;
constexpr CommandFlag M = CommandFlag::MayReplicate;

constexpr Command kCommands[] = {
#define ARENITE_COMMAND(name, arity, flags, keys, handler) {name, arity, flags, keys, &handler},
#define ARENITE_REFUSED_COMMAND(name, arity) {name, arity, X, no_keys(), nullptr},
#include "redis_api/keyspace/commands.def"
#undef ARENITE_COMMAND
#undef ARENITE_REFUSED_COMMAND
};

struct Index {
    std::unordered_map<std::string_view, const Command*> commands;
    // Commands with subcommands, such as "object".
    std::unordered_map<std::string_view, const Command*> containers;
};

const Index& command_index() {
    static const Index index = [] {
        Index made;
        for (const Command& command : kCommands) {
            made.commands.emplace(command.name, &command);
            const auto bar = command.name.find('|');
            if (bar != std::string_view::npos) {
                made.containers.emplace(command.name.substr(0, bar), &command);
            }
        }
        return made;
    }();
    return index;
}

// The container itself, when args[1] is missing: it exists, and lacks an argument.
const Command& bare_container() {
    static constexpr Command container{"", -2, N, {}, nullptr};
    return container;
}

std::string unknown_command(std::span<const std::string_view> args) {
    // Redis server.c, commandCheckExistence.
    if (args.size() >= 2 && command_index().containers.contains(to_lower(args[0]))) {
        return "ERR unknown subcommand '" + std::string(args[1].substr(0, 128)) + "'. Try " + to_upper(args[0]) +
               " HELP.";
    }
    std::string text = "ERR unknown command '";
    text += args.empty() ? std::string_view() : args[0].substr(0, 128);
    text += "', with args beginning with: ";
    std::string shown;
    for (std::size_t i = 1; i < args.size() && shown.size() < 128; ++i) {
        const std::size_t room = 128 - shown.size();
        shown += '\'';
        shown += args[i].substr(0, room);
        shown += "' ";
    }
    return text + shown;
}

}  // namespace

std::span<const Command> all_commands() {
    return kCommands;
}

const Command* find_command(std::span<const std::string_view> args) {
    constexpr std::size_t kLongestName = 32;
    if (args.empty() || args[0].size() > kLongestName) return nullptr;
    const Index& index = command_index();
    const std::string name = to_lower(args[0]);
    if (const auto found = index.commands.find(name); found != index.commands.end()) {
        // "object|encoding" is no name that a caller may use.
        return name.find('|') == std::string::npos ? found->second : nullptr;
    }
    if (!index.containers.contains(name)) return nullptr;
    if (args.size() == 1) return &bare_container();
    if (args[1].size() > kLongestName) return nullptr;
    const auto found = index.commands.find(name + '|' + to_lower(args[1]));
    return found != index.commands.end() ? found->second : nullptr;
}

std::optional<Reply> refuse_command(const Command* command, std::span<const std::string_view> args,
                                    const CallContext& context) {
    const bool script = context.from_script;
    if (command == nullptr || (!script && command->handler == nullptr && !command->name.empty())) {
        return Reply::error(script ? "ERR Unknown Redis command called from script" : unknown_command(args));
    }
    const auto count = static_cast<int>(std::min<std::size_t>(args.size(), 1U << 30));
    if (command->arity >= 0 ? count != command->arity : count < -command->arity) {
        if (script) return Reply::error("ERR Wrong number of args calling Redis command from script");
        const std::string name = command->name.empty() ? to_lower(args[0]) : std::string(command->name);
        return Reply::error("ERR wrong number of arguments for '" + name + "' command");
    }
    if (script && command->has(CommandFlag::NoScript)) {
        return Reply::error("ERR This Redis command is not allowed from script");
    }
    if (context.read_only && (command->has(CommandFlag::Write) || command->has(CommandFlag::MayReplicate))) {
        return Reply::error("ERR Write commands are not allowed from read-only scripts.");
    }
    return std::nullopt;
}

std::vector<std::size_t> key_positions(const Command& command, std::span<const std::string_view> args) {
    std::vector<std::size_t> positions;
    const auto size = static_cast<std::int64_t>(args.size());
    const KeyPositions& keys = command.keys;
    if (keys.first > 0) {
        const std::int64_t last = keys.last < 0 ? size + keys.last : keys.last;
        for (std::int64_t i = keys.first; i <= last && i < size; i += keys.step) {
            positions.push_back(static_cast<std::size_t>(i));
        }
    }
    if (keys.count_at > 0 && keys.count_at < size) {
        const auto at = static_cast<std::size_t>(keys.count_at);
        const std::int64_t count = parse_integer(args[at]).value_or(0);
        for (std::int64_t i = 1; i <= count && keys.count_at + i < size; ++i) {
            positions.push_back(at + static_cast<std::size_t>(i));
        }
    }
    if (command.name == "sort") {
        for (std::size_t i = 2; i + 1 < args.size(); ++i) {
            if (equals_ignoring_case(args[i], "store")) positions.push_back(i + 1);
        }
    }
    return positions;
}

}  // namespace arenite::redis

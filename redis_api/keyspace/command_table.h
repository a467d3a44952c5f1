// The table of commands, made from commands.def, and the checks that precede every call.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <arenite/redis/command_host.h>

namespace arenite::redis {

class Invocation;

enum class CommandFlag : std::uint8_t {
    None = 0,
    Write = 1,
    ReadOnly = 2,
    NoScript = 4,
    Fast = 8,
    /// Counts as a write in read-only scripts, though it is none (Redis CMD_MAY_REPLICATE).
    MayReplicate = 16,
};

constexpr CommandFlag operator|(CommandFlag a, CommandFlag b) noexcept {
    return static_cast<CommandFlag>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}

/// Where the keys are among the arguments: at first, first + step, ... up to last (negative: from
/// the end), and as many as the argument at `count_at` says, after it. Zero: none.
struct KeyPositions {
    int first = 0;
    int last = 0;
    int step = 1;
    int count_at = 0;
};

struct Command {
    using Handler = Reply (*)(Invocation&);

    std::string_view name;  ///< in lower case; "object|encoding" for a subcommand
    int arity;              ///< with the name; negative: at least so many
    CommandFlag flags;
    KeyPositions keys;
    Handler handler;  ///< null for commands known only to be refused to scripts

    [[nodiscard]] bool has(CommandFlag flag) const noexcept {
        return (static_cast<std::uint8_t>(flags) & static_cast<std::uint8_t>(flag)) != 0;
    }
};

[[nodiscard]] std::span<const Command> all_commands();

/// The command that args[0] names, or args[0] and args[1] if it has subcommands; null if there is
/// none.
[[nodiscard]] const Command* find_command(std::span<const std::string_view> args);

/// The error reply if the call must not happen: unknown command, wrong number of arguments, not
/// allowed from scripts, not allowed from read-only scripts (Redis script.c, scriptCall, and
/// server.c, processCommand). nullopt: `command` is not null and may run.
[[nodiscard]] std::optional<Reply> refuse_command(const Command* command, std::span<const std::string_view> args,
                                                  const CallContext& context);

/// Positions of the keys in a call that passed refuse_command().
[[nodiscard]] std::vector<std::size_t> key_positions(const Command& command, std::span<const std::string_view> args);

}  // namespace arenite::redis

#include "redis_api/keyspace/command_table.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>

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

/// A word in lower case, padded with zeroes, so that it is hashed and compared eight bytes at a time.
class PaddedWord {
public:
    static constexpr std::size_t kLongest = 32;

    /// Of a longer text, what fits.
    explicit PaddedWord(std::string_view text) noexcept : size_(std::min(text.size(), kLongest)) {
        std::memcpy(words_, text.data(), size_);
        for (std::size_t i = 0; i * 8 < size_; ++i) words_[i] = lower(words_[i]);
    }
    bool operator==(const PaddedWord&) const noexcept = default;
    std::size_t hash() const noexcept {
        const std::uint64_t mixed = (words_[0] ^ words_[1] * 0x9e3779b97f4a7c15ULL) * 0xd6e8feb86659fd93ULL;
        return static_cast<std::size_t>(mixed >> 40);
    }

private:
    /// Sets the bit that tells small letters from capital ones, in each byte from 'A' to 'Z'.
    static std::uint64_t lower(std::uint64_t word) noexcept {
        constexpr std::uint64_t kEach = 0x0101010101010101ULL;
        const std::uint64_t seven = word & kEach * 0x7f;
        const std::uint64_t from_a = seven + kEach * (0x80 - 'A');
        const std::uint64_t behind_z = seven + kEach * (0x80 - 'Z' - 1);
        return word | (((from_a & ~behind_z & ~word) >> 2) & kEach * 0x20);
    }

    std::uint64_t words_[kLongest / 8] = {};
    std::size_t size_;
};

/// The commands by the first word of their names, in a table with linear probing. A container, such as "object", has a
/// list of its subcommands instead.
class CommandIndex {
public:
    struct Entry {
        PaddedWord name{""};
        const Command* command = nullptr;  ///< null: a container
        std::span<const Command> subcommands = {};
        bool used = false;
    };

    CommandIndex() {
        for (const Command& command : kCommands) {
            const auto bar = command.name.find('|');
            const bool plain = bar == std::string_view::npos;
            const PaddedWord name(command.name.substr(0, bar));
            Entry& entry = entries_[place(name)];
            const Command* const first = entry.used ? entry.subcommands.data() : &command;
            if (plain) {
                entry = {name, &command, {}, true};
            } else {  // they follow each other in the table
                entry = {name, nullptr, {first, &command + 1}, true};
            }
        }
    }

    /// Null: there is no such command.
    const Entry* find(std::string_view word) const noexcept {
        if (word.size() > PaddedWord::kLongest) return nullptr;
        const Entry& entry = entries_[place(PaddedWord(word))];
        return entry.used ? &entry : nullptr;
    }

private:
    static constexpr std::size_t kPlaces = 1024;
    static_assert(std::size(kCommands) * 2 < kPlaces);

    std::size_t place(const PaddedWord& name) const noexcept {
        std::size_t at = name.hash() % kPlaces;
        while (entries_[at].used && entries_[at].name != name) at = (at + 1) % kPlaces;
        return at;
    }

    Entry entries_[kPlaces];
};

const CommandIndex& command_index() {
    static const CommandIndex index;
    return index;
}

/// The container itself, when args[1] is missing: it exists, and lacks an argument.
const Command& bare_container() {
    static constexpr Command container{"", -2, N, {}, nullptr};
    return container;
}

std::string unknown_command(std::span<const std::string_view> args) {
    // Redis server.c, commandCheckExistence.
    const CommandIndex::Entry* const entry = args.empty() ? nullptr : command_index().find(args[0]);
    if (args.size() >= 2 && entry != nullptr && entry->command == nullptr) {
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
    const CommandIndex::Entry* const entry = args.empty() ? nullptr : command_index().find(args[0]);
    if (entry == nullptr || entry->command != nullptr) return entry != nullptr ? entry->command : nullptr;
    if (args.size() == 1) return &bare_container();
    for (const Command& command : entry->subcommands) {
        const std::size_t bar = command.name.find('|');
        if (equals_ignoring_case(command.name.substr(bar + 1), args[1])) return &command;
    }
    return nullptr;
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

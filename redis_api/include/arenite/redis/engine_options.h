// What an Engine is made with, and how it says that a run ended.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include <arenite/heap_options.h>
#include <arenite/redis/command_host.h>

namespace arenite::redis {

/// What becomes of the writes of a script that ends with an error.
enum class UndoPolicy : std::uint8_t {
    KeepWrites,  ///< they stay, as in Redis
    RollBack,    ///< the host takes them back, if it can; a reply {err = ...} that a script returns is no such end
};

/// The levels of redis.log() (Redis server.h, LL_DEBUG ...).
enum class LogLevel : int { Debug, Verbose, Notice, Warning };
using LogSink = std::function<void(LogLevel level, std::string_view text)>;

struct EngineOptions {
    /// What executes commands; an embedded Keyspace when empty. May be shared with other engines of the same thread.
    std::shared_ptr<CommandHost> host;
    UndoPolicy undo = UndoPolicy::KeepWrites;
    /// Bytes the VM may use, beyond which a script gets "not enough memory"; 0: no limit.
    std::size_t memory_limit = std::size_t{1} << 30;
    /// Address space to reserve for the VM (a power of two, at most 32 GiB).
    std::size_t address_range = HeapOptions{}.address_range;
    /// As HeapOptions::reservations: one pool for all engines of a host that has many at once.
    std::shared_ptr<ReservationPool> reservations;
    /// As HeapOptions::keep_range.
    bool keep_range = true;
    /// A script that runs longer is ended, whatever it has written; 0: never. (Redis never does that.)
    std::chrono::milliseconds time_limit{0};
    /// A script that works more (in VM instructions, about) is ended, whatever it has written; 0: never.
    std::uint64_t step_limit = 0;
    /// Units of work between two calls of poll, in the script as within its commands (Redis script_lua.c, LUA_MASKCOUNT).
    std::uint64_t slice = 100'000;
    /// Redis's busy-reply-threshold, or lua-time-limit (5000 there): a script that runs longer is busy(), and from then
    /// on `poll` is called. It is not ended.
    std::chrono::milliseconds busy_threshold{0};
    /// Called between slices and within long commands of a metered host; true ends the script, whatever it has written.
    /// EN5, EN6.
    std::function<bool()> poll;
    /// Largest reply, of a script or of one command that it calls, in bytes of memory (Redis has no such limit). Replies
    /// count towards memory_limit, too, until they are taken over.
    std::size_t reply_limit = std::size_t{512} << 20;
    /// RESP version of the client, for encode().
    int client_resp = 2;
    /// Database that scripts start in.
    int db = 0;
    /// Where redis.log() goes, from this level on. EN5, EN6.
    LogSink log;
    LogLevel log_level = LogLevel::Notice;
    /// Seed of the VM's hashing; 0 draws one.
    std::uint64_t hash_seed = 0;
};

/// How a run ended.
enum class RunEnd : std::uint8_t {
    Returned,
    Raised,       ///< an error of the script, out of memory among them
    Killed,       ///< SCRIPT KILL
    Interrupted,  ///< poll said so
    TimeLimit,
    WorkLimit,
};

struct RunReport {
    RunEnd end = RunEnd::Returned;
    bool failed = false;         ///< the script ended with an error
    bool killed = false;         ///< that error was a kill, or a limit: all but Returned and Raised
    bool error_counted = false;  ///< a command that the host executed has counted the error already
    bool wrote = false;          ///< a write command was executed
    bool undone = false;         ///< and its effects were undone
    std::uint64_t slices = 0;    ///< steps of the VM
};

using Args = std::span<const std::string_view>;

}  // namespace arenite::redis

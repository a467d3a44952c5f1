// The border between the script engine and whatever executes its commands: the embedded keyspace, or a server.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <arenite/redis/reply.h>

namespace arenite::redis {

class WorkMeter;

/// The state of one caller (a script run, or a client), handed to every call.
struct CallContext {
    /// Replies take the shape of this protocol version, as redis.setresp() chooses: 2 or 3.
    int resp = 2;
    /// EVAL_RO, FCALL_RO and flags=no-writes: write commands are refused.
    bool read_only = false;
    /// From a script: noscript commands are refused, and errors of names and argument counts have the texts of script.c.
    bool from_script = true;
    /// The selected database; SELECT changes it.
    int db = 0;
    /// A write command was executed, whether or not it changed anything (SCRIPT_WRITE_DIRTY). Never cleared by a host.
    bool wrote = false;
    /// What commands of this caller charge; null: nothing is charged, and nothing ends them.
    WorkMeter* meter = nullptr;
};

class CommandHost {
public:
    virtual ~CommandHost() = default;
    /// Executes one command; args[0] is its name. Errors are replies. Within a script, std::bad_alloc is an error of
    /// memory that the script may catch; anything else that is thrown ends the run (Engine, EN5).
    [[nodiscard]] virtual Reply call(std::span<const std::string_view> args, CallContext& context) = 0;

    /// Whether call() charges the meter of the context, ends when that says so, and then has changed nothing, as one
    /// that has failed for want of memory has. What such a host is in the middle of can be killed.
    [[nodiscard]] virtual bool is_metered() const noexcept { return false; }
    /// Whether args[0] (and args[1], a subcommand) names a command, for redis.acl_check_cmd(). If in doubt, yes.
    [[nodiscard]] virtual bool knows_command(std::span<const std::string_view> args) const { return !args.empty(); }

    /// Undo: everything that calls change between begin_undo() and rollback_undo() is put back, in every database. Scopes
    /// nest, and end from the innermost one out; what commit_undo() keeps of an inner scope, the rollback of an outer one
    /// still undoes. begin_undo() may throw std::bad_alloc, and opens nothing then. Without undo the calls do nothing.
    [[nodiscard]] virtual bool can_undo() const noexcept { return false; }
    virtual void begin_undo() {}
    virtual void commit_undo() noexcept {}
    virtual void rollback_undo() noexcept {}
    /// The clock that decides expiry, in milliseconds since 1970: frozen while a script runs, the real one with nullopt.
    virtual void set_clock(std::optional<std::int64_t> frozen_ms) { static_cast<void>(frozen_ms); }
};

}  // namespace arenite::redis

// What the natives of the Redis profile know of the engine that runs them; Vm::host_data points to one.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

#include "heap/heap.h"
#include "redis_api/command_host.h"
#include "redis_api/lib/cjson.h"
#include "redis_api/lrand48.h"
#include "vm/vm.h"

namespace arenite::redis {

/// The levels of redis.log() (Redis server.h, LL_DEBUG ...).
enum class LogLevel : int { Debug, Verbose, Notice, Warning };

using LogSink = std::function<void(LogLevel level, std::string_view text)>;

/// Names of the fields that replies have as Lua tables: strings made once, and kept alive by a table in the registry.
struct FieldNames {
    Value err, ok, double_, big_number, verbatim_string, map, set;
    Value string, format;
    Value ignore_error_stats_update, source, line;
};

/// Arbitrates between the script, which is about to call a command, and another thread that wants to kill it: a
/// script that has written is not killed, and one that is killed does not write any more (Redis script.c, scriptKill).
/// What is written in a block of redis.atomic() counts from the end of the outermost block on.
class KillSwitch {
public:
    enum class Answer : std::uint8_t { NotRunning, AlreadyWrote, Killed };

    /// `undoable`: what the script wrote will be taken back, so it may be killed at any time.
    void script_starts(bool undoable) {
        const std::lock_guard lock(mutex_);
        running_ = true;
        killed_ = false;
        wrote_ = false;
        blocks_ = 0;
        undoable_ = undoable;
    }
    /// A kill that came too late, or has been seen, is not for what is loaded next.
    void script_ends(Vm& vm) {
        const std::lock_guard lock(mutex_);
        running_ = false;
        vm.clear_interrupt();
    }
    /// From any thread but the one that is inside of a command.
    Answer kill(Vm& vm) {
        const std::lock_guard lock(mutex_);
        if (!running_) return Answer::NotRunning;
        if (wrote_ && !undoable_) return Answer::AlreadyWrote;
        killed_ = true;
        vm.interrupt();
        return Answer::Killed;
    }
    /// Runs `command`, which tells whether the script has written, unless the script is to end. False: it is.
    template <class Command>
    [[nodiscard]] bool unless_killed(Command&& command) {
        const std::lock_guard lock(mutex_);
        if (killed_) return false;
        const bool wrote = command();
        if (blocks_ == 0) wrote_ = wrote;  // within a block it can still be undone
        return true;
    }
    /// A block of redis.atomic() opens.
    void block_opens() {
        const std::lock_guard lock(mutex_);
        ++blocks_;
    }
    /// Ends the innermost block by `keep`, which tells whether the script has written. False: the script is to end, and
    /// the block is still open.
    template <class Keep>
    [[nodiscard]] bool block_ends(Keep&& keep) {
        const std::lock_guard lock(mutex_);
        if (killed_) return false;
        const bool wrote = keep();
        if (--blocks_ == 0) wrote_ = wrote;
        return true;
    }
    /// The innermost block was undone.
    void block_undone() {
        const std::lock_guard lock(mutex_);
        --blocks_;
    }
    /// Whether a kill was answered with OK.
    [[nodiscard]] bool killed() {
        const std::lock_guard lock(mutex_);
        return killed_;
    }

private:
    std::mutex mutex_;
    bool running_ = false;
    bool killed_ = false;
    bool wrote_ = false;
    std::size_t blocks_ = 0;  ///< open blocks of redis.atomic()
    bool undoable_ = false;
};

struct ScriptEnvironment {
    CommandHost* host = nullptr;
    /// The caller as the host sees it: RESP version, database, read-only, whether it wrote. Set anew for every run.
    CallContext call;
    /// Whether a script runs, as against the loading of a library.
    bool running = false;
    /// What the script that runs writes is taken back when it fails.
    bool may_be_undone = false;
    KillSwitch kill;
    LogSink log;
    LogLevel log_level = LogLevel::Notice;
    /// Of a command that has run, until there are Lua values of it.
    Reply reply;
    /// What redis.set_repl() chose: 1 the AOF, 2 replicas, 3 both. Set anew for every run.
    int replication = 3;
    /// Lives on from script to script, as in Redis.
    Lrand48 random;
    /// Likewise the options of cjson.
    CjsonOptions cjson;

    // Objects of the profile (profile.h), alive as long as the VM.
    FieldNames names{};
    Value xpcall = Value::nil();         ///< the built-in function
    Value error_handler = Value::nil();  ///< __redis__err__handler
    Handle<Table> keys;                  ///< KEYS and ARGV, empty between scripts
    Handle<Table> argv;
    Handle<Table> roots;  ///< in the registry: keeps objects of the engine alive

    [[nodiscard]] static ScriptEnvironment& of(NativeContext& cx) {
        return *static_cast<ScriptEnvironment*>(cx.vm().host_data);
    }
};

/// The bytes of a C string, as Redis passes many texts: up to the first NUL.
[[nodiscard]] constexpr std::string_view until_nul(std::string_view text) {
    return text.substr(0, text.find('\0'));
}

/// static_cast<long long>(double) as x86-64 does it: truncates; NaN and what does not fit give INT64_MIN.
[[nodiscard]] constexpr std::int64_t truncate_to_int64(double number) {
    return number >= -0x1p63 && number < 0x1p63 ? static_cast<std::int64_t>(number) : INT64_MIN;
}

/// static_cast<int>(double) likewise.
[[nodiscard]] constexpr int truncate_to_int(double number) {
    return number > -2147483649.0 && number < 2147483648.0 ? static_cast<int>(number) : INT32_MIN;
}

}  // namespace arenite::redis

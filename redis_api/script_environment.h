// What the natives of the Redis profile know of the engine that runs them; Vm::host_data points to one.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

#include "heap/heap.h"
#include "redis_api/command_host.h"
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
class KillSwitch {
public:
    enum class Answer : std::uint8_t { NotRunning, AlreadyWrote, Killed };

    /// `undoable`: what the script wrote will be taken back, so it may be killed at any time.
    void script_starts(Vm& vm, bool undoable) {
        const std::lock_guard lock(mutex_);
        vm.clear_interrupt();
        running_ = true;
        killed_ = false;
        wrote_ = false;
        undoable_ = undoable;
    }
    void script_ends() {
        const std::lock_guard lock(mutex_);
        running_ = false;
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
    /// Ends the script whatever it has done.
    void force(Vm& vm) {
        const std::lock_guard lock(mutex_);
        killed_ = true;
        vm.interrupt();
    }
    /// Runs `command`, which tells whether it wrote, unless the script is to end. False: it is.
    template <class Command>
    [[nodiscard]] bool unless_killed(Command&& command) {
        const std::lock_guard lock(mutex_);
        if (killed_) return false;
        if (command()) wrote_ = true;
        return true;
    }

private:
    std::mutex mutex_;
    bool running_ = false;
    bool killed_ = false;
    bool wrote_ = false;
    bool undoable_ = false;
};

struct ScriptEnvironment {
    CommandHost* host = nullptr;
    /// The caller as the host sees it: RESP version, database, read-only, whether it wrote. Set anew for every run.
    CallContext call;
    /// Whether a script runs, as against the loading of a library.
    bool running = false;
    KillSwitch kill;
    LogSink log;
    LogLevel log_level = LogLevel::Notice;
    /// What redis.set_repl() chose: 1 the AOF, 2 replicas, 3 both. Set anew for every run.
    int replication = 3;
    /// Lives on from script to script, as in Redis.
    Lrand48 random;

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

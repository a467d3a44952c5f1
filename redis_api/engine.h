// Engine: runs the scripts of EVAL and its relatives as Redis 7.0.15 does (Redis eval.c, script.c, script_lua.c), over
// any command host.
//
//     auto engine = Engine::create();
//     Reply reply = engine->eval("return redis.call('set', KEYS[1], ARGV[1])", {"key"}, {"value"});
//     std::string bytes = engine->encode(reply);
//
// Invariants
//  EN1. A run is one transaction of the VM, rolled back once its reply is made: no script leaves anything in the heap.
//       What outlives it is the script cache (committed before), the random generator, and what commands did.
//  EN2. An engine is used by one thread at a time; only script_kill() and busy() may be called from elsewhere. A kill and a
//       write exclude one another (KillSwitch).
//  EN3. Replies are values, and no reply refers to the VM. That C++ memory is out is a reply, too, for which none is needed;
//       only encode() throws std::bad_alloc.
//  EN4. A killed script cannot catch its end. Each reason to end one has its own text (RunEnd).
//  EN5. However a run is left, all that it began ends with it: the VM's transaction, blocks, the host's undo scope, its frozen
//       clock. What the host's own functions (CommandHost, poll, log) throw, but for std::bad_alloc, ends the run as a
//       failure that the script cannot catch, and goes on to the caller of eval().
//  EN6. Nothing re-enters. Within what the engine calls the host for, and in a transaction of vm() that the host has left open,
//       whatever would use the VM answers "ERR the engine is busy" and disturbs nothing. From poll and log, script_kill()
//       kills; from within a command it is busy. To destroy the engine from there ends the program, with a message.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "redis_api/command_host.h"
#include "redis_api/reply.h"
#include "redis_api/script_cache.h"
#include "redis_api/script_environment.h"
#include "vm/task.h"

namespace arenite::redis {

/// What becomes of the writes of a script that ends with an error.
enum class UndoPolicy : std::uint8_t {
    KeepWrites,  ///< they stay, as in Redis
    RollBack,    ///< the host takes them back, if it can; a reply {err = ...} that a script returns is no such end
};

struct EngineOptions {
    /// What executes commands; an embedded Keyspace when empty. May be shared with other engines of the same thread.
    std::shared_ptr<CommandHost> host;
    UndoPolicy undo = UndoPolicy::KeepWrites;
    /// Bytes the VM may use, beyond which a script gets "not enough memory"; 0: no limit.
    std::size_t memory_limit = std::size_t{1} << 30;
    /// Address space to reserve for the VM (a power of two, at most 32 GiB).
    std::size_t address_range = HeapOptions{}.address_range;
    /// For hosts with many engines at once: one pool for all of them, from which their address space comes. None: the pool
    /// of the thread, which keeps one range.
    std::shared_ptr<ReservationPool> reservations;
    /// As HeapOptions::keep_range.
    bool keep_range = true;
    /// A script that runs longer is ended, whatever it has written; 0: never. (Redis never does that.)
    std::chrono::milliseconds time_limit{0};
    /// A script that works more (in VM instructions, about) is ended, whatever it has written; 0: never.
    std::uint64_t step_limit = 0;
    /// Units of work between two looks at poll, in the script as within its commands (Redis script_lua.c, luaCallFunction:
    /// LUA_MASKCOUNT).
    std::uint64_t slice = 100'000;
    /// Redis's busy-reply-threshold, or lua-time-limit (5000 there): a script that runs longer is busy(), and from then
    /// on `poll` is called. It is not ended.
    std::chrono::milliseconds busy_threshold{0};
    /// Called between slices (of about 100,000 instructions, as Redis looks at its clients), and within long commands of a
    /// metered host; true ends the script, whatever it has written. EN5, EN6.
    std::function<bool()> poll;
    /// Largest reply, of a script or of one command that it calls, in bytes of memory. (Redis has no such limit; a script
    /// that needs more would take the server down.) Replies count towards memory_limit, too, until they are taken over.
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

/// How the last run ended.
struct RunReport {
    RunEnd end = RunEnd::Returned;
    bool failed = false;         ///< the script ended with an error
    bool killed = false;         ///< that error was a kill, or a limit: all but Returned and Raised
    bool error_counted = false;  ///< a command that the host executed has counted the error already
    bool wrote = false;          ///< a write command was executed
    bool undone = false;         ///< and its effects were taken back
    std::uint64_t slices = 0;    ///< steps of the VM
};

using Words = std::span<const std::string_view>;

class Engine {
public:
    /// Null when memory or address space cannot be had.
    [[nodiscard]] static std::unique_ptr<Engine> create(EngineOptions options = {});
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // --- Scripts. The caller has split keys from arguments (numkeys). ----------------------------------------------
    Reply eval(std::string_view script, Words keys = {}, Words argv = {});
    Reply eval_ro(std::string_view script, Words keys = {}, Words argv = {});
    Reply evalsha(std::string_view sha, Words keys = {}, Words argv = {});
    Reply evalsha_ro(std::string_view sha, Words keys = {}, Words argv = {});
    Reply eval(std::string_view script, std::initializer_list<std::string_view> keys,
               std::initializer_list<std::string_view> argv = {}) {
        return eval(script, Words(keys.begin(), keys.size()), Words(argv.begin(), argv.size()));
    }

    /// SCRIPT LOAD: the SHA, or the error of compiling.
    Reply script_load(std::string_view script);
    /// SCRIPT EXISTS: an array of 1 and 0.
    Reply script_exists(Words shas) const;
    /// SCRIPT FLUSH.
    Reply script_flush();
    /// SCRIPT KILL: OK, NOTBUSY, or UNKILLABLE once the script has written and its writes would stay. From any thread; one that
    /// executes a command of the script is told that the engine is busy.
    Reply script_kill();
    /// Whether a script runs for longer than busy_threshold, so that clients are to get busy_reply(). From any thread.
    [[nodiscard]] bool busy() const;
    [[nodiscard]] static Reply busy_reply();

    // --- State. ------------------------------------------------------------------------------------------------------
    [[nodiscard]] CommandHost& host() { return *host_; }
    [[nodiscard]] Vm& vm() { return *vm_; }
    [[nodiscard]] const RunReport& last_run() const { return report_; }
    [[nodiscard]] const EngineOptions& options() const { return options_; }
    [[nodiscard]] std::size_t cached_scripts() const { return cache_.size(); }
    void select(int db) { options_.db = db; }
    void set_client_resp(int version) { options_.client_resp = version; }
    /// EngineOptions::step_limit of the scripts to come.
    void set_step_limit(std::uint64_t units) { options_.step_limit = units; }
    /// The bytes of a reply for the client. Throws std::bad_alloc.
    [[nodiscard]] std::string encode(const Reply& reply) const;

private:
    static constexpr std::int64_t kNotRunning = INT64_MAX;
    Engine(EngineOptions options, std::unique_ptr<Vm> vm);

    /// The engine is in use while one of these exists (EN6).
    class Entry;
    /// What a run has begun beside the VM (EN5).
    class RunScope;
    template <class Body>
    Reply guarded(Body&& body) const;
    Reply eval_text(std::string_view script, bool read_only, Words keys, Words argv);
    Reply eval_sha(std::string_view sha, bool read_only, Words keys, Words argv);
    Reply run(const CachedScript& script, bool read_only, Words keys, Words argv);
    Reply run_in_transaction(const CachedScript& script, Words keys, Words argv);
    [[nodiscard]] bool fill(Handle<Table> table, Words words);
    /// Steps the script to its end, or to one of the limits.
    RunEnd run_to_end(Task& task);
    /// The reply of a script that has returned `result`; report_ says whether it could be made.
    Reply reply_of(const CachedScript& script, Value result);
    Reply raised_error(const CachedScript& script, Value error);
    Reply kill_error(const CachedScript& script, RunEnd end) const;

    EngineOptions options_;
    std::shared_ptr<CommandHost> host_;
    std::unique_ptr<Vm> vm_;
    ScriptEnvironment environment_;
    ScriptCache cache_;
    RunReport report_;
    mutable std::atomic<bool> entered_{false};          ///< atomic, so that wrong use from two threads is busy, too
    std::atomic<std::int64_t> busy_from_{kNotRunning};  ///< on the steady clock, in nanoseconds
};

}  // namespace arenite::redis

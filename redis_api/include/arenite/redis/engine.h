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
//  EN2. An engine is used by one thread at a time; only script_kill() and busy() may be called from elsewhere. A kill
//       and a write exclude one another (KillSwitch).
//  EN3. Replies are values, and no reply refers to the VM. That C++ memory is out is a reply, too, for which none is
//       needed; only encode() throws std::bad_alloc.
//  EN4. A killed script cannot catch its end. Each reason to end one has its own text (RunEnd).
//  EN5. However a run is left, all that it began ends with it: the VM's transaction, blocks, the host's undo scope, its
//       frozen clock. What the host's own functions (CommandHost, poll, log) throw, but for std::bad_alloc, ends the
//       run as a failure that the script cannot catch, and goes on to the caller of eval().
//  EN6. Nothing re-enters. Within what the engine calls the host for, and in a transaction of vm() that the host has
//       left open, whatever would use the VM answers "ERR the engine is busy" and disturbs nothing. From poll and log,
//       script_kill() kills; from within a command it is busy. To destroy the engine from there ends the program, with
//       a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <arenite/redis/command_host.h>
#include <arenite/redis/engine_options.h>
#include <arenite/redis/reply.h>

namespace arenite {
class Vm;
}

namespace arenite::redis {

class ScriptEngine;

class Engine {
public:
    /// Null when memory or address space cannot be obtained.
    [[nodiscard]] static std::unique_ptr<Engine> create(EngineOptions options = {});
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // --- Scripts. The caller has split keys from arguments (numkeys). ----------------------------------------------
    Reply eval(std::string_view script, Args keys = {}, Args argv = {});
    Reply eval_ro(std::string_view script, Args keys = {}, Args argv = {});
    Reply evalsha(std::string_view sha, Args keys = {}, Args argv = {});
    Reply evalsha_ro(std::string_view sha, Args keys = {}, Args argv = {});
    Reply eval(std::string_view script, std::initializer_list<std::string_view> keys,
               std::initializer_list<std::string_view> argv = {}) {
        return eval(script, Args(keys.begin(), keys.size()), Args(argv.begin(), argv.size()));
    }

    /// SCRIPT LOAD: the SHA, or the error of compiling.
    Reply script_load(std::string_view script);
    /// SCRIPT EXISTS: an array of 1 and 0.
    Reply script_exists(Args shas) const;
    /// SCRIPT FLUSH.
    Reply script_flush();
    /// SCRIPT KILL: OK, NOTBUSY, or UNKILLABLE once the script has written and its writes would stay. EN2, EN6.
    Reply script_kill();
    /// Whether a script runs for longer than busy_threshold, so that clients are to get busy_reply(). From any thread.
    [[nodiscard]] bool busy() const;
    [[nodiscard]] static Reply busy_reply();

    // --- State. ------------------------------------------------------------------------------------------------------
    [[nodiscard]] CommandHost& host();
    [[nodiscard]] Vm& vm();
    [[nodiscard]] const RunReport& last_run() const;
    [[nodiscard]] const EngineOptions& options() const;
    [[nodiscard]] std::size_t cached_scripts() const;
    void select(int db);
    void set_client_resp(int version);
    /// EngineOptions::step_limit of the scripts to come.
    void set_step_limit(std::uint64_t units);
    /// The bytes of a reply for the client. Throws std::bad_alloc.
    [[nodiscard]] std::string encode(const Reply& reply) const;

private:
    explicit Engine(std::unique_ptr<ScriptEngine> engine);
    std::unique_ptr<ScriptEngine> engine_;
};

}  // namespace arenite::redis

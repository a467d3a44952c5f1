// ScriptEngine: what implements Engine (arenite/redis/engine.h), whose documentation and invariants hold for the
// members of the same names.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arenite/redis/engine_options.h>
#include <arenite/redis/reply.h>
#include <arenite/task.h>

#include "redis_api/script_cache.h"
#include "redis_api/script_environment.h"

namespace arenite::redis {

class ScriptEngine {
public:
    static std::unique_ptr<ScriptEngine> create(EngineOptions options = {});
    ~ScriptEngine();
    ScriptEngine(const ScriptEngine&) = delete;
    ScriptEngine& operator=(const ScriptEngine&) = delete;

    // --- Scripts. The caller has split keys from arguments (numkeys). ----------------------------------------------
    [[nodiscard]] Reply eval(std::string_view script, Args keys = {}, Args argv = {});
    [[nodiscard]] Reply eval_ro(std::string_view script, Args keys = {}, Args argv = {});
    [[nodiscard]] Reply evalsha(std::string_view sha, Args keys = {}, Args argv = {});
    [[nodiscard]] Reply evalsha_ro(std::string_view sha, Args keys = {}, Args argv = {});

    [[nodiscard]] Reply script_load(std::string_view script);
    [[nodiscard]] Reply script_exists(Args shas) const;
    [[nodiscard]] Reply script_flush();
    [[nodiscard]] Reply script_kill();
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
    void set_step_limit(std::uint64_t units) { options_.step_limit = units; }
    [[nodiscard]] std::string encode(const Reply& reply) const;

private:
    static constexpr std::int64_t kNotRunning = INT64_MAX;
    ScriptEngine(EngineOptions options, std::unique_ptr<Vm> vm);

    /// The engine is in use while one of these exists (EN6).
    class Entry;
    /// What a run has begun beside the VM (EN5).
    class RunScope;
    template <class Body>
    [[nodiscard]] Reply guarded(Body&& body) const;
    [[nodiscard]] Reply eval_text(std::string_view script, bool read_only, Args keys, Args argv);
    [[nodiscard]] Reply eval_sha(std::string_view sha, bool read_only, Args keys, Args argv);
    [[nodiscard]] Reply run(const CachedScript& script, bool read_only, Args keys, Args argv);
    [[nodiscard]] Reply run_in_transaction(const CachedScript& script, Args keys, Args argv);
    [[nodiscard]] bool fill(Handle<Table> table, Args words);
    /// Steps the script to its end, or to one of the limits.
    [[nodiscard]] RunEnd run_to_end(Task& task);
    /// The reply of a script that has returned `result`; report_ says whether it could be made.
    [[nodiscard]] Reply reply_of(const CachedScript& script, Value result);
    [[nodiscard]] Reply raised_error(const CachedScript& script, Value error);
    [[nodiscard]] Reply kill_error(const CachedScript& script, RunEnd end) const;

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

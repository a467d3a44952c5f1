#include "redis_api/script_engine.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#include <arenite/redis/reply_text.h>
#include "redis_api/atomic_scopes.h"
#include "redis_api/convert.h"
#include "redis_api/keyspace/keyspace.h"
#include "redis_api/lua_to_reply.h"
#include "redis_api/profile.h"
#include "redis_api/scoped_transaction.h"
#include "redis_api/script_position.h"
#include "txn/transaction.h"

namespace arenite::redis {
namespace {

using Clock = std::chrono::steady_clock;
static_assert(std::is_same_v<Clock::duration, std::chrono::nanoseconds>);

/// Work that no script will ever have done.
constexpr std::uint64_t kMostWork = std::uint64_t{1} << 62;

constexpr const char* kBusy = "ERR the engine is busy";

/// LUAI_MAXCALLS of Redis's Lua.
constexpr std::uint32_t kMaxFrames = 20'000;

std::int64_t wall_clock_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// A field of a table as scripts see it, through metatables whose __index are tables. (Redis would call functions, too,
/// outside of any protection.)
Value field_of(const Heap& heap, Value object, Value name) {
    constexpr int kMaxChain = 100;  // MAXTAGLOOP
    for (int i = 0; i < kMaxChain; ++i) {
        const Table* table = heap.get<Table>(object);
        if (!table) return Value::nil();
        if (const Value value = table->get(heap, name); !value.is_nil()) return value;
        object = heap.metamethod_of(table->metatable(), Metamethod::Index);
    }
    return Value::nil();
}

bool is_text(Value v) {
    return v.is_string() || v.is_number();
}

std::string position_suffix(std::string_view sha, std::string_view source, std::string_view line) {
    std::string suffix = " script: ";
    suffix += sha;
    suffix += ", on ";
    suffix += source;
    suffix += ':';
    suffix += line;
    suffix += '.';
    return suffix;
}

}  // namespace

std::unique_ptr<ScriptEngine> ScriptEngine::create(EngineOptions options) {
    VmOptions vm_options;
    vm_options.profile = Profile::Bare;
    vm_options.heap.address_range = options.address_range;
    vm_options.heap.reservations = options.reservations;
    vm_options.heap.keep_range = options.keep_range;
    if (options.memory_limit != 0) vm_options.heap.memory_limit = options.memory_limit;
    vm_options.max_frames = kMaxFrames;
    try {
        vm_options.heap.hash_seed = options.hash_seed;
        if (!options.host) options.host = std::make_shared<Keyspace>();
        std::unique_ptr<Vm> vm = Vm::create(vm_options);
        if (!vm) return nullptr;
        std::unique_ptr<ScriptEngine> engine(new ScriptEngine(std::move(options), std::move(vm)));
        return open_redis_profile(*engine->vm_, engine->environment_) ? std::move(engine) : nullptr;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

ScriptEngine::ScriptEngine(EngineOptions options, std::unique_ptr<Vm> vm)
    : options_(std::move(options)), host_(options_.host), vm_(std::move(vm)), cache_(*vm_, environment_) {
    environment_.host = host_.get();
    environment_.log = options_.log;
    environment_.log_level = options_.log_level;
}

ScriptEngine::~ScriptEngine() {
    if (!entered_.load()) return;
    std::fputs("arenite: an Engine was destroyed by what it runs\n", stderr);
    std::abort();  // there is nothing left to return to
}

std::string ScriptEngine::encode(const Reply& reply) const {
    return to_resp(reply, options_.client_resp);
}

class ScriptEngine::Entry {
public:
    explicit Entry(std::atomic<bool>& entered) : entered_(entered), first_(!entered.exchange(true)) {}
    ~Entry() {
        if (first_) entered_.store(false);
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    [[nodiscard]] bool is_first() const { return first_; }

private:
    std::atomic<bool>& entered_;
    const bool first_;
};

/// Does what uses the VM, unless that is in use; EN3, EN6.
template <class Body>
Reply ScriptEngine::guarded(Body&& body) const {
    const Entry entry(entered_);
    if (!entry.is_first() || vm_->running() || vm_->txn().active()) return Reply::constant_error(kBusy);
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return Reply::constant_error("ERR not enough memory");
    }
}

// --- Commands about scripts. -----------------------------------------------------------------------------------------

Reply ScriptEngine::eval(std::string_view script, Args keys, Args argv) {
    return eval_text(script, false, keys, argv);
}

Reply ScriptEngine::eval_ro(std::string_view script, Args keys, Args argv) {
    return eval_text(script, true, keys, argv);
}

Reply ScriptEngine::evalsha(std::string_view sha, Args keys, Args argv) {
    return eval_sha(sha, false, keys, argv);
}

Reply ScriptEngine::evalsha_ro(std::string_view sha, Args keys, Args argv) {
    return eval_sha(sha, true, keys, argv);
}

Reply ScriptEngine::eval_text(std::string_view script, bool read_only, Args keys, Args argv) {
    return guarded([&] {
        Reply error;
        const CachedScript* cached = cache_.load(script, error);
        return cached ? run(*cached, read_only, keys, argv) : std::move(error);
    });
}

Reply ScriptEngine::eval_sha(std::string_view sha, bool read_only, Args keys, Args argv) {
    return guarded([&] {
        const CachedScript* cached = cache_.find(sha);
        return cached ? run(*cached, read_only, keys, argv)
                      : Reply::constant_error("NOSCRIPT No matching script. Please use EVAL.");
    });
}

Reply ScriptEngine::script_load(std::string_view script) {
    return guarded([&] {
        Reply error;
        const CachedScript* cached = cache_.load(script, error);
        return cached ? Reply::bulk(cached->sha) : std::move(error);
    });
}

Reply ScriptEngine::script_exists(Args shas) const {
    return guarded([&] {
        Reply::Items items;
        for (const std::string_view sha : shas) items.push_back(Reply::integer(cache_.find(sha) != nullptr ? 1 : 0));
        return Reply::array(std::move(items));
    });
}

Reply ScriptEngine::script_flush() {
    return guarded([&] { return cache_.flush() ? Reply::ok() : Reply::constant_error("ERR not enough memory"); });
}

bool ScriptEngine::busy() const {
    return Clock::now().time_since_epoch().count() >= busy_from_.load();
}

Reply ScriptEngine::busy_reply() {
    return Reply::constant_error(
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");
}

Reply ScriptEngine::script_kill() {
    switch (environment_.kill.kill(*vm_)) {
        case KillSwitch::Answer::NotRunning: return Reply::constant_error("NOTBUSY No scripts in execution right now.");
        case KillSwitch::Answer::AlreadyWrote:
            return Reply::constant_error(
                "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait "
                "the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.");
        case KillSwitch::Answer::InsideCommand: return Reply::constant_error(kBusy);
        case KillSwitch::Answer::Killed: break;
    }
    return Reply::ok();
}

// --- A run. ----------------------------------------------------------------------------------------------------------

class ScriptEngine::RunScope {
public:
    RunScope(ScriptEngine& engine, bool read_only) : engine_(engine) {
        ScriptEnvironment& environment = engine.environment_;
        environment.call = {};
        environment.call.resp = 2;
        environment.call.db = engine.options_.db;
        environment.call.read_only = read_only;
        environment.call.meter = engine.host_->is_metered() ? &environment.meter : nullptr;
        environment.replication = 3;
    }
    /// May throw what the host throws; what has been begun then ends.
    void begin() {
        frozen_ = true;
        engine_.host_->set_clock(wall_clock_ms());
        if (engine_.options_.undo == UndoPolicy::RollBack && engine_.host_->can_undo()) {
            engine_.host_->begin_undo();
            undoable_ = true;
        }
        engine_.environment_.running = true;
        engine_.environment_.may_be_undone = undoable_;
    }
    ~RunScope() {
        ScriptEnvironment& environment = engine_.environment_;
        environment.running = false;
        environment.reply.drop();
        environment.meter.run_ends();
        environment.kill.script_ends(*engine_.vm_);
        engine_.busy_from_ = kNotRunning;
        engine_.vm_->extension<AtomicScopes>().end_run(environment);
        engine_.report_.wrote = environment.call.wrote;
        if (undoable_ && engine_.report_.failed) {
            engine_.host_->rollback_undo();
            engine_.report_.undone = true;
        } else if (undoable_) {
            engine_.host_->commit_undo();
        }
        if (!frozen_) return;
        try {
            engine_.host_->set_clock(std::nullopt);
        } catch (...) {  // NOLINT(bugprone-empty-catch): a destructor, which has nobody to tell
        }
    }
    RunScope(const RunScope&) = delete;
    RunScope& operator=(const RunScope&) = delete;

private:
    ScriptEngine& engine_;
    bool frozen_ = false;
    bool undoable_ = false;
};

Reply ScriptEngine::run(const CachedScript& script, bool read_only, Args keys, Args argv) {
    // Redis script.c, scriptPrepareForRun; what it asks of the server is the host's business.
    const ScriptFlags& flags = script.flags;
    if (!flags.compatible && !flags.no_writes && read_only) {
        return Reply::constant_error("ERR Can not execute a script with write flag using *_ro command.");
    }
    report_ = {};
    report_.failed = true;
    report_.end = RunEnd::Raised;
    RunScope scope(*this, read_only || flags.no_writes);
    scope.begin();
    return run_in_transaction(script, keys, argv);
}

Reply ScriptEngine::run_in_transaction(const CachedScript& script, Args keys, Args argv) {
    const ScopedTransaction transaction(*vm_);
    if (!transaction.open()) {
        return Reply::constant_error(vm_->txn().active() ? kBusy : "ERR not enough memory");
    }
    if (!fill(environment_.keys, keys) || !fill(environment_.argv, argv)) return raised_error(script, Value::nil());
    TaskOptions options{.on_failure = OnFailure::Leave, .join = true};
    if (options_.time_limit.count() > 0) options.deadline = Clock::now() + options_.time_limit;
    if (options_.step_limit != 0) options.work_limit = options_.step_limit;
    environment_.meter.run_starts({.vm = vm_.get(),
                                   .kill = &environment_.kill,
                                   .deadline = options.deadline,
                                   .work_limited = options_.step_limit != 0,
                                   .reply_limit = options_.reply_limit});
    const Value arguments[] = {script.function, environment_.error_handler};
    Task task(*vm_, environment_.xpcall, arguments, options);
    report_.end = run_to_end(task);
    report_.killed = report_.end > RunEnd::Raised;
    const auto results = task.values();
    const Value result = results.size() < 2 ? Value::nil() : results[1];
    if (report_.killed) return kill_error(script, report_.end);
    if (report_.end == RunEnd::Raised) {
        return raised_error(script, task.status() == RunStatus::Failed ? vm_->error() : result);
    }
    return reply_of(script, result);
}

bool ScriptEngine::fill(Handle<Table> table, Args words) {
    if (words.empty()) return true;
    Table* array = vm_->heap().get(table);
    if (!array) return false;
    Transaction& txn = vm_->txn();
    if (txn.reserve_array(*array, static_cast<std::uint32_t>(words.size())) != TableStatus::Ok) return false;
    std::int64_t index = 0;
    for (const std::string_view word : words) {
        const Value string = vm_->make_string(word);
        if (string.is_nil() || txn.raw_set_integer(*array, ++index, string) != TableStatus::Ok) return false;
    }
    return true;
}

namespace {

RunEnd end_for(ScriptMeter::Cause cause) {
    switch (cause) {
        case ScriptMeter::Cause::Deadline: return RunEnd::TimeLimit;
        case ScriptMeter::Cause::WorkLimit: return RunEnd::WorkLimit;
        case ScriptMeter::Cause::Host: return RunEnd::Interrupted;
        default: return RunEnd::Killed;
    }
}

}  // namespace

/// It is made while the script's values are still there, and so its limits still hold: what it takes is work and memory of
/// the script.
Reply ScriptEngine::reply_of(const CachedScript& script, Value result) {
    ScriptMeter& meter = environment_.meter;
    for (bool again = false;; again = true) {
        meter.start();
        try {
            Reply reply = lua_to_reply(vm_->heap(), environment_.names, result, environment_.call.resp, meter);
            meter.drop_reply();  // it is the caller's from now on
            report_.failed = false;
            return reply;
        } catch (const CommandEnded&) {
            meter.drop_reply();
        }
        if (meter.end() != WorkMeter::End::NoRoom || again) break;
        vm_->full_collect();  // there may be garbage
    }
    switch (meter.end()) {
        case WorkMeter::End::Stopped:
            report_.end = end_for(meter.cause());
            report_.killed = true;
            return kill_error(script, report_.end);
        case WorkMeter::End::NoRoom:
            return Reply::constant_error("ERR the reply of the script does not fit into its memory limit");
        default: return Reply::constant_error("ERR the reply of the script is too large");
    }
}

RunEnd ScriptEngine::run_to_end(Task& task) {
    const auto busy_from = Clock::now() + options_.busy_threshold;
    environment_.kill.script_starts(environment_.may_be_undone);  // the task has cleared the interrupt
    busy_from_ = busy_from.time_since_epoch().count();
    const std::uint64_t slice = std::max<std::uint64_t>(options_.slice, 1);
    if (options_.poll)
        environment_.meter.set_host([this, busy_from] { return Clock::now() >= busy_from && options_.poll(); }, slice);
    std::uint64_t left = options_.step_limit != 0 ? std::min(options_.step_limit, kMostWork) : kMostWork;
    const auto step = [&] {
        left -= std::min(left, slice);
        environment_.meter.set_work_beyond(left);
        return task.step(slice);
    };
    while (step() == RunStatus::Suspended) {
        ++report_.slices;
        if (!options_.poll || Clock::now() < busy_from || !options_.poll()) continue;
        task.kill("interrupted by the host");
        ++report_.slices;
        return RunEnd::Interrupted;
    }
    ++report_.slices;
    if (task.status() == RunStatus::Failed) {
        switch (task.failure().kind) {
            case Failure::Kind::Killed:
                return environment_.meter.cause() == ScriptMeter::Cause::Host ? RunEnd::Interrupted : RunEnd::Killed;
            case Failure::Kind::Deadline: return RunEnd::TimeLimit;
            case Failure::Kind::WorkLimit: return RunEnd::WorkLimit;
            default: return RunEnd::Raised;
        }
    }
    // A block of redis.atomic() that ended after a kill is still open (AB3), so the script is not one that has finished.
    if (environment_.kill.killed() && vm_->extension<AtomicScopes>().has_open()) return RunEnd::Killed;
    const auto results = task.values();
    return !results.empty() && results[0].truthy() ? RunEnd::Returned : RunEnd::Raised;
}

/// The reply for an error value that the error handler has seen (Redis script_lua.c, luaCallFunction and
/// luaExtractErrorInformation). One that is no table never got to it, or broke it.
Reply ScriptEngine::raised_error(const CachedScript& script, Value error) {
    const Heap& heap = vm_->heap();
    if (!error.is<Table>()) {
        constexpr std::size_t kMaxShown = 100;
        std::string text = error.is_nil()   ? "not enough memory"
                           : is_text(error) ? text_of(heap, error)
                                            : "execution failure";
        if (text.size() > kMaxShown) text.resize(kMaxShown);
        return Reply::error("ERR Error running script " + script.sha + ", " + text);
    }
    constexpr std::size_t kMostAdded = 128;  // numbers, the SHA and what is between
    const FieldNames& names = environment_.names;
    const Value err = field_of(heap, error, names.err);
    const Value source = field_of(heap, error, names.source);
    const Value line = field_of(heap, error, names.line);
    report_.error_counted = field_of(heap, error, names.ignore_error_stats_update) == Value::boolean(true);
    // The script may have put texts of any length there.
    std::size_t bytes = 0;
    for (const Value v : {err, source, line}) bytes += v.is_string() ? heap.string(v).size() : 0;
    ScriptMeter& meter = environment_.meter;
    meter.start();
    try {
        meter.hold_reply(bytes);
    } catch (const CommandEnded&) {
        meter.drop_reply();
        return Reply::constant_error(meter.end() == WorkMeter::End::NoRoom
                                         ? "ERR the error of the script does not fit into its memory limit"
                                         : "ERR the error of the script is too large");
    }
    meter.drop_reply();  // it is the caller's from now on
    std::string text;
    text.reserve(bytes + kMostAdded);
    // Redis reads through a null pointer when there is no text (redis#14163, valkey#2229).
    if (err.is_string()) {
        text += until_nul(heap.string(err));
    } else {
        text += is_text(err) ? text_of(heap, err) : "ERR unknown error";
    }
    if (is_text(source) && is_text(line)) {
        text += position_suffix(script.sha, text_of(heap, source), text_of(heap, line));
    }
    return Reply::error(std::move(text));
}

/// Where in the script it was ended is told as for errors.
Reply ScriptEngine::kill_error(const CachedScript& script, RunEnd end) const {
    std::string text;
    switch (end) {
        case RunEnd::Interrupted: text = "ERR Script interrupted by its host"; break;
        case RunEnd::TimeLimit:
            text = "ERR Script exceeded its time limit of " + std::to_string(options_.time_limit.count()) + " ms";
            break;
        case RunEnd::WorkLimit:
            text = "ERR Script exceeded its work limit of " + std::to_string(options_.step_limit) + " units";
            break;
        default: text = "ERR Script killed by user with SCRIPT KILL..."; break;
    }
    if (const auto position = lua_position(vm_->machine())) {
        text += position_suffix(script.sha, until_nul(position->source), std::to_string(position->line));
    }
    return Reply::error(std::move(text));
}

}  // namespace arenite::redis

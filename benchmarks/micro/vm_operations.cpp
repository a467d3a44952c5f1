// What a host pays: making and closing a VM with each profile, an engine with the Redis profile, loading source, calls into
// the VM, EVAL of a cached script; and what a script pays for calls, protected calls, coroutines and natives.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include <arenite/redis/engine.h>
#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace {

using namespace arenite;

// --- Lives --------------------------------------------------------------------------------------------------------------

/// With address space from the thread's pool, or from the system.
void create_vm(benchmark::State& state, Profile profile, bool pooled) {
    VmOptions options;
    options.profile = profile;
    options.heap.keep_range = pooled;
    for (auto _ : state) {
        const auto vm = Vm::create(options);
        benchmark::DoNotOptimize(vm.get());
    }
}
BENCHMARK_CAPTURE(create_vm, full, Profile::Full, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(create_vm, sandbox, Profile::Sandbox, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(create_vm, bare, Profile::Bare, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(create_vm, full_fresh_range, Profile::Full, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(create_vm, bare_fresh_range, Profile::Bare, false)->Unit(benchmark::kMicrosecond);

/// With an embedded keyspace, or with one that is there already; with address space from the thread's pool, or the system.
void create_engine(benchmark::State& state, bool shared, bool pooled) {
    redis::EngineOptions options;
    const auto first = redis::Engine::create();
    if (shared) options.host = std::shared_ptr<redis::CommandHost>(&first->host(), [](auto*) {});
    options.keep_range = pooled;
    for (auto _ : state) benchmark::DoNotOptimize(redis::Engine::create(options).get());
}
BENCHMARK_CAPTURE(create_engine, own_keyspace, false, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(create_engine, shared_keyspace, true, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(create_engine, fresh_range, true, false)->Unit(benchmark::kMicrosecond);

// --- Loading --------------------------------------------------------------------------------------------------------------

/// Functions as people write them, about `bytes` of them.
std::string source_of(std::size_t bytes) {
    std::string text = "local modules = {}\n";
    for (int module = 1; text.size() < bytes; ++module) {
        text += "modules[" + std::to_string(module) + "] = (function()\n    local M = {}\n";
        for (int k = 0; k < 30; ++k) {
            const std::string n = std::to_string(module * 31 + k * 7);
            text += "    -- Adds the parts of a list that are not larger than the limit.\n    function M.total_" +
                    std::to_string(k) + "(list, limit)\n        local sum, seen = " + n + ", {name = \"total " + n +
                    "\", limit = limit}\n" +
                    "        for index, item in ipairs(list) do\n"
                    "            if type(item) == 'number' and item <= limit then\n"
                    "                sum = sum + item * 2.5 - index % 3\n"
                    "            elseif item ~= nil then\n"
                    "                seen[#seen + 1] = tostring(item) .. ':' .. index\n"
                    "            end\n        end\n"
                    "        while sum > limit do sum = sum - (limit + 1) end\n"
                    "        return sum, function() return seen end\n    end\n";
        }
        text += "    return M\nend)()\n";
    }
    return text + "return modules\n";
}

void load(benchmark::State& state) {
    const std::string text = source_of(static_cast<std::size_t>(state.range(0)));
    const auto vm = Vm::create();
    for (auto _ : state) {
        vm->begin();
        Value function;
        if (!vm->load(text, "=generated", function)) {
            state.SkipWithError(vm->failure().message.c_str());
            return;
        }
        state.PauseTiming();
        vm->rollback();
        state.ResumeTiming();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(load)->Arg(10'000)->Arg(5'000'000)->Unit(benchmark::kMicrosecond);

// --- Calls into the VM ------------------------------------------------------------------------------------------------------

/// One transaction for each call, as hosts do it, or one for all.
void host_call(benchmark::State& state, bool own_transaction) {
    const auto vm = Vm::create();
    vm->begin();
    Value function;
    if (!vm->load("local a, b = ... return a + b", "=bench", function) ||
        !vm->set_field(Handle<Table>{vm->globals().bits}, "bench", function)) {
        state.SkipWithError("cannot load");
        return;
    }
    vm->commit();
    if (!own_transaction) vm->begin();
    const Value args[] = {Value::number(1), Value::number(2)};
    for (auto _ : state) {
        if (own_transaction) vm->begin();
        if (vm->call(function, args) != RunStatus::Finished) {
            state.SkipWithError(vm->failure().message.c_str());
            return;
        }
        if (own_transaction) vm->commit(CommitMode::ReleaseUnescaped);
    }
}
BENCHMARK_CAPTURE(host_call, transaction_each, true);
BENCHMARK_CAPTURE(host_call, one_transaction, false);

void eval(benchmark::State& state, const char* script, bool by_sha) {
    const auto engine = redis::Engine::create();
    const redis::Reply loaded = engine->script_load(script);
    const std::string sha(loaded.text());
    for (auto _ : state) {
        const redis::Reply reply = by_sha ? engine->evalsha(sha) : engine->eval(script, {}, {});
        benchmark::DoNotOptimize(&reply);
    }
    if (engine->last_run().failed) state.SkipWithError("the script failed");
}
BENCHMARK_CAPTURE(eval, cached_return_1, "return 1", false);
BENCHMARK_CAPTURE(eval, sha_return_1, "return 1", true);
BENCHMARK_CAPTURE(eval, sha_set_and_get, "redis.call('set', 'k', 'v') return redis.call('get', 'k')", true);

// --- What scripts pay ---------------------------------------------------------------------------------------------------------

constexpr double kTurns = 100'000;

void script(benchmark::State& state, const char* locals, const char* body) {
    const auto vm = Vm::create();
    vm->begin();
    Value function;
    const std::string source = std::string("return function(n) ") + locals + " for i = 1, n do " + body + " end end";
    if (!vm->load(source, "=bench", function) || vm->call(function, {}) != RunStatus::Finished) {
        state.SkipWithError(vm->failure().message.c_str());
        return;
    }
    const Value loop = vm->results()[0];
    const Value turns = Value::number(kTurns);
    for (auto _ : state) {
        if (vm->call(loop, {&turns, 1}) != RunStatus::Finished) {
            state.SkipWithError(vm->failure().message.c_str());
            return;
        }
    }
    state.counters["ns"] =
        benchmark::Counter(kTurns * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
#define ARENITE_SCRIPT(name, locals, body) BENCHMARK_CAPTURE(script, name, locals, body)
ARENITE_SCRIPT(call_and_return, "local function f() end", "f()");
ARENITE_SCRIPT(call_with_result, "local function f(a) return a end local x", "x = f(i)");
ARENITE_SCRIPT(call_of_varargs, "local function f(...) return ... end local x", "x = f(i)");
ARENITE_SCRIPT(native_call, "local f, x = math.floor", "x = f(i)");
ARENITE_SCRIPT(native_call_with_frame, "local f, x = string.upper", "x = f('abc')");
ARENITE_SCRIPT(pcall_ok, "local pcall = pcall local function f() end", "pcall(f)");
ARENITE_SCRIPT(pcall_error_string, "local pcall, error = pcall, error local function f() error('x', 0) end",
               "pcall(f)");
ARENITE_SCRIPT(pcall_error_table, "local pcall, error, e = pcall, error, {} local function f() error(e) end",
               "pcall(f)");
ARENITE_SCRIPT(coroutine_switch,
               "local resume, yield = coroutine.resume, coroutine.yield "
               "local co = coroutine.create(function() while true do yield() end end)",
               "resume(co)");
ARENITE_SCRIPT(coroutine_made, "local create, resume = coroutine.create, coroutine.resume local function f() end",
               "resume(create(f))");

}  // namespace

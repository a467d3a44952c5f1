// Cost of opcodes: short loops over one kind of instruction, in ns per loop turn.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include <arenite/vm.h>

namespace {

constexpr double kTurns = 100'000;

void run_chunk(benchmark::State& state, const std::string& setup, const std::string& body) {
    auto vm = arenite::Vm::create();
    vm->begin();
    arenite::Value function;
    const std::string source = setup + " return function(n) for i = 1, n do " + body + " end end";
    if (!vm->load(source, "=bench", function) || vm->call(function, {}) != arenite::RunStatus::Finished) {
        state.SkipWithError(vm->failure().message.c_str());
        return;
    }
    const arenite::Value loop = vm->results()[0];
    const arenite::Value turns = arenite::Value::number(kTurns);
    for (auto _ : state) {
        if (vm->call(loop, {&turns, 1}) != arenite::RunStatus::Finished) {
            state.SkipWithError(vm->failure().message.c_str());
            return;
        }
    }
    state.counters["ns/turn"] =
        benchmark::Counter(kTurns * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

#define ARENITE_DISPATCH(name, setup, body) BENCHMARK_CAPTURE(run_chunk, name, setup, body)

ARENITE_DISPATCH(empty_loop, "", "");
ARENITE_DISPATCH(move, "local a, b = 1, 2", "local c = i");
ARENITE_DISPATCH(arith, "", "local c = i * 2 + 1 - i");
ARENITE_DISPATCH(compare_jump, "", "if i < 0 then i = 1 end");
ARENITE_DISPATCH(get_field, "local t = {x = 1}", "local c = t.x");
ARENITE_DISPATCH(set_field, "local t = {x = 1}", "t.x = i");
ARENITE_DISPATCH(get_index, "local t = {1, 2, 3}", "local c = t[2]");
ARENITE_DISPATCH(set_index, "local t = {1, 2, 3}", "t[2] = i");
ARENITE_DISPATCH(global, "x = 1", "local c = x");
ARENITE_DISPATCH(upvalue_cell, "local u = 0 local function touch() u = 1 end", "u = i");
ARENITE_DISPATCH(call_return, "local function f(a) return a end", "local c = f(i)");
ARENITE_DISPATCH(method,
                 "local C = {} C.__index = C function C:get() return self.v end local o = setmetatable({v = 1}, C)",
                 "local c = o:get()");
ARENITE_DISPATCH(native_call, "local f = math.floor", "local c = f(i)");
ARENITE_DISPATCH(pcall, "local function f() end", "pcall(f)");
ARENITE_DISPATCH(pcall_error, "local function f() error('x', 0) end", "pcall(f)");
ARENITE_DISPATCH(new_table, "", "local t = {}");
ARENITE_DISPATCH(new_closure, "", "local f = function() return i end");
ARENITE_DISPATCH(concat, "", "local s = 'k' .. i");
ARENITE_DISPATCH(resume_yield, "local co = coroutine.wrap(function() while true do coroutine.yield(1) end end)",
                 "co()");

}  // namespace

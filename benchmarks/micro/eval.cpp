// What an EVAL takes, by what its script does; the end of its transaction is in it. docs/measurements.md has the figures.
#include <benchmark/benchmark.h>

#include <string_view>

#include <arenite/redis/engine.h>

namespace {

void eval(benchmark::State& state, std::string_view script, std::initializer_list<std::string_view> keys) {
    const auto engine = arenite::redis::Engine::create();
    for (auto _ : state) {
        const arenite::redis::Reply reply = engine->eval(script, keys);
        if (reply.is_error()) state.SkipWithError("the script failed");
    }
}

BENCHMARK_CAPTURE(eval, return_1, "return 1", {});
BENCHMARK_CAPTURE(eval, one_key, "return #KEYS", {"key"});
BENCHMARK_CAPTURE(eval, hundred_calls, "for i = 1, 100 do redis.call('incr', KEYS[1]) end return 1", {"key"});
BENCHMARK_CAPTURE(eval, table_of_1000, "local t = {} for i = 1, 1000 do t[i] = {i} end return #t", {});
BENCHMARK_CAPTURE(eval, hundred_calls_in_a_block,
                  "return redis.atomic(function() for i = 1, 100 do redis.call('incr', KEYS[1]) end end)", {"key"});
BENCHMARK_CAPTURE(eval, hundred_blocks, "for i = 1, 100 do redis.atomic(redis.call, 'incr', KEYS[1]) end return 1",
                  {"key"});

}  // namespace

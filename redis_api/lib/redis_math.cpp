// math.random and math.randomseed of Redis: those of Lua 5.1 over Redis's own generator (Redis script_lua.c,
// redis_math_random). The generator's state lives on from script to script.
#include <cmath>
#include <cstdint>

#include "redis_api/lib/libraries.h"
#include "redis_api/script_environment.h"
#include "vm/lib/lib.h"

namespace arenite::redis {
namespace {

/// math.random ([m [, n]])
NativeResult random(NativeContext& cx) {
    ScriptEnvironment& environment = ScriptEnvironment::of(cx);
    if (!environment.running) return cx.error("math.random can only be called inside a script invocation");
    constexpr std::int32_t kMax = INT32_MAX;  // REDIS_LRAND48_MAX
    const double r = static_cast<double>(environment.random.next() % kMax) / kMax;
    std::int32_t low = 1;
    std::int32_t high = 1;
    switch (cx.arg_count()) {
        case 0: return cx.done_number(r);
        case 1:
            if (!lib::check_int(cx, 0, high)) return cx.failed();
            if (low > high) return cx.arg_error(0, "interval is empty");
            return cx.done_number(std::floor(r * high) + 1);
        case 2: {
            if (!lib::check_int(cx, 0, low) || !lib::check_int(cx, 1, high)) return cx.failed();
            if (low > high) return cx.arg_error(1, "interval is empty");
            // The size is an int in C, which wraps when the interval is wider.
            const auto size =
                static_cast<std::int32_t>(static_cast<std::uint32_t>(high) - static_cast<std::uint32_t>(low) + 1);
            return cx.done_number(std::floor(r * size) + low);
        }
        default: return cx.error("wrong number of arguments");
    }
}

/// math.randomseed (x)
NativeResult randomseed(NativeContext& cx) {
    ScriptEnvironment& environment = ScriptEnvironment::of(cx);
    if (!environment.running) return cx.error("math.randomseed can only be called inside a script invocation");
    std::int32_t seed = 0;
    if (!lib::check_int(cx, 0, seed)) return cx.failed();
    environment.random.seed(seed);
    return cx.done();
}

}  // namespace

void open_redis_math(LibraryBuilder& builder) {
    builder.library("math");
    builder.function("random", random);
    builder.function("randomseed", randomseed);
}

}  // namespace arenite::redis

// What a script returned, as a reply (Redis script_lua.c, luaReplyToRedisReply).
//
// Invariants
//  LR1. Constant C++ stack: a script decides how deep a value is.
//  LR2. Values are read raw, as Redis reads them: no metamethod runs.
//  LR3. A value that contains itself many times over is as large as its expansion; the meter stops that.
#pragma once

#include <arenite/redis/reply.h>
#include "redis_api/script_environment.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

/// `resp` is the version the script chose (redis.setresp): it decides what booleans become. Throws CommandEnded when the
/// meter says so, and std::bad_alloc.
[[nodiscard]] Reply lua_to_reply(const Heap& heap, const FieldNames& names, Value value, int resp, WorkMeter& meter);

}  // namespace arenite::redis

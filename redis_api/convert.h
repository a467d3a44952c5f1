// Replies to Lua values and Lua values to replies (Redis script_lua.c, redisProtocolToLuaType and
// luaReplyToRedisReply).
//
// Invariants
//  CV1. Both ways use constant C++ stack: a script, or a host, decides how deep a reply is.
//  CV2. Lua values are read raw, as Redis reads them: no metamethod runs.
//  CV3. A value that contains itself many times over is as large as its expansion; the limit of bytes stops that.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "redis_api/reply.h"
#include "redis_api/script_environment.h"

namespace arenite::redis {

/// What redis.call() gives a script for a reply. Null is false under RESP2, nil under RESP3. The work is charged
/// afterwards. False: the error is recorded.
[[nodiscard]] bool reply_to_lua(NativeContext& cx, const Reply& reply, Value& out);

/// The table {err = "CODE message"} of an error (Redis script_lua.c, luaPushErrorBuff). A text that begins with '-' has
/// its code in front; any other gets the code ERR. `counted`: statistics know of the error already; the table says so.
[[nodiscard]] bool make_error_table(NativeContext& cx, std::string_view text, bool counted, Value& out);

struct ReplyLimits {
    /// Redis has no such limit; a script that needs more would take the server down.
    std::size_t bytes = std::size_t{512} << 20;
    /// Values on the stack of Redis's Lua where the conversion starts; it ends at 8000 (LUAI_MAXCSTACK). EVAL has the
    /// error handler and the value there.
    std::size_t stack_top = 2;
};

/// The reply for what a script returned. `resp` is the version the script chose (redis.setresp): it decides what
/// booleans become.
[[nodiscard]] Reply lua_to_reply(const Heap& heap, const FieldNames& names, Value value, int resp,
                                 const ReplyLimits& limits = {});

/// A string or number as lua_tostring gives it ("%.14g"), up to the first NUL; empty for other values.
[[nodiscard]] std::string text_of(const Heap& heap, Value value);

}  // namespace arenite::redis

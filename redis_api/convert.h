// Errors as Lua tables, and texts of Lua values. (reply_to_lua.h and lua_to_reply.h convert whole replies.)
#pragma once

#include <string>
#include <string_view>

#include "redis_api/script_environment.h"

namespace arenite::redis {

/// The table {err = "CODE message"} of an error (Redis script_lua.c, luaPushErrorBuff). A text that begins with '-' has
/// its code in front; any other gets the code ERR. `counted`: statistics know of the error already; the table says so.
[[nodiscard]] bool make_error_table(NativeContext& cx, std::string_view text, bool counted, Value& out);

/// A string or number as lua_tostring gives it ("%.14g"), up to the first NUL; empty for other values.
[[nodiscard]] std::string text_of(const Heap& heap, Value value);

}  // namespace arenite::redis

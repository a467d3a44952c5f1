// The libraries that Redis gives its scripts beside Lua's own, or in place of some of Lua's functions.
#pragma once

#include <arenite/native.h>

namespace arenite::redis {

/// The table `redis` (Redis script_lua.c, luaRegisterRedisAPI; eval.c, scriptingInit).
void open_redis(LibraryBuilder& builder);

/// math.random and math.randomseed of Redis, in place of Lua's (lib/redis_math.cpp).
void open_redis_math(LibraryBuilder& builder);

/// The table `cmsgpack` (lib/cmsgpack.h).
void open_cmsgpack(LibraryBuilder& builder);

/// The table `struct` (lib/struct_lib.h).
void open_struct(LibraryBuilder& builder);

// --- lib/redis_base.cpp. -------------------------------------------------------------------------------------------

/// load (f [, name]) and loadstring (text [, name]), which refuse bytecode. Upvalue 0 of load: Lua's pcall.
NativeResult redis_load(NativeContext& cx);
NativeResult redis_loadstring(NativeContext& cx);

/// pcall: gives the text of an error table {err = ...} instead of the table (luaRedisPcall). Upvalue 0: Lua's pcall.
NativeResult redis_pcall(NativeContext& cx);

/// __index of the globals: raises "Script attempted to access nonexistent global variable" (luaProtectedTableError).
NativeResult nonexistent_global(NativeContext& cx);

/// What the error handler asks: (level) gives source, line and whether it is a native function, as debug.getinfo has
/// them, or nothing when there is no such level.
NativeResult function_position(NativeContext& cx);

}  // namespace arenite::redis

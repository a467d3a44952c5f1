// Where in its source a script is: what Redis asks debug.getinfo for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <arenite/vm.h>

namespace arenite::redis {

struct ScriptPosition {
    std::string_view source;  ///< chunk name as given to load: "@user_script", or "=[C]"; good until the VM goes on
    std::int64_t line = -1;
    bool native = false;
};

/// The function at a level of the running, or just failed, thread: 0 is the innermost, 1 its caller (debug.getinfo,
/// with "(tail call)" levels as in Lua 5.1).
[[nodiscard]] std::optional<ScriptPosition> position_at(const Machine& machine, std::uint32_t level);

/// The innermost Lua function.
[[nodiscard]] std::optional<ScriptPosition> lua_position(const Machine& machine);

}  // namespace arenite::redis

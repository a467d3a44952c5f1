// The limit of the stack that C functions have in Redis's Lua (LUAI_MAXCSTACK). The libraries of this folder hold nothing
// there, but end with the same errors at the same places.
#pragma once

#include <cstdint>

#include "vm/lib/lib.h"

namespace arenite::redis {

/// lua_checkstack: whether `more` values fit on top of the `held` ones.
[[nodiscard]] constexpr bool fits_c_stack(std::uint64_t held, std::uint64_t more) {
    return held + more <= static_cast<std::uint64_t>(lib::kMaxNativeSlots);
}

}  // namespace arenite::redis

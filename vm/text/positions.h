// Positions in strings, as the string library takes them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace arenite::lib {

/// posrelat of lstrlib.c: a position relative to the end when it is negative, 0 when it is before the start.
[[nodiscard]] constexpr std::int64_t relative_position(std::int64_t position, std::size_t length) {
    if (position < 0) position += static_cast<std::int64_t>(length) + 1;
    return position >= 0 ? position : 0;
}

}  // namespace arenite::lib

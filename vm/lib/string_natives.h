// The functions of the string library (Lua 5.1 §5.4), each in the file named beside it.
#pragma once

#include "vm/lib/lib.h"

namespace arenite::lib {

// string_bytes.cpp
NativeResult string_byte(NativeContext& cx);
NativeResult string_char(NativeContext& cx);
NativeResult string_dump(NativeContext& cx);
NativeResult string_len(NativeContext& cx);
NativeResult string_lower(NativeContext& cx);
NativeResult string_rep(NativeContext& cx);
NativeResult string_reverse(NativeContext& cx);
NativeResult string_sub(NativeContext& cx);
NativeResult string_upper(NativeContext& cx);

// string_find.cpp
NativeResult string_find(NativeContext& cx);
NativeResult string_match(NativeContext& cx);
NativeResult string_gmatch(NativeContext& cx);

// string_gsub.cpp
NativeResult string_gsub(NativeContext& cx);

// string_format.cpp
NativeResult string_format(NativeContext& cx);

/// Whether find takes a pattern as plain text: up to a NUL there is nothing special in it (str_find_aux of lstrlib.c).
[[nodiscard]] bool is_plain(std::string_view pattern);

/// posrelat of lstrlib.c: a position relative to the end when it is negative, 0 when it is before the start.
[[nodiscard]] constexpr std::int64_t relative_position(std::int64_t position, std::size_t length) {
    if (position < 0) position += static_cast<std::int64_t>(length) + 1;
    return position >= 0 ? position : 0;
}

}  // namespace arenite::lib

// The functions of the string library (Lua 5.1 §5.4), each in the file named beside it.
#pragma once

#include "vm/lib/lib.h"
#include "vm/text/positions.h"

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

}  // namespace arenite::lib

// The library cmsgpack of Redis: lua-cmsgpack 0.4.0, with its limits and error texts.
#pragma once

#include <arenite/native.h>

namespace arenite::redis {

/// cmsgpack.pack (...), unpack (text), unpack_one (text [, offset]), unpack_limit (text, limit [, offset]).
NativeResult cmsgpack_pack(NativeContext& cx);
NativeResult cmsgpack_unpack(NativeContext& cx);
NativeResult cmsgpack_unpack_one(NativeContext& cx);
NativeResult cmsgpack_unpack_limit(NativeContext& cx);

}  // namespace arenite::redis

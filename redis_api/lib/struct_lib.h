// The library struct of Redis: Roberto Ierusalimschy's struct 0.2 with Redis's checks and error texts.
#pragma once

#include <arenite/native.h>

namespace arenite::redis {

/// struct.pack (format, ...), unpack (format, text [, position]), size (format).
NativeResult struct_pack(NativeContext& cx);
NativeResult struct_unpack(NativeContext& cx);
NativeResult struct_size(NativeContext& cx);

}  // namespace arenite::redis

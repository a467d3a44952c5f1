// The library bit of Redis scripts: Lua BitOp 1.0.2.
#pragma once

#include <arenite/native.h>

namespace arenite::redis {

void open_bit(LibraryBuilder& builder);

}  // namespace arenite::redis

#include "redis_api/lib/cmsgpack.h"

#include "redis_api/lib/libraries.h"

namespace arenite::redis {

void open_cmsgpack(LibraryBuilder& builder) {
    builder.library("cmsgpack");
    builder.function("pack", cmsgpack_pack);
    builder.function("unpack", cmsgpack_unpack);
    builder.function("unpack_one", cmsgpack_unpack_one);
    builder.function("unpack_limit", cmsgpack_unpack_limit);
    builder.string("_NAME", "cmsgpack");
    builder.string("_VERSION", "lua-cmsgpack 0.4.0");
    builder.string("_COPYRIGHT", "Copyright (C) 2012, Salvatore Sanfilippo");
    builder.string("_DESCRIPTION", "MessagePack C implementation for Lua");
}

}  // namespace arenite::redis

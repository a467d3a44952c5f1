// The string library of Lua 5.1 §5.4: its table.
#include "vm/lib/string_natives.h"

namespace arenite::lib {

void open_string(LibraryBuilder& b) {
    b.library("string");
    b.function("byte", string_byte, FastNative::Byte);
    b.function("char", string_char, FastNative::Char);
    b.function("dump", string_dump);
    b.function("find", string_find, FastNative::Find);
    b.function("format", string_format, FastNative::Format);
    b.function("gmatch", string_gmatch);
    b.alias("gfind", "gmatch");  // LUA_COMPAT_GFIND
    b.function("gsub", string_gsub, FastNative::Gsub);
    b.function("len", string_len, FastNative::Len);
    b.function("lower", string_lower, FastNative::Lower);
    b.function("match", string_match, FastNative::Match);
    b.function("rep", string_rep, FastNative::Rep);
    b.function("reverse", string_reverse, FastNative::Reverse);
    b.function("sub", string_sub, FastNative::Sub);
    b.function("upper", string_upper, FastNative::Upper);
}

}  // namespace arenite::lib

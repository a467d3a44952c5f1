// The string library of Lua 5.1 §5.4: its table.
#include "vm/lib/string_natives.h"

namespace arenite::lib {

void open_string(LibraryBuilder& b) {
    b.library("string");
    fast_function(b, "byte", string_byte, FastNative::Byte);
    fast_function(b, "char", string_char, FastNative::Char);
    b.function("dump", string_dump);
    fast_function(b, "find", string_find, FastNative::Find);
    fast_function(b, "format", string_format, FastNative::Format);
    b.function("gmatch", string_gmatch);
    b.alias("gfind", "gmatch");  // LUA_COMPAT_GFIND
    fast_function(b, "gsub", string_gsub, FastNative::Gsub);
    fast_function(b, "len", string_len, FastNative::Len);
    fast_function(b, "lower", string_lower, FastNative::Lower);
    fast_function(b, "match", string_match, FastNative::Match);
    fast_function(b, "rep", string_rep, FastNative::Rep);
    fast_function(b, "reverse", string_reverse, FastNative::Reverse);
    fast_function(b, "sub", string_sub, FastNative::Sub);
    fast_function(b, "upper", string_upper, FastNative::Upper);
}

}  // namespace arenite::lib

// The string library of Lua 5.1 §5.4: its table.
#include "vm/lib/string_natives.h"

namespace arenite::lib {

void open_string(LibraryBuilder& b) {
    b.library("string");
    b.function("byte", string_byte, FastNative::Byte);
    b.function("char", string_char, FastNative::Char);
    b.function("dump", string_dump);
    b.function("find", string_find);
    b.function("format", string_format);
    b.function("gmatch", string_gmatch);
    b.alias("gfind", "gmatch");  // LUA_COMPAT_GFIND
    b.function("gsub", string_gsub);
    b.function("len", string_len, FastNative::Len);
    b.function("lower", string_lower);
    b.function("match", string_match);
    b.function("rep", string_rep);
    b.function("reverse", string_reverse);
    b.function("sub", string_sub, FastNative::Sub);
    b.function("upper", string_upper);
}

}  // namespace arenite::lib

// Numbers to text and back, exactly as Lua 5.1.5 on glibc in the C locale does it, whatever the locale of the process.
//
// Nothing here allocates or fails; only the standard C++ and C libraries are used, so that any layer may include it.
#pragma once

#include <cstddef>
#include <string_view>

namespace arenite::lib {

/// Room that to_text needs; its longest answer is "-1.2345678901234e+308".
inline constexpr std::size_t kNumberTextMax = 32;

/// Writes what lua_tostring makes of a number (Lua 5.1 §2.2.1, LUA_NUMBER_FMT "%.14g") and returns its length; "inf",
/// "-inf", "nan" and "-nan" as glibc's printf writes them. There is no terminating NUL.
[[nodiscard]] std::size_t to_text(double number, char (&out)[kNumberTextMax]);

/// lua_tonumber of a string (luaO_str2d of Lua 5.1.5, Lua 5.1 §2.2.1): optional white space on both sides of what
/// strtod of C99 accepts ("10", "-.5e3", "0x1F", "0x.8p4", "inf", "nan(...)"). As the reference passes a C string, a
/// NUL ends the text. `out` is untouched when the answer is false.
[[nodiscard]] bool from_text(std::string_view text, double& out);

}  // namespace arenite::lib

// The conversions of string.format (Lua 5.1 §5.4) as printf of glibc makes them in the C locale, whatever the locale of
// the process. No VM in here: specifications and numbers in, bytes out.
#pragma once

#include <cstddef>
#include <string_view>

namespace arenite::lib {

/// MAX_ITEM of lstrlib.c: longer than "%99.99f" of -1e308.
inline constexpr std::size_t kFormatItemMax = 512;

/// A conversion specification "%[flags][width][.precision]conversion".
struct FormatSpec {
    bool left = false;       ///< '-'
    bool plus = false;       ///< '+'
    bool space = false;      ///< ' '
    bool alternate = false;  ///< '#'
    bool zero = false;       ///< '0'
    bool point = false;      ///< a '.' is there, with digits or without
    int width = 0;
    int precision = -1;      ///< -1: none given
    char conversion = '\0';  ///< '\0' at the end of the format

    /// Nothing but the conversion.
    [[nodiscard]] bool plain() const { return !(left || plus || space || alternate || zero || point) && width == 0; }
};

/// Reads the specification after a '%', from `at` to after its conversion (scanformat of lstrlib.c). Null, or the
/// message of the error.
[[nodiscard]] const char* scan_format(std::string_view format, std::size_t& at, FormatSpec& spec);

// Each writes one item to `out` and returns its length; the item ends at a NUL that belongs to it, as in the reference.

/// %d, %i: the number as (long)d converts it on x86-64.
[[nodiscard]] std::size_t format_integer(const FormatSpec& spec, double d, char (&out)[kFormatItemMax]);
/// %o, %u, %x, %X: as (unsigned long)d converts it there.
[[nodiscard]] std::size_t format_unsigned(const FormatSpec& spec, double d, char (&out)[kFormatItemMax]);
/// %e, %E, %f, %g, %G.
[[nodiscard]] std::size_t format_float(const FormatSpec& spec, double d, char (&out)[kFormatItemMax]);
/// %c.
[[nodiscard]] std::size_t format_char(const FormatSpec& spec, double d, char (&out)[kFormatItemMax]);
/// %s: up to a NUL, of at most 99 bytes unless the specification has a precision.
[[nodiscard]] std::size_t format_string(const FormatSpec& spec, std::string_view s, char (&out)[kFormatItemMax]);

}  // namespace arenite::lib

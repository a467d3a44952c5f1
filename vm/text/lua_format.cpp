#include "vm/text/lua_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "vm/text/string_classes.h"

namespace arenite::lib {
namespace {

/// What an item consists of: sign or radix prefix, zeros, digits.
struct Parts {
    std::string_view prefix;
    std::size_t zeros = 0;
    std::string_view body;
    bool zero_pads = false;  ///< the '0' flag fills the width
};

std::size_t write(const FormatSpec& spec, Parts p, char* out) {
    const std::size_t length = p.prefix.size() + p.zeros + p.body.size();
    std::size_t padding =
        static_cast<std::size_t>(spec.width) > length ? static_cast<std::size_t>(spec.width) - length : 0;
    char* at = out;
    if (p.zero_pads && !spec.left) {
        p.zeros += padding;
        padding = 0;
    }
    if (!spec.left) at = std::fill_n(at, padding, ' ');
    at = std::copy(p.prefix.begin(), p.prefix.end(), at);
    at = std::fill_n(at, p.zeros, '0');
    at = std::copy(p.body.begin(), p.body.end(), at);
    if (spec.left) at = std::fill_n(at, padding, ' ');
    return static_cast<std::size_t>(at - out);
}

std::string_view sign_of(const FormatSpec& spec, bool negative) {
    return negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
}

/// Integer conversions: the precision is the least number of digits, and turns the '0' flag off.
std::size_t write_digits(const FormatSpec& spec, std::string_view prefix, std::string_view digits, char* out) {
    if (spec.precision == 0 && digits == "0") digits = {};
    Parts p{prefix, 0, digits, spec.zero && spec.precision < 0};
    if (spec.precision > 0 && static_cast<std::size_t>(spec.precision) > digits.size()) {
        p.zeros = static_cast<std::size_t>(spec.precision) - digits.size();
    }
    return write(spec, p, out);
}

constexpr double kTwo63 = 9223372036854775808.0;

/// cvttsd2si: what does not fit becomes the least integer.
std::int64_t to_long(double d) {
    return d >= -kTwo63 && d < kTwo63 ? static_cast<std::int64_t>(d) : INT64_MIN;
}

/// What compilers for x86-64 make of (unsigned long)d.
std::uint64_t to_unsigned_long(double d) {
    if (!(d >= kTwo63)) return static_cast<std::uint64_t>(to_long(d));
    return static_cast<std::uint64_t>(to_long(d - kTwo63)) ^ static_cast<std::uint64_t>(INT64_MIN);
}

void make_upper(char* from, const char* to) {
    for (; from < to; ++from) *from = static_cast<char>(to_upper(static_cast<unsigned char>(*from)));
}

/// The '#' flag of %g keeps trailing zeros, which to_chars has no word for: scientific tells the exponent, and that
/// which of the two forms has how many digits.
char* write_general_alternate(double magnitude, int precision, char* first, char* last) {
    char* end = std::to_chars(first, last, magnitude, std::chars_format::scientific, precision - 1).ptr;
    const char* mark = std::find(first, end, 'e');
    int exponent = 0;
    std::from_chars(mark + (mark[1] == '+' ? 2 : 1), end, exponent);
    if (exponent < -4 || exponent >= precision) return end;
    return std::to_chars(first, last, magnitude, std::chars_format::fixed, precision - 1 - exponent).ptr;
}

/// With '#', there is a point even if no digit follows it.
char* add_point(char* first, char* end) {
    char* mark = std::find(first, end, 'e');
    if (std::find(first, mark, '.') != mark) return end;
    std::copy_backward(mark, end, end + 1);
    *mark = '.';
    return end + 1;
}

}  // namespace

const char* scan_format(std::string_view format, std::size_t& at, FormatSpec& spec) {
    const auto peek = [&] { return at < format.size() ? format[at] : '\0'; };
    const auto digit = [&] { return is_digit(static_cast<unsigned char>(peek())); };
    const auto two_digits = [&](int& number) {
        for (int i = 0; i < 2 && digit(); ++i) number = number * 10 + (format[at++] - '0');
    };
    constexpr std::size_t flags_max = 5;  // one of each, but any will do
    for (std::size_t flags = 0;; ++flags, ++at) {
        bool flag = true;
        switch (peek()) {
            case '-': spec.left = true; break;
            case '+': spec.plus = true; break;
            case ' ': spec.space = true; break;
            case '#': spec.alternate = true; break;
            case '0': spec.zero = true; break;
            default: flag = false; break;
        }
        if (!flag) break;
        if (flags >= flags_max) return "invalid format (repeated flags)";
    }
    two_digits(spec.width);
    if (peek() == '.') {
        ++at;
        spec.point = true;
        spec.precision = 0;
        two_digits(spec.precision);
    }
    if (digit()) return "invalid format (width or precision too long)";
    spec.conversion = peek();
    ++at;
    return nullptr;
}

std::size_t format_integer(const FormatSpec& spec, double d, char (&out)[kFormatItemMax]) {
    const std::int64_t n = to_long(d);
    if (spec.plain()) return static_cast<std::size_t>(std::to_chars(out, out + sizeof out, n).ptr - out);
    const std::uint64_t magnitude = n < 0 ? -static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
    char digits[24];
    const char* end = std::to_chars(digits, digits + sizeof digits, magnitude).ptr;
    return write_digits(spec, sign_of(spec, n < 0), {digits, static_cast<std::size_t>(end - digits)}, out);
}

std::size_t format_unsigned(const FormatSpec& spec, double d, char (&out)[kFormatItemMax]) {
    const std::uint64_t n = to_unsigned_long(d);
    const int base = spec.conversion == 'u' ? 10 : spec.conversion == 'o' ? 8 : 16;
    char digits[25];
    char* const first = digits + 1;  // room for the '0' of "%#o"
    char* const end = std::to_chars(first, digits + sizeof digits, n, base).ptr;
    std::string_view body(first, static_cast<std::size_t>(end - first));
    std::string_view prefix;
    if (spec.conversion == 'X') make_upper(first, end);
    if (spec.alternate && base == 16 && n != 0) prefix = spec.conversion == 'X' ? "0X" : "0x";
    if (spec.alternate && base == 8 && (n != 0 || spec.precision == 0) &&
        spec.precision <= static_cast<int>(body.size())) {  // otherwise the precision puts a zero in front
        if (n == 0) return write(spec, {{}, 0, "0", false}, out);
        digits[0] = '0';
        body = {digits, body.size() + 1};
    }
    return write_digits(spec, prefix, body, out);
}

std::size_t format_float(const FormatSpec& spec, double d, char (&out)[kFormatItemMax]) {
    const std::string_view sign = sign_of(spec, std::signbit(d));
    const bool upper = is_upper(static_cast<unsigned char>(spec.conversion));
    if (!std::isfinite(d)) {
        const bool nan = std::isnan(d);
        return write(spec, {sign, 0, upper ? (nan ? "NAN" : "INF") : (nan ? "nan" : "inf"), false}, out);
    }
    const double magnitude = std::fabs(d);
    int precision = spec.precision < 0 ? 6 : spec.precision;
    char text[kFormatItemMax];
    char* const last = text + sizeof text - 1;
    char* end = text;
    switch (to_lower(static_cast<unsigned char>(spec.conversion))) {
        case 'e': end = std::to_chars(text, last, magnitude, std::chars_format::scientific, precision).ptr; break;
        case 'f': end = std::to_chars(text, last, magnitude, std::chars_format::fixed, precision).ptr; break;
        default:
            precision = std::max(precision, 1);
            end = spec.alternate ? write_general_alternate(magnitude, precision, text, last)
                                 : std::to_chars(text, last, magnitude, std::chars_format::general, precision).ptr;
            break;
    }
    if (spec.alternate) end = add_point(text, end);
    if (upper) make_upper(text, end);
    return write(spec, {sign, 0, {text, static_cast<std::size_t>(end - text)}, spec.zero}, out);
}

std::size_t format_char(const FormatSpec& spec, double d, char (&out)[kFormatItemMax]) {
    // (int)d is cvttsd2si with 32 bits: what does not fit becomes INT_MIN, whose low byte is zero.
    const auto c = static_cast<char>(d > -2147483649.0 && d < 2147483648.0 ? static_cast<std::int32_t>(d) : 0);
    const std::size_t n = write(spec, {{}, 0, {&c, 1}, false}, out);
    return c != '\0' ? n : static_cast<std::size_t>(std::find(out, out + n, '\0') - out);
}

std::size_t format_string(const FormatSpec& spec, std::string_view s, char (&out)[kFormatItemMax]) {
    if (spec.precision >= 0) s = s.substr(0, static_cast<std::size_t>(spec.precision));
    return write(spec, {{}, 0, s.substr(0, s.find('\0')), false}, out);
}

}  // namespace arenite::lib

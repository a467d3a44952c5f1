#include "redis_api/keyspace/number_format.h"

#include <cerrno>
#include <cfloat>
#include <charconv>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <limits>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

#include <arenite/redis/reply.h>

#include "redis_api/format_double.h"
namespace arenite::redis {
namespace {

/// Numbers must not change their form with the locale of the embedding program.
locale_t c_locale() {
    static const locale_t locale = newlocale(LC_ALL_MASK, "C", static_cast<locale_t>(nullptr));
    return locale;
}

bool is_blank(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Redis MAX_LONG_DOUBLE_CHARS.
constexpr std::size_t kMaxLongDoubleChars = 5 * 1024;

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    if (text.empty() || text.size() > 20) return std::nullopt;
    if (text == "0") return 0;
    if (text == "-") return std::nullopt;
    const char first = text[text[0] == '-' ? 1 : 0];
    if (first < '1' || first > '9') return std::nullopt;
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return value;
}

std::optional<double> parse_double(std::string_view text) {
    if (text.empty() || is_blank(text[0])) return std::nullopt;
    const std::string copy(text);
    char* end = nullptr;
    errno = 0;
    const double value = strtod_l(copy.c_str(), &end, c_locale());
    if (static_cast<std::size_t>(end - copy.c_str()) != copy.size()) return std::nullopt;
    if (errno == ERANGE && (std::isinf(value) || value == 0)) return std::nullopt;
    if (std::isnan(value)) return std::nullopt;
    return value;
}

std::optional<long double> parse_long_double(std::string_view text) {
    if (text.empty() || text.size() >= kMaxLongDoubleChars || is_blank(text[0])) return std::nullopt;
    const std::string copy(text);
    char* end = nullptr;
    errno = 0;
    const long double value = strtold_l(copy.c_str(), &end, c_locale());
    if (static_cast<std::size_t>(end - copy.c_str()) != copy.size()) return std::nullopt;
    if (errno == ERANGE && (std::isinf(value) || value == 0)) return std::nullopt;
    if (std::isnan(value)) return std::nullopt;
    return value;
}

std::optional<double> parse_lenient_double(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    const double value = strtod_l(copy.c_str(), &end, c_locale());
    if (*end != '\0' || std::isnan(value)) return std::nullopt;
    return value;
}

std::optional<double> parse_sort_weight(std::string_view text) {
    if (const auto integer = parse_integer(text)) return static_cast<double>(*integer);
    errno = 0;
    const auto value = parse_lenient_double(text);
    if (errno == ERANGE) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> parse_cursor(std::string_view text) {
    if (!text.empty() && is_blank(text[0])) return std::nullopt;
    const std::string copy(text);
    char* end = nullptr;
    errno = 0;
    const unsigned long long value = std::strtoull(copy.c_str(), &end, 10);
    if (*end != '\0' || errno == ERANGE) return std::nullopt;
    return value;
}

std::string format_score(double value) {
    if (std::isnan(value)) return "nan";
    if (value == 0) return std::signbit(value) ? "-0" : "0";
    // NOLINTNEXTLINE(bugprone-integer-division): LLONG_MAX/2 of Redis
    constexpr double kLimit = static_cast<double>(std::numeric_limits<std::int64_t>::max() / 2);
    if (value >= -kLimit && value <= kLimit) {
        const auto integer = static_cast<std::int64_t>(value);
        if (static_cast<double>(integer) == value) return std::to_string(integer);
    }
    return format_double(value);
}

std::string format_scan_score(double value) {
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    // A double widened to long double has the same 17 digits.
    return format_double(value);
}

std::string format_human(long double value) {
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::string digits(kMaxLongDoubleChars, '\0');
    const auto result =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 17);
    digits.resize(static_cast<std::size_t>(result.ptr - digits.data()));
    if (digits.find('.') != std::string::npos) {
        while (digits.back() == '0') digits.pop_back();
        if (digits.back() == '.') digits.pop_back();
    }
    if (digits == "-0") digits = "0";
    return digits;
}

}  // namespace arenite::redis

// Numbers from and to text, exactly as Redis reads and writes them (Redis util.c).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arenite::redis {

/// Only the canonical form: no blanks, no plus, no leading zero (string2ll).
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// The whole text as strtod reads it; no leading blank, no NaN, no overflow to infinity or underflow
/// to zero; "inf" is fine (string2d).
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

/// As parse_double, in extended precision (string2ld).
[[nodiscard]] std::optional<long double> parse_long_double(std::string_view text);

/// What strtod makes of the text as a C string: leading blanks and the empty text (zero) pass, NaN
/// does not (t_zset.c, zslParseRange).
[[nodiscard]] std::optional<double> parse_lenient_double(std::string_view text);

/// As sort.c reads weights: like parse_lenient_double, but a result out of range fails.
[[nodiscard]] std::optional<double> parse_sort_weight(std::string_view text);

/// A scan cursor: strtoul of the whole text (db.c, parseScanCursorOrReply).
[[nodiscard]] std::optional<std::uint64_t> parse_cursor(std::string_view text);

/// d2string: integers of moderate size plainly, else %.17g.
[[nodiscard]] std::string format_score(double value);

/// ld2string, LD_STR_AUTO: %.17Lg.
[[nodiscard]] std::string format_scan_score(double value);

/// ld2string, LD_STR_HUMAN: %.17Lf without trailing zeroes.
[[nodiscard]] std::string format_human(long double value);

}  // namespace arenite::redis

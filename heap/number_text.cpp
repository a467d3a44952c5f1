#include "heap/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

// NOLINTNEXTLINE(modernize-deprecated-headers): newlocale is of POSIX
#include <locale.h>  // newlocale, strtod_l

namespace arenite::lib {
namespace {

// --- Numbers to text. ---------------------------------------------------------------------------------------------------

/// Numbers of at most 14 significant digits, all before the point, are written in full by "%.14g".
constexpr double kFullDigits = 1e14;

/// Writes `magnitude` when it is m / 10^digits for an integer m of at most 14 digits: then those are the digits that
/// "%.14g" finds, for they are nearer to the number than any other 14. Null when it is not.
char* write_short_decimal(double magnitude, double scale, int digits, char* at, char* end) {
    const double scaled = magnitude * scale;
    if (!(scaled < kFullDigits - 1)) return nullptr;
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): checked by the next line
    const auto m = static_cast<std::uint64_t>(scaled + 0.5);
    if (static_cast<double>(m) / scale != magnitude) return nullptr;
    const auto unit = static_cast<std::uint64_t>(scale);
    at = std::to_chars(at, end, m / unit).ptr;
    std::uint64_t fraction = m % unit;
    while (fraction % 10 == 0) {  // the caller has dealt with integers, so the fraction is not zero
        fraction /= 10;
        --digits;
    }
    *at = '.';
    for (int i = digits; i > 0; --i) {
        at[i] = static_cast<char>('0' + fraction % 10);
        fraction /= 10;
    }
    return at + digits + 1;
}

// --- Text to numbers. ---------------------------------------------------------------------------------------------------

constexpr bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_hex_digit(char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/// Powers of ten that a double holds exactly.
constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr std::size_t kExactDigits = 15;

/// [-]digits[.digits] of at most 15 digits: numerator and denominator are exact, so their quotient is correctly rounded.
bool read_plain_decimal(std::string_view text, double& out) {
    std::size_t i = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) ++i;
    if (text.size() > kExactDigits + i + 1) return false;
    std::uint64_t m = 0;
    std::size_t digits = 0;
    std::size_t fraction = 0;
    for (; i < text.size() && is_digit(text[i]); ++i, ++digits) m = m * 10 + static_cast<std::uint64_t>(text[i] - '0');
    if (i < text.size() && text[i] == '.') {
        for (++i; i < text.size() && is_digit(text[i]); ++i, ++fraction) {
            m = m * 10 + static_cast<std::uint64_t>(text[i] - '0');
        }
    }
    digits += fraction;
    if (i != text.size() || digits == 0 || digits > kExactDigits) return false;
    const double d = static_cast<double>(m) / kPowers[fraction];
    out = negative ? -d : d;
    return true;
}

double convert(const char* numeral) {
    static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
    return c_locale == locale_t{} ? std::strtod(numeral, nullptr) : strtod_l(numeral, nullptr, c_locale);
}

}  // namespace

namespace {
/// The digits of a number below 10,000, as most integers are; one past the last of them.
char* write_small(char* at, std::uint32_t number) {
    const auto digit = [](std::uint32_t d) { return static_cast<char>('0' + d); };
    if (number < 10) {
        *at = digit(number);
        return at + 1;
    }
    if (number >= 100) {
        const std::uint32_t upper = number / 100;
        number %= 100;
        if (upper >= 10) *at++ = digit(upper / 10);
        *at++ = digit(upper % 10);
    }
    at[0] = digit(number / 10);
    at[1] = digit(number % 10);
    return at + 2;
}
}  // namespace

std::size_t to_text(double number, char (&out)[kNumberTextMax]) {
    char* at = out;
    char* const end = out + kNumberTextMax;
    if (std::signbit(number)) *at++ = '-';
    const double magnitude = std::fabs(number);
    if (magnitude < kFullDigits) {
        const auto whole = static_cast<std::uint64_t>(magnitude);
        if (static_cast<double>(whole) == magnitude) {
            if (whole < 10'000)
                return static_cast<std::size_t>(write_small(at, static_cast<std::uint32_t>(whole)) - out);
            return static_cast<std::size_t>(std::to_chars(at, end, whole).ptr - out);
        }
        if (magnitude >= 1e-4) {
            for (const int digits : {3, 6}) {
                if (char* p = write_short_decimal(magnitude, kPowers[digits], digits, at, end)) {
                    return static_cast<std::size_t>(p - out);
                }
            }
        }
    } else if (!std::isfinite(number)) {
        // NOLINTNEXTLINE(bugprone-not-null-terminated-result): the length is the answer
        std::memcpy(at, std::isnan(number) ? "nan" : "inf", 3);
        return static_cast<std::size_t>(at + 3 - out);
    }
    return static_cast<std::size_t>(std::to_chars(at, end, magnitude, std::chars_format::general, 14).ptr - out);
}

// A double is decided by its first kKept significant digits and by whether any of the others is not zero; so a numeral is
// rewritten in bounded space for strtod itself.

bool NumeralScan::skip_word(std::string_view text, std::string_view word) {
    if (text.size() - at_ < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (lower(text[at_ + i]) != word[i]) return false;
    }
    at_ += word.size();
    return true;
}

void NumeralScan::begin(std::string_view text) {
    if (const char c = peek(text); c == '-' || c == '+') {
        negative_ = c == '-';
        ++at_;
    }
    phase_ = Phase::Tail;
    if (skip_word(text, "infinity") || skip_word(text, "inf")) {
        value_ = std::numeric_limits<double>::infinity();
    } else if (skip_word(text, "nan")) {
        value_ = std::numeric_limits<double>::quiet_NaN();
        if (peek(text) == '(') phase_ = Phase::Payload;
    } else {
        phase_ = Phase::Digits;
        hex_ = peek(text) == '0' && at_ + 1 < text.size() && lower(text[at_ + 1]) == 'x';
        if (hex_) {
            at_ += 2;
            numeral_[written_++] = '0';
            numeral_[written_++] = 'x';
        }
    }
}

template <bool hex>
void NumeralScan::read_digits(std::string_view text, std::size_t end) {
    constexpr std::int64_t step = hex ? 4 : 1;  // how much a digit moves the exponent (of 2, of 10)
    constexpr std::uint32_t first = hex ? 2 : 0;
    for (; at_ < end; ++at_) {
        const char c = text[at_];
        if (c == '.' && !point_) {
            point_ = true;
            continue;
        }
        if (!(hex ? is_hex_digit(c) : is_digit(c))) break;
        any_ = true;
        if (written_ == first && c == '0') {
            if (point_) exponent_ -= step;
        } else if (written_ < first + kKept) {
            numeral_[written_++] = c;
            if (point_) exponent_ -= step;
        } else {
            more_ |= c != '0';
            if (!point_) exponent_ += step;
        }
    }
    if (at_ == end && end < text.size()) return;
    if (!any_) {
        phase_ = Phase::Bad;
    } else if (lower(peek(text)) == (hex ? 'p' : 'e')) {
        ++at_;
        if (const char c = peek(text); c == '-' || c == '+') {
            power_negative_ = c == '-';
            ++at_;
        }
        phase_ = is_digit(peek(text)) ? Phase::Exponent : Phase::Bad;
    } else {
        finish_digits();
    }
}

void NumeralScan::finish_digits() {
    const std::uint32_t first = hex_ ? 2 : 0;
    phase_ = Phase::Tail;
    exponent_ += power_negative_ ? -power_ : power_;
    if (written_ == first) {
        value_ = 0;
        return;
    }
    if (more_) {
        numeral_[written_++] = '1';
        exponent_ -= hex_ ? 4 : 1;
    }
    numeral_[written_++] = hex_ ? 'p' : 'e';
    *std::to_chars(numeral_ + written_, numeral_ + sizeof numeral_ - 1, exponent_).ptr = '\0';
    value_ = convert(numeral_);
}

NumeralScan::Status NumeralScan::run(std::string_view text, std::size_t bytes, double& out) {
    const std::size_t end = bytes < text.size() - at_ ? at_ + bytes : text.size();
    while (at_ < end) {
        switch (phase_) {
            case Phase::Spaces:
                while (at_ < end && is_space(text[at_])) ++at_;
                if (at_ < end) begin(text);
                break;
            case Phase::Payload: {
                const std::size_t open = at_ - payload_;
                while (at_ < end && (at_ == open || is_digit(text[at_]) || text[at_] == '_' ||
                                     (lower(text[at_]) >= 'a' && lower(text[at_]) <= 'z'))) {
                    ++at_;
                    ++payload_;
                }
                if (at_ == end) break;
                phase_ = text[at_] == ')' ? Phase::Tail : Phase::Bad;
                ++at_;
                break;
            }
            case Phase::Digits: hex_ ? read_digits<true>(text, end) : read_digits<false>(text, end); break;
            case Phase::Exponent:
                for (; at_ < end && is_digit(text[at_]); ++at_) {
                    if (power_ < kExponentMax) power_ = power_ * 10 + (text[at_] - '0');
                }
                if (at_ < end) finish_digits();
                break;
            case Phase::Tail:
                while (at_ < end && is_space(text[at_])) ++at_;
                if (at_ == end) break;
                if (text[at_] != '\0') return Status::NoNumber;  // a NUL ends a C string
                out = std::copysign(value_, negative_ ? -1.0 : 1.0);
                return Status::Number;
            case Phase::Bad: return Status::NoNumber;
        }
    }
    if (at_ < text.size()) return Status::More;
    if (phase_ == Phase::Digits) hex_ ? read_digits<true>(text, at_) : read_digits<false>(text, at_);
    if (phase_ == Phase::Exponent) finish_digits();
    if (phase_ != Phase::Tail) return Status::NoNumber;
    out = std::copysign(value_, negative_ ? -1.0 : 1.0);
    return Status::Number;
}

namespace {
/// Apart, so that plain decimals do not pay for what a scan needs of the C++ stack.
[[gnu::noinline]] bool scan_text(std::string_view text, double& out) {
    NumeralScan scan;
    return scan.run(text, text.size(), out) == NumeralScan::Status::Number;
}
}  // namespace

bool from_text(std::string_view text, double& out) {
    return read_plain_decimal(text, out) || scan_text(text, out);
}

}  // namespace arenite::lib

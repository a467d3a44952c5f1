#include "vm/lib/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

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

/// Reads a numeral by the grammar of strtod and rewrites it in bounded space for strtod itself: a double is decided by
/// its first kKept significant digits and by whether any of the others is not zero.
class NumeralReader {
public:
    explicit NumeralReader(std::string_view text) : text_(text) {}

    bool read(double& out) {
        bool negative = false;
        if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) negative = text_[at_++] == '-';
        double magnitude = 0;
        if (!read_magnitude(magnitude) || at_ != text_.size()) return false;
        out = std::copysign(magnitude, negative ? -1.0 : 1.0);
        return true;
    }

private:
    /// 767 digits can tell two neighbouring halves of doubles apart; the next one stands for the rest.
    static constexpr std::size_t kKept = 780;
    /// Exponents beyond this give zero or infinity, and do so with any digits a text can hold.
    static constexpr std::int64_t kExponentMax = std::int64_t{1} << 48;

    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    /// Whether `word` (lower case) comes next, in whatever case; skips it.
    bool skip_word(std::string_view word) {
        if (text_.size() - at_ < word.size()) return false;
        for (std::size_t i = 0; i < word.size(); ++i) {
            if (lower(text_[at_ + i]) != word[i]) return false;
        }
        at_ += word.size();
        return true;
    }

    bool read_magnitude(double& out) {
        if (skip_word("infinity") || skip_word("inf")) {
            out = std::numeric_limits<double>::infinity();
            return true;
        }
        if (skip_word("nan")) {
            skip_payload();
            out = std::numeric_limits<double>::quiet_NaN();
            return true;
        }
        if (peek() == '0' && lower(peek(1)) == 'x') {
            at_ += 2;
            return read_digits<true>(out);
        }
        return read_digits<false>(out);
    }

    /// The "(...)" after nan, when it is well formed.
    void skip_payload() {
        if (peek() != '(') return;
        std::size_t i = 1;
        while (is_digit(peek(i)) || (lower(peek(i)) >= 'a' && lower(peek(i)) <= 'z') || peek(i) == '_') ++i;
        if (peek(i) == ')') at_ += i + 1;
    }

    template <bool hex>
    bool read_digits(double& out) {
        constexpr std::int64_t step = hex ? 4 : 1;  // how much a digit moves the exponent (of 2, of 10)
        char* write = numeral_;
        if (hex) {
            *write++ = '0';
            *write++ = 'x';
        }
        char* const first = write;
        char* const last = first + kKept;
        std::int64_t exponent = 0;
        bool any = false;
        bool more = false;  // a digit that is not kept and not zero
        bool point = false;
        for (;; ++at_) {
            const char c = peek();
            if (c == '.' && !point) {
                point = true;
                continue;
            }
            if (!(hex ? is_hex_digit(c) : is_digit(c))) break;
            any = true;
            if (write == first && c == '0') {
                if (point) exponent -= step;
            } else if (write < last) {
                *write++ = c;
                if (point) exponent -= step;
            } else {
                more |= c != '0';
                if (!point) exponent += step;
            }
        }
        if (!any) return false;
        if (lower(peek()) == (hex ? 'p' : 'e') && !read_exponent(exponent)) return false;
        if (write == first) {
            out = 0;
            return true;
        }
        if (more) {
            *write++ = '1';
            exponent -= step;
        }
        *write++ = hex ? 'p' : 'e';
        write = std::to_chars(write, numeral_ + sizeof numeral_ - 1, exponent).ptr;
        *write = '\0';
        out = convert(numeral_);
        return true;
    }

    bool read_exponent(std::int64_t& exponent) {
        ++at_;
        bool negative = false;
        if (peek() == '-' || peek() == '+') negative = text_[at_++] == '-';
        if (!is_digit(peek())) return false;
        std::int64_t e = 0;
        for (; is_digit(peek()); ++at_) {
            if (e < kExponentMax) e = e * 10 + (peek() - '0');
        }
        exponent += negative ? -e : e;
        return true;
    }

    static double convert(const char* numeral) {
        static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
        return c_locale == locale_t{} ? std::strtod(numeral, nullptr) : strtod_l(numeral, nullptr, c_locale);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    char numeral_[kKept + 32];
};

}  // namespace

std::size_t to_text(double number, char (&out)[kNumberTextMax]) {
    char* at = out;
    char* const end = out + kNumberTextMax;
    if (std::signbit(number)) *at++ = '-';
    const double magnitude = std::fabs(number);
    if (magnitude < kFullDigits) {
        const auto whole = static_cast<std::uint64_t>(magnitude);
        if (static_cast<double>(whole) == magnitude) {
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
        std::memcpy(at, std::isnan(number) ? "nan" : "inf", 3);
        return static_cast<std::size_t>(at + 3 - out);
    }
    return static_cast<std::size_t>(std::to_chars(at, end, magnitude, std::chars_format::general, 14).ptr - out);
}

bool from_text(std::string_view text, double& out) {
    if (read_plain_decimal(text, out)) return true;
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) text = text.substr(0, nul);
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    if (read_plain_decimal(text, out)) return true;
    return NumeralReader(text).read(out);
}

}  // namespace arenite::lib

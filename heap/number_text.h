// Numbers to text and back, exactly as Lua 5.1.5 on glibc in the C locale does it, whatever the locale of the process.
//
// Nothing here allocates or fails; only the standard C++ and C libraries are used, so that any layer may include it.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// The same, some bytes at a time. Plain data: may be suspended between two runs.
class NumeralScan {
public:
    enum class Status : std::uint8_t { More, Number, NoNumber };
    /// Reads about `bytes` more bytes of the text, which is the same at each call.
    [[nodiscard]] Status run(std::string_view text, std::size_t bytes, double& out);

private:
    enum class Phase : std::uint8_t { Spaces, Payload, Digits, Exponent, Tail, Bad };
    /// 767 digits can tell two neighbouring halves of doubles apart; the next one stands for the rest.
    static constexpr std::uint32_t kKept = 780;
    /// Exponents beyond this give zero or infinity, and do so with any digits a text can hold.
    static constexpr std::int64_t kExponentMax = std::int64_t{1} << 48;

    [[nodiscard]] char peek(std::string_view text) const { return at_ < text.size() ? text[at_] : '\0'; }
    /// Whether `word` (lower case) comes next, in whatever case; skips it.
    [[nodiscard]] bool skip_word(std::string_view text, std::string_view word);
    void begin(std::string_view text);
    template <bool hex>
    void read_digits(std::string_view text, std::size_t end);
    void finish_digits();

    std::size_t at_ = 0;
    std::size_t payload_ = 0;  ///< bytes of the "(...)" after nan
    std::int64_t exponent_ = 0;
    std::int64_t power_ = 0;  ///< as written after 'e' or 'p'
    double value_ = 0;
    std::uint32_t written_ = 0;
    Phase phase_ = Phase::Spaces;
    bool negative_ = false;
    bool power_negative_ = false;
    bool hex_ = false;
    bool point_ = false;
    bool any_ = false;
    bool more_ = false;  ///< a digit that is not kept and not zero
    char numeral_[kKept + 32];
};

}  // namespace arenite::lib

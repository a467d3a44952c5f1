// What scanf("%lf") of glibc takes from a stream, character by character (vfscanf-internal.c).
#pragma once

#include <cstdint>
#include <string_view>

namespace arenite::lib {

/// Plain data of a few bits, so that reading can be suspended between any two characters.
class NumeralReader {
public:
    NumeralReader() = default;
    /// One that was suspended.
    explicit NumeralReader(std::uint32_t state) : state_(state) {}
    [[nodiscard]] std::uint32_t state() const { return state_; }

    enum class Take : std::uint8_t {
        Skip,   ///< white space
        Add,    ///< it is part of the numeral
        Last,   ///< likewise, and nothing follows
        End,    ///< it is not: back into the stream
        Wrong,  ///< no number; the character is lost
    };
    /// What becomes of the next character, a byte.
    [[nodiscard]] Take take(int c);

    /// What strtod takes of the text that was added up to the end of the stream or of the numeral; empty: it is no
    /// number.
    [[nodiscard]] std::string_view numeral(std::string_view added) const;

private:
    enum Phase : std::uint32_t { kSpaces, kSigned, kWord, kZero, kDigits };
    static constexpr std::uint32_t kPhase = 7;  ///< bits of state_
    enum Flag : std::uint32_t {
        kSign = 8,
        kDigit = 16,
        kDot = 32,
        kExponent = 64,
        kHex = 128,
        kPower = 256,
        kNan = 512
    };
    static constexpr std::uint32_t kWordShift =
        16;  ///< how much of a word, or whether an exponent's sign, has been read

    [[nodiscard]] bool has(std::uint32_t flag) const { return (state_ & flag) != 0; }
    [[nodiscard]] Take enter(Phase phase, std::uint32_t flags = 0);
    [[nodiscard]] Take begin(int c);
    [[nodiscard]] Take word(int c);
    [[nodiscard]] Take digit(int c);

    std::uint32_t state_ = kSpaces;
};

}  // namespace arenite::lib

// Strings and numerals of JSON texts as lua-cjson 2.1.0 reads and writes them. No VM in here; what may be long is read
// some bytes at a time. A text ends at its first NUL, or at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace arenite::redis {

/// The byte at a place of the text; NUL after its end.
[[nodiscard]] constexpr char json_byte(std::string_view text, std::size_t at) {
    return at < text.size() ? text[at] : '\0';
}

/// An escape sequence: how long it is in the text, and what it stands for.
struct JsonEscape {
    enum Kind : std::uint8_t { Good, Bad, BadUnicode };
    Kind kind = Bad;
    std::uint8_t length = 0;
    std::uint8_t size = 0;
    char bytes[4];
};
/// The sequence whose backslash is at `at`. A code of UTF-16 becomes UTF-8; a pair of surrogates is one sequence, and
/// one without the other is bad.
[[nodiscard]] JsonEscape read_json_escape(std::string_view text, std::size_t at);

/// Finds the end of a string, and whether it is well-formed.
struct JsonStringScan {
    enum class Status : std::uint8_t { More, Closed, Ended, BadEscape, BadUnicode };

    std::size_t at = 0;       ///< at first the byte after the opening quote; then the closing quote, or the mistake
    std::size_t decoded = 0;  ///< bytes that what was scanned stands for

    /// Reads about `bytes` more bytes.
    [[nodiscard]] Status run(std::string_view text, std::size_t bytes);
};

/// Decodes text[at, end), which is well-formed, until `room` does not do for the next sequence (so with 4 bytes there
/// is progress). Moves `at`, and returns how many bytes it wrote.
std::size_t decode_json_string(std::string_view text, std::size_t& at, std::size_t end, char* out, std::size_t room);

/// Finds the end of the longest beginning that strtod of C99 takes for a number. It reads neither leading blanks nor a
/// locale.
struct JsonNumeralScan {
    enum class Status : std::uint8_t { More, Ended, None };
    enum class Phase : std::uint8_t { Begin, Digits, Exponent, Payload, Done };

    std::size_t at = 0;    ///< at first the first byte; then the one after the numeral
    std::size_t good = 0;  ///< Payload: where the numeral ends if no parenthesis closes it
    Phase phase = Phase::Begin;
    bool hex = false;
    bool point = false;

    [[nodiscard]] Status run(std::string_view text, std::size_t bytes);
};

/// Whether the numeral at `at` is one that JSON does not have: with a plus sign or leading zeros, hexadecimal, an
/// infinity or NaN (json_is_invalid_number).
[[nodiscard]] bool is_no_json_number(std::string_view text, std::size_t at);

/// Writes `bytes` from `at` on, escaped, until `room` (at least 6) may not do for the next byte. Moves `at`, and
/// returns how many bytes it wrote. Escaped are control characters, DEL, quote, backslash and slash.
std::size_t encode_json_string(std::string_view bytes, std::size_t& at, char* out, std::size_t room);

}  // namespace arenite::redis

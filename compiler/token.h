// Token kinds and their spelling (Lua 5.1 §2.1), and the character classes of the C locale.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace arenite::compiler {

/// A token is a single character (its code, 0..255) or one of these. Order as in llex.h.
enum Tok : int {
    kTokAnd = 257,
    kTokBreak,
    kTokDo,
    kTokElse,
    kTokElseif,
    kTokEnd,
    kTokFalse,
    kTokFor,
    kTokFunction,
    kTokIf,
    kTokIn,
    kTokLocal,
    kTokNil,
    kTokNot,
    kTokOr,
    kTokRepeat,
    kTokReturn,
    kTokThen,
    kTokTrue,
    kTokUntil,
    kTokWhile,
    kTokConcat,
    kTokDots,
    kTokEq,
    kTokGe,
    kTokLe,
    kTokNe,
    kTokNumber,
    kTokName,
    kTokString,
    kTokEos
};
inline constexpr int kFirstReserved = kTokAnd;
inline constexpr int kReservedWords = kTokWhile - kTokAnd + 1;

inline constexpr std::array<std::string_view, kTokEos - kTokAnd + 1> kTokenText = {
    "and",   "break", "do",  "else", "elseif", "end",      "false",  "for",      "function", "if",    "in",
    "local", "nil",   "not", "or",   "repeat", "return",   "then",   "true",     "until",    "while", "..",
    "...",   "==",    ">=",  "<=",   "~=",     "<number>", "<name>", "<string>", "<eof>"};

/// Character classes, independent of the process's locale.
namespace chars {
inline constexpr std::uint8_t kAlpha = 1;  ///< letters and '_'
inline constexpr std::uint8_t kDigit = 2;
inline constexpr std::uint8_t kBlank = 4;  ///< space, \t, \v, \f
inline constexpr std::uint8_t kNewline = 8;
inline constexpr std::uint8_t kCntrl = 16;
inline constexpr std::uint8_t kIdent = kAlpha | kDigit;

inline constexpr std::array<std::uint8_t, 256> kClass = [] {
    std::array<std::uint8_t, 256> t{};
    for (unsigned c = 0; c < 256; ++c) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') t[c] |= kAlpha;
        if (c >= '0' && c <= '9') t[c] |= kDigit;
        if (c == ' ' || c == '\t' || c == '\v' || c == '\f') t[c] |= kBlank;
        if (c == '\n' || c == '\r') t[c] |= kNewline;
        if (c < 32 || c == 127) t[c] |= kCntrl;
    }
    return t;
}();
[[nodiscard]] constexpr bool is(unsigned char c, std::uint8_t classes) {
    return (kClass[c] & classes) != 0;
}
}  // namespace chars

}  // namespace arenite::compiler

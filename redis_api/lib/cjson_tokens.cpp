#include "redis_api/lib/cjson_tokens.h"

#include <algorithm>
#include <array>

namespace arenite::redis {
namespace {

[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
/// Value of a hexadecimal digit; -1 when it is none.
[[nodiscard]] constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// Whether the lower-case word comes next, in whatever case.
[[nodiscard]] bool has_word(std::string_view text, std::size_t at, std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (lower(json_byte(text, at + i)) != word[i]) return false;
    }
    return true;
}

/// Four hexadecimal digits; -1 when there are none.
[[nodiscard]] int read_hex4(std::string_view text, std::size_t at) {
    int code = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const int digit = hex_value(json_byte(text, at + i));
        if (digit < 0) return -1;
        code = code << 4 | digit;
    }
    return code;
}

/// The byte that the letter after a backslash stands for; NUL when it is none of them.
[[nodiscard]] constexpr char escaped_byte(char c) {
    switch (c) {
        case '"':
        case '\\':
        case '/': return c;
        case 'b': return '\b';
        case 't': return '\t';
        case 'n': return '\n';
        case 'f': return '\f';
        case 'r': return '\r';
        default: return '\0';
    }
}

std::uint8_t write_utf8(std::uint32_t code, char (&out)[4]) {
    const auto tail = [](std::uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
    if (code < 0x80) {
        out[0] = static_cast<char>(code);
        return 1;
    }
    if (code < 0x800) {
        out[0] = static_cast<char>(0xC0 | code >> 6);
        out[1] = tail(code);
        return 2;
    }
    if (code < 0x10000) {
        out[0] = static_cast<char>(0xE0 | code >> 12);
        out[1] = tail(code >> 6);
        out[2] = tail(code);
        return 3;
    }
    out[0] = static_cast<char>(0xF0 | code >> 18);
    out[1] = tail(code >> 12);
    out[2] = tail(code >> 6);
    out[3] = tail(code);
    return 4;
}

/// Bytes that end a run of plain ones within a string.
constexpr auto kEndsRun = [] {
    std::array<bool, 256> table{};
    table['"'] = table['\\'] = table['\0'] = true;
    return table;
}();

/// Bytes that are escaped when they are written.
constexpr auto kIsEscaped = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 32; ++c) table[c] = true;
    table['"'] = table['\\'] = table['/'] = table[127] = true;
    return table;
}();

/// Of the escaped bytes, those with a short escape: the letter after the backslash.
[[nodiscard]] constexpr char short_escape(char c) {
    switch (c) {
        case '"':
        case '\\':
        case '/': return c;
        case '\b': return 'b';
        case '\t': return 't';
        case '\n': return 'n';
        case '\f': return 'f';
        case '\r': return 'r';
        default: return '\0';
    }
}

}  // namespace

JsonEscape read_json_escape(std::string_view text, std::size_t at) {
    JsonEscape escape;
    const char letter = json_byte(text, at + 1);
    if (letter != 'u') {
        escape.bytes[0] = escaped_byte(letter);
        if (escape.bytes[0] == '\0') return escape;
        escape.kind = JsonEscape::Good;
        escape.length = 2;
        escape.size = 1;
        return escape;
    }
    escape.kind = JsonEscape::BadUnicode;
    int code = read_hex4(text, at + 2);
    if (code < 0) return escape;
    escape.length = 6;
    if ((code & 0xF800) == 0xD800) {  // a surrogate: the high one, and the low one after it
        if ((code & 0x400) != 0 || json_byte(text, at + 6) != '\\' || json_byte(text, at + 7) != 'u') return escape;
        const int low = read_hex4(text, at + 8);
        if (low < 0 || (low & 0xFC00) != 0xDC00) return escape;
        code = ((code & 0x3FF) << 10 | (low & 0x3FF)) + 0x10000;
        escape.length = 12;
    }
    escape.kind = JsonEscape::Good;
    escape.size = write_utf8(static_cast<std::uint32_t>(code), escape.bytes);
    return escape;
}

JsonStringScan::Status JsonStringScan::run(std::string_view text, std::size_t bytes) {
    const std::size_t end = bytes < text.size() - at ? at + bytes : text.size();
    while (at < end) {
        const std::size_t begin = at;
        while (at < end && !kEndsRun[static_cast<unsigned char>(text[at])]) ++at;
        decoded += at - begin;
        if (at == end) break;
        if (text[at] == '"') return Status::Closed;
        if (text[at] == '\0') return Status::Ended;
        const JsonEscape escape = read_json_escape(text, at);
        if (escape.kind == JsonEscape::Bad) return Status::BadEscape;
        if (escape.kind == JsonEscape::BadUnicode) return Status::BadUnicode;
        at += escape.length;
        decoded += escape.size;
    }
    return at < text.size() ? Status::More : Status::Ended;
}

std::size_t decode_json_string(std::string_view text, std::size_t& at, std::size_t end, char* out, std::size_t room) {
    std::size_t written = 0;
    while (at < end && written < room) {
        if (text[at] != '\\') {
            const std::string_view rest = text.substr(at, std::min(end - at, room - written));
            const std::size_t plain = std::min(rest.find('\\'), rest.size());
            rest.copy(out + written, plain);
            written += plain;
            at += plain;
            continue;
        }
        const JsonEscape escape = read_json_escape(text, at);
        if (escape.size > room - written) break;
        std::copy_n(escape.bytes, escape.size, out + written);
        written += escape.size;
        at += escape.length;
    }
    return written;
}

JsonNumeralScan::Status JsonNumeralScan::run(std::string_view text, std::size_t bytes) {
    if (phase == Phase::Begin) {
        if (const char c = json_byte(text, at); c == '-' || c == '+') ++at;
        phase = Phase::Done;
        if (has_word(text, at, "inf")) {
            at += has_word(text, at, "infinity") ? 8 : 3;
            return Status::Ended;
        }
        if (has_word(text, at, "nan")) {
            at += 3;
            if (json_byte(text, at) != '(') return Status::Ended;
            good = at++;
            phase = Phase::Payload;
        } else {
            const auto is_number = [&](std::size_t from, auto is) {
                return is(json_byte(text, from)) || (json_byte(text, from) == '.' && is(json_byte(text, from + 1)));
            };
            hex = json_byte(text, at) == '0' && lower(json_byte(text, at + 1)) == 'x' &&
                  is_number(at + 2, [](char c) { return hex_value(c) >= 0; });
            if (!hex && !is_number(at, is_digit)) return Status::None;
            if (hex) at += 2;
            phase = Phase::Digits;
        }
    }
    const std::size_t end = at >= text.size() || bytes >= text.size() - at ? text.size() : at + bytes;
    const bool last = end == text.size();
    if (phase == Phase::Payload) {
        while (at < end &&
               (is_digit(text[at]) || text[at] == '_' || (lower(text[at]) >= 'a' && lower(text[at]) <= 'z')))
            ++at;
        if (at == end && !last) return Status::More;
        at = json_byte(text, at) == ')' ? at + 1 : good;
        phase = Phase::Done;
    }
    if (phase == Phase::Digits) {
        for (; at < end; ++at) {
            if (text[at] == '.' && !point) {
                point = true;
            } else if (hex ? hex_value(text[at]) < 0 : !is_digit(text[at])) {
                break;
            }
        }
        if (at == end && !last) return Status::More;
        phase = Phase::Done;
        if (lower(json_byte(text, at)) == (hex ? 'p' : 'e')) {
            const char sign = json_byte(text, at + 1);
            const std::size_t digits = at + (sign == '-' || sign == '+' ? 2 : 1);
            if (is_digit(json_byte(text, digits))) {
                at = digits;
                phase = Phase::Exponent;
            }
        }
    }
    if (phase == Phase::Exponent) {
        while (at < end && is_digit(text[at])) ++at;
        if (at >= end && !last) return Status::More;
        phase = Phase::Done;
    }
    return Status::Ended;
}

bool is_no_json_number(std::string_view text, std::size_t at) {
    if (json_byte(text, at) == '+') return true;
    if (json_byte(text, at) == '-') ++at;
    if (json_byte(text, at) == '0') {
        const char next = json_byte(text, at + 1);
        return lower(next) == 'x' || is_digit(next);
    }
    return has_word(text, at, "inf") || has_word(text, at, "nan");
}

std::size_t encode_json_string(std::string_view bytes, std::size_t& at, char* out, std::size_t room) {
    constexpr std::size_t kLongest = 6;
    std::size_t written = 0;
    while (at < bytes.size() && room - written >= kLongest) {
        const char c = bytes[at++];
        const auto code = static_cast<unsigned char>(c);
        if (!kIsEscaped[code]) {
            out[written++] = c;
            continue;
        }
        out[written++] = '\\';
        if (const char letter = short_escape(c); letter != '\0') {
            out[written++] = letter;
            continue;
        }
        constexpr std::string_view kDigits = "0123456789abcdef";
        for (const char byte : {'u', '0', '0', kDigits[code >> 4], kDigits[code & 15]}) out[written++] = byte;
    }
    return written;
}

}  // namespace arenite::redis

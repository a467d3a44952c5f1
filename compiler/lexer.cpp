#include "compiler/lexer.h"

#include <climits>

#include "compiler/numeral.h"

namespace arenite::compiler {

using chars::is;

namespace {
[[nodiscard]] unsigned char byte(const char* p) {
    return static_cast<unsigned char>(*p);
}

/// What %s prints of a buffer: up to the first NUL.
[[nodiscard]] std::string_view c_string(std::string_view s) {
    return s.substr(0, s.find('\0'));
}
}  // namespace

Lexer::Lexer(Context& cx, std::uint32_t offset) : Lexer(cx) {
    while (p_ < begin_ + offset) {
        if (is(byte(p_), chars::kNewline)) {
            new_line();
        } else {
            ++p_;
        }
    }
}

std::string Lexer::token_name(int kind) {
    if (kind >= kFirstReserved) {
        return std::string(kTokenText[static_cast<std::size_t>(kind - kFirstReserved)]);
    }
    if (is(static_cast<unsigned char>(kind), chars::kCntrl)) {
        return "char(" + std::to_string(kind) + ")";
    }
    return std::string(1, static_cast<char>(kind));
}

/// The raw text of a token as PUC's buffer has it: strings with their delimiters, but escapes already replaced.
std::string Lexer::text_of(const Token& token) const {
    const char* start = begin_ + token.start;
    switch (token.kind) {
        case kTokName: return std::string(token.atom->text());
        case kTokNumber: return std::string(c_string({start, token.end - token.start}));
        case kTokString: {
            std::string open(1, *start);
            if (*start == '[') {
                open = std::string(start, cx_.source.find('[', token.start + 1) - token.start + 1);
            }
            std::string close = open;
            for (char& c : close) {
                c = c == '[' ? ']' : c;
            }
            return std::string(c_string(open + std::string(token.atom->text()) + close));
        }
        default: return token_name(token.kind);
    }
}

std::string Lexer::located(std::string_view message) const {
    return chunk_id(cx_.chunkname, kSyntaxIdSize) + ":" + std::to_string(line) + ": " + std::string(message);
}

void Lexer::stop_at_end() {
    throw Abort{{}, false, true};
}

void Lexer::plain_error(std::string_view message) const {
    check_not_at_end();
    throw Abort{located(message)};
}

void Lexer::error_near(std::string_view message, std::string_view near) const {
    check_not_at_end();
    throw Abort{located(message) + " near '" + std::string(near) + "'"};
}

void Lexer::syntax_error(std::string_view message) const {
    if (t.kind == 0) {  // luaX_lexerror takes token 0, a NUL in the text, for "no token"
        plain_error(message);
    }
    error_near(message, text_of(t));
}

void Lexer::new_line() {
    const char old = *p_++;
    if (p_ < end_ && is(byte(p_), chars::kNewline) && *p_ != old) {
        ++p_;  // \r\n or \n\r
    }
    if (++line >= static_cast<std::uint32_t>(INT_MAX)) {
        syntax_error("chunk has too many lines");
    }
}

/// check_next(ls, "."): strchr also finds the set's terminator, so a NUL passes for a dot, as it does in PUC.
bool Lexer::take_dot() {
    if (p_ < end_ && (*p_ == '.' || *p_ == '\0')) {
        ++p_;
        return true;
    }
    return false;
}

void Lexer::scan(Token& out) {
    for (;;) {
        if (p_ == end_) {
            out.kind = kTokEos;
            out.start = out.end = static_cast<std::uint32_t>(p_ - begin_);
            return;
        }
        const unsigned char c = byte(p_);
        if (is(c, chars::kBlank)) {
            ++p_;
            look_now_and_then();
            continue;
        }
        if (is(c, chars::kNewline)) {
            new_line();
            look_now_and_then();
            continue;
        }
        const char* start = p_;
        out.start = static_cast<std::uint32_t>(start - begin_);
        if (is(c, chars::kAlpha)) {
            lex_name(out);
            return;
        }
        if (is(c, chars::kDigit)) {
            lex_numeral(out, start);
            return;
        }
        ++p_;
        int kind = c;
        const auto with_equal = [&](int both) {
            if (p_ < end_ && *p_ == '=') {
                ++p_;
                kind = both;
            }
        };
        switch (c) {
            case '"':
            case '\'': lex_string(out, static_cast<char>(c)); return;
            case '-':
                if (p_ < end_ && *p_ == '-') {
                    ++p_;
                    skip_comment();
                    continue;
                }
                break;
            case '[': {
                --p_;
                const int level = skip_separator();
                if (level >= 0) {
                    lex_long_string(&out, start, static_cast<std::size_t>(level));
                    return;
                }
                if (level != -1) {
                    error_near("invalid long string delimiter", {start, static_cast<std::size_t>(p_ - start)});
                }
                break;
            }
            case '=': with_equal(kTokEq); break;
            case '<': with_equal(kTokLe); break;
            case '>': with_equal(kTokGe); break;
            case '~': with_equal(kTokNe); break;
            case '.':
                if (take_dot()) {
                    kind = take_dot() ? kTokDots : kTokConcat;
                } else if (p_ < end_ && is(byte(p_), chars::kDigit)) {
                    lex_numeral(out, start);
                    return;
                }
                break;
            default: break;
        }
        out.kind = kind;
        out.end = static_cast<std::uint32_t>(p_ - begin_);
        return;
    }
}

void Lexer::lex_name(Token& out) {
    const char* start = p_;
    do {
        ++p_;
    } while (p_ < end_ && is(byte(p_), chars::kIdent));
    Atom* atom = cx_.atoms.intern(start, static_cast<std::size_t>(p_ - start));
    out.kind = atom->reserved != 0 ? atom->reserved : kTokName;
    out.atom = atom;
    out.end = static_cast<std::uint32_t>(p_ - begin_);
}

/// read_numeral: takes more than a numeral can be, then asks whether it was one. NUL counts as a member of the sets
/// "Ee" and "+-", for the same reason as in take_dot.
void Lexer::lex_numeral(Token& out, const char* start) {
    while (p_ < end_ && (is(byte(p_), chars::kDigit) || *p_ == '.')) {
        ++p_;
    }
    if (p_ < end_ && (*p_ == 'E' || *p_ == 'e' || *p_ == '\0')) {
        ++p_;
        if (p_ < end_ && (*p_ == '+' || *p_ == '-' || *p_ == '\0')) {
            ++p_;
        }
    }
    while (p_ < end_ && is(byte(p_), chars::kIdent)) {
        ++p_;
    }
    const std::string_view text = c_string({start, static_cast<std::size_t>(p_ - start)});
    const auto value = parse_numeral(text);
    if (!value) {
        error_near("malformed number", text);
    }
    out.kind = kTokNumber;
    out.number = *value;
    out.end = static_cast<std::uint32_t>(p_ - begin_);
}

void Lexer::lex_string(Token& out, char quote) {
    const char* start = p_;
    while (p_ < end_ && *p_ != quote) {
        if (*p_ == '\\' || is(byte(p_), chars::kNewline)) {
            lex_string_with_escapes(out, start, quote);
            return;
        }
        ++p_;
        look_now_and_then();
    }
    if (p_ == end_) {
        error_near("unfinished string", token_name(kTokEos));
    }
    out.kind = kTokString;
    out.atom = cx_.atoms.intern(start, static_cast<std::size_t>(p_ - start));
    ++p_;
    out.end = static_cast<std::uint32_t>(p_ - begin_);
}

void Lexer::lex_string_with_escapes(Token& out, const char* start, char quote) {
    buffer_.clear();
    buffer_.push(quote);
    for (const char* q = start; q < p_; ++q) {
        buffer_.push(*q);
    }
    for (;;) {
        if (p_ == end_) {
            error_near("unfinished string", token_name(kTokEos));
        }
        if (*p_ == quote) {
            break;
        }
        look_now_and_then();
        if (is(byte(p_), chars::kNewline)) {
            error_near("unfinished string", c_string({buffer_.begin(), buffer_.size()}));
        }
        if (*p_ == '\\') {
            ++p_;
            lex_escape();
        } else {
            buffer_.push(*p_++);
        }
    }
    ++p_;
    out.kind = kTokString;
    out.atom = cx_.atoms.intern(buffer_.begin() + 1, buffer_.size() - 1);
    out.end = static_cast<std::uint32_t>(p_ - begin_);
}

/// What follows a backslash (Lua 5.1 §2.1). An unknown letter stands for itself.
void Lexer::lex_escape() {
    const int c = current();
    switch (c) {
        case -1: return;  // the caller's loop reports it
        case 'a': buffer_.push('\a'); break;
        case 'b': buffer_.push('\b'); break;
        case 'f': buffer_.push('\f'); break;
        case 'n': buffer_.push('\n'); break;
        case 'r': buffer_.push('\r'); break;
        case 't': buffer_.push('\t'); break;
        case 'v': buffer_.push('\v'); break;
        case '\n':
        case '\r':
            buffer_.push('\n');
            new_line();
            return;
        default:
            if (is(static_cast<unsigned char>(c), chars::kDigit)) {
                int value = 0;
                for (int i = 0; i < 3 && p_ < end_ && is(byte(p_), chars::kDigit); ++i) {
                    value = 10 * value + (*p_++ - '0');
                }
                if (value > UCHAR_MAX) {
                    error_near("escape sequence too large", c_string({buffer_.begin(), buffer_.size()}));
                }
                buffer_.push(static_cast<char>(value));
                return;
            }
            buffer_.push(static_cast<char>(c));
    }
    ++p_;
}

/// skip_sep: '[' or ']', then '='s. Returns their number if the same bracket follows, else -number - 1.
int Lexer::skip_separator() {
    const char bracket = *p_++;
    int count = 0;
    while (p_ < end_ && *p_ == '=') {
        ++p_;
        ++count;
    }
    return p_ < end_ && *p_ == bracket ? count : -count - 1;
}

void Lexer::lex_long_string(Token* out, const char* start, std::size_t level) {
    ++p_;  // the second '['
    if (p_ < end_ && is(byte(p_), chars::kNewline)) {
        new_line();
    }
    buffer_.clear();
    const char* run = p_;  // not yet copied; only texts with '\r' are copied at all
    const char* last = nullptr;
    bool copied = false;
    for (;;) {
        if (p_ == end_) {
            error_near(out != nullptr ? "unfinished long string" : "unfinished long comment", token_name(kTokEos));
        }
        const char c = *p_;
        look_now_and_then();
        if (c == '[') {
            if (skip_separator() == static_cast<int>(level)) {
                ++p_;
                if (level == 0) {  // LUA_COMPAT_LSTR 1
                    error_near("nesting of [[...]] is deprecated", "[");
                }
            }
        } else if (c == ']') {
            last = p_;
            if (skip_separator() == static_cast<int>(level)) {
                ++p_;
                break;
            }
        } else if (c == '\n' || c == '\r') {
            const char* at = p_;
            new_line();
            if (out != nullptr && p_ - at + (c == '\r') > 1) {  // anything but a single \n becomes one
                for (const char* q = run; q < at; ++q) {
                    buffer_.push(*q);
                }
                buffer_.push('\n');
                run = p_;
                copied = true;
            }
        } else {
            ++p_;
        }
    }
    if (out == nullptr) {
        return;
    }
    out->kind = kTokString;
    if (copied) {
        for (const char* q = run; q < last; ++q) {
            buffer_.push(*q);
        }
        out->atom = cx_.atoms.intern(buffer_.begin(), buffer_.size());
    } else {
        out->atom = cx_.atoms.intern(run, static_cast<std::size_t>(last - run));
    }
    out->start = static_cast<std::uint32_t>(start - begin_);
    out->end = static_cast<std::uint32_t>(p_ - begin_);
}

void Lexer::skip_comment() {
    if (p_ < end_ && *p_ == '[') {
        const char* start = p_;
        const int level = skip_separator();
        if (level >= 0) {
            lex_long_string(nullptr, start, static_cast<std::size_t>(level));
            return;
        }
    }
    while (p_ < end_ && !is(byte(p_), chars::kNewline)) {
        ++p_;
        look_now_and_then();
    }
}

}  // namespace arenite::compiler

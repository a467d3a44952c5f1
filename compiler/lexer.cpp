#include "compiler/lexer.h"

#include <climits>
#include <optional>
#include <utility>

#include "heap/number_text.h"

namespace arenite::compiler {

using chars::is;

namespace {

/// The value of a numeral as the lexer has cut it out; empty when it is malformed. A long one is read in pieces.
std::optional<double> parse_numeral(std::string_view text, Pauses& pauses) {
    double value = 0;
    if (text.size() <= Pauses::kBytes) return lib::from_text(text, value) ? std::optional(value) : std::nullopt;
    lib::NumeralScan scan;
    for (;;) {
        switch (scan.run(text, Pauses::kBytes, value)) {
            case lib::NumeralScan::Status::Number: return value;
            case lib::NumeralScan::Status::NoNumber: return std::nullopt;
            case lib::NumeralScan::Status::More: pauses.now(); break;
        }
    }
}
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

void Lexer::stop_at_end() {
    throw Abort{{}, false, true};
}

void Lexer::fail(std::string_view message, std::span<const std::string_view> near) const {
    check_not_at_end();
    std::size_t length = 0;
    for (const std::string_view piece : near) {
        length += piece.size();
    }
    std::string text = chunk_id(cx_.chunkname, kSyntaxIdSize) + ":" + std::to_string(line) + ": ";
    text.append(message);
    if (near.empty()) {
        throw Abort{std::move(text)};
    }
    text.append(" near '");
    if (length > Look::kBytes) {
        fail_at_length(text, near);
    }
    for (const std::string_view piece : near) {
        const std::size_t end = piece.find('\0');
        text.append(piece.substr(0, end));
        if (end != std::string_view::npos) {
            break;
        }
    }
    text.append("'");
    throw Abort{std::move(text)};
}

/// `begin` ends here: no std::string may live over a pause.
void Lexer::fail_at_length(std::string& begin, std::span<const std::string_view> near) const {
    UnitVector<char> text(cx_.mr);
    text.append(begin.data(), begin.size());
    std::string().swap(begin);
    bool over = false;
    for (std::string_view piece : near) {
        while (!piece.empty() && !over) {
            const std::string_view part = piece.substr(0, Look::kBytes);
            const std::size_t end = part.find('\0');
            over = end != std::string_view::npos;
            text.append(part.data(), over ? end : part.size());
            piece.remove_prefix(part.size());
            cx_.pauses.now();
        }
    }
    text.push_back('\'');
    Abort abort;
    abort.long_message = {text.data(), text.size()};
    (void)text.abandon();
    throw abort;
}

void Lexer::plain_error(std::string_view message) const {
    fail(message, {});
}

/// The raw text of a token as PUC's buffer has it: strings with their delimiters, but escapes already replaced.
void Lexer::syntax_error(std::string_view message) const {
    const char* const start = begin_ + t.start;
    switch (t.kind) {
        case 0: plain_error(message);  // luaX_lexerror takes token 0, a NUL in the text, for "no token"
        case kTokName: {
            const std::string_view pieces[] = {t.atom->text()};
            fail(message, pieces);
        }
        case kTokNumber: {
            const std::string_view pieces[] = {{start, t.end - t.start}};
            fail(message, pieces);
        }
        case kTokString: {
            if (*start != '[') {
                const std::string_view quote(start, 1);
                const std::string_view pieces[] = {quote, t.atom->text(), quote};
                fail(message, pieces);
            }
            const std::string_view open(start, cx_.source.find('[', t.start + 1) - t.start + 1);
            const std::string_view level = open.substr(1, open.size() - 2);
            const std::string_view pieces[] = {open, t.atom->text(), "]", level, "]"};
            fail(message, pieces);
        }
        default: {
            const std::string name = token_name(t.kind);
            const std::string_view pieces[] = {name};
            fail(message, pieces);
        }
    }
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

template <class In>
[[gnu::always_inline]] inline void Lexer::skip_while(In in) {
    do {
        while (p_ < stop_ && in(p_)) {
            ++p_;
        }
    } while (__builtin_expect(p_ >= stop_, 0) && pass_stop());
}

void Lexer::keep(const char* from, const char* to) {
    const std::size_t before = buffer_.size();
    const auto n = static_cast<std::size_t>(to - from);
    buffer_.set_size_unset(before + n);
    cx_.pauses.copy(buffer_.data() + before, from, n);
}

void Lexer::lex_name(Token& out) {
    const char* start = p_++;
    skip_while([](const char* p) { return is(byte(p), chars::kIdent); });
    Atom* atom = cx_.atoms.intern(start, static_cast<std::size_t>(p_ - start));
    out.kind = atom->reserved != 0 ? atom->reserved : kTokName;
    out.atom = atom;
    out.end = static_cast<std::uint32_t>(p_ - begin_);
}

/// read_numeral: takes more than a numeral can be, then asks whether it was one. NUL counts as a member of the sets
/// "Ee" and "+-", for the same reason as in take_dot.
void Lexer::lex_numeral(Token& out, const char* start) {
    skip_while([](const char* p) { return is(byte(p), chars::kDigit) || *p == '.'; });
    if (p_ < end_ && (*p_ == 'E' || *p_ == 'e' || *p_ == '\0')) {
        ++p_;
        if (p_ < end_ && (*p_ == '+' || *p_ == '-' || *p_ == '\0')) {
            ++p_;
        }
    }
    skip_while([](const char* p) { return is(byte(p), chars::kIdent); });
    const std::string_view text = c_string({start, static_cast<std::size_t>(p_ - start)});
    const auto value = parse_numeral(text, cx_.pauses);
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
    buffer_.push_back(quote);
    keep(start, p_);
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
            buffer_.push_back(*p_++);
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
        case 'a': buffer_.push_back('\a'); break;
        case 'b': buffer_.push_back('\b'); break;
        case 'f': buffer_.push_back('\f'); break;
        case 'n': buffer_.push_back('\n'); break;
        case 'r': buffer_.push_back('\r'); break;
        case 't': buffer_.push_back('\t'); break;
        case 'v': buffer_.push_back('\v'); break;
        case '\n':
        case '\r':
            buffer_.push_back('\n');
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
                buffer_.push_back(static_cast<char>(value));
                return;
            }
            buffer_.push_back(static_cast<char>(c));
    }
    ++p_;
}

/// skip_sep: '[' or ']', then '='s. Returns their number if the same bracket follows, else -number - 1.
int Lexer::skip_separator() {
    const char bracket = *p_++;
    const char* const first = p_;
    skip_while([](const char* p) { return *p == '='; });
    const auto count = static_cast<int>(p_ - first);
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
                keep(run, at);
                buffer_.push_back('\n');
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
        keep(run, last);
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

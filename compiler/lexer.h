// The lexical analyser (Lua 5.1 §2.1), after llex.c of PUC Lua 5.1.5.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "compiler/context.h"
#include "compiler/token.h"

namespace arenite::compiler {

struct Token {
    int kind = kTokEos;
    std::uint32_t start = 0;  ///< offset of its first byte in the source
    std::uint32_t end = 0;    ///< offset after its last byte
    union {
        double number = 0;
        Atom* atom;
    };
};

/// Two tokens at a time: the current one and, when asked for, the one after it. Keeps PUC's two line counters, since
/// messages and debug information depend on which of them was read when.
class Lexer {
public:
    explicit Lexer(Context& cx)
        : cx_(cx), begin_(cx.source.data()), p_(begin_), end_(begin_ + cx.source.size()), buffer_(cx.mr) {}
    /// Starts in the middle of a text, at a token (to find out again what stood there).
    Lexer(Context& cx, std::uint32_t offset);

    Token t;                      ///< the current token
    std::uint32_t line = 1;       ///< where the reader stands (linenumber)
    std::uint32_t last_line = 1;  ///< of the last token consumed (lastline)

    /// luaX_next.
    void next() {
        last_line = line;
        if (ahead_.kind != kTokEos) {
            t = ahead_;
            ahead_.kind = kTokEos;
        } else {
            lex(t);
        }
        cx_.pauses.tick();
    }
    /// luaX_lookahead: the kind of the token after the current one.
    [[nodiscard]] int peek() {
        lex(ahead_);
        return ahead_.kind;
    }

    /// Frees its scratch.
    void give_back() { cx_.pauses.free(buffer_); }

    /// luaX_syntaxerror: "chunk:line: message near 'current token'".
    [[noreturn]] void syntax_error(std::string_view message) const;
    /// luaX_lexerror without a token.
    [[noreturn]] void plain_error(std::string_view message) const;
    /// luaX_token2str.
    [[nodiscard]] static std::string token_name(int kind);

private:
    void lex(Token& out) {
        scan(out);
        check_not_at_end();
    }
    void scan(Token& out);
    void lex_name(Token& out);
    void lex_numeral(Token& out, const char* start);
    void lex_string(Token& out, char quote);
    void lex_string_with_escapes(Token& out, const char* start, char quote);
    void lex_escape();
    /// `start` is at the first '['; p_ after the second. Comments pass no token.
    void lex_long_string(Token* out, const char* start, std::size_t level);
    [[nodiscard]] int skip_separator();
    void skip_comment();
    /// Skips the bytes for which `in` holds; pauses now and then.
    template <class In>
    void skip_while(In in);
    /// Appends source bytes to buffer_.
    void keep(const char* from, const char* to);
    void new_line();

    /// Every byte up to p_ has been examined, and the one at p_ too (PUC's `current`): if it is not there yet, nothing
    /// can be said of the token before it.
    void check_not_at_end() const {
        if (p_ == end_ && cx_.part == SourcePart::Beginning) stop_at_end();
    }
    [[noreturn]] static void stop_at_end();
    [[nodiscard]] int current() const { return p_ < end_ ? static_cast<unsigned char>(*p_) : -1; }
    [[nodiscard]] bool take_dot();
    /// "chunk:line: message", and the pieces of `near` up to the first NUL in quotes, unless there are none.
    [[noreturn]] void fail(std::string_view message, std::span<const std::string_view> near) const;
    [[noreturn]] void fail_at_length(std::string& begin, std::span<const std::string_view> near) const;
    [[noreturn]] void error_near(std::string_view message, std::string_view near) const { fail(message, {&near, 1}); }

    /// Within what is long: a check each kBytes.
    void look_now_and_then() {
        if (__builtin_expect(p_ >= stop_, 0)) (void)pass_stop();
    }
    /// Pauses, and sets stop_ again. False: this is the end.
    [[gnu::noinline]] bool pass_stop() {
        if (p_ == end_) return false;
        cx_.pauses.now();
        stop_ = next_stop();
        return true;
    }
    [[nodiscard]] const char* next_stop() const {
        return static_cast<std::size_t>(end_ - p_) > Pauses::kBytes ? p_ + Pauses::kBytes : end_;
    }

    Context& cx_;
    const char* begin_;
    const char* p_;
    const char* end_;
    const char* stop_ = next_stop();  ///< no loop over bytes goes on after it without a check
    Token ahead_;
    ScratchVector<char> buffer_;  ///< a string's bytes where they differ from the source's
};

}  // namespace arenite::compiler

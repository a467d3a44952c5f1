#include "redis_api/keyspace/glob.h"

namespace arenite::redis {
namespace {

// Reads a pattern as a C string does: NUL after its end.
class Pattern {
public:
    explicit Pattern(std::string_view text) : text_(text) {}
    signed char at(std::size_t index) const noexcept {
        return index < text_.size() ? static_cast<signed char>(text_[index]) : '\0';
    }
    std::size_t size() const noexcept { return text_.size(); }

private:
    std::string_view text_;
};

// Matches one character against the pattern element at `at`, which is not '*'. Moves `at` behind
// the element.
bool match_one(const Pattern& pattern, std::size_t& at, signed char c) noexcept {
    switch (pattern.at(at)) {
        case '?': ++at; return true;
        case '[': {
            ++at;
            const bool negated = pattern.at(at) == '^';
            if (negated) ++at;
            bool found = false;
            for (;;) {
                if (pattern.at(at) == '\\' && at + 2 <= pattern.size()) {
                    ++at;
                    if (pattern.at(at) == c) found = true;
                } else if (pattern.at(at) == ']') {
                    ++at;
                    break;
                } else if (at >= pattern.size()) {
                    break;  // no closing bracket: the end of the pattern closes it
                } else if (at + 3 <= pattern.size() && pattern.at(at + 1) == '-') {
                    signed char low = pattern.at(at);
                    signed char high = pattern.at(at + 2);
                    if (low > high) {
                        const signed char other = low;
                        low = high;
                        high = other;
                    }
                    at += 2;
                    if (low <= c && c <= high) found = true;
                } else if (pattern.at(at) == c) {
                    found = true;
                }
                ++at;
            }
            return found != negated;
        }
        case '\\':
            if (at + 2 <= pattern.size()) ++at;
            [[fallthrough]];
        default: return pattern.at(at++) == c;
    }
}

}  // namespace

bool glob_match(std::string_view pattern_text, std::string_view text) noexcept {
    // In Redis the loop is not entered for an empty text, so even "*" does not match it.
    if (text.empty()) return pattern_text.empty();
    const Pattern pattern(pattern_text);
    std::size_t at = 0;
    std::size_t next = 0;
    // Going back to the last '*' suffices: an earlier one could only match a longer piece, and what
    // follows the last one would then start later still.
    bool starred = false;
    std::size_t star_at = 0;
    std::size_t star_next = 0;
    while (next < text.size()) {
        if (at < pattern.size() && pattern.at(at) == '*') {
            while (pattern.at(at) == '*' && at < pattern.size()) ++at;
            if (at == pattern.size()) return true;
            starred = true;
            star_at = at;
            star_next = next;
            continue;
        }
        if (at < pattern.size() && match_one(pattern, at, static_cast<signed char>(text[next]))) {
            ++next;
            continue;
        }
        if (!starred) return false;
        at = star_at;
        next = ++star_next;
    }
    while (at < pattern.size() && pattern.at(at) == '*') ++at;
    return at == pattern.size();
}

}  // namespace arenite::redis

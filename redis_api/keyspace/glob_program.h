// A glob pattern compiled, for texts and patterns on which trying takes too long (glob.h, GL2).
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "redis_api/work_meter.h"

namespace arenite::redis {

/// Reads a pattern as a C string does: NUL after its end. Characters are signed, as on the machines Redis runs on.
class GlobText {
public:
    explicit GlobText(std::string_view text) : text_(text) {}
    signed char at(std::size_t index) const noexcept {
        return index < text_.size() ? static_cast<signed char>(text_[index]) : '\0';
    }
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

private:
    std::string_view text_;
};

/// Reads the class at `at`, which is after its '[', and moves `at` after it. Calls range(low, high) for each of its
/// parts. Returns whether it is negated.
template <class Range>
[[nodiscard]] bool read_class(const GlobText& pattern, std::size_t& at, Range&& range) {
    const bool negated = pattern.at(at) == '^';
    if (negated) ++at;
    for (;; ++at) {
        if (pattern.at(at) == '\\' && at + 2 <= pattern.size()) {
            ++at;
            range(pattern.at(at), pattern.at(at));
        } else if (pattern.at(at) == ']') {
            ++at;
            return negated;
        } else if (at >= pattern.size()) {
            return negated;  // no closing bracket: the end of the pattern closes it
        } else if (at + 3 <= pattern.size() && pattern.at(at + 1) == '-') {
            const signed char first = pattern.at(at);
            const signed char last = pattern.at(at + 2);
            at += 2;
            range(first < last ? first : last, first < last ? last : first);
        } else {
            range(pattern.at(at), pattern.at(at));
        }
    }
}

/// Whether the element at `at`, which is no star, matches a character. Moves `at` after the element.
[[nodiscard]] inline bool match_one(const GlobText& pattern, std::size_t& at, char character) noexcept {
    const auto c = static_cast<signed char>(character);
    switch (pattern.at(at)) {
        case '?': ++at; return true;
        case '[': {
            ++at;
            bool found = false;
            const bool negated =
                read_class(pattern, at, [&](signed char low, signed char high) { found |= low <= c && c <= high; });
            return found != negated;
        }
        case '\\':
            if (at + 2 <= pattern.size()) ++at;
            [[fallthrough]];
        default: return pattern.at(at++) == c;
    }
}

class GlobProgram {
public:
    /// Charges `meter`, and holds the memory of it until it goes.
    GlobProgram(std::string_view pattern, WorkMeter& meter);
    GlobProgram(const GlobProgram&) = delete;
    GlobProgram& operator=(const GlobProgram&) = delete;

    [[nodiscard]] bool matches(std::string_view text);

private:
    using Class = std::bitset<256>;
    struct Element {
        enum class Kind : std::uint8_t { Literal, Any, Class };
        Kind kind;
        unsigned char byte;   ///< Literal
        std::uint32_t index;  ///< Class: in classes_
    };
    /// The elements between two stars; there is at least one in each but perhaps the first and the last piece.
    struct Piece {
        std::size_t first;
        std::size_t size;
        bool literal = true;
    };

    void read(std::string_view pattern);
    [[nodiscard]] bool fits(const Element& element, char c) const;
    [[nodiscard]] bool piece_at(const Piece& piece, std::string_view text);
    /// The place after the first occurrence of the piece from `from` on; npos: there is none.
    [[nodiscard]] std::size_t find(const Piece& piece, std::string_view text, std::size_t from);
    [[nodiscard]] std::size_t find_literal(const Piece& piece, std::string_view text, std::size_t from);
    [[nodiscard]] std::size_t find_classes(const Piece& piece, std::string_view text, std::size_t from);

    WorkMeter& meter_;
    HeldMemory held_;
    std::vector<Element> elements_;
    std::vector<Class> classes_;
    std::vector<Piece> pieces_;
};

}  // namespace arenite::redis

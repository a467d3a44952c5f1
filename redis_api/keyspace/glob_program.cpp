#include "redis_api/keyspace/glob_program.h"

#include <algorithm>

namespace arenite::redis {
namespace {

constexpr std::size_t kBytes = 256;
constexpr std::size_t kWordBits = 64;
constexpr std::size_t kSlice = 256;  ///< characters between two charges

unsigned char byte_of(signed char c) {
    return static_cast<unsigned char>(c);
}

}  // namespace

GlobProgram::GlobProgram(std::string_view text, WorkMeter& meter) : meter_(meter), held_(meter) {
    // A class takes three characters at least, and vectors grow by doubling.
    held_.add(text.size() * (2 * sizeof(Element) + sizeof(Class) + 2 * sizeof(Piece)));
    const GlobText pattern(text);
    pieces_.push_back({0, 0});
    for (std::size_t at = 0; at < pattern.size();) {
        const std::size_t before = at;
        if (pattern.at(at) == '*') {
            while (at < pattern.size() && pattern.at(at) == '*') ++at;
            pieces_.push_back({elements_.size(), 0});
            meter_.charge(at - before);
            continue;
        }
        Piece& piece = pieces_.back();
        ++piece.size;
        if (pattern.at(at) == '?') {
            ++at;
            piece.literal = false;
            elements_.push_back({Element::Kind::Any, 0, 0});
        } else if (pattern.at(at) == '[') {
            ++at;
            piece.literal = false;
            Class& members = classes_.emplace_back();
            const bool negated = read_class(pattern, at, [&members](signed char low, signed char high) {
                // NOLINTNEXTLINE(bugprone-signed-char-misuse): Redis compares them as signed
                for (int c = low; c <= high; ++c) members.set(byte_of(static_cast<signed char>(c)));
            });
            if (negated) members.flip();
            elements_.push_back({Element::Kind::Class, 0, static_cast<std::uint32_t>(classes_.size() - 1)});
        } else {
            if (pattern.at(at) == '\\' && at + 2 <= pattern.size()) ++at;
            elements_.push_back({Element::Kind::Literal, byte_of(pattern.at(at)), 0});
            ++at;
        }
        meter_.charge(at - before);
    }
}

bool GlobProgram::fits(const Element& element, char c) const {
    const auto byte = static_cast<unsigned char>(c);
    switch (element.kind) {
        case Element::Kind::Literal: return element.byte == byte;
        case Element::Kind::Any: return true;
        case Element::Kind::Class: return classes_[element.index].test(byte);
    }
    return false;
}

bool GlobProgram::piece_at(const Piece& piece, std::string_view text) {
    meter_.charge(piece.size / 4 + 1);
    for (std::size_t i = 0; i < piece.size; ++i) {
        if (!fits(elements_[piece.first + i], text[i])) return false;
    }
    return true;
}

bool GlobProgram::matches(std::string_view text) {
    const Piece& first = pieces_.front();
    const Piece& last = pieces_.back();
    if (pieces_.size() == 1) return first.size == text.size() && piece_at(first, text);
    if (first.size + last.size > text.size() || !piece_at(first, text)) return false;
    const std::string_view middle = text.substr(0, text.size() - last.size);
    std::size_t from = first.size;
    for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
        from = find(pieces_[i], middle, from);
        if (from == std::string_view::npos) return false;
    }
    return piece_at(last, text.substr(middle.size()));
}

std::size_t GlobProgram::find(const Piece& piece, std::string_view text, std::size_t from) {
    return piece.literal ? find_literal(piece, text, from) : find_classes(piece, text, from);
}

std::size_t GlobProgram::find_literal(const Piece& piece, std::string_view text, std::size_t from) {
    const Element* const wanted = elements_.data() + piece.first;
    // border[i]: length of the longest proper prefix of the first i + 1 elements that is their suffix, too.
    meter_.charge(piece.size);
    const HeldMemory held(meter_, piece.size * sizeof(std::uint32_t));
    std::vector<std::uint32_t> border(piece.size, 0);
    for (std::size_t i = 1; i < piece.size; ++i) {
        std::uint32_t length = border[i - 1];
        while (length > 0 && wanted[i].byte != wanted[length].byte) length = border[length - 1];
        border[i] = wanted[i].byte == wanted[length].byte ? length + 1 : 0;
    }
    std::size_t matched = 0;
    for (std::size_t next = from; next < text.size(); ++next) {
        if ((next - from) % kSlice == 0) meter_.charge(kSlice / 2);
        const auto byte = static_cast<unsigned char>(text[next]);
        while (matched > 0 && wanted[matched].byte != byte) matched = border[matched - 1];
        if (wanted[matched].byte == byte) ++matched;
        if (matched == piece.size) return next + 1;
    }
    return std::string_view::npos;
}

std::size_t GlobProgram::find_classes(const Piece& piece, std::string_view text, std::size_t from) {
    const Element* const wanted = elements_.data() + piece.first;
    const std::size_t words = (piece.size + kWordBits - 1) / kWordBits;
    const HeldMemory held(meter_, (kBytes + 2) * words * sizeof(std::uint64_t));
    meter_.charge(kBytes * words);
    // rows[byte]: a bit for each element that matches the byte.
    std::vector<std::uint64_t> rows(kBytes * words, 0);
    const auto set = [&](std::size_t byte, std::size_t i) {
        rows[byte * words + i / kWordBits] |= std::uint64_t{1} << (i % kWordBits);
    };
    for (std::size_t i = 0; i < piece.size; ++i) {
        if (wanted[i].kind == Element::Kind::Literal) {
            set(wanted[i].byte, i);
            continue;
        }
        meter_.charge(kBytes / 4);
        for (std::size_t byte = 0; byte < kBytes; ++byte) {
            if (fits(wanted[i], static_cast<char>(byte))) set(byte, i);
        }
    }
    // Bit i: the first i + 1 elements match the characters that end here.
    std::vector<std::uint64_t> matched(words, 0);
    const std::uint64_t last = std::uint64_t{1} << ((piece.size - 1) % kWordBits);
    for (std::size_t next = from; next < text.size(); ++next) {
        meter_.charge(words / 4 + 1);
        const std::uint64_t* const row = rows.data() + static_cast<unsigned char>(text[next]) * words;
        std::uint64_t carry = 1;
        for (std::size_t w = 0; w < words; ++w) {
            const std::uint64_t shifted = matched[w] << 1 | carry;
            carry = matched[w] >> (kWordBits - 1);
            matched[w] = shifted & row[w];
        }
        if ((matched[words - 1] & last) != 0) return next + 1;
    }
    return std::string_view::npos;
}

}  // namespace arenite::redis

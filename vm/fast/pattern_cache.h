// PatternCache: patterns that string functions of a Vm have compiled last (vm/text/lua_pattern.h).
//
// Invariants
//  PC1. An entry is found by the handle of the pattern's string, which names the same bytes forever: it is never out of
//       date, and needs no string to be alive.
//  PC2. An entry holds bytes and offsets only. A matcher runs in it: what a search leaves behind, the next
//       search_from() takes back. Nothing else of the program asks for the entry in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arenite/value.h>
#include "vm/text/lua_pattern.h"

namespace arenite {

class PatternCache {
public:
    /// Longest pattern that is cached, in bytes, and the most captures that it may have.
    static constexpr std::size_t kLongest = 47;
    static constexpr std::uint32_t kCaptures = 8;

    struct Entry {
        std::uint64_t pattern;  ///< the string's word; 0: none
        bool anchors;           ///< how it was read: a leading '^' is an anchor (it is none for gmatch)
        bool plain;             ///< no byte of it is special
        std::uint8_t skipped;   ///< bytes of the pattern before its body: the '^'
        std::uint8_t body;      ///< bytes of the body
        lib::MatcherState state;
        char memory[lib::Matcher::memory_size(kLongest, kCaptures)];
    };

    /// The entry of a short string with these bytes. Null: the pattern is too long, or has too many captures.
    [[nodiscard]] Entry* get(Value pattern, std::string_view bytes, bool anchors) {
        Entry& entry = entries_[(pattern.bits >> 2 ^ pattern.bits >> 7) % kEntries];
        if (__builtin_expect(entry.pattern == pattern.bits && entry.anchors == anchors, 1)) return &entry;
        return compile(entry, pattern, bytes, anchors);
    }

private:
    static constexpr std::size_t kEntries = 32;
    [[nodiscard]] static Entry* compile(Entry& entry, Value pattern, std::string_view bytes, bool anchors);
    Entry entries_[kEntries];
};

}  // namespace arenite

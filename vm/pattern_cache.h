// PatternCache: patterns that string functions of a Vm have compiled last (vm/lib/lua_pattern.h).
//
// Invariants
//  PC1. An entry is found by the handle of the pattern's string, which names the same bytes for ever: it is never out of
//       date, and needs no string to be alive.
//  PC2. An entry holds bytes and offsets only, and is copied before a matcher runs on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heap/value.h"
#include "vm/lib/lua_pattern.h"

namespace arenite {

class PatternCache {
public:
    /// Longest pattern that is cached, in bytes.
    static constexpr std::size_t kLongest = 47;
    static constexpr std::size_t kMemory = lib::Matcher::memory_size(kLongest);
    /// What a matcher of such a pattern works on.
    struct Work {
        lib::MatcherState state;
        std::uint32_t body;  ///< length of the pattern as it was read, without a '^'
        char memory[kMemory];
    };

    /// Makes `work` ready for search_from(). False: the pattern is too long, or its program is. `anchors`: a leading '^' is
    /// an anchor (it is none for gmatch).
    [[nodiscard]] bool get(Value pattern, std::string_view bytes, bool anchors, Work& work);

private:
    static constexpr std::size_t kEntries = 32;
    static constexpr std::size_t kProgram = 256;  ///< bytes of the longest program that is cached
    struct Entry {
        std::uint64_t pattern;  ///< the string's word; 0: none
        bool anchors;           ///< and how it was read
        std::uint32_t body;
        lib::MatcherState state;
        char program[kProgram];
    };
    Entry entries_[kEntries] = {};
};

}  // namespace arenite

// Where a string.gsub that waits for its function keeps its state: shared by vm/lib/string_gsub.cpp and K_GSUB, which
// adds what the function gave, searches on and calls it again (vm/fast/gsub_function.cpp).
#pragma once

#include <cstdint>

namespace arenite::gsub_state {

/// Local slots of the native; the first four are those of a match that is suspended, the last ones those of the result.
enum Slot : std::uint32_t {
    kMatch,
    kPlace = kMatch + 4,  ///< where the match ends or the search begins; nil: the match is in kMatch
    kCopied,              ///< subject bytes in the result; while the function runs, where the match begins
    kCount,               ///< matches, with the current one
    kExpanded,            ///< bytes of the replacement string that are done with
    kValue,               ///< the current replacement
    kResult,              ///< the Buffer that is appended to, or nil; it and what follows are TextBuilder's
    kSegments,            ///< of those: the Buffers before it, or nil
    kSlots = kResult + 5
};

/// The native's state while the function runs.
inline constexpr std::uint32_t kCalled = 5;

}  // namespace arenite::gsub_state

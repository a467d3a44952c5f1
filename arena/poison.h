// Poisoning: memory of the page heap that belongs to nobody is marked, so that a test run sees who touches it.
//
// Two means, both absent from release builds:
//  - AddressSanitizer's manual poisoning: a read or write of it ends the process with a report. malloc knows nothing of
//    slots and blocks inside of a page, so without it a use after free of up to 2 KiB would go unnoticed.
//  - kFreedWord, in builds with checks (arena/checks.h): what is freed is filled with it. As a Value it is a table
//    that is nowhere, as an address it is one that no process has, as a length it is more than there is.
//
// Invariants
//  PO1. Poisoned are: free blocks, what a block has beyond the bytes that were asked for, slots of dead objects but for
//       their first two words, the end of a page after its last slot, and pages without a class in the same way. A page
//       that has never been used, and pages 0 and (with a chunk table) the first of a chunk, are not.
//  PO2. The first word of a slot of a page that has ever held objects may be read forever: a handle is validated by it
//       (H2). So may the second: a write key is compared in the same way (O2).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "arena/checks.h"
#include "arena/handle_word.h"
#include "arena/sanitizers.h"

#if defined(ARENITE_ASAN)
#include <sanitizer/asan_interface.h>
#endif

namespace arenite {

inline constexpr bool kPoisons = kAddressSanitizer;
inline constexpr bool kFillsFreed = kChecks;

/// What freed memory is filled with.
inline constexpr std::uint64_t kFreedWord = word::make(3, 0x5EAD, 0xDEAD'F4EE);

/// Makes [start, start + bytes) memory that nobody may touch. `start` is a multiple of 8.
[[gnu::always_inline]] inline void poison(void* start, std::size_t bytes) {
#if defined(ARENITE_ASAN)
    __asan_poison_memory_region(start, bytes);
#else
    (void)start, (void)bytes;
#endif
}

/// Makes it memory in use. After the last byte, up to a multiple of 8, stays what was there.
[[gnu::always_inline]] inline void unpoison(void* start, std::size_t bytes) {
#if defined(ARENITE_ASAN)
    __asan_unpoison_memory_region(start, bytes);
#else
    (void)start, (void)bytes;
#endif
}

/// Whether AddressSanitizer would report a read of the word at `at`.
[[nodiscard]] inline bool is_poisoned([[maybe_unused]] const void* at) {
#if defined(ARENITE_ASAN)
    return __asan_region_is_poisoned(const_cast<void*>(at), sizeof(std::uint64_t)) != nullptr;
#else
    return false;
#endif
}

/// Memory in use is freed: fills and poisons it. `start` and `bytes` are multiples of 8.
[[gnu::always_inline]] inline void poison_freed(void* start, std::size_t bytes) {
    if constexpr (kFillsFreed) {
        unpoison(start, bytes);
        std::fill_n(static_cast<std::uint64_t*>(start), bytes / sizeof kFreedWord, kFreedWord);
    }
    poison(start, bytes);
}

}  // namespace arenite

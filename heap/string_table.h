// StringTable: interning of short strings.
//
// Invariants
//  ST1. An entry is 0 (never used) or [17 bits of hash][15 generation][32 position] of a ShortString slot. An entry
//       whose slot no longer has that generation is stale: free, but part of its probe sequence until the next rebuild.
//       So neither sweeping nor rollback has to touch the table.
//  ST2. There is at most one live entry per content.
//  ST3. The array that was current when the outermost transaction began is kept until it ends, so that a rollback can
//       go back to it without allocating.
//  ST4. recent_ is a cache of what is in the table: an entry is used only if its string is still alive, and a handle that
//       lives names the same bytes for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heap/value.h"

namespace arenite {

class Heap;

class StringTable {
public:
    StringTable() = default;
    ~StringTable();
    StringTable(const StringTable&) = delete;
    StringTable& operator=(const StringTable&) = delete;

    /// The interned string with these bytes (at most kShortStringMax); nil when memory is out.
    [[nodiscard]] Value intern(Heap& heap, std::string_view bytes);
    /// The same without making one: nil when there is none.
    [[nodiscard]] Value lookup(const Heap& heap, std::string_view bytes) const;

    void begin_transaction();
    void commit(Heap& heap);
    void rollback(Heap& heap);

    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    /// Bytes charged for the arrays.
    [[nodiscard]] std::size_t bytes() const {
        return (capacity_ + (replaced_ ? kept_capacity_ : 0)) * sizeof(std::uint64_t);
    }

private:
    friend class HeapVerifier;
    [[nodiscard]] bool rebuild(Heap& heap);
    void free_array(Heap& heap, std::uint64_t* array, std::size_t capacity);

    [[nodiscard]] Value intern_hashed(Heap& heap, std::string_view bytes);

    /// Strings of up to 8 bytes that were asked for last (ST4).
    struct Recent {
        std::uint64_t packed;  ///< the bytes, zeros behind them
        std::uint64_t length;
        Value string;
    };
    static constexpr std::size_t kRecent = 256;
    Recent recent_[kRecent] = {};  ///< of zeros: numbers, which are never alive as strings

    std::uint64_t* entries_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t occupied_ = 0;  ///< entries that are not 0
    bool in_transaction_ = false;
    bool replaced_ = false;          ///< the array at the begin of the transaction is not current any more
    std::uint64_t* kept_ = nullptr;  ///< that array (null if there was none)
    std::size_t kept_capacity_ = 0;
    std::size_t kept_occupied_ = 0;
};

}  // namespace arenite

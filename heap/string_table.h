// StringTable: interning of short strings.
//
// Invariants
//  ST1. An entry is 0 (never used) or [31 bits of position][1 bit of hash] of a slot of a ShortString: those slots begin at
//       even positions. It names the string that lives there now. If none does, the entry is stale: free, but part of its
//       probe sequence until the next rebuild. So neither sweeping nor rollback has to touch the table.
//  ST2. There is at most one live string per content, and each live one is named by an entry of its probe sequence. Other
//       entries may name it as well: those of strings that were in its slot before. They do no harm, since contents are
//       compared; a rebuild drops them.
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
class ShortString;

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
        return (capacity_ + (replaced_ ? kept_capacity_ : 0)) * sizeof(std::uint32_t);
    }

private:
    friend class HeapVerifier;
    [[nodiscard]] bool rebuild(Heap& heap);
    /// Fills an array of zeros with an entry of each live string; returns their number.
    [[nodiscard]] std::size_t copy_live(const Heap& heap, std::uint32_t* fresh, std::size_t capacity) const;
    void free_array(Heap& heap, std::uint32_t* array, std::size_t capacity);

    [[nodiscard]] Value intern_hashed(Heap& heap, std::string_view bytes);

    /// Strings of up to 8 bytes that were asked for last (ST4).
    struct Recent {
        std::uint64_t packed;  ///< the bytes, zeros behind them
        std::uint64_t length;
        Value string;
    };
    static constexpr std::size_t kRecent = 256;
    Recent recent_[kRecent] = {};  ///< of zeros: numbers, which are never alive as strings

    std::uint32_t* entries_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t occupied_ = 0;  ///< entries that are not 0
    bool in_transaction_ = false;
    bool replaced_ = false;          ///< the array at the begin of the transaction is not current any more
    std::uint32_t* kept_ = nullptr;  ///< that array (null if there was none)
    std::size_t kept_capacity_ = 0;
    std::size_t kept_occupied_ = 0;
};

}  // namespace arenite

// StringTable: interning of short strings.
//
// Invariants
//  ST1. An entry is 0 (never used) or [31 bits of position][1 bit of hash] of a slot of a ShortString: those slots
//       begin at even positions. It names the string that lives there now. If none does, the entry is stale: free, but
//       part of its probe sequence until the next rebuild. So neither sweeping nor rollback has to touch the table.
//  ST2. There is at most one live string per content, and each live one is named by an entry of its probe sequence.
//       Other entries may name it as well: those of strings that were in its slot before. They do no harm, since
//       contents are compared; a rebuild drops them.
//  ST3. The arrays that were there when the outermost transaction began are kept until it ends, so that a rollback can
//       go back to them without allocating.
//  ST4. recent_ is a cache of what is in the table: an entry is used only if its string is still alive, and a handle
//       that lives names the same bytes forever.
//  ST5. A large table that is 11/16 full is rebuilt, a few entries with each string that is asked for, in another array
//       beside it (next_). Lookups use the present one until the other is complete. What was moved is in both: each
//       live string that is named by one of the first moved_ entries, or was made since, is named in next_ as well (as
//       in ST2). The move is over before the present array is 3/4 full. Arrays that are not needed any more are
//       released in pieces, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arenite/value.h>

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
    static constexpr std::size_t kPacked = 8;
    /// The same of up to kPacked bytes in a number, the first one lowest, zeros after them.
    [[nodiscard]] Value intern_packed(Heap& heap, std::uint64_t packed, std::size_t length);
    /// The same without making one: nil when there is none.
    [[nodiscard]] Value lookup(const Heap& heap, std::string_view bytes) const;

    void begin_transaction(Heap& heap);
    void commit(Heap& heap);
    void rollback(Heap& heap);
    /// Releases at once what is to be released in pieces.
    void finish_giving_back(Heap& heap) {
        if (__builtin_expect(dying_.entries != nullptr, 0)) give_back(heap, dying_.capacity);
    }

    [[nodiscard]] std::size_t capacity() const { return now_.capacity; }
    /// Whether entries are being moved to another array.
    [[nodiscard]] bool moving() const { return next_.entries != nullptr; }
    /// Bytes charged for the arrays.
    [[nodiscard]] std::size_t bytes() const;

private:
    friend class HeapVerifier;
    struct Array {
        std::uint32_t* entries = nullptr;
        std::size_t capacity = 0;
        std::size_t occupied = 0;  ///< entries that are not 0
    };

    /// What is due before a string is made: a piece of the move, of releasing. False when memory is out.
    [[nodiscard]] bool make_room(Heap& heap);
    /// Begins to move to an array of at least `least` entries.
    [[nodiscard]] bool begin_move(Heap& heap, std::size_t least);
    /// Moves up to `count` entries, and ends the move after the last one.
    [[nodiscard]] bool move(Heap& heap, std::size_t count);
    /// About the number of live strings in the table.
    [[nodiscard]] std::size_t estimate_live(const Heap& heap) const;
    /// Puts an entry into the array unless it is in its probe sequence already.
    static void add_entry(Array& array, std::uint32_t entry, std::uint32_t hash);
    [[nodiscard]] static Value find_in(const Heap& heap, const Array& array, std::string_view bytes);
    /// Says from how many entries on make_room() has something to do.
    void set_limit();
    [[nodiscard]] static bool allocate(Heap& heap, Array& array, std::size_t capacity);
    /// Frees an array that is not needed any more, or leaves it to kept_ (ST3).
    void drop(Heap& heap, Array& array);
    void free_array(Heap& heap, Array& array);
    /// Gives up to `bytes` of dying_ back.
    void give_back(Heap& heap, std::size_t bytes);

    [[nodiscard]] Value intern_hashed(Heap& heap, std::string_view bytes);

    /// Strings of up to kPacked bytes that were asked for last (ST4).
    struct Recent {
        std::uint64_t packed;  ///< the bytes, zeros after them
        std::uint64_t length;
        Value string;
    };
    [[nodiscard]] Recent& recent_of(std::uint64_t packed, std::size_t length) {
        return recent_[(packed + length) * 0x9E37'79B9'7F4A'7C15ull >> 56];
    }
    /// Whether it is these bytes; then its string is alive and stays so.
    [[nodiscard]] static bool names(Heap& heap, const Recent& recent, std::uint64_t packed, std::size_t length);
    [[nodiscard, gnu::noinline]] Value intern_bytes_of(Heap& heap, std::uint64_t packed, std::size_t length);
    static constexpr std::size_t kRecent = 256;
    Recent recent_[kRecent] = {};  ///< of zeros: numbers, which are never alive as strings

    Array now_;
    Array next_;             ///< what entries are moved to (ST5)
    std::size_t moved_ = 0;  ///< of now_, how many
    std::size_t limit_ = 0;  ///< entries of now_ from which on make_room() is due
    Array dying_;            ///< an array of which the first `capacity` entries are still to be released
    bool in_transaction_ = false;
    Array kept_now_;  ///< what was there at the begin of the transaction
    Array kept_next_;
    std::size_t kept_moved_ = 0;
};

}  // namespace arenite

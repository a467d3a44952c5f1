// Journal: undo records, replayed backwards.
//
// Record: { owner, address, bytes, kind, epoch } and a copy of the bytes that were at `address`.
//
// Invariants
//  J1. A record is complete before the memory it saves is changed; append() fails without a trace when memory is out.
//  J2. Replaying a record whose owner is dead does nothing (its memory may belong to someone else by then). Records of
//      roots have no owner.
//  J3. Replaying needs no memory and cannot fail.
//  J4. Redundant records are harmless: replay runs backwards, so the oldest copy is written last.
#pragma once

#include <cstddef>
#include <cstdint>

#include "arena/chunked_vector.h"
#include "arena/counted_vector.h"

namespace arenite {

class Journal {
public:
    /// What the saved bytes are, for the collector.
    enum class Kind : std::uint8_t { Values, Nodes, Table, Cell, Userdata, Buffer, Thread, Words };

    struct Record {
        std::uint64_t owner;  ///< handle, or 0 for roots
        void* address;
        const char* saved;
        std::uint16_t bytes;
        Kind kind;
        std::uint32_t epoch;  ///< the owner's epoch when this was saved; 0 for roots and owners without
    };
    static constexpr std::size_t kMaxBytes = 0xFFFF;

    explicit Journal(ByteBudget& budget) : budget_(budget), records_(budget), chunks_(budget) {}
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Saves `bytes` (at most kMaxBytes) at `address`. False when memory is out.
    [[nodiscard]] bool append(Kind kind, std::uint64_t owner, void* address, std::size_t bytes, std::uint32_t epoch);

    [[nodiscard]] std::size_t size() const { return records_.size(); }
    [[nodiscard]] const Record& operator[](std::size_t i) const { return records_[i]; }
    [[nodiscard]] const Record& last() const { return records_.back(); }
    /// Drops records [size, end) and the memory of their copies.
    void truncate(std::size_t size);
    /// Bytes of copies held, charged as used.
    [[nodiscard]] std::size_t bytes() const { return charged_; }
    /// Bytes of records, charged as overhead.
    [[nodiscard]] std::size_t overhead_bytes() const { return records_.bytes() + chunks_.bytes(); }

private:
    struct Chunk {
        char* memory;
        std::size_t size;
        std::size_t used;
        std::size_t first_record;  ///< index of the first record that has its copy here
    };
    ByteBudget& budget_;
    ChunkedVector<Record> records_;
    CountedVector<Chunk> chunks_;
    std::size_t charged_ = 0;
};

}  // namespace arenite

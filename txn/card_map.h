// CardMap: which cards of large tables a scope has saved. Charged to the budget's overhead; nothing throws.
#pragma once

#include <cstddef>
#include <cstdint>

#include "arena/byte_budget.h"
#include "heap/table.h"

namespace arenite {

/// Cards of a large table of which copies are in the journal.
struct Cards {
    std::uint64_t owner;  ///< the table; 0: this entry is free
    const Value* array;   ///< the parts the bits speak of
    const Node* nodes;
    std::uint32_t count;
    std::uint32_t limit;
    bool header;  ///< whether the table's header is saved too
    std::uint32_t words;
    std::uint64_t inline_bits;  ///< of a table of up to 64 cards
    std::uint64_t* bits;        ///< of a larger one

    [[nodiscard]] bool saved(std::uint32_t card) const { return word_of(card) >> (card & 63) & 1; }
    void note_saved(std::uint32_t card) {
        (words > 1 ? bits[card >> 6] : inline_bits) |= 1ull << (card & 63);
        ++count;
    }

private:
    [[nodiscard]] std::uint64_t word_of(std::uint32_t card) const { return words > 1 ? bits[card >> 6] : inline_bits; }
};

class CardMap {
public:
    explicit CardMap(ByteBudget& budget) : budget_(budget) {}
    ~CardMap();
    CardMap(const CardMap&) = delete;
    CardMap& operator=(const CardMap&) = delete;

    /// The entry of a table, made if there is none; good until the next call. Null when memory is out.
    [[nodiscard]] Cards* find(std::uint64_t owner);
    /// Makes an entry speak of `total` cards, none saved. False when memory is out.
    [[nodiscard]] bool reset(Cards& cards, std::uint32_t total);
    /// Bytes charged.
    [[nodiscard]] std::size_t bytes() const { return charged_; }

private:
    [[nodiscard]] Cards& slot_of(std::uint64_t owner) const;
    [[nodiscard]] bool grow();
    [[nodiscard]] void* allocate(std::size_t bytes);
    void free(void* block, std::size_t bytes);

    ByteBudget& budget_;
    Cards* entries_ = nullptr;  ///< open addressing, linear probing
    std::size_t capacity_ = 0;  ///< a power of two, or 0
    std::size_t count_ = 0;
    std::size_t charged_ = 0;
};

}  // namespace arenite

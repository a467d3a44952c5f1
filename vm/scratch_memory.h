// ScratchMemory: memory for long work of the libraries and the compiler, charged to a VM's budget and dropped as a
// whole.
//
// Invariants
//  SR1. Small blocks are cut from chunks and come back with the end only; blocks of kOwn bytes and more come back at
//       once.
//  SR2. release() gives all of it back, whoever holds pointers into it: nothing in it needs a destructor.
//  SR3. Every byte is charged before it is obtained, heads and ends of chunks included.
#pragma once

#include <cstddef>

#include "arena/byte_budget.h"
#include "arena/system_memory.h"
#include "heap/unit_vector.h"

namespace arenite {

/// Throws std::bad_alloc when the budget (or the system) has no more; callers catch it at their boundary.
class ScratchMemory final : public GrowingResource {
public:
    static constexpr std::size_t kOwn = std::size_t{8} << 10;

    explicit ScratchMemory(ByteBudget& budget) : budget_(budget) {}
    ScratchMemory(const ScratchMemory&) = delete;
    ScratchMemory& operator=(const ScratchMemory&) = delete;
    ~ScratchMemory() override { release(); }

    void release();
    /// The same for about `bytes` of it; true while something is left.
    [[nodiscard]] bool release_some(std::size_t bytes);
    /// Bytes that the system takes back in a slice.
    static constexpr std::size_t kGivenBack = std::size_t{256} << 10;
    /// What is charged.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    [[nodiscard]] void* grow(void* block, std::size_t from, std::size_t to) override;
    void discard(void* bytes, std::size_t count) override;

private:
    struct alignas(16) Block {
        Block* next;
        Block* previous;
        std::size_t bytes;  ///< this head included
        Reservation range;  ///< in which it is mapped; null: it is malloc's
    };
    static constexpr std::size_t kFirstChunk = std::size_t{16} << 10;
    static constexpr std::size_t kLargestChunk = std::size_t{64} << 10;

    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
    /// A block with room for `bytes` after its head.
    [[nodiscard]] Block* make_block(std::size_t bytes);
    void free_block(Block* block);
    [[nodiscard]] Block* move(Block* block, std::size_t bytes);
    void charge(std::size_t bytes);
    void uncharge(std::size_t bytes);

    ByteBudget& budget_;
    Block* first_ = nullptr;
    char* at_ = nullptr;  ///< free part of the chunk in use
    char* end_ = nullptr;
    std::size_t next_chunk_ = kFirstChunk;
    std::size_t bytes_ = 0;
};

}  // namespace arenite

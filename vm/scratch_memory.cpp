#include "vm/scratch_memory.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "arena/sanitizers.h"

namespace arenite {

namespace {
// What is mapped has no red zones around it: so under AddressSanitizer nothing is.
constexpr bool kMaps = !kAddressSanitizer;

std::size_t whole_pages(std::size_t bytes) {
    const std::size_t page = system_page_bytes();
    return (bytes + page - 1) / page * page;
}
}  // namespace

void ScratchMemory::uncharge(std::size_t bytes) {
    budget_.release(bytes);
    bytes_ -= bytes;
}

void ScratchMemory::charge(std::size_t bytes) {
    if (!budget_.charge(bytes)) throw std::bad_alloc();
    bytes_ += bytes;
}

ScratchMemory::Block* ScratchMemory::make_block(std::size_t bytes) {
    bytes += sizeof(Block);
    const bool mapped = kMaps && bytes >= kLarge;
    if (mapped) bytes = whole_pages(bytes);
    charge(bytes);
    const Reservation range = mapped ? reserve_memory(bytes) : Reservation{};
    void* const memory = mapped ? range.start : std::malloc(bytes);
    if (!memory) {
        uncharge(bytes);
        throw std::bad_alloc();
    }
    auto* block = ::new (memory) Block{first_, nullptr, bytes, range};
    if (first_) first_->previous = block;
    first_ = block;
    return block;
}

void ScratchMemory::free_block(Block* block) {
    (block->previous ? block->previous->next : first_) = block->next;
    if (block->next) block->next->previous = block->previous;
    uncharge(block->bytes);
    if (block->range.start) {
        unreserve_memory(block->range);
    } else {
        std::free(block);
    }
}

void ScratchMemory::release() {
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it takes the block out of the list
    while (first_) free_block(first_);
    at_ = end_ = nullptr;
    next_chunk_ = kFirstChunk;
}

bool ScratchMemory::release_some(std::size_t bytes) {
    at_ = end_ = nullptr;
    while (first_ && bytes != 0) {
        Block* const block = first_;
        // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): free_block() takes the block out of the list
        if (!block->range.start || block->bytes <= bytes + kGivenBack) {
            bytes -= std::min(bytes, block->bytes);
            free_block(block);
            continue;
        }
        const std::size_t kept = whole_pages(block->bytes - bytes);
        shrink_memory(block->range,
                      kept + static_cast<std::size_t>(reinterpret_cast<char*>(block) - block->range.start));
        uncharge(block->bytes - kept);
        block->bytes = kept;
        bytes = 0;
    }
    if (!first_) next_chunk_ = kFirstChunk;
    return first_ != nullptr;
}

void* ScratchMemory::do_allocate(std::size_t bytes, std::size_t) {
    bytes = (bytes + 15) & ~std::size_t{15};
    if (bytes >= kOwn) return make_block(bytes) + 1;
    if (bytes > static_cast<std::size_t>(end_ - at_)) {
        Block* chunk = make_block(next_chunk_ - sizeof(Block));
        at_ = reinterpret_cast<char*>(chunk + 1);
        end_ = reinterpret_cast<char*>(chunk) + next_chunk_;
        next_chunk_ = std::min(next_chunk_ * 2, kLargestChunk);
    }
    char* p = at_;
    at_ += bytes;
    return p;
}

void ScratchMemory::do_deallocate(void* p, std::size_t bytes, std::size_t) {
    bytes = (bytes + 15) & ~std::size_t{15};
    if (bytes >= kOwn) {
        free_block(static_cast<Block*>(p) - 1);
    } else if (static_cast<char*>(p) + bytes == at_) {
        at_ = static_cast<char*>(p);
    }
}

/// Makes room after the block: its pages go to a range of addresses that has some in reserve, so that it will seldom
/// have to be moved again.
ScratchMemory::Block* ScratchMemory::move(Block* block, std::size_t bytes) {
    // Where both are aligned so, tables of pages are moved instead of pages.
    constexpr std::size_t kAligned = std::size_t{2} << 20;
    const Reservation range = reserve_memory(bytes * 8 + kAligned);
    if (!range.start) return nullptr;
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(range.start) % kAligned;
    const Reservation old = block->range;
    const auto offset = static_cast<std::size_t>(reinterpret_cast<char*>(block) - old.start);
    const std::size_t used = block->bytes;
    const Reservation aligned{range.start + before, range.bytes - before};
    if (!move_memory({reinterpret_cast<char*>(block), used}, used, aligned)) {
        unreserve_memory(range);
        return nullptr;
    }
    unreserve_memory({old.start, offset});
    unreserve_memory({old.start + offset + used, old.bytes - offset - used});
    auto* const now = reinterpret_cast<Block*>(aligned.start);
    now->range = range;
    (now->previous ? now->previous->next : first_) = now;
    if (now->next) now->next->previous = now;
    return now;
}

void* ScratchMemory::grow(void* p, std::size_t from, std::size_t to) {
    Block* block = static_cast<Block*>(p) - 1;
    if (!block->range.start) {
        void* larger = allocate(to);
        std::copy_n(static_cast<const char*>(p), from, static_cast<char*>(larger));
        deallocate(p, from);
        return larger;
    }
    const std::size_t bytes = whole_pages(to + sizeof(Block));
    if (bytes <= block->bytes) return p;
    const std::size_t more = bytes - block->bytes;
    charge(more);
    const auto end = static_cast<std::size_t>(block->range.start + block->range.bytes - reinterpret_cast<char*>(block));
    if (bytes > end) {
        Block* const moved = move(block, bytes);
        if (!moved) {
            uncharge(more);
            throw std::bad_alloc();
        }
        block = moved;
    }
    block->bytes = bytes;
    return block + 1;
}

void ScratchMemory::discard(void* p, std::size_t count) {
    if (kMaps) discard_memory(static_cast<char*>(p), count);  // whoever asks has a block of kLarge, which is mapped
}

}  // namespace arenite

#include "arena/address_space.h"

#include "arena/target.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace arenite {

#if defined(ARENITE_CHUNK_TABLE)

const char kZeroChunk[kChunkBytes] = {};

// Each chunk starts with its own number, so that an address finds its position; the first page of a chunk is therefore
// never handed out (PageHeap skips pages whose number is a multiple of kPagesPerChunk in this form).
// NOLINTNEXTLINE(performance-unnecessary-value-param): the other form keeps the pool
AddressSpace::AddressSpace(std::size_t bytes, std::size_t side_bytes, std::shared_ptr<ReservationPool>) {
    const std::size_t chunks = bytes / kChunkBytes;
    if (side_bytes != 0 && !(side_ = reserve_memory(bytes / kPageBytes * side_bytes)).start) return;
    chunks_ = static_cast<char**>(std::calloc(chunks, sizeof(char*)));
    if (!chunks_) return;
    pages_ = static_cast<std::uint32_t>(bytes / kPageBytes);
    table_ = {chunks_, 0};
}

AddressSpace::~AddressSpace() {
    for (std::uint32_t i = 0; i < table_.count; ++i) std::free(chunks_[i]);
    std::free(chunks_);
    unreserve_memory(side_);
}

bool AddressSpace::ensure_pages(std::uint32_t count) {
    if (count > pages_) return false;
    const std::uint32_t need = (count + kPagesPerChunk - 1) / kPagesPerChunk;
    while (table_.count < need) {
        auto* chunk = static_cast<char*>(std::aligned_alloc(kChunkBytes, kChunkBytes));
        if (!chunk) return false;
        std::memset(chunk, 0, kChunkBytes);
        // The number sits after the words a header of a forged handle at the chunk's start would be compared with.
        std::memcpy(chunk + 64, &table_.count, sizeof table_.count);
        chunks_[table_.count++] = chunk;
    }
    return true;
}

std::uint32_t AddressSpace::position_of(const void* address) const {
    const auto bits = reinterpret_cast<std::uintptr_t>(address);
    const char* chunk = reinterpret_cast<const char*>(bits & ~(kChunkBytes - 1));
    std::uint32_t number;
    std::memcpy(&number, chunk + 64, sizeof number);
    return number << 17 | static_cast<std::uint32_t>((bits & (kChunkBytes - 1)) >> 3);
}

void AddressSpace::discard_pages(std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) std::memset(page(first + i), 0, kPageBytes);
}

#else

AddressSpace::AddressSpace(std::size_t bytes, std::size_t side_bytes, std::shared_ptr<ReservationPool> pool)
    : pool_(std::move(pool)) {
    for (std::size_t want = bytes; want >= kChunkBytes; want /= 2) {
        const std::size_t side = want / kPageBytes * side_bytes;
        if (pool_) range_ = pool_->take(want + side);
        if (!range_.start) range_ = reserve_memory(want + side);
        if (!range_.start) continue;
        base_ = range_.start;
        side_ = {base_ + want, side};
        pages_ = static_cast<std::uint32_t>(want / kPageBytes);
        return;
    }
}

AddressSpace::~AddressSpace() {
    if (!range_.start) return;
    if (!pool_) {
        unreserve_memory(range_);
        return;
    }
    const std::size_t side_used = side_.bytes / pages_ * ensured_;
    pool_->give(range_, std::size_t{ensured_} * kPageBytes, range_.bytes - side_.bytes, side_used);
}

bool AddressSpace::ensure_pages(std::uint32_t count) {
    if (count > pages_) return false;
    ensured_ = std::max(ensured_, count);
    return true;
}

void AddressSpace::discard_pages(std::uint32_t first, std::uint32_t count) {
    char* start = page(first);
    const std::size_t bytes = std::size_t{count} * kPageBytes;
    // Locked memory is not released; it must read as zero all the same.
    if (!clear_memory(start, bytes)) std::memset(start, 0, bytes);
}

#endif

}  // namespace arenite

#include "arena/system_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace arenite {

namespace {
std::uintptr_t page_at_or_below(std::uintptr_t address) {
    return address & ~(static_cast<std::uintptr_t>(system_page_bytes()) - 1);
}
std::uintptr_t page_at_or_above(std::uintptr_t address) {
    return page_at_or_below(address + system_page_bytes() - 1);
}
}  // namespace

std::size_t system_page_bytes() noexcept {
    return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Reservation reserve_memory(std::size_t bytes) noexcept {
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return {};
    return {static_cast<char*>(p), bytes};
}

void unreserve_memory(Reservation range) noexcept {
    if (range.start && range.bytes != 0) munmap(range.start, range.bytes);
}

bool extend_memory(Reservation& range, std::size_t bytes) noexcept {
#if defined(__linux__)
    void* p = mremap(range.start, range.bytes, bytes, MREMAP_MAYMOVE);
    if (p == MAP_FAILED) return false;
    range = {static_cast<char*>(p), bytes};
#else
    const Reservation longer = reserve_memory(bytes);
    if (!longer.start) return false;
    std::memcpy(longer.start, range.start, range.bytes);
    unreserve_memory(range);
    range = longer;
#endif
    return true;
}

void shrink_memory(Reservation& range, std::size_t bytes) noexcept {
    const auto start = reinterpret_cast<std::uintptr_t>(range.start);
    const std::uintptr_t first = page_at_or_above(start + bytes);
    const std::uintptr_t end = page_at_or_above(start + range.bytes);  // the mapping goes as far
    if (first < end) munmap(reinterpret_cast<void*>(first), end - first);
    range.bytes = bytes;
}

bool clear_memory(char* start, std::size_t bytes) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    const std::uintptr_t first = page_at_or_above(address);
    const std::uintptr_t end = page_at_or_below(address + bytes);
    if (first >= end) {
        std::memset(start, 0, bytes);
        return true;
    }
    if (madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED) != 0) return false;
    std::memset(start, 0, first - address);
    std::memset(reinterpret_cast<void*>(end), 0, address + bytes - end);
    return true;
}

void discard_memory(char* start, std::size_t bytes) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    const std::uintptr_t first = page_at_or_above(address);
    const std::uintptr_t end = page_at_or_below(address + bytes);
    if (first < end) (void)madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
}

bool move_memory(Reservation from, std::size_t bytes, Reservation to) noexcept {
    return mremap(from.start, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to.start) != MAP_FAILED;
}

void forbid_memory(char* start, std::size_t bytes) noexcept {
    (void)mprotect(start, bytes, PROT_NONE);
}

std::size_t resident_memory(Reservation range) noexcept {
    const std::size_t page = system_page_bytes();
    std::size_t bytes = 0;
    unsigned char there[256];
    for (std::size_t at = 0; at < range.bytes; at += sizeof there * page) {
        const std::size_t some = std::min(sizeof there, (range.bytes - at) / page);
        if (mincore(range.start + at, some * page, there) != 0) continue;
        for (std::size_t i = 0; i < some; ++i) bytes += (there[i] & 1) != 0 ? page : 0;
    }
    return bytes;
}

void discard_slice(char* block, std::size_t from, std::size_t to) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(block);
    const std::uintptr_t first = std::max(page_at_or_above(address), page_at_or_below(address + from));
    const std::uintptr_t end = page_at_or_below(address + to);
    if (first < end) (void)madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
}

}  // namespace arenite

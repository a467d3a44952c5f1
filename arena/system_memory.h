// System memory: everything that the engine asks of the kernel's paging.
//
// The kernel's pages are 4 KiB on most machines, 16 or 64 KiB on others (Raspberry Pi 5, Apple's processors, many
// servers of aarch64 and ppc64). It rounds the end of what it is told to release up to its own pages, and refuses a
// start that is not at one. So a neighbour's bytes would be lost, or nothing be released, where 4 KiB are taken for
// granted.
//
// Invariants
//  SM1. What is released is rounded inwards to the kernel's pages: no byte outside of the given range is touched.
//  SM2. No other file of the engine includes <sys/mman.h> (tests/arena/system_memory_test.cpp reads them all).
//  SM3. The size of the kernel's pages is asked for at run time: a program may run on another kernel than the one it
//       was built on.
#pragma once

#include <cstddef>

namespace arenite {

/// A mapping of `bytes` bytes, owned by whoever holds it; null when there is none. It starts at a page of the kernel.
struct Reservation {
    char* start = nullptr;
    std::size_t bytes = 0;
};

/// Bytes of a page of the kernel that runs this.
[[nodiscard]] std::size_t system_page_bytes() noexcept;

/// A new mapping of zeros for which no memory is set aside; null when there is no room.
[[nodiscard]] Reservation reserve_memory(std::size_t bytes) noexcept;
/// Unmaps the whole of a mapping, or of what shrink_memory() has left of it.
void unreserve_memory(Reservation range) noexcept;
/// Makes a mapping longer, with zeros after what it has. It may move, without a copy. False: it is as it was.
[[nodiscard]] bool extend_memory(Reservation& range, std::size_t bytes) noexcept;
/// Unmaps the kernel's pages that lie wholly after the first `bytes` bytes, and makes the mapping that short.
void shrink_memory(Reservation& range, std::size_t bytes) noexcept;

/// Makes `bytes` bytes of a mapping read as zero, and gives the memory of the kernel's pages within back to the system.
/// False where the system does not take it (locked memory): then the contents are undefined.
[[nodiscard]] bool clear_memory(char* start, std::size_t bytes) noexcept;

/// Gives the memory of the kernel's pages that lie wholly in a part of a mapping back to the system: what they held is
/// undefined afterwards.
void discard_memory(char* start, std::size_t bytes) noexcept;
/// Moves the first `bytes` bytes of a mapping, whole pages of the kernel, to the beginning of another one, without
/// copying them. They are not mapped at the old place any more. False: nothing has been done.
[[nodiscard]] bool move_memory(Reservation from, std::size_t bytes, Reservation to) noexcept;
/// Makes every touch of these bytes of a mapping, whole pages of the kernel, end the process.
void forbid_memory(char* start, std::size_t bytes) noexcept;
/// Bytes of a mapping for which the system has given memory so far.
[[nodiscard]] std::size_t resident_memory(Reservation range) noexcept;

/// Gives the kernel's pages between the offsets [from, to) of a block of malloc back to the system, as far as nothing
/// else is in them: what the block held in the range is undefined afterwards. Slice by slice: the first begins at 0,
/// others where the one before has ended; so a page that two slices share goes with the second.
void discard_slice(char* block, std::size_t from, std::size_t to) noexcept;

}  // namespace arenite

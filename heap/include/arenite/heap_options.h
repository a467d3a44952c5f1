// HeapOptions: what the heap of a VM is made with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace arenite {

class ReservationPool;

/// A pool of address ranges for HeapOptions::reservations, which keeps up to `ranges` of them. Throws std::bad_alloc.
[[nodiscard]] std::shared_ptr<ReservationPool> make_reservation_pool(std::size_t ranges = 16);

struct HeapOptions {
    /// Address space to reserve for objects (a power of two, at most 32 GiB).
    std::size_t address_range = std::size_t{32} << 30;
    /// Hard limit of the memory account in bytes.
    std::size_t memory_limit = static_cast<std::size_t>(-1);
    /// Seed of all hashing, and of what tostring() shows of objects. 0: one is drawn from the system, so that nobody
    /// can choose keys that meet. With a number of its own, the order of large tables is the same in each run.
    std::uint64_t hash_seed = 0;
    /// What the generations of handles are xored with, 15 bits, so that a handle of this VM is none of another. None:
    /// follows from `hash_seed` if that is given (handles are the same in each run then); else drawn from the system.
    std::optional<std::uint16_t> generation_mask;
    /// Where the address range comes from and goes back to. None: the pool of the thread, which keeps one range.
    std::shared_ptr<ReservationPool> reservations;
    /// False, and there are no `reservations`: the range is reserved from the system, and lasts as long as the heap.
    bool keep_range = true;
};

}  // namespace arenite

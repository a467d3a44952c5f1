// ReservationPool: reserved address ranges that outlive their VMs, for hosts that make and close many of them.
//
// Reserving a range, touching its first pages and giving it all back takes several times as long as what a small VM does with
// it. So a thread keeps the range of the VM that it has closed last for the next one it makes, as malloc keeps what is freed;
// a host with many VMs at once shares a pool of its own among them (HeapOptions::reservations).
//
// Invariants
//  RP1. What take() answers reads as zero everywhere: nothing of the VM that had it before is left.
//  RP2. A pool keeps at most `ranges` ranges, each with at most kWarmBytes of memory at its start and at its side, and a
//       page of the kernel more; that memory is in no VM's account. Further ones, and those that are still out when the
//       pool ends, are unmapped.
//  RP3. All functions may be called by several threads at once.
//  RP4. The pool of a thread lives until the thread has ended and the last VM that was made with it is closed, by whatever
//       thread. Afterwards (in destructors of thread-local and static objects) there is none.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "arena/system_memory.h"

namespace arenite {

class ReservationPool {
public:
    /// Memory that a range keeps at its start, and as much again beside it.
    static constexpr std::size_t kWarmBytes = std::size_t{256} << 10;

    /// Keeps up to `ranges` ranges; may throw std::bad_alloc.
    explicit ReservationPool(std::size_t ranges = 16) : most_(ranges) { kept_.reserve(ranges); }
    ~ReservationPool();
    ReservationPool(const ReservationPool&) = delete;
    ReservationPool& operator=(const ReservationPool&) = delete;

    /// The calling thread's own pool, of one range; null when memory is out, or the thread is ending.
    [[nodiscard]] static std::shared_ptr<ReservationPool> of_thread() noexcept;

    /// A range of exactly `bytes` bytes that was given before, or null.
    [[nodiscard]] Reservation take(std::size_t bytes) noexcept;
    /// Takes a range over, of which only [0, used) and [side, side + side_used) may have been written to (offsets in bytes,
    /// `side` that of a page).
    void give(Reservation range, std::size_t used, std::size_t side, std::size_t side_used) noexcept;
    /// Ranges that wait for a VM.
    [[nodiscard]] std::size_t size() const noexcept;

private:
    mutable std::mutex mutex_;
    std::vector<Reservation> kept_;
    const std::size_t most_;
};

}  // namespace arenite

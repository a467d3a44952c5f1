// ByteBudget: the memory account of one VM. All that is held from the system for a VM is charged here before it is
// obtained.
//
// Three parts make up what is committed; the limit applies to their sum:
//  - used: what live things take: slots, payload blocks, string table, journal copies, compiler scratch. Exact: after a
//    rollback it is to the byte what it was at the begin (transaction.h, X9).
//  - idle: pages held whose slots nobody uses now. Handing a slot out moves bytes from idle to used and back.
//  - overhead: bookkeeping of what goes on: page metadata, claims, lists of the collector, records of the journal; with
//    a chunk table also pages that cannot be used (page_heap.h, PH5). It grows with use and may stay grown.
//
// Invariants
//  BB1. committed() <= limit() after every charge that was granted; a refused charge changes nothing.
//  BB2. Refusing comes last: idle pages that can be returned to the system are (Reclaimer) before a charge is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace arenite {

class ByteBudget {
public:
    /// Gives idle memory back to the system.
    class Reclaimer {
    public:
        /// Takes idle bytes back (release_idle) until `bytes` more can be charged or nothing is left.
        virtual void reclaim(std::size_t bytes) = 0;

    protected:
        ~Reclaimer() = default;
    };

    /// Bytes in use now.
    [[nodiscard]] std::size_t used() const { return used_; }
    /// Bytes of pages that are held and not in use.
    [[nodiscard]] std::size_t idle() const { return idle_; }
    /// Bytes of bookkeeping.
    [[nodiscard]] std::size_t overhead() const { return overhead_; }
    /// All bytes held from the system.
    [[nodiscard]] std::size_t committed() const { return used_ + idle_ + overhead_; }
    /// The hard limit in bytes.
    [[nodiscard]] std::size_t limit() const { return limit_; }
    void set_limit(std::size_t bytes) { limit_ = bytes; }
    /// Bytes that may still come into use, idle ones included.
    [[nodiscard]] std::size_t available() const { return limit_ > used_ + overhead_ ? limit_ - used_ - overhead_ : 0; }

    /// Charges `bytes`; false (and no change) when that would pass the limit, or when the armed fault is due.
    [[nodiscard]] bool charge(std::size_t bytes) { return grant(bytes, used_); }
    /// Gives `bytes` back. Never fails.
    void release(std::size_t bytes) { used_ -= bytes; }

    /// The same for pages that nobody uses yet.
    [[nodiscard]] bool charge_idle(std::size_t bytes) { return grant(bytes, idle_); }
    void release_idle(std::size_t bytes) { idle_ -= bytes; }
    /// Idle bytes that nothing will ever use again, and that cannot be released, are bookkeeping's from now on.
    void retire_idle(std::size_t bytes) {
        idle_ -= bytes;
        overhead_ += bytes;
    }
    /// Moves idle bytes into use; false when the armed fault is due, or when more is in use than the limit allows (it
    /// was lowered).
    [[nodiscard]] bool use(std::size_t bytes) {
        if (fault_countdown_ != 0 && --fault_countdown_ == 0) return false;
        if (bytes > available()) return false;
        used_ += bytes;
        idle_ -= bytes;
        return true;
    }
    void unuse(std::size_t bytes) {
        used_ -= bytes;
        idle_ += bytes;
    }

    /// The same for bookkeeping.
    [[nodiscard]] bool charge_overhead(std::size_t bytes) { return grant(bytes, overhead_); }
    void release_overhead(std::size_t bytes) { overhead_ -= bytes; }

    /// Who is asked before a charge is refused; null for nobody.
    void set_reclaimer(Reclaimer* reclaimer) { reclaimer_ = reclaimer; }

    /// Test hook: the n-th charge from now fails (0 disarms).
    void fail_charge(std::uint64_t n) { fault_countdown_ = n; }
    [[nodiscard]] bool fault_armed() const { return fault_countdown_ != 0; }
    /// Charges left until the armed fault; 0 when none is.
    [[nodiscard]] std::uint64_t charges_until_fault() const { return fault_countdown_; }

private:
    [[nodiscard]] std::size_t headroom() const { return limit_ > committed() ? limit_ - committed() : 0; }
    [[nodiscard]] bool grant(std::size_t bytes, std::size_t& part) {
        if (fault_countdown_ != 0 && --fault_countdown_ == 0) return false;
        if (bytes > headroom()) {
            if (!reclaimer_ || idle_ == 0 || bytes > available()) return false;
            reclaimer_->reclaim(bytes - headroom());
            if (bytes > headroom()) return false;  // BB2
        }
        part += bytes;
        return true;
    }

    std::size_t used_ = 0;
    std::size_t idle_ = 0;
    std::size_t overhead_ = 0;
    std::size_t limit_ = std::numeric_limits<std::size_t>::max();
    std::uint64_t fault_countdown_ = 0;
    Reclaimer* reclaimer_ = nullptr;
};

}  // namespace arenite

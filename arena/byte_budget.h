// ByteBudget: the memory account of one VM. Slots, payload blocks, stacks, the journal and compiler scratch are all
// charged here; nothing is allocated for a VM without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace arenite {

class ByteBudget {
public:
    /// Bytes in use now.
    [[nodiscard]] std::size_t used() const { return used_; }
    /// The hard limit in bytes.
    [[nodiscard]] std::size_t limit() const { return limit_; }
    void set_limit(std::size_t bytes) { limit_ = bytes; }
    /// Bytes that may still be charged.
    [[nodiscard]] std::size_t available() const { return limit_ > used_ ? limit_ - used_ : 0; }

    /// Charges `bytes`; false (and no change) when that would pass the limit, or when the armed fault is due.
    [[nodiscard]] bool charge(std::size_t bytes) {
        if (fault_countdown_ != 0 && --fault_countdown_ == 0) return false;
        if (bytes > available()) return false;
        used_ += bytes;
        return true;
    }
    /// Gives `bytes` back. Never fails.
    void release(std::size_t bytes) { used_ -= bytes; }

    /// Test hook: the n-th charge from now fails (0 disarms).
    void fail_charge(std::uint64_t n) { fault_countdown_ = n; }
    [[nodiscard]] bool fault_armed() const { return fault_countdown_ != 0; }
    /// Charges left until the armed fault; 0 when none is.
    [[nodiscard]] std::uint64_t charges_until_fault() const { return fault_countdown_; }

private:
    std::size_t used_ = 0;
    std::size_t limit_ = std::numeric_limits<std::size_t>::max();
    std::uint64_t fault_countdown_ = 0;
};

}  // namespace arenite

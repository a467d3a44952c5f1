// What work costs, in units of the budget.
#pragma once

#include <cstddef>
#include <cstdint>

namespace arenite {

// A unit of budget is about an instruction, and 20,000 of them (the slice of Machine::slow_budget) are to take no
// longer than 50 us. docs/measurements.md has what these are taken from.

/// Budget for reading `bytes` bytes in bulk, or writing them over memory in use.
[[nodiscard]] constexpr std::uint64_t work_of_bytes(std::size_t bytes) {
    return bytes / 8;
}
/// Budget for writing `bytes` bytes to new memory: the system makes the pages at their first touch.
[[nodiscard]] constexpr std::uint64_t work_of_fresh_bytes(std::size_t bytes) {
    return bytes / 4;
}

}  // namespace arenite

// Lets the Nth allocation of this thread fail, and those after it, in the whole test program (operator new).
#pragma once

#include <cstdint>

namespace arenite::redis::testing {

/// While it exists, the Nth allocation from now on throws std::bad_alloc, and so do those after it: `in_a_row` in all.
class FailingAllocation {
public:
    explicit FailingAllocation(std::uint64_t n, std::uint64_t in_a_row = 1);
    ~FailingAllocation();
    FailingAllocation(const FailingAllocation&) = delete;
    FailingAllocation& operator=(const FailingAllocation&) = delete;
    /// Whether it has failed.
    [[nodiscard]] static bool happened();
};

/// Bytes that this thread has allocated and not freed.
[[nodiscard]] std::int64_t live_bytes();

/// Blocks that this thread has allocated and not freed.
[[nodiscard]] std::int64_t live_blocks();

/// The most bytes that this thread has had allocated since, beyond those it had then.
class PeakOfBytes {
public:
    PeakOfBytes();
    [[nodiscard]] std::int64_t bytes() const;

private:
    std::int64_t before_;
};

/// How many allocations this thread has made since.
class CountedAllocations {
public:
    CountedAllocations();
    [[nodiscard]] std::uint64_t count() const;

private:
    std::uint64_t before_;
};

}  // namespace arenite::redis::testing

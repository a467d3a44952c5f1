// CountedResource: memory for compiler scratch that is charged to a VM's budget.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <cstdlib>
#include <new>

#include "arena/byte_budget.h"

namespace arenite {

/// Throws std::bad_alloc when the budget (or the system) has no more; callers catch it at their boundary.
class CountedResource final : public boost::container::pmr::memory_resource {
public:
    explicit CountedResource(ByteBudget& budget) : budget_(budget) {}
    /// Bytes charged.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (!budget_.charge(bytes)) throw std::bad_alloc();
        const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
        void* p = std::aligned_alloc(alignment, rounded);
        if (!p) {
            budget_.release(bytes);
            throw std::bad_alloc();
        }
        bytes_ += bytes;
        return p;
    }
    void do_deallocate(void* p, std::size_t bytes, std::size_t) override {
        budget_.release(bytes);
        bytes_ -= bytes;
        std::free(p);
    }
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

    ByteBudget& budget_;
    std::size_t bytes_ = 0;
};

}  // namespace arenite

#include "failing_allocations.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace arenite::redis::testing {
namespace {

thread_local std::uint64_t until_failure = 0;  // 0: none will fail
thread_local std::uint64_t failures_left = 0;
thread_local bool failed = false;
thread_local std::uint64_t made = 0;
thread_local std::int64_t live = 0;
thread_local std::int64_t peak = 0;
thread_local std::int64_t blocks = 0;

}  // namespace

FailingAllocation::FailingAllocation(std::uint64_t n, std::uint64_t in_a_row) {
    failed = false;
    failures_left = in_a_row;
    until_failure = n;
}

FailingAllocation::~FailingAllocation() {
    until_failure = 0;
}

bool FailingAllocation::happened() {
    return failed;
}

std::int64_t live_bytes() {
    return live;
}

std::int64_t live_blocks() {
    return blocks;
}

PeakOfBytes::PeakOfBytes() : before_(live) {
    peak = live;
}

std::int64_t PeakOfBytes::bytes() const {
    return peak - before_;
}

CountedAllocations::CountedAllocations() : before_(made) {}

std::uint64_t CountedAllocations::count() const {
    return made - before_;
}

static void* allocate(std::size_t size) {
    ++made;
    if (until_failure != 0 && --until_failure == 0) {
        failed = true;
        if (--failures_left > 0) until_failure = 1;
        throw std::bad_alloc();
    }
    void* memory = std::malloc(size != 0 ? size : 1);
    if (memory == nullptr) throw std::bad_alloc();
    live += static_cast<std::int64_t>(malloc_usable_size(memory));
    ++blocks;
    peak = std::max(peak, live);
    return memory;
}

static void release(void* memory) noexcept {
    if (memory != nullptr) {
        live -= static_cast<std::int64_t>(malloc_usable_size(memory));
        --blocks;
    }
    std::free(memory);
}

}  // namespace arenite::redis::testing

void* operator new(std::size_t size) {
    return arenite::redis::testing::allocate(size);
}
void* operator new[](std::size_t size) {
    return arenite::redis::testing::allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return arenite::redis::testing::allocate(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
    return operator new(size, tag);
}
void operator delete(void* memory) noexcept {
    arenite::redis::testing::release(memory);
}
void operator delete[](void* memory) noexcept {
    arenite::redis::testing::release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    arenite::redis::testing::release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    arenite::redis::testing::release(memory);
}

// CountedVector: a growing array of plain data whose capacity is charged to a budget's overhead. Nothing throws: what
// needs memory answers false when there is none, and has changed nothing then.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <type_traits>

#include "arena/byte_budget.h"

namespace arenite {

/// What the system's allocator adds to a block, in bytes.
inline constexpr std::size_t kMallocOverhead = 16;

template <class T>
class CountedVector {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    explicit CountedVector(ByteBudget& budget) : budget_(budget) {}
    ~CountedVector() { free_all(); }
    CountedVector(const CountedVector&) = delete;
    CountedVector& operator=(const CountedVector&) = delete;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] T& operator[](std::size_t i) { return items_[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return items_[i]; }
    [[nodiscard]] T& back() { return items_[size_ - 1]; }
    [[nodiscard]] const T& back() const { return items_[size_ - 1]; }
    [[nodiscard]] T& front() { return items_[0]; }
    [[nodiscard]] const T& front() const { return items_[0]; }
    [[nodiscard]] T* begin() { return items_; }
    [[nodiscard]] T* end() { return items_ + size_; }
    [[nodiscard]] const T* begin() const { return items_; }
    [[nodiscard]] const T* end() const { return items_ + size_; }
    /// Bytes charged.
    [[nodiscard]] std::size_t bytes() const { return bytes_of(capacity_); }

    /// False when memory is out.
    [[nodiscard]] bool push_back(const T& item) {
        if (__builtin_expect(size_ == capacity_, 0)) {
            const T copy = item;  // it may lie in this very array
            if (!reserve(size_ + 1)) return false;
            items_[size_++] = copy;
            return true;
        }
        items_[size_++] = item;
        return true;
    }
    /// Appends `count` items that do not lie in this array. False when memory is out.
    [[nodiscard]] bool append(const T* items, std::size_t count) {
        if (!reserve(size_ + count)) return false;
        if (count != 0) std::memcpy(static_cast<void*>(items_ + size_), items, count * sizeof(T));
        size_ += count;
        return true;
    }
    void pop_back() { --size_; }
    /// Drops items [size, end).
    void truncate(std::size_t size) {
        if (size < size_) size_ = size;
    }
    void clear() { size_ = 0; }
    /// Makes push_back() succeed until size() is `capacity`. False when memory is out.
    [[nodiscard]] bool reserve(std::size_t capacity) {
        if (capacity <= capacity_) return true;
        const std::size_t doubled = capacity_ * 2 > kFirst ? capacity_ * 2 : kFirst;
        return (capacity < doubled && set_capacity(doubled)) || set_capacity(capacity);
    }
    /// Releases memory when much is held for little.
    void shrink() {
        if (size_ == 0 && bytes() > kKept) free_all();
    }

private:
    static constexpr std::size_t kFirst = sizeof(T) >= 64 ? 4 : 256 / sizeof(T);
    static constexpr std::size_t kKept = 4096;  ///< bytes that shrink() leaves alone
    [[nodiscard]] static constexpr std::size_t bytes_of(std::size_t capacity) {
        return capacity == 0 ? 0 : capacity * sizeof(T) + kMallocOverhead;
    }
    [[nodiscard]] bool set_capacity(std::size_t capacity) {
        // While it moves, both arrays exist.
        if (capacity > static_cast<std::size_t>(-1) / 2 / sizeof(T) || !budget_.charge_overhead(bytes_of(capacity))) {
            return false;
        }
        auto* items = static_cast<T*>(std::realloc(static_cast<void*>(items_), capacity * sizeof(T)));
        if (!items) {
            budget_.release_overhead(bytes_of(capacity));
            return false;
        }
        budget_.release_overhead(bytes_of(capacity_));
        items_ = items;
        capacity_ = capacity;
        return true;
    }
    void free_all() {
        budget_.release_overhead(bytes_of(capacity_));
        std::free(static_cast<void*>(items_));
        items_ = nullptr;
        size_ = capacity_ = 0;
    }

    ByteBudget& budget_;
    T* items_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace arenite

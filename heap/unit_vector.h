// UnitVector: the growing array of what is compiled and thrown away: parts of units and of their compilation.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace arenite {

/// Memory whose large blocks can become longer without being copied.
class GrowingResource : public boost::container::pmr::memory_resource {
public:
    /// The block of `from` bytes, at least kLarge, with `to` > `from` bytes and maybe in another place. Throws what
    /// allocate() throws; then the block is what it was.
    [[nodiscard]] virtual void* grow(void* block, std::size_t from, std::size_t to) = 0;
    /// What these bytes of a block hold is not needed any more.
    virtual void discard(void* bytes, std::size_t count) = 0;
    static constexpr std::size_t kLarge = std::size_t{64} << 10;
};

/// Ends the process: an index that the compiler made is outside of its array. A compiler that is wrong must not write past its
/// arrays because of what a script's text makes it do.
[[noreturn, gnu::cold, gnu::noinline]] inline void unit_vector_misused() {
    std::fputs("arenite: internal error: an index of the compiler is outside of its array\n", stderr);
    std::abort();
}

/// Elements are trivial. Whoever grows it must not hold pointers into it. Indices are checked, in every build.
template <class T>
class UnitVector {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

public:
    explicit UnitVector(boost::container::pmr::memory_resource* mr) : mr_(mr) {}
    UnitVector(const UnitVector&) = delete;
    UnitVector& operator=(const UnitVector&) = delete;
    UnitVector(UnitVector&& other) noexcept
        : mr_(other.mr_),
          data_(std::exchange(other.data_, nullptr)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    UnitVector& operator=(UnitVector&& other) noexcept {
        swap(other);
        return *this;
    }
    ~UnitVector() { free(); }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(T); }
    [[nodiscard]] T& operator[](std::size_t i) { return data_[checked(i)]; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return data_[checked(i)]; }
    [[nodiscard]] T* data() { return data_; }
    [[nodiscard]] const T* data() const { return data_; }
    [[nodiscard]] T* begin() { return data_; }
    [[nodiscard]] T* end() { return data_ + size_; }
    [[nodiscard]] const T* begin() const { return data_; }
    [[nodiscard]] const T* end() const { return data_ + size_; }
    [[nodiscard]] T& back() { return data_[checked(size_ - 1)]; }
    [[nodiscard]] const T& back() const { return data_[checked(size_ - 1)]; }

    void push_back(const T& value) {
        if (__builtin_expect(size_ == capacity_, 0)) {
            const T copy = value;  // it may be one of ours
            grow_to(next_capacity());
            data_[size_++] = copy;
            return;
        }
        data_[size_++] = value;
    }
    void pop_back() { size_ = checked(size_ - 1); }
    /// Elements from `n` on are dropped.
    void shrink_to(std::size_t n) {
        if (__builtin_expect(n > size_, 0)) unit_vector_misused();
        size_ = n;
    }
    void clear() { size_ = 0; }
    /// Empties it, and leaves the elements where they are: they are the memory resource's.
    T* abandon() {
        size_ = capacity_ = 0;
        return std::exchange(data_, nullptr);
    }
    /// Empties it and gives its memory back.
    void free() {
        if (data_ != nullptr) mr_->deallocate(data_, capacity_ * sizeof(T), alignof(std::max_align_t));
        data_ = nullptr;
        size_ = capacity_ = 0;
    }
    /// Elements that will not be read any more.
    void discard(std::size_t first, std::size_t n) {
        if (capacity_ * sizeof(T) < GrowingResource::kLarge) return;
        if (auto* growing = dynamic_cast<GrowingResource*>(mr_)) growing->discard(data_ + first, n * sizeof(T));
    }
    /// The same, with pause() called between two slices.
    template <class Pause>
    void free_in_slices(Pause pause) {
        constexpr std::size_t kItems = 4 * GrowingResource::kLarge / sizeof(T);
        for (std::size_t at = 0; capacity_ * sizeof(T) >= GrowingResource::kLarge && at < size_; at += kItems) {
            discard(at, std::min(kItems, size_ - at));
            pause();
        }
        free();
    }
    void reserve(std::size_t n) {
        if (n > capacity_) grow_to(n);
    }
    /// `n` elements that are to be written before they are read.
    void set_size_unset(std::size_t n) {
        reserve(n);
        size_ = n;
    }
    void assign(std::size_t n, const T& value) {
        clear();
        reserve(n);
        std::uninitialized_fill_n(data_, n, value);
        size_ = n;
    }
    template <class Iterator>
        requires(!std::is_integral_v<Iterator>)
    void assign(Iterator first, Iterator last) {
        clear();
        append(first, static_cast<std::size_t>(last - first));
    }
    template <class Iterator>
    void append(Iterator first, std::size_t n) {
        reserve(size_ + n);
        std::uninitialized_copy_n(first, n, data_ + size_);
        size_ += n;
    }
    void swap(UnitVector& other) noexcept {
        std::swap(mr_, other.mr_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

private:
    [[nodiscard]] std::size_t checked(std::size_t i) const {
        if (__builtin_expect(i >= size_, 0)) unit_vector_misused();
        return i;
    }
    [[nodiscard]] std::size_t next_capacity() const {
        if (capacity_ == 0) return std::max<std::size_t>(16, 256 / sizeof(T));
        return capacity_ * sizeof(T) < GrowingResource::kLarge ? capacity_ * 2 : capacity_ + capacity_ / 2;
    }
    [[gnu::noinline]] void grow_to(std::size_t capacity) {
        const std::size_t now = capacity_ * sizeof(T);
        auto* const growing = now >= GrowingResource::kLarge ? dynamic_cast<GrowingResource*>(mr_) : nullptr;
        if (growing != nullptr) {
            data_ = static_cast<T*>(growing->grow(data_, now, capacity * sizeof(T)));
        } else {
            auto* data = static_cast<T*>(mr_->allocate(capacity * sizeof(T), alignof(std::max_align_t)));
            if (size_ != 0) std::memcpy(static_cast<void*>(data), data_, size_ * sizeof(T));
            if (data_ != nullptr) mr_->deallocate(data_, now, alignof(std::max_align_t));
            data_ = data;
        }
        capacity_ = capacity;
    }

    boost::container::pmr::memory_resource* mr_;
    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace arenite

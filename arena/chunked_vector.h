// ChunkedVector: a CountedVector whose items never move once there are many, so that it grows by a chunk: it needs no room for
// an old array and a new one, and copies nothing that is long. Charged to a budget's overhead; nothing throws.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <type_traits>

#include "arena/counted_vector.h"

namespace arenite {

template <class T>
class ChunkedVector {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    static constexpr std::size_t kChunk = 256;  ///< items; the first so many are in one array, which grows

    explicit ChunkedVector(ByteBudget& budget) : budget_(budget), first_(budget), chunks_(budget) {}
    ~ChunkedVector() { free_chunks(); }
    ChunkedVector(const ChunkedVector&) = delete;
    ChunkedVector& operator=(const ChunkedVector&) = delete;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] T& operator[](std::size_t i) {
        return i < kChunk ? first_.begin()[i] : chunks_[i / kChunk - 1][i % kChunk];
    }
    [[nodiscard]] const T& operator[](std::size_t i) const {
        return i < kChunk ? first_.begin()[i] : chunks_[i / kChunk - 1][i % kChunk];
    }
    [[nodiscard]] T& back() { return (*this)[size_ - 1]; }
    [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }
    /// Bytes charged.
    [[nodiscard]] std::size_t bytes() const {
        return first_.bytes() + chunks_.bytes() + chunks_.size() * (kChunk * sizeof(T) + kMallocOverhead);
    }

    /// Makes push_back() succeed until size() is `capacity`. False when memory is out.
    [[nodiscard]] bool reserve(std::size_t capacity) {
        if (capacity <= kChunk) return first_.reserve(capacity);
        if (!first_.reserve(kChunk)) return false;
        while ((chunks_.size() + 1) * kChunk < capacity) {
            if (!add_chunk()) return false;
        }
        return true;
    }
    /// `item` does not lie in this vector. False when memory is out.
    [[nodiscard]] bool push_back(const T& item) {
        if (!reserve(size_ + 1)) return false;
        (*this)[size_++] = item;
        return true;
    }
    /// Drops items [size, end).
    void truncate(std::size_t size) {
        if (size < size_) size_ = size;
    }
    void clear() { size_ = 0; }
    /// Releases memory when much is held for little.
    void shrink() {
        if (size_ != 0) return;
        free_chunks();
        first_.shrink();
    }

private:
    static constexpr std::size_t kChunkBytes = kChunk * sizeof(T);

    [[nodiscard]] bool add_chunk() {
        if (!chunks_.reserve(chunks_.size() + 1) || !budget_.charge_overhead(kChunkBytes + kMallocOverhead))
            return false;
        auto* chunk = static_cast<T*>(std::malloc(kChunkBytes));
        if (!chunk) {
            budget_.release_overhead(kChunkBytes + kMallocOverhead);
            return false;
        }
        (void)chunks_.push_back(chunk);  // there is room
        return true;
    }
    void free_chunks() {
        for (T* chunk : chunks_) {
            std::free(chunk);
            budget_.release_overhead(kChunkBytes + kMallocOverhead);
        }
        chunks_.clear();
        chunks_.shrink();
    }

    ByteBudget& budget_;
    CountedVector<T> first_;  ///< its capacity only: how many items there are, says size_
    CountedVector<T*> chunks_;
    std::size_t size_ = 0;
};

}  // namespace arenite

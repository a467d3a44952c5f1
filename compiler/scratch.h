// Bump allocation out of a memory resource, for what a compilation needs and throws away.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace arenite::compiler {

/// A stack of chunks. Objects are never destroyed; memory comes back with release(mark) or with the arena's end.
class ScratchArena {
public:
    ScratchArena(boost::container::pmr::memory_resource* mr, std::size_t first_chunk)
        : mr_(mr), next_size_(first_chunk) {}
    ScratchArena(const ScratchArena&) = delete;
    ScratchArena& operator=(const ScratchArena&) = delete;
    ~ScratchArena() {
        for (Chunk* c = first_; c != nullptr;) {
            Chunk* next = c->next;
            mr_->deallocate(c, c->size, alignof(std::max_align_t));
            c = next;
        }
    }

    [[nodiscard]] void* allocate(std::size_t bytes) {
        bytes = (bytes + 7) & ~std::size_t{7};
        if (bytes > static_cast<std::size_t>(end_ - cur_)) {
            add_chunk(bytes);
        }
        char* p = cur_;
        cur_ += bytes;
        return p;
    }

    template <class T, class... Args>
    [[nodiscard]] T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
        return ::new (allocate(sizeof(T))) T{std::forward<Args>(args)...};
    }

    /// A point to go back to. Chunks beyond it are kept for what comes next.
    struct Mark {
        void* chunk;
        char* cur;
    };
    [[nodiscard]] Mark mark() const { return {current_, cur_}; }
    void release(Mark m) {
        if (m.chunk == nullptr) {
            if (first_ == nullptr) {
                return;
            }
            use(first_);
            return;
        }
        current_ = static_cast<Chunk*>(m.chunk);
        cur_ = m.cur;
        end_ = reinterpret_cast<char*>(current_) + current_->size;
    }

private:
    struct Chunk {
        Chunk* next;
        std::size_t size;
    };
    static constexpr std::size_t kLargestChunk = std::size_t{256} << 10;

    void use(Chunk* c) {
        current_ = c;
        cur_ = reinterpret_cast<char*>(c) + sizeof(Chunk);
        end_ = reinterpret_cast<char*>(c) + c->size;
    }
    void add_chunk(std::size_t bytes) {
        Chunk* kept = current_ != nullptr ? current_->next : first_;
        if (kept != nullptr && kept->size - sizeof(Chunk) >= bytes) {
            use(kept);
            return;
        }
        const std::size_t size = std::max(next_size_, bytes + sizeof(Chunk));
        auto* c = static_cast<Chunk*>(mr_->allocate(size, alignof(std::max_align_t)));
        next_size_ = std::min(next_size_ * 2, kLargestChunk);
        c->size = size;
        c->next = kept;
        (current_ != nullptr ? current_->next : first_) = c;
        use(c);
    }

    boost::container::pmr::memory_resource* mr_;
    std::size_t next_size_;
    Chunk* first_ = nullptr;
    Chunk* current_ = nullptr;
    char* cur_ = nullptr;
    char* end_ = nullptr;
};

/// A growing array of trivial elements, for the code generator's scratch. Kept small: no iterators are invalidated
/// by surprise because only indices are held.
template <class T>
class ScratchVector {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    explicit ScratchVector(boost::container::pmr::memory_resource* mr) : mr_(mr) {}
    ScratchVector(const ScratchVector&) = delete;
    ScratchVector& operator=(const ScratchVector&) = delete;
    ~ScratchVector() {
        if (data_ != nullptr) {
            mr_->deallocate(data_, capacity_ * sizeof(T), alignof(std::max_align_t));
        }
    }

    void push(const T& value) {
        if (size_ == capacity_) {
            grow();
        }
        data_[size_++] = value;
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] T& operator[](std::size_t i) { return data_[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return data_[i]; }
    [[nodiscard]] T* begin() { return data_; }
    [[nodiscard]] T* end() { return data_ + size_; }
    void resize_down(std::size_t n) { size_ = n; }
    void clear() { size_ = 0; }

private:
    void grow() {
        const std::size_t capacity = capacity_ == 0 ? std::max<std::size_t>(16, 256 / sizeof(T)) : capacity_ * 2;
        auto* data = static_cast<T*>(mr_->allocate(capacity * sizeof(T), alignof(std::max_align_t)));
        if (size_ != 0) {
            std::memcpy(static_cast<void*>(data), data_, size_ * sizeof(T));
        }
        if (data_ != nullptr) {
            mr_->deallocate(data_, capacity_ * sizeof(T), alignof(std::max_align_t));
        }
        data_ = data;
        capacity_ = capacity;
    }

    boost::container::pmr::memory_resource* mr_;
    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace arenite::compiler

// Bump allocation out of a memory resource, for what a compilation needs and throws away.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#include "heap/unit_vector.h"

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

    [[nodiscard, gnu::always_inline]] void* allocate(std::size_t bytes) {
        bytes = (bytes + 7) & ~std::size_t{7};
        if (__builtin_expect(bytes > static_cast<std::size_t>(end_ - cur_), 0)) {
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

    /// Gives all chunks back, in slices.
    template <class Pauses>
    void free(Pauses& pauses) {
        current_ = nullptr;
        cur_ = end_ = nullptr;
        while (first_ != nullptr) {
            Chunk* const next = first_->next;
            const bool large = first_->size >= GrowingResource::kLarge;
            mr_->deallocate(first_, first_->size, alignof(std::max_align_t));
            first_ = next;
            if (large) {
                pauses.now();
            }
        }
    }

    /// A point to go back to. Chunks beyond it are kept for what comes next.
    struct Mark {
        void* chunk;
        char* cur;
    };
    [[nodiscard]] Mark mark() const { return {current_, cur_}; }
    /// Bytes handed out since the beginning that were not released.
    [[nodiscard]] std::size_t used() const {
        return current_ != nullptr
                   ? current_->before + static_cast<std::size_t>(cur_ - reinterpret_cast<char*>(current_))
                   : 0;
    }
    void release(Mark m) {
        if (m.chunk == nullptr) {
            if (first_ == nullptr) {
                return;
            }
            use(first_);
            first_->before = 0;
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
        std::size_t before;  ///< bytes in the chunks before it, when it came into use
    };
    static constexpr std::size_t kLargestChunk = std::size_t{256} << 10;

    void use(Chunk* c) {
        current_ = c;
        cur_ = reinterpret_cast<char*>(c) + sizeof(Chunk);
        end_ = reinterpret_cast<char*>(c) + c->size;
    }
    [[gnu::noinline]] void add_chunk(std::size_t bytes) {
        Chunk* kept = current_ != nullptr ? current_->next : first_;
        if (kept != nullptr && kept->size - sizeof(Chunk) >= bytes) {
            const std::size_t before = used();
            use(kept);
            kept->before = before;
            return;
        }
        const std::size_t before = used();
        const std::size_t size = std::max(next_size_, bytes + sizeof(Chunk));
        auto* c = static_cast<Chunk*>(mr_->allocate(size, alignof(std::max_align_t)));
        next_size_ = std::min(next_size_ * 2, kLargestChunk);
        c->size = size;
        c->before = 0;
        c->next = kept;
        (current_ != nullptr ? current_->next : first_) = c;
        use(c);
        c->before = before;
    }

    boost::container::pmr::memory_resource* mr_;
    std::size_t next_size_;
    Chunk* first_ = nullptr;
    Chunk* current_ = nullptr;
    char* cur_ = nullptr;
    char* end_ = nullptr;
};

template <class T>
using ScratchVector = UnitVector<T>;

}  // namespace arenite::compiler

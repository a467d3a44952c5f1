// What the keyspace has dropped: values and databases, and what undo scopes have left in those that live on. It is freed in
// pieces, at the commands that come later, so that dropping a value of millions of elements takes no time.
//
// Invariants
//  FQ1. Whatever is large goes through the queue of its keyspace: the last reference to a Freeable puts it there, and so does
//       the end of an undo scope with what the scope has kept.
//  FQ2. Putting something into the queue allocates nothing and cannot fail.
//  FQ3. One call of free_some() exceeds its allowance by no more than one part: an element, a page, a slice of a text, or
//       something of few parts.
//  FQ4. Freeing changes nothing that a command can see.
#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "redis_api/free_in_pieces.h"

namespace arenite::redis {

class FreeQueue;

/// Has references, by FreePointer; the last one to go frees it, at once if it is small.
class Freeable {
public:
    explicit Freeable(FreeQueue& queue) noexcept : queue_(queue) {}
    Freeable(const Freeable&) = delete;
    Freeable& operator=(const Freeable&) = delete;

    friend void intrusive_ptr_add_ref(Freeable* object) noexcept { ++object->references_; }
    friend void intrusive_ptr_release(Freeable* object) noexcept {
        if (--object->references_ == 0) object->drop();
    }

protected:
    virtual ~Freeable() = default;
    /// How many parts there are, about.
    [[nodiscard]] virtual std::size_t part_count() const noexcept = 0;
    /// Frees what is of no use any more, and everything if nobody refers to it. True: nothing of it is left.
    [[nodiscard]] virtual bool free_some(bool everything, FreeAllowance& allowance) noexcept = 0;

private:
    friend class FreeQueue;
    /// What has fewer parts is freed at once.
    static constexpr std::size_t kManyParts = 16;

    void drop() noexcept;

    FreeQueue& queue_;
    Freeable* next_ = nullptr;
    std::uint32_t references_ = 0;
    bool queued_ = false;
};

template <class T>
using FreePointer = boost::intrusive_ptr<T>;

class FreeQueue {
public:
    FreeQueue() = default;
    FreeQueue(const FreeQueue&) = delete;
    FreeQueue& operator=(const FreeQueue&) = delete;
    ~FreeQueue() { free_all(); }

    /// Whether nothing waits.
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    /// Appends it, unless it waits already.
    void add(Freeable& object) noexcept;
    /// Frees parts for some units, and returns for how many.
    [[nodiscard]] std::uint64_t free_some(FreeAllowance units) noexcept;
    void free_all() noexcept;

private:
    Freeable* first_ = nullptr;
    Freeable* last_ = nullptr;
};

inline void Freeable::drop() noexcept {
    if (queued_) return;
    if (part_count() < kManyParts) {
        delete this;
    } else {
        queue_.add(*this);
    }
}

}  // namespace arenite::redis

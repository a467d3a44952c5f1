// The buckets of a dictionary: a power of two of chains.
//
// Invariants
//  BT1. Chains have their nodes in order of age, so that the order depends on nothing but the nodes and the number of
//       buckets.
//  BT2. A resize costs nothing at once, unless it is small: nodes stay in the array before, and move when their bucket
//       is used or by move_some(). Nobody sees where a node is: a bucket is complete whenever it is examined.
//  BT3. Only the making of an array may throw std::bad_alloc. Going back to an array that was there needs no memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "arena/system_memory.h"
#include "redis_api/free_in_pieces.h"
#include "redis_api/keyspace/random_source.h"

namespace arenite::redis {

/// Heads of chains, all null at first. Long ones are mapped, as nulling them would take long.
template <class Node>
class BucketArray {
public:
    BucketArray() = default;
    explicit BucketArray(std::size_t count) : count_(count) {
        if (bytes() < kMappedBytes) {
            few_ = std::make_unique<Node*[]>(count);
            return;
        }
        many_ = reserve_memory(bytes());
        if (many_.start == nullptr) throw std::bad_alloc();
    }
    BucketArray(BucketArray&& other) noexcept { swap(other); }
    BucketArray& operator=(BucketArray&& other) noexcept {
        BucketArray taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~BucketArray() {
        if (many_.start != nullptr) unreserve_memory(many_);
    }

    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    Node*& operator[](std::size_t index) noexcept {
        return many_.start != nullptr ? reinterpret_cast<Node**>(many_.start)[index] : few_[index];
    }
    void swap(BucketArray& other) noexcept {
        std::swap(few_, other.few_);
        std::swap(many_, other.many_);
        std::swap(count_, other.count_);
    }
    /// Gives the memory back in slices; then it can only be destroyed. True: nothing is left that is worth it.
    [[nodiscard]] bool free_some(FreeAllowance& allowance) noexcept {
        while (many_.bytes > free_cost::kSliceBytes) {
            if (allowance <= 0) return false;
            shrink_memory(many_, many_.bytes - free_cost::kSliceBytes);
            allowance -= free_cost::kSlice;
        }
        return true;
    }

private:
    static constexpr std::size_t kMappedBytes = std::size_t{64} << 10;

    [[nodiscard]] std::size_t bytes() const noexcept { return count_ * sizeof(Node*); }

    std::unique_ptr<Node*[]> few_;
    Reservation many_;
    std::size_t count_ = 0;
};

template <class Node>
class BucketTable {
public:
    using Buckets = BucketArray<Node>;

    explicit BucketTable(std::size_t count) : buckets_(count) {}

    [[nodiscard]] std::size_t size() const noexcept { return buckets_.size(); }

    /// The chain of a hash, or of a bucket by its number.
    [[nodiscard]] Node*& head(std::uint64_t hash) noexcept {
        const std::size_t index = hash & (buckets_.size() - 1);
        if (!rest_.empty()) [[unlikely]]
            complete(index);
        return buckets_[index];
    }

    void link(Node* node) noexcept { link_to(&head(node->hash_), node); }

    void unlink(Node* node) noexcept {
        Node** link = &head(node->hash_);
        while (*link != node) link = &(*link)->chain_;
        *link = node->chain_;
    }

    /// Draws a bucket and a place in its chain; null if that place is empty. Each node is as likely as any other, as
    /// long as no chain of a large table has more than kPlaces nodes.
    [[nodiscard]] Node* draw(RandomSource& source) noexcept {
        Node* node = head(source.below(buckets_.size()));
        for (std::uint64_t place = source.below(is_large() ? kPlaces : longest_chain_); node != nullptr && place > 0;) {
            node = node->chain_;
            --place;
        }
        return node;
    }

    /// What draw() depends on beside the nodes and the number of buckets: the longest chain since the last resize.
    [[nodiscard]] std::size_t longest_chain() const noexcept { return longest_chain_; }
    void set_longest_chain(std::size_t length) noexcept { longest_chain_ = length; }

    [[nodiscard]] bool is_moving() const noexcept { return !rest_.empty(); }
    /// The number of buckets of the array that the nodes are moving from; 0: they are not.
    [[nodiscard]] std::size_t moving_from() const noexcept { return rest_.size(); }

    /// Makes `fresh`, all null, the buckets. The nodes must not be moving.
    void resize(Buckets fresh) noexcept {
        rest_ = std::exchange(buckets_, std::move(fresh));
        moved_ = 0;
        longest_chain_ = 1;
    }
    /// Back to the array that the nodes are moving from.
    void turn_back() noexcept {
        buckets_.swap(rest_);
        moved_ = 0;
    }
    /// Whether a resize is to be done at once.
    [[nodiscard]] bool is_large() const noexcept { return buckets_.size() > kMovedAtOnce; }

    /// Moves the nodes of some buckets: those of four buckets of the table. When all have moved, it returns the array
    /// that they were in.
    [[nodiscard]] Buckets move_some() noexcept {
        return move(std::max<std::size_t>(4, 4 * (rest_.size() / buckets_.size())));
    }
    [[nodiscard]] Buckets move_all() noexcept { return move(rest_.size()); }

    [[nodiscard]] bool free_some(FreeAllowance& allowance) noexcept {
        return buckets_.free_some(allowance) && rest_.free_some(allowance);
    }

private:
    static constexpr std::size_t kMovedAtOnce = 1024;
    static constexpr std::size_t kPlaces = 16;

    void link_to(Node** link, Node* node) noexcept {
        std::size_t length = 1;
        for (; *link != nullptr && (*link)->birth_ < node->birth_; link = &(*link)->chain_) ++length;
        for (const Node* each = *link; each != nullptr; each = each->chain_) ++length;
        node->chain_ = *link;
        *link = node;
        if (length > longest_chain_) longest_chain_ = length;
    }

    /// Moves what belongs to a bucket there.
    void complete(std::size_t index) noexcept {
        if (rest_.size() < buckets_.size()) {
            empty_old(index & (rest_.size() - 1));
            return;
        }
        for (; index < rest_.size(); index += buckets_.size()) empty_old(index);
    }

    void empty_old(std::size_t index) noexcept {
        for (Node* node = std::exchange(rest_[index], nullptr); node != nullptr;) {
            Node* const next = node->chain_;
            link_to(&buckets_[node->hash_ & (buckets_.size() - 1)], node);
            node = next;
        }
    }

    Buckets move(std::size_t count) noexcept {
        for (; count > 0 && moved_ < rest_.size(); --count) empty_old(moved_++);
        return moved_ == rest_.size() ? std::exchange(rest_, {}) : Buckets();
    }

    Buckets buckets_;
    Buckets rest_;           ///< what has not moved yet; its size is 0 when all has
    std::size_t moved_ = 0;  ///< buckets of rest_ that are empty for sure
    std::size_t longest_chain_ = 1;
};

}  // namespace arenite::redis

// The elements of a list: a ring of strings, indexed from its left end. It lies in one block while it is short, and in
// blocks of 512 elements when it is long, so that growing moves few of them.
//
// Only what says so may throw std::bad_alloc, and then nothing has changed. The room for elements
// shrinks only by shrink(): a ring that has held n elements can hold n again without allocating.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "redis_api/free_in_pieces.h"

namespace arenite::redis {

class ItemRing {
public:
    /// Elements that are moved within it without a check of the meter: some 10 ns each.
    static constexpr std::size_t kMovedPiece = 1024;

    class Iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = std::string;
        using difference_type = std::ptrdiff_t;
        using pointer = const std::string*;
        using reference = const std::string&;

        Iterator() = default;
        Iterator(const ItemRing& ring, std::size_t index) noexcept : ring_(&ring), index_(index) {}
        const std::string& operator*() const noexcept { return (*ring_)[index_]; }
        const std::string* operator->() const noexcept { return &(*ring_)[index_]; }
        Iterator& operator++() noexcept {
            ++index_;
            return *this;
        }
        Iterator operator++(int) noexcept {
            const Iterator old = *this;
            ++index_;
            return old;
        }
        [[nodiscard]] bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

    private:
        const ItemRing* ring_ = nullptr;
        std::size_t index_ = 0;
    };

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] Iterator begin() const noexcept { return {*this, 0}; }
    [[nodiscard]] Iterator end() const noexcept { return {*this, size_}; }
    const std::string& operator[](std::size_t index) const noexcept { return slot(place(index)); }
    std::string& operator[](std::size_t index) noexcept { return slot(place(index)); }

    /// Makes room for one more element. May throw.
    void reserve_one() {
        if (size_ < slot_count()) return;
        if (blocks_.empty()) {
            blocks_.push_back(make_block(kFewestBits));
            bits_ = kFewestBits;
        } else if (bits_ < kMostBits) {
            move_to(bits_ + 1);
        } else {
            add_block();
        }
    }
    /// Whether so much of the room is not used that it is worth releasing some.
    [[nodiscard]] bool is_wide() const noexcept {
        return has_many_blocks() || (bits_ > kFewestBits && size_ <= block_size() / 4);
    }
    /// Gives some of that room back, no more than a few blocks. False: what is wide stays so, for want of memory.
    [[nodiscard]] bool shrink_some() noexcept {
        if (has_many_blocks()) {
            remove_blocks();
            return true;
        }
        std::size_t wanted = bits_;
        while (wanted > kFewestBits && size_ <= (std::size_t{1} << wanted) / 4) --wanted;
        if (wanted == bits_) return true;
        try {
            move_to(wanted);
        } catch (...) {
            return false;
        }
        return true;
    }

    /// These need room.
    void push_front(std::string item) noexcept {
        head_ = head_ == 0 ? slot_count() - 1 : head_ - 1;
        ++size_;
        slot(head_) = std::move(item);
    }
    void push_back(std::string item) noexcept {
        ++size_;
        (*this)[size_ - 1] = std::move(item);
    }
    /// `each_piece` is called now and then, for a piece of elements that were moved, and must throw nothing.
    template <class EachPiece>
    void insert(std::size_t index, std::string item, EachPiece&& each_piece) noexcept {
        push_back({});
        for (std::size_t i = size_ - 1; i > index; --i) {
            (*this)[i] = std::move((*this)[i - 1]);
            if (i % kMovedPiece == 0) each_piece();
        }
        (*this)[index] = std::move(item);
    }

    std::string pop_front() noexcept {
        std::string item = take(head_);
        head_ = head_ + 1 == slot_count() ? 0 : head_ + 1;
        --size_;
        return item;
    }
    std::string pop_back() noexcept {
        std::string item = take(place(size_ - 1));
        --size_;
        return item;
    }
    void erase(std::size_t index) noexcept {
        for (std::size_t i = index; i + 1 < size_; ++i) (*this)[i] = std::move((*this)[i + 1]);
        (void)pop_back();
    }

    /// Frees everything; true: nothing is left.
    [[nodiscard]] bool free_some(FreeAllowance& allowance) noexcept {
        for (; size_ > 0; (void)pop_back()) {
            if (allowance <= 0 || !arenite::redis::free_some((*this)[size_ - 1], allowance)) return false;
            allowance -= free_cost::kItem;
        }
        for (; !blocks_.empty(); blocks_.pop_back()) {
            if (allowance <= 0) return false;
            allowance -= free_cost::kBlock;
        }
        return true;
    }

private:
    using Block = std::unique_ptr<std::string[]>;

    static constexpr std::size_t kFewestBits = 3;
    static constexpr std::size_t kMostBits = 9;
    static constexpr std::size_t kRemovedAtOnce = 16;

    [[nodiscard]] static Block make_block(std::size_t bits) {
        return std::make_unique<std::string[]>(std::size_t{1} << bits);
    }

    [[nodiscard]] std::size_t block_size() const noexcept { return std::size_t{1} << bits_; }
    [[nodiscard]] std::size_t slot_count() const noexcept { return blocks_.size() << bits_; }
    [[nodiscard]] std::size_t place(std::size_t index) const noexcept {
        const std::size_t at = head_ + index;
        return at < slot_count() ? at : at - slot_count();
    }
    [[nodiscard]] const std::string& slot(std::size_t at) const noexcept {
        return blocks_[at >> bits_][at & (block_size() - 1)];
    }
    [[nodiscard]] std::string& slot(std::size_t at) noexcept { return blocks_[at >> bits_][at & (block_size() - 1)]; }

    /// The bytes of an empty place are released.
    std::string take(std::size_t at) noexcept {
        std::string item;
        item.swap(slot(at));
        return item;
    }

    /// One block of another size, instead of a few.
    void move_to(std::size_t bits) {
        Block fresh = make_block(bits);
        for (std::size_t i = 0; i < size_; ++i) fresh[i] = std::move((*this)[i]);
        blocks_[0] = std::move(fresh);
        blocks_.erase(blocks_.begin() + 1, blocks_.end());
        bits_ = bits;
        head_ = 0;
    }

    /// All blocks are full: another one between the last element and the first. Those may share a block, from which the
    /// first ones move to the same places of the new block.
    void add_block() {
        if (blocks_.size() == blocks_.capacity()) blocks_.reserve(blocks_.size() * 2);
        Block fresh = make_block(kMostBits);
        const std::size_t block = head_ >> kMostBits;
        const std::size_t first = head_ & (block_size() - 1);
        if (first != 0) {
            std::move(&blocks_[block][first], &blocks_[block][0] + block_size(), &fresh[first]);
        }
        blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(first != 0 ? block + 1 : block), std::move(fresh));
        head_ += block_size();
    }

    /// Twice as many as the elements need; since those may begin and end within blocks, more than half of the others is
    /// empty.
    [[nodiscard]] std::size_t kept_blocks() const noexcept { return 2 * ((size_ + block_size() - 1) >> bits_) + 2; }
    [[nodiscard]] bool has_many_blocks() const noexcept { return blocks_.size() > kept_blocks(); }

    /// Removes some of the many blocks, such as hold nothing.
    void remove_blocks() noexcept {
        if (size_ == 0) head_ = 0;
        const std::size_t count = blocks_.size();
        const std::size_t head_block = head_ >> kMostBits;
        // The first block after the last element; from there on those up to the first element's are empty.
        const std::size_t begin = ((head_ + size_ + block_size() - 1) >> kMostBits) % count;
        const std::size_t empty = size_ == 0 ? count - 1 : (head_block + count - begin) % count;
        const std::size_t removed = std::min({kRemovedAtOnce, empty, count - kept_blocks()});
        const std::size_t from = size_ == 0 ? 1 : begin;
        const std::size_t behind = std::min(removed, count - from);
        const std::size_t in_front = removed - behind;
        const auto first = blocks_.begin() + static_cast<std::ptrdiff_t>(from);
        blocks_.erase(first, first + static_cast<std::ptrdiff_t>(behind));
        blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(in_front));
        head_ -= ((from <= head_block && size_ != 0 ? behind : 0) + in_front) << kMostBits;
    }

    std::vector<Block> blocks_;  ///< all of one size; more than one only of the largest
    std::size_t bits_ = kFewestBits;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

}  // namespace arenite::redis

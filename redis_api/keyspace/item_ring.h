// The elements of a list: a ring of strings, indexed from its left end.
//
// Only what says so may throw std::bad_alloc, and then nothing has changed. The room for elements
// shrinks only by shrink(): a ring that has held n elements can hold n again without allocating.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "redis_api/keyspace/free_queue.h"

namespace arenite::redis {

class ItemRing {
public:
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
        bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

    private:
        const ItemRing* ring_ = nullptr;
        std::size_t index_ = 0;
    };

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    Iterator begin() const noexcept { return {*this, 0}; }
    Iterator end() const noexcept { return {*this, size_}; }
    const std::string& operator[](std::size_t index) const noexcept { return slots_[place(index)]; }
    std::string& operator[](std::size_t index) noexcept { return slots_[place(index)]; }

    // Makes room for one more element. May throw.
    void reserve_one() {
        if (size_ == slots_.size()) move_to(slots_.empty() ? kFewest : slots_.size() * 2);
    }
    // Gives room back when three quarters are not used.
    void shrink() noexcept {
        std::size_t wanted = slots_.size();
        while (wanted > kFewest && size_ <= wanted / 4) wanted /= 2;
        if (wanted == slots_.size()) return;
        try {
            move_to(wanted);
        } catch (...) {
            return;  // it stays wide
        }
    }

    // These need room.
    void push_front(std::string item) noexcept {
        head_ = head_ == 0 ? slots_.size() - 1 : head_ - 1;
        ++size_;
        slots_[head_] = std::move(item);
    }
    void push_back(std::string item) noexcept {
        ++size_;
        slots_[place(size_ - 1)] = std::move(item);
    }
    void insert(std::size_t index, std::string item) noexcept {
        push_back({});
        for (std::size_t i = size_ - 1; i > index; --i) (*this)[i] = std::move((*this)[i - 1]);
        (*this)[index] = std::move(item);
    }

    std::string pop_front() noexcept {
        std::string item = take(head_);
        head_ = head_ + 1 == slots_.size() ? 0 : head_ + 1;
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

    // As that of Dict, of everything.
    bool free_some(FreeAllowance& allowance) noexcept {
        for (size_ = 0; !slots_.empty(); slots_.pop_back(), give_back_slice(slots_)) {
            if (allowance <= 0 || !arenite::redis::free_some(slots_.back(), allowance)) return false;
            allowance -= free_cost::kItem;
        }
        return true;
    }

private:
    static constexpr std::size_t kFewest = 8;  // a power of two, like every number of slots

    std::size_t place(std::size_t index) const noexcept { return (head_ + index) & (slots_.size() - 1); }
    // The bytes of an empty place are given back.
    std::string take(std::size_t slot) noexcept {
        std::string item;
        item.swap(slots_[slot]);
        return item;
    }
    void move_to(std::size_t count) {
        std::vector<std::string> fresh(count);
        for (std::size_t i = 0; i < size_; ++i) fresh[i] = std::move((*this)[i]);
        slots_ = std::move(fresh);
        head_ = 0;
    }

    std::vector<std::string> slots_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

}  // namespace arenite::redis

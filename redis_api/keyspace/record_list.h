// The records of an undo journal: a list that grows at its end, without moving what it holds once it is long.
//
// Only reserve() may throw std::bad_alloc, and then nothing has changed. A few records need no memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>

namespace arenite::redis {

template <class Record>
class RecordList {
public:
    [[nodiscard]] std::size_t size() const noexcept { return few_.size() + (blocks_.empty() ? 0 : in_blocks()); }
    [[nodiscard]] bool empty() const noexcept { return few_.empty(); }

    Record& operator[](std::size_t index) noexcept {
        if (index < kFew) return few_[index];
        return (*blocks_[(index - kFew) / kBlock])[(index - kFew) % kBlock];
    }
    [[nodiscard]] Record& back() noexcept { return (*this)[size() - 1]; }

    /// Room for `count` more, which is less than a block.
    void reserve(std::size_t count) {
        const std::size_t wanted = size() + count;
        if (wanted <= std::min(few_.capacity(), kFew)) return;
        if (few_.capacity() < kFew) few_.reserve(std::min(kFew, std::max(wanted, 2 * few_.capacity())));
        if (wanted <= kFew || wanted - kFew <= blocks_.size() * kBlock) return;
        if (blocks_.size() == blocks_.capacity()) blocks_.reserve(2 * blocks_.size() + 4);
        blocks_.push_back(std::make_unique<Block>());
    }
    /// Room was reserved.
    // NOLINTNEXTLINE(bugprone-exception-escape): within capacity, where push_back allocates nothing
    void push_back(Record record) noexcept {
        if (few_.size() < kFew) {
            few_.push_back(std::move(record));
            return;
        }
        if (used_ == 0 || blocks_[used_ - 1]->size() == kBlock) ++used_;
        blocks_[used_ - 1]->push_back(std::move(record));
    }
    void pop_back() noexcept {
        if (used_ == 0) {
            few_.pop_back();
            return;
        }
        blocks_[used_ - 1]->pop_back();
        if (!blocks_[used_ - 1]->empty()) return;
        --used_;
        blocks_.resize(used_ + 1);  // one more, for the next record
    }
    void truncate(std::size_t size) noexcept {
        while (this->size() > size) pop_back();
    }

private:
    static constexpr std::size_t kFew = 128;
    static constexpr std::size_t kBlock = 128;
    using Block = boost::container::static_vector<Record, kBlock>;

    [[nodiscard]] std::size_t in_blocks() const noexcept {
        return used_ == 0 ? 0 : (used_ - 1) * kBlock + blocks_[used_ - 1]->size();
    }

    boost::container::small_vector<Record, 4> few_;
    std::vector<std::unique_ptr<Block>> blocks_;  ///< after kFew
    std::size_t used_ = 0;                        ///< of the blocks
};

}  // namespace arenite::redis

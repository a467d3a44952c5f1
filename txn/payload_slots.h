// ArraySlots: a view of an array part that may be written to (heap/payload_view.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "heap/payload_view.h"
#include "txn/transaction.h"

namespace arenite {

/// The slots of the array part of a table that may be written freely (O2); empty for any other table, and for what is none.
class ARENITE_VIEW ArraySlots final : PayloadView {
public:
    ArraySlots(const Transaction& txn, Heap& heap, Handle<Table> table) ARENITE_VIEW_BEGINS : table_(heap.get(table)) {
        if (!table_) return;
        const auto writable = txn.writable(*table_);
        if (!writable) return;
        slots_ = writable->array().data();
        size_ = table_->array_size();
        self_ = table.bits;
    }
    ~ArraySlots() ARENITE_VIEW_ENDS {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] Value& operator[](std::size_t i) const ARENITE_LIFETIMEBOUND {
        ARENITE_REQUIRE(i < size_ && is_current(), kPayloadMoved);
        // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.UndefReturn): there is none where size_ is 0
        return slots_[i];
    }
    /// Moves `count` values from the slots at `from` on to those at `to` on; both ranges are within the size.
    void move(std::size_t from, std::size_t to, std::size_t count) const {
        ARENITE_REQUIRE(from + count <= size_ && to + count <= size_ && is_current(), kPayloadMoved);
        std::memmove(static_cast<void*>(slots_ + to), slots_ + from, count * sizeof(Value));
    }

private:
    [[nodiscard]] bool is_current() const {
        return table_->self == self_ && table_->array() == slots_ && table_->array_size() == size_;
    }

    Table* const table_;
    Value* slots_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t self_ = 0;
};

}  // namespace arenite

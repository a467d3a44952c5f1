// The results of a native that has many of them: gathered in a small array, then in a table in a local slot, so that they
// outlive a request.
//
// Invariants
//  RS1. What is in the array is lost when the native returns: save() before every request.
//  RS2. Once there is a table, everything goes there, and save() needs no memory.
#pragma once

#include <cstdint>

#include <arenite/native.h>

namespace arenite::redis {

class ResultList {
public:
    /// Local slots that it takes from `slot` on, nil at first.
    static constexpr std::uint32_t kSlots = 2;

    ResultList(NativeContext& cx, std::uint32_t slot) : cx_(cx), slot_(slot) {
        if (cx.state() == 0) return;
        if (const Value table = cx.local(slot + kTable); !table.is_nil()) table_ = table.as<Table>();
        if (const Value count = cx.local(slot + kCount); !count.is_nil()) {
            count_ = static_cast<std::uint32_t>(count.as_number());
        }
    }
    ResultList(const ResultList&) = delete;
    ResultList& operator=(const ResultList&) = delete;

    [[nodiscard]] std::uint32_t count() const { return count_; }
    /// The last one; count() > 0.
    [[nodiscard]] Value back() const { return table_ ? cx_.raw_get(table_, std::int64_t{count_}) : small_[count_ - 1]; }
    /// False: the error is recorded, and nothing has changed.
    [[nodiscard]] bool set_back(Value v) {
        if (table_) return cx_.raw_set(table_, std::int64_t{count_}, v);
        small_[count_ - 1] = v;
        return true;
    }
    [[nodiscard]] bool push(Value v) {
        if (!table_ && count_ < kSmall) {
            small_[count_++] = v;
            return true;
        }
        if (!spill() || !cx_.raw_set(table_, std::int64_t{count_} + 1, v)) return false;
        ++count_;
        return true;
    }
    /// Moves everything to the local slots (RS1).
    [[nodiscard]] bool save();
    /// Pushes all of them as results of the native, after begin_results().
    [[nodiscard]] bool push_all();

private:
    enum Slot : std::uint32_t { kTable, kCount };
    static constexpr std::uint32_t kSmall = 16;

    [[nodiscard]] bool spill();

    NativeContext& cx_;
    std::uint32_t slot_;
    std::uint32_t count_ = 0;
    Handle<Table> table_;
    Value small_[kSmall];
};

}  // namespace arenite::redis

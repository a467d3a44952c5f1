// A Redis list.
//
// Undo. begin_undo() opens a scope, which ends with commit_undo() or rollback_undo(); scopes nest and
// share one journal of steps, each from its mark on.
//  1. Any number of pushes, pops and stores makes one step, which is bounded by the elements that were
//     there: what was pushed is counted, and only what was there before is kept (Ends).
//  2. A change in the middle is a step that keeps the elements that it removes.
//  3. Rollback undoes the steps from the last one back. Ending a scope allocates nothing. A change that
//     cannot be journaled throws std::bad_alloc before anything has changed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "redis_api/keyspace/item_ring.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

enum class ListEnd { Left, Right };

class ListValue {
public:
    using Items = ItemRing;

    ListValue() = default;
    ListValue(ListValue&&) = default;
    ListValue& operator=(ListValue&&) = default;

    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
    [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
    [[nodiscard]] const std::string& at(std::size_t index) const { return items_[index]; }
    [[nodiscard]] const Items& items() const noexcept { return items_; }

    void push(ListEnd end, std::string item);
    std::string pop(ListEnd end);  ///< "" of an empty list
    /// Removes `count` items, or all that there are, from one end.
    void drop(ListEnd end, std::size_t count);
    void store(std::size_t index, std::string item);
    /// The new item gets position `index`.
    void insert(std::size_t index, std::string item, WorkMeter& meter);
    /// Removes up to `most` items that `matches` says (0: all), from the given end on; returns how many. What `matches`
    /// throws comes before anything has changed.
    template <class Matches>
    std::size_t remove(Matches&& matches, std::size_t most, ListEnd from, WorkMeter& meter) {
        Removed removed;
        const std::size_t size = items_.size();
        for (std::size_t n = 0; n < size && (most == 0 || removed.items.size() < most); ++n) {
            const std::size_t index = from == ListEnd::Left ? n : size - 1 - n;
            if (matches(items_[index])) removed.items.emplace_back(index, std::string());
        }
        if (from == ListEnd::Right) std::reverse(removed.items.begin(), removed.items.end());
        return remove(std::move(removed), meter);
    }

    [[nodiscard]] ListValue clone(WorkMeter& meter) const;
    void begin_undo();
    void commit_undo() noexcept;
    void rollback_undo() noexcept;
    /// As those of Dict.
    [[nodiscard]] bool has_dropped() const noexcept {
        return ended_ != nullptr || (undo_ == nullptr && items_.is_wide());
    }
    [[nodiscard]] bool free_some(bool everything, FreeAllowance& allowance) noexcept;

private:
    /// The list before was: popped_left, then the old items still here, then popped_right reversed,
    /// with `stored` put back by old position. Still here are the items after `born_left` and before
    /// `born_right` new ones.
    struct Ends {
        explicit Ends(std::size_t size) : old_size(size) {}

        std::size_t old_size;
        std::size_t born_left = 0;
        std::size_t born_right = 0;
        std::list<std::string> popped_left = {};
        std::list<std::string> popped_right = {};
        std::map<std::size_t, std::string> stored = {};

        [[nodiscard]] std::size_t old_items_here() const noexcept {
            return old_size - popped_left.size() - popped_right.size();
        }
    };
    struct Inserted {
        std::size_t index;
    };
    struct Removed {
        std::vector<std::pair<std::size_t, std::string>> items;  ///< by position before, ascending
    };
    using Step = std::variant<Ends, Inserted, Removed>;
    using Steps = boost::container::small_vector<Step, 1>;
    struct Undo {
        std::unique_ptr<Undo> next = nullptr;  ///< when it has ended
        Steps steps;
        boost::container::small_vector<std::size_t, 4> starts;  ///< of the scopes: the numbers of their first steps
    };

    [[nodiscard]] static bool free_step(Ends& step, FreeAllowance& allowance) noexcept;
    [[nodiscard]] static bool free_step(Inserted& step, FreeAllowance& allowance) noexcept;
    [[nodiscard]] static bool free_step(Removed& step, FreeAllowance& allowance) noexcept;
    std::size_t remove(Removed removed, WorkMeter& meter);
    /// Outside of scopes; the rest is up to free_some().
    void shrink() noexcept {
        if (undo_ == nullptr && items_.is_wide()) (void)items_.shrink_some();
    }
    /// Takes an item off; `wanted`: the caller and the journal each need it.
    std::string take(ListEnd end, bool wanted);
    /// The last step of the innermost scope, made when it is not of this kind; null outside of scopes.
    [[nodiscard]] Ends* ends();
    void undo_step(Ends& step) noexcept;
    void undo_step(const Inserted& step) noexcept;
    void undo_step(Removed& step) noexcept;
    /// Makes `first` and what came after it one step.
    static void join(Ends& first, Ends& second) noexcept;

    Items items_;
    std::unique_ptr<Undo> undo_;
    std::unique_ptr<Undo> ended_;  ///< linked by next
};

}  // namespace arenite::redis

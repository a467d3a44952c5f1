// A Redis list. Undo of pushes, pops and element stores is kept per element; the first change in
// the middle keeps a copy of the list, which costs no more than such a change does.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arenite::redis {

enum class ListEnd { Left, Right };

class ListValue {
public:
    using Items = std::deque<std::string>;

    ListValue() = default;
    ListValue(ListValue&&) = default;
    ListValue& operator=(ListValue&&) = default;

    std::size_t size() const noexcept { return items_.size(); }
    bool empty() const noexcept { return items_.empty(); }
    const std::string& at(std::size_t index) const { return items_[index]; }
    const Items& items() const noexcept { return items_; }

    void push(ListEnd end, std::string item);
    std::string pop(ListEnd end);  // not of an empty list
    void store(std::size_t index, std::string item);
    // The new item gets position `index`.
    void insert(std::size_t index, std::string item);
    // Removes up to `most` items equal to `item` (0: all), from the given end on; returns how many.
    std::size_t remove(std::string_view item, std::size_t most, ListEnd from);

    ListValue clone() const;
    void begin_undo();
    void commit_undo() noexcept { undo_.reset(); }
    void rollback_undo();

private:
    // The list at begin is: popped_left, then the old items still here, then popped_right reversed,
    // with `stored` put back by old position. Still here are the items behind `born_left` and before
    // `born_right` new ones.
    struct Undo {
        std::size_t old_size;
        std::size_t born_left = 0;
        std::size_t born_right = 0;
        std::vector<std::string> popped_left;
        std::vector<std::string> popped_right;
        std::map<std::size_t, std::string> stored;
        std::optional<Items> whole;  // replaces all of the above
    };

    std::size_t old_items_here() const noexcept {
        return undo_->old_size - undo_->popped_left.size() - undo_->popped_right.size();
    }
    void keep_whole();
    static void restore(Items& items, const Undo& undo);

    Items items_;
    std::unique_ptr<Undo> undo_;
};

}  // namespace arenite::redis

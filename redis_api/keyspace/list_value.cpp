#include "redis_api/keyspace/list_value.h"

#include <algorithm>

namespace arenite::redis {

void ListValue::push(ListEnd end, std::string item) {
    if (end == ListEnd::Left) {
        items_.push_front(std::move(item));
    } else {
        items_.push_back(std::move(item));
    }
    if (undo_ != nullptr) ++(end == ListEnd::Left ? undo_->born_left : undo_->born_right);
}

std::string ListValue::pop(ListEnd end) {
    const bool left = end == ListEnd::Left;
    std::string item = std::move(left ? items_.front() : items_.back());
    if (left) {
        items_.pop_front();
    } else {
        items_.pop_back();
    }
    if (undo_ != nullptr && !undo_->whole) {
        std::size_t& born_here = left ? undo_->born_left : undo_->born_right;
        std::size_t& born_there = left ? undo_->born_right : undo_->born_left;
        if (born_here > 0) {
            --born_here;
        } else if (old_items_here() > 0) {
            (left ? undo_->popped_left : undo_->popped_right).push_back(item);
        } else {
            --born_there;
        }
    }
    return item;
}

void ListValue::store(std::size_t index, std::string item) {
    if (undo_ != nullptr && !undo_->whole && index >= undo_->born_left && index < items_.size() - undo_->born_right) {
        const std::size_t old_index = index - undo_->born_left + undo_->popped_left.size();
        undo_->stored.try_emplace(old_index, items_[index]);
    }
    items_[index] = std::move(item);
}

void ListValue::insert(std::size_t index, std::string item) {
    if (index == 0 || index == items_.size()) {
        push(index == 0 ? ListEnd::Left : ListEnd::Right, std::move(item));
        return;
    }
    keep_whole();
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(index), std::move(item));
}

std::size_t ListValue::remove(std::string_view item, std::size_t most, ListEnd from) {
    if (std::find(items_.begin(), items_.end(), item) == items_.end()) return 0;
    keep_whole();
    std::size_t removed = 0;
    const auto goes = [&](const std::string& each) {
        if ((most != 0 && removed == most) || each != item) return false;
        ++removed;
        return true;
    };
    if (from == ListEnd::Left) {
        items_.erase(std::remove_if(items_.begin(), items_.end(), goes), items_.end());
    } else {
        const auto kept = std::remove_if(items_.rbegin(), items_.rend(), goes);
        items_.erase(items_.begin(), kept.base());
    }
    return removed;
}

ListValue ListValue::clone() const {
    ListValue copy;
    copy.items_ = items_;
    return copy;
}

void ListValue::begin_undo() {
    undo_ = std::make_unique<Undo>();
    undo_->old_size = items_.size();
}

void ListValue::keep_whole() {
    if (undo_ == nullptr || undo_->whole) return;
    Items old = items_;
    restore(old, *undo_);
    *undo_ = Undo{};
    undo_->whole = std::move(old);
}

void ListValue::restore(Items& items, const Undo& undo) {
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(undo.born_left));
    items.erase(items.end() - static_cast<std::ptrdiff_t>(undo.born_right), items.end());
    for (std::size_t i = undo.popped_left.size(); i-- > 0;) items.push_front(undo.popped_left[i]);
    for (std::size_t i = undo.popped_right.size(); i-- > 0;) items.push_back(undo.popped_right[i]);
    for (const auto& [index, old] : undo.stored) items[index] = old;
}

void ListValue::rollback_undo() {
    if (undo_ == nullptr) return;
    if (undo_->whole) {
        items_ = std::move(*undo_->whole);
    } else {
        restore(items_, *undo_);
    }
    undo_.reset();
}

}  // namespace arenite::redis

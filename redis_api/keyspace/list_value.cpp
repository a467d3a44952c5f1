#include "redis_api/keyspace/list_value.h"

#include <algorithm>
#include <exception>
#include <iterator>

namespace arenite::redis {
namespace {

/// Units for what the end of a scope frees without delay.
constexpr FreeAllowance kFreedAtOnce = 16;

}  // namespace

void ListValue::push(ListEnd end, std::string item) {
    Ends* const kept = ends();
    items_.reserve_one();
    if (end == ListEnd::Left) {
        items_.push_front(std::move(item));
        if (kept != nullptr) ++kept->born_left;
    } else {
        items_.push_back(std::move(item));
        if (kept != nullptr) ++kept->born_right;
    }
}

std::string ListValue::take(ListEnd end, bool wanted) {
    if (items_.empty()) return {};
    const bool left = end == ListEnd::Left;
    if (Ends* const kept = ends()) {
        std::size_t& born_here = left ? kept->born_left : kept->born_right;
        std::size_t& born_there = left ? kept->born_right : kept->born_left;
        if (born_here > 0) {
            --born_here;
        } else if (kept->old_items_here() > 0) {
            std::string& old = items_[left ? 0 : items_.size() - 1];
            std::list<std::string>& popped = left ? kept->popped_left : kept->popped_right;
            if (wanted) {
                popped.push_back(old);
            } else {
                popped.push_back(std::move(old));
            }
        } else {
            --born_there;
        }
    }
    return left ? items_.pop_front() : items_.pop_back();
}

std::string ListValue::pop(ListEnd end) {
    std::string item = take(end, true);
    shrink();
    return item;
}

void ListValue::drop(ListEnd end, std::size_t count) {
    for (; count > 0 && !items_.empty(); --count) (void)take(end, false);
    shrink();
}

void ListValue::store(std::size_t index, std::string item) {
    Ends* const kept = ends();
    if (kept != nullptr && index >= kept->born_left && index < items_.size() - kept->born_right) {
        const std::size_t old_index = index - kept->born_left + kept->popped_left.size();
        kept->stored.try_emplace(old_index, items_[index]);
    }
    items_[index] = std::move(item);
}

namespace {

/// Charges elements that are moved. Where the command is to end in the middle, they are all moved nevertheless, so that the
/// list is whole when that is undone.
class MovedPieces {
public:
    explicit MovedPieces(WorkMeter& meter) noexcept : meter_(meter) {}
    void operator()() noexcept {
        if (failure_ != nullptr) return;
        try {
            meter_.charge(ItemRing::kMovedPiece);
        } catch (...) {
            failure_ = std::current_exception();
        }
    }
    /// To be called at the end.
    void rethrow() const {
        if (failure_ != nullptr) std::rethrow_exception(failure_);
    }

private:
    WorkMeter& meter_;
    std::exception_ptr failure_;
};

}  // namespace

void ListValue::insert(std::size_t index, std::string item, WorkMeter& meter) {
    if (index == 0 || index == items_.size()) {
        push(index == 0 ? ListEnd::Left : ListEnd::Right, std::move(item));
        return;
    }
    items_.reserve_one();
    if (undo_ != nullptr) undo_->steps.emplace_back(Inserted{index});
    MovedPieces moved(meter);
    items_.insert(index, std::move(item), moved);
    moved.rethrow();
}

std::size_t ListValue::remove(Removed removed, WorkMeter& meter) {
    const std::size_t size = items_.size();
    const std::size_t count = removed.items.size();
    if (count == 0) return 0;
    Removed* goes = &removed;
    if (undo_ != nullptr) goes = &std::get<Removed>(undo_->steps.emplace_back(std::move(removed)));
    auto next = goes->items.begin();
    std::size_t to = next->first;
    MovedPieces moved(meter);
    for (std::size_t i = to; i < size; ++i) {
        if (i % ItemRing::kMovedPiece == 0) moved();
        if (next != goes->items.end() && next->first == i) {
            next->second = std::move(items_[i]);
            ++next;
        } else {
            items_[to++] = std::move(items_[i]);
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        (void)items_.pop_back();
        if (i % ItemRing::kMovedPiece == 0) moved();
    }
    shrink();
    moved.rethrow();
    return count;
}

ListValue ListValue::clone(WorkMeter& meter) const {
    ListValue copy;
    for (const std::string& item : items_) {
        meter.charge(WorkMeter::kLookup);
        meter.charge_bytes(item.size());
        copy.push(ListEnd::Right, item);
    }
    return copy;
}

// Undo -------------------------------------------------------------------------------------------

ListValue::Ends* ListValue::ends() {
    if (undo_ == nullptr) return nullptr;
    Steps& steps = undo_->steps;
    if (steps.size() == undo_->starts.back() || !std::holds_alternative<Ends>(steps.back())) {
        steps.emplace_back(std::in_place_type<Ends>, items_.size());
    }
    return std::get_if<Ends>(&steps.back());
}

void ListValue::begin_undo() {
    std::unique_ptr<Undo> fresh;
    if (undo_ == nullptr) fresh = std::make_unique<Undo>();
    Undo& undo = fresh != nullptr ? *fresh : *undo_;
    undo.starts.push_back(undo.steps.size());
    if (fresh != nullptr) undo_ = std::move(fresh);
}

void ListValue::commit_undo() noexcept {
    if (undo_ == nullptr) return;
    const std::size_t start = undo_->starts.back();
    undo_->starts.pop_back();
    if (undo_->starts.empty()) {
        undo_->next = std::move(ended_);
        ended_ = std::move(undo_);
        shrink();
        FreeAllowance some = kFreedAtOnce;
        (void)free_some(false, some);
        return;
    }
    Steps& steps = undo_->steps;
    if (start == undo_->starts.back() || start == steps.size()) return;
    Ends* const last_outer = std::get_if<Ends>(&steps[start - 1]);
    Ends* const first_inner = std::get_if<Ends>(&steps[start]);
    if (last_outer == nullptr || first_inner == nullptr) return;
    join(*last_outer, *first_inner);
    steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(start));
}

bool ListValue::free_some(bool everything, FreeAllowance& allowance) noexcept {
    for (; ended_ != nullptr; ended_ = std::move(ended_->next)) {
        for (Steps& steps = ended_->steps; !steps.empty(); steps.pop_back()) {
            const auto free = [&allowance](auto& step) { return free_step(step, allowance); };
            if (!std::visit(free, steps.back())) return false;
        }
    }
    if (everything) return items_.free_some(allowance);
    while (undo_ == nullptr && items_.is_wide()) {
        if (allowance <= 0) return false;
        if (!items_.shrink_some()) break;
        allowance -= free_cost::kShrink;
    }
    return true;
}

bool ListValue::free_step(Ends& step, FreeAllowance& allowance) noexcept {
    const auto free_text = [&allowance](std::string& text) {
        if (allowance <= 0 || !arenite::redis::free_some(text, allowance)) return false;
        allowance -= free_cost::kItem;
        return true;
    };
    for (std::list<std::string>* popped : {&step.popped_left, &step.popped_right}) {
        for (; !popped->empty(); popped->pop_back()) {
            if (!free_text(popped->back())) return false;
        }
    }
    for (; !step.stored.empty(); step.stored.erase(step.stored.begin())) {
        if (!free_text(step.stored.begin()->second)) return false;
    }
    return true;
}

bool ListValue::free_step(Inserted& /*step*/, FreeAllowance& allowance) noexcept {
    allowance -= free_cost::kItem;
    return true;
}

bool ListValue::free_step(Removed& step, FreeAllowance& allowance) noexcept {
    for (; !step.items.empty(); step.items.pop_back(), release_slice(step.items)) {
        if (allowance <= 0 || !arenite::redis::free_some(step.items.back().second, allowance)) return false;
        allowance -= free_cost::kItem;
    }
    return true;
}

void ListValue::join(Ends& first, Ends& second) noexcept {
    // What the second step popped was, from the left: born in the first, old, or born at its right end.
    const std::size_t old_here = first.old_items_here();
    const std::size_t old_before = first.popped_left.size();
    const std::size_t left = second.popped_left.size();
    const std::size_t left_born = std::min(left, first.born_left);
    const std::size_t left_old = std::min(left - left_born, old_here);
    const std::size_t left_far = left - left_born - left_old;
    const std::size_t right = second.popped_right.size();
    const std::size_t right_born = std::min(right, first.born_right - left_far);
    const std::size_t right_old = std::min(right - right_born, old_here - left_old);
    const std::size_t right_far = right - right_born - right_old;

    const auto move_old = [](std::list<std::string>& from, std::size_t skipped, std::size_t count,
                             std::list<std::string>& to) {
        const auto begin = std::next(from.begin(), static_cast<std::ptrdiff_t>(skipped));
        to.splice(to.end(), from, begin, std::next(begin, static_cast<std::ptrdiff_t>(count)));
    };
    move_old(second.popped_left, left_born, left_old, first.popped_left);
    move_old(second.popped_right, right_born, right_old, first.popped_right);
    while (!second.stored.empty()) {
        auto stored = second.stored.extract(second.stored.begin());
        if (stored.key() < first.born_left || stored.key() >= first.born_left + old_here) continue;
        stored.key() += old_before - first.born_left;
        first.stored.insert(std::move(stored));  // unless an older one is there
    }
    first.born_left = first.born_left - left_born - right_far + second.born_left;
    first.born_right = first.born_right - right_born - left_far + second.born_right;
}

void ListValue::rollback_undo() noexcept {
    if (undo_ == nullptr) return;
    Steps& steps = undo_->steps;
    while (steps.size() > undo_->starts.back()) {
        std::visit([this](auto& step) { undo_step(step); }, steps.back());
        steps.pop_back();
    }
    undo_->starts.pop_back();
    if (!undo_->starts.empty()) return;
    undo_.reset();
    shrink();
}

void ListValue::undo_step(Ends& step) noexcept {
    for (; step.born_left > 0; --step.born_left) (void)items_.pop_front();
    for (; step.born_right > 0; --step.born_right) (void)items_.pop_back();
    for (auto it = step.popped_left.rbegin(); it != step.popped_left.rend(); ++it) items_.push_front(std::move(*it));
    for (auto it = step.popped_right.rbegin(); it != step.popped_right.rend(); ++it) items_.push_back(std::move(*it));
    for (auto& [index, old] : step.stored) items_[index] = std::move(old);
}

void ListValue::undo_step(const Inserted& step) noexcept {
    items_.erase(step.index);
}

void ListValue::undo_step(Removed& step) noexcept {
    std::size_t from = items_.size();  // after what is still to be moved
    for (std::size_t i = 0; i < step.items.size(); ++i) items_.push_back({});
    auto next = step.items.rbegin();
    for (std::size_t to = items_.size(); next != step.items.rend(); --to) {
        if (next->first == to - 1) {
            items_[to - 1] = std::move(next->second);
            ++next;
        } else {
            --from;
            items_[to - 1] = std::move(items_[from]);
        }
    }
}

}  // namespace arenite::redis

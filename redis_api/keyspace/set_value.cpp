#include "redis_api/keyspace/set_value.h"

#include <algorithm>
#include <utility>

#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

// Redis config.c: set-max-intset-entries.
constexpr std::size_t kMostIntegers = 512;

}  // namespace

std::vector<std::string_view> SetValue::members() const {
    std::vector<std::string_view> result;
    result.reserve(members_.size());
    if (!integers_) {
        for (const auto* node = members_.first(); node != nullptr; node = node->next()) {
            result.emplace_back(node->key());
        }
        return result;
    }
    std::vector<std::pair<std::int64_t, std::string_view>> numbered;
    numbered.reserve(members_.size());
    for (const auto* node = members_.first(); node != nullptr; node = node->next()) {
        numbered.emplace_back(parse_integer(node->key()).value_or(0), node->key());
    }
    std::sort(numbered.begin(), numbered.end());
    for (const auto& [number, text] : numbered) result.emplace_back(text);
    return result;
}

bool SetValue::add(std::string_view member) {
    if (members_.contains(member)) return false;
    members_.insert(member, {});
    if (integers_ && (members_.size() > kMostIntegers || !parse_integer(member))) integers_ = false;
    return true;
}

void SetValue::settle() {
    integers_ = members_.size() <= kMostIntegers;
    for (const auto* node = members_.first(); node != nullptr && integers_; node = node->next()) {
        integers_ = parse_integer(node->key()).has_value();
    }
}

void SetValue::copy_from(const SetValue& other) {
    for (const auto* node = other.members_.first(); node != nullptr; node = node->next()) {
        members_.insert(node->key(), {});
    }
    integers_ = other.integers_;
}

void SetValue::begin_undo() {
    were_integers_.push_back(integers_);
    try {
        members_.begin_undo();
    } catch (...) {
        were_integers_.pop_back();
        throw;
    }
}

void SetValue::commit_undo() noexcept {
    if (were_integers_.empty()) return;
    members_.commit_undo();
    were_integers_.pop_back();
}

void SetValue::rollback_undo() noexcept {
    if (were_integers_.empty()) return;
    members_.rollback_undo();
    integers_ = were_integers_.back();
    were_integers_.pop_back();
}

}  // namespace arenite::redis

#include "redis_api/keyspace/set_value.h"

#include <algorithm>
#include <utility>

#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

/// Redis config.c: set-max-intset-entries.
constexpr std::size_t kMostIntegers = 512;

}  // namespace

void SetValue::sort_integers(std::vector<std::string_view>& members) {
    std::vector<std::pair<std::int64_t, std::string_view>> numbered;
    numbered.reserve(members.size());
    for (const std::string_view member : members) numbered.emplace_back(parse_integer(member).value_or(0), member);
    std::sort(numbered.begin(), numbered.end());
    for (std::size_t i = 0; i < members.size(); ++i) members[i] = numbered[i].second;
}

bool SetValue::add(std::string_view member) {
    const Members::HashedKey key(member);
    if (members_.find(key) != nullptr) return false;
    members_.insert(key, {});
    if (integers_ && (members_.size() > kMostIntegers || !parse_integer(member))) integers_ = false;
    return true;
}

void SetValue::settle() {
    integers_ = members_.size() <= kMostIntegers;
    for (const auto* node = members_.first(); node != nullptr && integers_; node = node->next()) {
        integers_ = parse_integer(node->key()).has_value();
    }
}

void SetValue::copy_from(const SetValue& other, WorkMeter& meter) {
    for (const auto* node = other.members_.first(); node != nullptr; node = node->next()) {
        meter.charge(2 * WorkMeter::kLookup);
        members_.insert(node->key(), {});
    }
    integers_ = other.integers_;
}

void SetValue::begin_undo() {
    members_.begin_undo(integers_);
}

void SetValue::commit_undo() noexcept {
    members_.commit_undo();
}

void SetValue::rollback_undo() noexcept {
    if (!members_.in_undo()) return;
    integers_ = members_.undo_flag();
    members_.rollback_undo();
}

}  // namespace arenite::redis

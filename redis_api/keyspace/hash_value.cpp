#include "redis_api/keyspace/hash_value.h"

namespace arenite::redis {
namespace {

/// Redis config.c: hash-max-listpack-entries, hash-max-listpack-value.
constexpr std::size_t kMostCompactFields = 512;
constexpr std::size_t kLongestCompactText = 64;

}  // namespace

const std::string* HashValue::find(std::string_view field) const noexcept {
    const Fields::Node* node = fields_.find(field);
    return node != nullptr ? &node->value() : nullptr;
}

bool HashValue::set(std::string_view field, std::string value) {
    const bool long_text = field.size() > kLongestCompactText || value.size() > kLongestCompactText;
    const Fields::HashedKey key(field);
    Fields::Node* node = fields_.find(key);
    const bool known = node != nullptr;
    if (known) {
        fields_.assign(node, std::move(value));
    } else {
        fields_.insert(key, std::move(value));
    }
    if (long_text || fields_.size() > kMostCompactFields) compact_ = false;
    return !known;
}

void HashValue::copy_from(const HashValue& other, WorkMeter& meter) {
    for (const auto* node = other.fields_.first(); node != nullptr; node = node->next()) {
        meter.charge(2 * WorkMeter::kLookup);
        meter.charge_bytes(node->value().size());
        fields_.insert(node->key(), node->value());
    }
    compact_ = other.compact_;
}

void HashValue::begin_undo() {
    fields_.begin_undo(compact_);
}

void HashValue::commit_undo() noexcept {
    fields_.commit_undo();
}

void HashValue::rollback_undo() noexcept {
    if (!fields_.in_undo()) return;
    compact_ = fields_.undo_flag();
    fields_.rollback_undo();
}

}  // namespace arenite::redis

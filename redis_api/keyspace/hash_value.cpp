#include "redis_api/keyspace/hash_value.h"

namespace arenite::redis {
namespace {

// Redis config.c: hash-max-listpack-entries, hash-max-listpack-value.
constexpr std::size_t kMostCompactFields = 512;
constexpr std::size_t kLongestCompactText = 64;

}  // namespace

const std::string* HashValue::find(std::string_view field) const noexcept {
    const Fields::Node* node = fields_.find(field);
    return node != nullptr ? &node->value() : nullptr;
}

bool HashValue::set(std::string_view field, std::string value) {
    if (field.size() > kLongestCompactText || value.size() > kLongestCompactText) compact_ = false;
    if (Fields::Node* node = fields_.find(field)) {
        fields_.assign(node, std::move(value));
        return false;
    }
    fields_.insert(field, std::move(value));
    if (fields_.size() > kMostCompactFields) compact_ = false;
    return true;
}

void HashValue::copy_from(const HashValue& other) {
    for (const auto* node = other.fields_.first(); node != nullptr; node = node->next()) {
        fields_.insert(node->key(), node->value());
    }
    compact_ = other.compact_;
}

void HashValue::begin_undo() {
    fields_.begin_undo();
    was_compact_ = compact_;
}

void HashValue::rollback_undo() noexcept {
    if (!fields_.in_undo()) return;
    fields_.rollback_undo();
    compact_ = was_compact_;
}

}  // namespace arenite::redis

#include "redis_api/keyspace/object.h"

#include <array>

namespace arenite::redis {

std::string_view Object::type_name() const noexcept {
    static constexpr std::array<std::string_view, 5> kNames{"string", "list", "hash", "set", "zset"};
    static_assert(std::variant_size_v<Value> == kNames.size());
    return kNames[value_.index()];
}

std::string_view Object::encoding_name() const noexcept {
    if (const auto* string = as<StringValue>()) {
        switch (string->encoding()) {
            case StringEncoding::Int: return "int";
            case StringEncoding::Embstr: return "embstr";
            case StringEncoding::Raw: return "raw";
        }
    }
    if (const auto* hash = as<HashValue>()) return hash->compact() ? "listpack" : "hashtable";
    if (const auto* set = as<SetValue>()) return set->integers() ? "intset" : "hashtable";
    if (const auto* zset = as<SortedSet>()) return zset->compact() ? "listpack" : "skiplist";
    return "quicklist";
}

std::size_t Object::element_count() const noexcept {
    const auto* string = as<StringValue>();
    if (string != nullptr) return string->size() / 1024;
    return std::visit([](const auto& value) { return value.size(); }, value_);
}

ObjectPointer Object::clone(FreeQueue& queue, WorkMeter& meter) const {
    if (const auto* string = as<StringValue>()) return make_object<StringValue>(queue, string->clone(meter));
    if (const auto* list = as<ListValue>()) return make_object<ListValue>(queue, list->clone(meter));
    const auto copied = [&queue, &meter]<class T>(const T& source) {
        auto object = make_object<T>(queue);
        object->template as<T>()->copy_from(source, meter);
        return object;
    };
    if (const auto* hash = as<HashValue>()) return copied(*hash);
    if (const auto* set = as<SetValue>()) return copied(*set);
    return copied(*as<SortedSet>());
}

void Object::begin_undo() {
    std::visit([](auto& value) { value.begin_undo(); }, value_);
}

void Object::commit_undo() noexcept {
    std::visit([](auto& value) { value.commit_undo(); }, value_);
}

void Object::rollback_undo() noexcept {
    std::visit([](auto& value) { value.rollback_undo(); }, value_);
}

bool Object::has_dropped() const noexcept {
    return std::visit([](const auto& value) { return value.has_dropped(); }, value_);
}

bool Object::free_some(bool everything, FreeAllowance& allowance) noexcept {
    return std::visit([&](auto& value) { return value.free_some(everything, allowance); }, value_);
}

}  // namespace arenite::redis

#include "redis_api/keyspace/dump.h"

#include <algorithm>
#include <vector>

#include <arenite/redis/reply_text.h>

#include "redis_api/format_double.h"
namespace arenite::redis {
namespace {

std::string content_of(const Object& object) {
    std::string text;
    const auto add = [&text](std::string_view item) { text += ' ' + quote_text(item); };
    if (const auto* string = object.as<StringValue>()) add(string->bytes());
    if (const auto* list = object.as<ListValue>()) {
        for (const std::string& item : list->items()) add(item);
    }
    if (const auto* hash = object.as<HashValue>()) {
        for (const auto* node = hash->fields().first(); node != nullptr; node = node->next()) {
            add(node->key());
            add(node->value());
        }
    }
    if (const auto* set = object.as<SetValue>()) {
        for (const std::string_view member : set->members()) add(member);
    }
    if (const auto* zset = object.as<SortedSet>()) {
        for (const auto* node = zset->first(); node != nullptr; node = node->next()) {
            add(node->member());
            text += ' ' + format_double(node->score());
        }
    }
    return text;
}

}  // namespace

std::string dump_keyspace(const Keyspace& keyspace) {
    std::string text;
    for (int db = 0; db < keyspace.database_count(); ++db) {
        std::vector<const Keyspace::Keys::Node*> nodes;
        for (const auto* node = keyspace.keys(db).first(); node != nullptr; node = node->next()) {
            nodes.push_back(node);
        }
        std::sort(nodes.begin(), nodes.end(), [](const auto* a, const auto* b) { return a->key() < b->key(); });
        for (const auto* node : nodes) {
            const Keyspace::Entry& entry = node->value();
            text += std::to_string(db) + ' ' + quote_text(node->key()) + ' ';
            text += entry.object->type_name();
            text += ' ';
            text += entry.object->encoding_name();
            text += ' ' + std::to_string(entry.expire_ms) + content_of(*entry.object) + '\n';
        }
    }
    return text;
}

}  // namespace arenite::redis

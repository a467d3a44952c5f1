// All that commands can tell of a keyspace, as a text, for tests that compare two states.
#pragma once

#include <string>

#include "redis_api/keyspace/dump.h"
#include "redis_api/keyspace/keyspace.h"

namespace arenite::redis::testing {

/// A walk with SCAN and its relatives over everything, a few elements at a time, and random draws from a source of
/// their own.
inline std::string walk(const Keyspace& keyspace) {
    std::string all;
    for (int db = 0; db < keyspace.database_count(); ++db) {
        std::uint64_t cursor = 0;
        do {
            cursor = keyspace.keys(db).scan(cursor, [&](const Keyspace::Keys::Node& node) {
                all += std::to_string(db) + node.key() + ' ';
                const Object& object = *node.value().object;
                const auto add = [&all](const auto& element) { all += element.key() + ','; };
                std::uint64_t inner = 0;
                do {
                    if (const auto* hash = object.as<HashValue>()) {
                        inner = hash->fields().scan(inner, add);
                    } else if (const auto* set = object.as<SetValue>()) {
                        inner = set->dict().scan(inner, add);
                    } else if (const auto* zset = object.as<SortedSet>()) {
                        inner = zset->scan(inner,
                                           [&all](const SortedSet::Node& element) { all += element.member() + ','; });
                    }
                } while (inner != 0);
            });
        } while (cursor != 0);
        RandomSource random(7);
        auto& keys = const_cast<Keyspace::Keys&>(keyspace.keys(db));
        for (int i = 0; i < 3 && !keys.empty(); ++i) all += keys.random(random)->key() + ';';
    }
    return all;
}

inline std::string state(const Keyspace& keyspace) {
    return dump_keyspace(keyspace) + walk(keyspace);
}

/// The key of an empty collection, which there must not be between commands; empty: there is none.
inline std::string empty_collection(const Keyspace& keyspace) {
    for (int db = 0; db < keyspace.database_count(); ++db) {
        for (const auto* node = keyspace.keys(db).first(); node != nullptr; node = node->next()) {
            const Object& object = *node->value().object;
            if (object.as<StringValue>() == nullptr && object.element_count() == 0) return node->key();
        }
    }
    return {};
}

}  // namespace arenite::redis::testing

// A readable dump of a whole keyspace: for tools, and for tests that compare two states.
#pragma once

#include <string>

#include "redis_api/keyspace/keyspace.h"

namespace arenite::redis {

/// One line per key with database, type, encoding, expiry and content, sorted by key. Two keyspaces
/// that no command can tell apart have equal dumps, except for times of access. Expired keys that
/// are still there are listed.
[[nodiscard]] std::string dump_keyspace(const Keyspace& keyspace);

}  // namespace arenite::redis

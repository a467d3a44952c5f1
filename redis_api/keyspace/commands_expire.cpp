// Expiry of keys (Redis expire.c).
#include <limits>

#include "redis_api/keyspace/expire_time.h"
#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

struct ExpireConditions {
    bool none = false;     ///< NX: only if there is no expiry
    bool some = false;     ///< XX: only if there is one
    bool greater = false;  ///< GT
    bool less = false;     ///< LT
};

bool parse_conditions(Invocation& call, ExpireConditions& conditions) {
    for (std::size_t i = 3; i < call.size(); ++i) {
        if (call.is(i, "nx")) {
            conditions.none = true;
        } else if (call.is(i, "xx")) {
            conditions.some = true;
        } else if (call.is(i, "gt")) {
            conditions.greater = true;
        } else if (call.is(i, "lt")) {
            conditions.less = true;
        } else {
            const std::string_view option = call[i].substr(0, call[i].find('\0'));
            return call.set_error("Unsupported option " + std::string(option));
        }
    }
    if (conditions.none && (conditions.some || conditions.greater || conditions.less)) {
        return call.set_error("NX and XX, GT or LT options at the same time are not compatible");
    }
    if (conditions.greater && conditions.less) {
        return call.set_error("GT and LT options at the same time are not compatible");
    }
    return true;
}

bool holds(const ExpireConditions& conditions, std::optional<std::int64_t> current, std::int64_t when) {
    if (conditions.none && current) return false;
    if (conditions.some && !current) return false;
    // No expiry counts as one that never comes.
    if (conditions.greater && (!current || when <= *current)) return false;
    return !(conditions.less && current && when >= *current);
}

Reply expire_generic(Invocation& call, bool relative, bool seconds) {
    ExpireConditions conditions;
    std::int64_t when = 0;
    if (!parse_conditions(call, conditions) || !call.integer(2, when)) return call.fail();
    if (seconds) {
        if (when > kMax / 1000 || when < kMin / 1000) return call.invalid_expire();
        when *= 1000;
    }
    Keyspace& keyspace = call.keyspace();
    const std::int64_t base = relative ? keyspace.now_ms() : 0;
    if (when > kMax - base) return call.invalid_expire();
    when += base;
    if (keyspace.find(call.db(), call[1]) == nullptr) return Reply::integer(0);
    if (!holds(conditions, keyspace.expiry(call.db(), call[1]), when)) return Reply::integer(0);
    if (when <= keyspace.now_ms()) {
        keyspace.remove(call.db(), call[1]);
    } else {
        keyspace.set_expiry(call.db(), call[1], when);
    }
    return Reply::integer(1);
}

Reply ttl_generic(Invocation& call, bool milliseconds, bool absolute) {
    Keyspace& keyspace = call.keyspace();
    if (keyspace.peek(call.db(), call[1]) == nullptr) return Reply::integer(-2);
    const auto when = keyspace.expiry(call.db(), call[1]);
    if (!when) return Reply::integer(-1);
    const std::int64_t shown = std::max<std::int64_t>(absolute ? *when : *when - keyspace.now_ms(), 0);
    return Reply::integer(milliseconds ? shown : (shown + 500) / 1000);
}

}  // namespace

bool parse_expire_time(Invocation& call, std::size_t index, ExpireUnit unit, std::int64_t& when) {
    if (!call.integer(index, when)) return false;
    const bool seconds = unit == ExpireUnit::Seconds || unit == ExpireUnit::AtSeconds;
    const bool relative = unit == ExpireUnit::Seconds || unit == ExpireUnit::Milliseconds;
    const bool valid = when > 0 && (!seconds || when <= kMax / 1000) &&
                       !__builtin_mul_overflow(when, seconds ? 1000 : 1, &when) &&
                       !__builtin_add_overflow(when, relative ? call.keyspace().now_ms() : 0, &when);
    if (valid) return true;
    return call.set_error("invalid expire time in '" + std::string(call.command_name()) + "' command");
}

Reply expire_command(Invocation& call) {
    return expire_generic(call, true, true);
}
Reply pexpire_command(Invocation& call) {
    return expire_generic(call, true, false);
}
Reply expireat_command(Invocation& call) {
    return expire_generic(call, false, true);
}
Reply pexpireat_command(Invocation& call) {
    return expire_generic(call, false, false);
}

Reply ttl_command(Invocation& call) {
    return ttl_generic(call, false, false);
}
Reply pttl_command(Invocation& call) {
    return ttl_generic(call, true, false);
}
Reply expiretime_command(Invocation& call) {
    return ttl_generic(call, false, true);
}
Reply pexpiretime_command(Invocation& call) {
    return ttl_generic(call, true, true);
}

Reply persist_command(Invocation& call) {
    Keyspace& keyspace = call.keyspace();
    const bool cleared = keyspace.find(call.db(), call[1]) != nullptr && keyspace.clear_expiry(call.db(), call[1]);
    return Reply::integer(cleared ? 1 : 0);
}

}  // namespace arenite::redis

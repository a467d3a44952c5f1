// Hash commands (Redis t_hash.c); HRANDFIELD is with the other random ones, HSCAN with SCAN.
#include <cmath>

#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

Reply field_reply(Invocation& call, const HashValue* hash, std::string_view field) {
    call.look_up();
    const std::string* value = hash != nullptr ? hash->find(field) : nullptr;
    return value != nullptr ? call.bulk(*value) : Reply::null();
}

Reply all_fields(Invocation& call, bool keys, bool values) {
    const HashValue* hash = nullptr;
    if (!call.read(call[1], hash)) return call.fail();
    ReplyList items = call.list();
    if (hash != nullptr) {
        items.reserve(hash->size() * (keys && values ? 2 : 1));
        for (const auto* node = hash->fields().first(); node != nullptr; node = node->next()) {
            if (keys) items.bulk(node->key());
            if (values) items.bulk(node->value());
        }
    }
    return keys && values ? call.map_reply(std::move(items)) : call.array(std::move(items));
}

Reply set_fields(Invocation& call, bool old_reply) {
    if (call.size() % 2 == 1) return call.wrong_arity();
    HashValue* hash = nullptr;
    if (!call.write_or_create(call[1], hash)) return call.fail();
    std::int64_t created = 0;
    for (std::size_t i = 2; i < call.size(); i += 2) {
        call.look_up();
        if (hash->set(call[i], metered_copy(call.meter(), call[i + 1]))) ++created;
    }
    return old_reply ? Reply::ok() : Reply::integer(created);
}

}  // namespace

Reply hset_command(Invocation& call) {
    return set_fields(call, false);
}
Reply hmset_command(Invocation& call) {
    return set_fields(call, true);
}

Reply hsetnx_command(Invocation& call) {
    HashValue* hash = nullptr;
    if (!call.write_or_create(call[1], hash)) return call.fail();
    if (hash->find(call[2]) != nullptr) return Reply::integer(0);
    hash->set(call[2], std::string(call[3]));
    return Reply::integer(1);
}

Reply hincrby_command(Invocation& call) {
    std::int64_t amount = 0;
    if (!call.integer(3, amount)) return call.fail();
    HashValue* hash = nullptr;
    if (!call.write(call[1], hash)) return call.fail();
    std::int64_t value = 0;
    if (const std::string* old = hash != nullptr ? hash->find(call[2]) : nullptr) {
        const auto parsed = parse_integer(*old);
        if (!parsed) return call.error("hash value is not an integer");
        value = *parsed;
    }
    if (__builtin_add_overflow(value, amount, &value)) {
        return call.error("increment or decrement would overflow");
    }
    if (hash == nullptr) hash = call.create<HashValue>(call[1]);
    hash->set(call[2], std::to_string(value));
    return Reply::integer(value);
}

Reply hincrbyfloat_command(Invocation& call) {
    const auto amount = parse_long_double(call[3]);
    if (!amount) return call.error("value is not a valid float");
    if (std::isinf(*amount)) return call.error("value is NaN or Infinity");
    HashValue* hash = nullptr;
    if (!call.write(call[1], hash)) return call.fail();
    long double value = 0;
    if (const std::string* old = hash != nullptr ? hash->find(call[2]) : nullptr) {
        const auto parsed = parse_long_double(*old);
        if (!parsed) return call.error("hash value is not a float");
        value = *parsed;
    }
    value += *amount;
    if (std::isnan(value) || std::isinf(value)) {
        return call.error("increment would produce NaN or Infinity");
    }
    if (hash == nullptr) hash = call.create<HashValue>(call[1]);
    std::string text = format_human(value);
    hash->set(call[2], text);
    return call.bulk(std::move(text));
}

Reply hget_command(Invocation& call) {
    const HashValue* hash = nullptr;
    if (!call.read(call[1], hash)) return call.fail();
    return field_reply(call, hash, call[2]);
}

Reply hmget_command(Invocation& call) {
    const HashValue* hash = nullptr;
    if (!call.read(call[1], hash)) return call.fail();
    ReplyList items = call.list();
    for (std::size_t i = 2; i < call.size(); ++i) items.add(field_reply(call, hash, call[i]));
    return call.array(std::move(items));
}

Reply hdel_command(Invocation& call) {
    HashValue* hash = nullptr;
    if (!call.write(call[1], hash)) return call.fail();
    if (hash == nullptr) return Reply::integer(0);
    std::int64_t deleted = 0;
    for (std::size_t i = 2; i < call.size(); ++i) {
        call.look_up();
        if (hash->erase(call[i])) ++deleted;
    }
    call.remove_if_empty(call[1], *hash);
    return Reply::integer(deleted);
}

Reply hlen_command(Invocation& call) {
    const HashValue* hash = nullptr;
    if (!call.read(call[1], hash)) return call.fail();
    return Reply::integer(hash != nullptr ? static_cast<std::int64_t>(hash->size()) : 0);
}

Reply hstrlen_command(Invocation& call) {
    const HashValue* hash = nullptr;
    if (!call.read(call[1], hash)) return call.fail();
    const std::string* value = hash != nullptr ? hash->find(call[2]) : nullptr;
    return Reply::integer(value != nullptr ? static_cast<std::int64_t>(value->size()) : 0);
}

Reply hexists_command(Invocation& call) {
    const HashValue* hash = nullptr;
    if (!call.read(call[1], hash)) return call.fail();
    return Reply::integer(hash != nullptr && hash->find(call[2]) != nullptr ? 1 : 0);
}

Reply hkeys_command(Invocation& call) {
    return all_fields(call, true, false);
}
Reply hvals_command(Invocation& call) {
    return all_fields(call, false, true);
}
Reply hgetall_command(Invocation& call) {
    return all_fields(call, true, true);
}

}  // namespace arenite::redis

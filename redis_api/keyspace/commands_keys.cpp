// Commands on keys of any type (Redis db.c, object.c).
#include "redis_api/keyspace/glob.h"
#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

bool parse_db(Invocation& call, std::size_t index, int& db) {
    if (!call.int32(index, db)) return false;
    return (db >= 0 && db < call.keyspace().database_count()) || call.set_error("DB index is out of range");
}

/// ASYNC or SYNC, which mean the same here.
bool parse_flush_mode(Invocation& call) {
    return call.size() == 1 || (call.size() == 2 && (call.is(1, "sync") || call.is(1, "async"))) ||
           call.set_error("syntax error");
}

Reply count_existing(Invocation& call, bool touch) {
    std::int64_t count = 0;
    for (std::size_t i = 1; i < call.size(); ++i) {
        call.look_up();
        const Object* object =
            touch ? call.keyspace().find(call.db(), call[i]) : call.keyspace().peek(call.db(), call[i]);
        if (object != nullptr) ++count;
    }
    return Reply::integer(count);
}

Reply rename_generic(Invocation& call, bool only_new) {
    Keyspace& keyspace = call.keyspace();
    if (keyspace.find(call.db(), call[1]) == nullptr) return call.error("no such key");
    const bool same = call[1] == call[2];
    if (only_new && (same || keyspace.find(call.db(), call[2]) != nullptr)) return Reply::integer(0);
    if (!same) keyspace.rename(call.db(), call[1], call.db(), call[2]);
    return only_new ? Reply::integer(1) : Reply::ok();
}

}  // namespace

Reply del_command(Invocation& call) {
    std::int64_t deleted = 0;
    for (std::size_t i = 1; i < call.size(); ++i) {
        call.look_up();
        if (call.keyspace().remove(call.db(), call[i])) ++deleted;
    }
    return Reply::integer(deleted);
}

Reply exists_command(Invocation& call) {
    return count_existing(call, false);
}
Reply touch_command(Invocation& call) {
    return count_existing(call, true);
}

Reply type_command(Invocation& call) {
    const Object* object = call.keyspace().peek(call.db(), call[1]);
    return Reply::status(object != nullptr ? std::string(object->type_name()) : "none");
}

Reply rename_command(Invocation& call) {
    return rename_generic(call, false);
}
Reply renamenx_command(Invocation& call) {
    return rename_generic(call, true);
}

Reply move_command(Invocation& call) {
    Keyspace& keyspace = call.keyspace();
    int target = 0;
    if (!parse_db(call, 2, target)) return call.fail();
    if (target == call.db()) return call.error("source and destination objects are the same");
    if (keyspace.find(call.db(), call[1]) == nullptr) return Reply::integer(0);
    if (keyspace.find(target, call[1]) != nullptr) return Reply::integer(0);
    keyspace.rename(call.db(), call[1], target, call[1]);
    return Reply::integer(1);
}

Reply copy_command(Invocation& call) {
    Keyspace& keyspace = call.keyspace();
    int target = call.db();
    bool replace = false;
    for (std::size_t i = 3; i < call.size(); ++i) {
        if (call.is(i, "replace")) {
            replace = true;
        } else if (call.is(i, "db") && call.has_more(i)) {
            if (!parse_db(call, ++i, target)) return call.fail();
        } else {
            return call.syntax_error();
        }
    }
    if (target == call.db() && call[1] == call[2]) {
        return call.error("source and destination objects are the same");
    }
    const Object* object = keyspace.find(call.db(), call[1]);
    if (object == nullptr) return Reply::integer(0);
    if (!replace && keyspace.find(target, call[2]) != nullptr) return Reply::integer(0);
    const auto expiry = keyspace.expiry(call.db(), call[1]);
    keyspace.put(target, call[2], object->clone(keyspace.free_queue(), call.meter()));
    if (expiry) keyspace.set_expiry(target, call[2], *expiry);
    return Reply::integer(1);
}

Reply keys_command(Invocation& call) {
    Keyspace& keyspace = call.keyspace();
    ReplyList items = call.list();
    const bool all = call[1] == "*";
    Glob glob(call[1], call.meter());
    for (const auto* node = keyspace.keys(call.db()).first(); node != nullptr; node = node->next()) {
        call.visit();
        if (keyspace.is_expired(*node)) continue;
        if (all || glob.matches(node->key())) items.bulk(node->key());
    }
    return call.array(std::move(items));
}

Reply randomkey_command(Invocation& call) {
    auto key = call.keyspace().random_key(call.db());
    return key ? call.bulk(std::move(*key)) : Reply::null();
}

Reply dbsize_command(Invocation& call) {
    return Reply::integer(static_cast<std::int64_t>(call.keyspace().keys(call.db()).size()));
}

Reply flushdb_command(Invocation& call) {
    if (!parse_flush_mode(call)) return call.fail();
    call.keyspace().flush(call.db());
    return Reply::ok();
}

Reply flushall_command(Invocation& call) {
    if (!parse_flush_mode(call)) return call.fail();
    for (int db = 0; db < call.keyspace().database_count(); ++db) call.keyspace().flush(db);
    return Reply::ok();
}

Reply select_command(Invocation& call) {
    int db = 0;
    if (!parse_db(call, 1, db)) return call.fail();
    call.context().db = db;
    return Reply::ok();
}

Reply swapdb_command(Invocation& call) {
    int dbs[2] = {0, 0};
    for (std::size_t i = 0; i < 2; ++i) {
        const auto value = parse_integer(call[i + 1]);
        if (!value || *value != static_cast<int>(*value)) {
            return call.error(i == 0 ? "invalid first DB index" : "invalid second DB index");
        }
        dbs[i] = static_cast<int>(*value);
    }
    for (const int db : dbs) {
        if (db < 0 || db >= call.keyspace().database_count()) {
            return call.error("DB index is out of range");
        }
    }
    call.keyspace().swap(dbs[0], dbs[1]);
    return Reply::ok();
}

Reply object_encoding_command(Invocation& call) {
    const Object* object = call.keyspace().peek(call.db(), call[2]);
    return object != nullptr ? Reply::bulk(object->encoding_name()) : Reply::null();
}

Reply object_refcount_command(Invocation& call) {
    const Object* object = call.keyspace().peek(call.db(), call[2]);
    if (object == nullptr) return Reply::null();
    // Redis shares the integers from 0 to 9999, which then have no count of their own.
    const auto* string = object->as<StringValue>();
    const bool shared = string != nullptr && string->encoding() == StringEncoding::Int && string->size() <= 4 &&
                        string->bytes()[0] != '-';
    return Reply::integer(shared ? 2147483647 : 1);
}

Reply object_idletime_command(Invocation& call) {
    const Object* object = call.keyspace().peek(call.db(), call[2]);
    if (object == nullptr) return Reply::null();
    const std::int64_t idle = call.keyspace().now_ms() - object->last_access_ms;
    return Reply::integer(idle > 0 ? idle / 1000 : 0);
}

Reply object_freq_command(Invocation& call) {
    if (call.keyspace().peek(call.db(), call[2]) == nullptr) return Reply::null();
    return call.error(
        "An LFU maxmemory policy is not selected, access frequency not tracked. Please note that "
        "when switching between policies at runtime LRU and LFU data will take some time to adjust.");
}

Reply object_help_command(Invocation&) {
    static constexpr const char* kLines[] = {
        "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "ENCODING <key>",
        "    Return the kind of internal representation used in order to store the value",
        "    associated with a <key>.",
        "FREQ <key>",
        "    Return the access frequency index of the <key>. The returned integer is",
        "    proportional to the logarithm of the recent access frequency of the key.",
        "IDLETIME <key>",
        "    Return the idle time of the <key>, that is the approximated number of",
        "    seconds elapsed since the last access to the key.",
        "REFCOUNT <key>",
        "    Return the number of references of the value associated with the specified",
        "    <key>.",
        "HELP",
        "    Prints this help.",
    };
    Reply::Items items;
    for (const char* line : kLines) items.push_back(Reply::status(line));
    return Reply::array(std::move(items));
}

}  // namespace arenite::redis

// String commands (Redis t_string.c).
#include <algorithm>
#include <cmath>

#include "redis_api/keyspace/expire_time.h"
#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

Reply value_or_null(Invocation& call, const StringValue* string) {
    return string != nullptr ? call.bulk(string->bytes()) : Reply::null();
}

/// Redis t_string.c, checkStringLength.
bool length_fits(Invocation& call, std::uint64_t size, std::uint64_t more) {
    const std::uint64_t longest = call.keyspace().options().longest_string;
    if (size <= longest && more <= longest - size) return true;
    return call.set_error("string exceeds maximum allowed size (proto-max-bulk-len)");
}

struct SetOptions {
    bool not_existing = false;  ///< NX
    bool existing = false;      ///< XX
    bool get = false;
    bool keep_expiry = false;
    bool persist = false;
    ExpireUnit unit = ExpireUnit::None;
    std::size_t time_index = 0;

    bool timed() const noexcept { return unit != ExpireUnit::None; }
};

/// Options of SET (`for_set`) and GETEX (Redis t_string.c, parseExtendedStringArgumentsOrReply).
bool parse_options(Invocation& call, std::size_t from, bool for_set, SetOptions& options) {
    for (std::size_t i = from; i < call.size(); ++i) {
        ExpireUnit unit = ExpireUnit::None;
        if (call.is(i, "ex")) unit = ExpireUnit::Seconds;
        if (call.is(i, "px")) unit = ExpireUnit::Milliseconds;
        if (call.is(i, "exat")) unit = ExpireUnit::AtSeconds;
        if (call.is(i, "pxat")) unit = ExpireUnit::AtMilliseconds;
        // The same unit may be given twice: the last time counts.
        const bool other_time = options.timed() && options.unit != unit;
        if (for_set && call.is(i, "nx") && !options.existing) {
            options.not_existing = true;
        } else if (for_set && call.is(i, "xx") && !options.not_existing) {
            options.existing = true;
        } else if (for_set && call.is(i, "get")) {
            options.get = true;
        } else if (for_set && call.is(i, "keepttl") && !options.timed()) {
            options.keep_expiry = true;
        } else if (!for_set && call.is(i, "persist") && !options.timed()) {
            options.persist = true;
        } else if (unit != ExpireUnit::None && !options.keep_expiry && !options.persist && !other_time &&
                   call.has_more(i)) {
            options.unit = unit;
            options.time_index = ++i;
        } else {
            return call.set_error("syntax error");
        }
    }
    return true;
}

void store_string(Invocation& call, std::string_view key, std::string_view value, bool keep_expiry = false) {
    call.look_up();
    call.keyspace().put(call.db(), key, call.make<StringValue>(metered_copy(call.meter(), value)), keep_expiry);
}

/// Redis t_string.c, setGenericCommand. `done` and `refused` are the replies.
Reply set_generic(Invocation& call, std::string_view key, std::string_view value, const SetOptions& options, Reply done,
                  Reply refused) {
    std::int64_t when = 0;
    if (options.timed() && !parse_expire_time(call, options.time_index, options.unit, when)) {
        return call.fail();
    }
    if (options.get) {
        const StringValue* old = nullptr;
        if (!call.read(key, old)) return call.fail();
        done = value_or_null(call, old);
    }
    if (options.not_existing || options.existing) {
        call.look_up();
        const bool exists = call.keyspace().find(call.db(), key) != nullptr;
        if (options.not_existing ? exists : !exists) return options.get ? std::move(done) : std::move(refused);
    }
    store_string(call, key, value, options.keep_expiry);
    if (options.timed()) call.keyspace().set_expiry(call.db(), key, when);
    return done;
}

Reply increment_by(Invocation& call, std::int64_t amount) {
    StringValue* string = nullptr;
    if (!call.write(call[1], string)) return call.fail();
    std::int64_t value = 0;
    if (string != nullptr) {
        const auto parsed = parse_integer(string->bytes());
        if (!parsed) return call.error("value is not an integer or out of range");
        value = *parsed;
    }
    if (__builtin_add_overflow(value, amount, &value)) {
        return call.error("increment or decrement would overflow");
    }
    if (string != nullptr) {
        string->replace(std::to_string(value), StringEncoding::Int);
    } else {
        store_string(call, call[1], std::to_string(value));
    }
    return Reply::integer(value);
}

Reply set_pairs(Invocation& call, bool only_new) {
    if (call.size() % 2 == 0) return call.wrong_arity();
    for (std::size_t i = 1; only_new && i < call.size(); i += 2) {
        call.look_up();
        if (call.keyspace().find(call.db(), call[i]) != nullptr) return Reply::integer(0);
    }
    for (std::size_t i = 1; i < call.size(); i += 2) store_string(call, call[i], call[i + 1]);
    return only_new ? Reply::integer(1) : Reply::ok();
}

}  // namespace

Reply set_command(Invocation& call) {
    SetOptions options;
    if (!parse_options(call, 3, true, options)) return call.fail();
    return set_generic(call, call[1], call[2], options, Reply::ok(), Reply::null());
}

Reply setnx_command(Invocation& call) {
    SetOptions options;
    options.not_existing = true;
    return set_generic(call, call[1], call[2], options, Reply::integer(1), Reply::integer(0));
}

Reply setex_command(Invocation& call) {
    SetOptions options;
    options.unit = ExpireUnit::Seconds;
    options.time_index = 2;
    return set_generic(call, call[1], call[3], options, Reply::ok(), Reply::null());
}

Reply psetex_command(Invocation& call) {
    SetOptions options;
    options.unit = ExpireUnit::Milliseconds;
    options.time_index = 2;
    return set_generic(call, call[1], call[3], options, Reply::ok(), Reply::null());
}

Reply get_command(Invocation& call) {
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    return value_or_null(call, string);
}

Reply getex_command(Invocation& call) {
    SetOptions options;
    if (!parse_options(call, 2, false, options)) return call.fail();
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    if (string == nullptr) return Reply::null();
    std::int64_t when = 0;
    if (options.timed() && !parse_expire_time(call, options.time_index, options.unit, when)) {
        return call.fail();
    }
    Reply reply = value_or_null(call, string);
    Keyspace& keyspace = call.keyspace();
    const bool absolute = options.unit == ExpireUnit::AtSeconds || options.unit == ExpireUnit::AtMilliseconds;
    if (absolute && when <= keyspace.now_ms()) {
        keyspace.remove(call.db(), call[1]);
    } else if (options.timed()) {
        keyspace.set_expiry(call.db(), call[1], when);
    } else if (options.persist) {
        keyspace.clear_expiry(call.db(), call[1]);
    }
    return reply;
}

Reply getdel_command(Invocation& call) {
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    Reply reply = value_or_null(call, string);
    call.keyspace().remove(call.db(), call[1]);
    return reply;
}

Reply getset_command(Invocation& call) {
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    Reply reply = value_or_null(call, string);
    store_string(call, call[1], call[2]);
    return reply;
}

Reply setrange_command(Invocation& call) {
    std::int64_t offset = 0;
    if (!call.integer(2, offset)) return call.fail();
    if (offset < 0) return call.error("offset is out of range");
    const std::string_view bytes = call[3];
    StringValue* string = nullptr;
    if (!call.write(call[1], string)) return call.fail();
    if (bytes.empty()) {
        return Reply::integer(string != nullptr ? static_cast<std::int64_t>(string->size()) : 0);
    }
    const auto start = static_cast<std::uint64_t>(offset);
    if (!length_fits(call, start, bytes.size())) return call.fail();
    if (string == nullptr) {
        string = call.create<StringValue>(call[1], std::string(), StringEncoding::Raw);
    }
    string->grow(start + bytes.size(), call.meter());
    string->overwrite(start, bytes);
    return Reply::integer(static_cast<std::int64_t>(string->size()));
}

Reply getrange_command(Invocation& call) {
    std::int64_t start = 0;
    std::int64_t end = 0;
    if (!call.integer(2, start) || !call.integer(3, end)) return call.fail();
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    if (string == nullptr || (start < 0 && end < 0 && start > end)) return Reply::bulk("");
    const auto length = static_cast<std::int64_t>(string->size());
    if (start < 0) start = std::max<std::int64_t>(length + start, 0);
    if (end < 0) end = std::max<std::int64_t>(length + end, 0);
    end = std::min(end, length - 1);
    if (start > end) return Reply::bulk("");
    return call.bulk(std::string_view(string->bytes())
                         .substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1)));
}

Reply mget_command(Invocation& call) {
    ReplyList items = call.list();
    for (std::size_t i = 1; i < call.size(); ++i) {
        call.look_up();
        const Object* object = call.keyspace().find(call.db(), call[i]);
        items.add(value_or_null(call, object != nullptr ? object->as<StringValue>() : nullptr));
    }
    return call.array(std::move(items));
}

Reply mset_command(Invocation& call) {
    return set_pairs(call, false);
}
Reply msetnx_command(Invocation& call) {
    return set_pairs(call, true);
}

Reply incr_command(Invocation& call) {
    return increment_by(call, 1);
}
Reply decr_command(Invocation& call) {
    return increment_by(call, -1);
}

Reply incrby_command(Invocation& call) {
    std::int64_t amount = 0;
    if (!call.integer(2, amount)) return call.fail();
    return increment_by(call, amount);
}

Reply decrby_command(Invocation& call) {
    std::int64_t amount = 0;
    if (!call.integer(2, amount)) return call.fail();
    if (amount == kMin) return call.error("decrement would overflow");
    return increment_by(call, -amount);
}

Reply incrbyfloat_command(Invocation& call) {
    StringValue* string = nullptr;
    if (!call.write(call[1], string)) return call.fail();
    const auto old = string != nullptr ? parse_long_double(string->bytes()) : 0.0L;
    const auto amount = old ? parse_long_double(call[2]) : std::nullopt;
    if (!amount) return call.error("value is not a valid float");
    const long double sum = *old + *amount;
    if (std::isnan(sum) || std::isinf(sum)) {
        return call.error("increment would produce NaN or Infinity");
    }
    StringValue value = StringValue::unencoded(format_human(sum));
    if (string != nullptr) {
        string->replace(value.bytes(), value.encoding());
    } else {
        call.create<StringValue>(call[1], value.bytes(), value.encoding());
    }
    return call.bulk(value.bytes());
}

Reply append_command(Invocation& call) {
    StringValue* string = nullptr;
    if (!call.write(call[1], string)) return call.fail();
    if (string == nullptr) {
        store_string(call, call[1], call[2]);
        return Reply::integer(static_cast<std::int64_t>(call[2].size()));
    }
    if (!length_fits(call, string->size(), call[2].size())) return call.fail();
    string->append(call[2], call.meter());
    return Reply::integer(static_cast<std::int64_t>(string->size()));
}

Reply strlen_command(Invocation& call) {
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    return Reply::integer(string != nullptr ? static_cast<std::int64_t>(string->size()) : 0);
}

}  // namespace arenite::redis

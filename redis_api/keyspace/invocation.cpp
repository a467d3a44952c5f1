#include "redis_api/keyspace/invocation.h"

#include <cmath>

#include "redis_api/format_double.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {

bool Invocation::set_error(std::string_view text) {
    constexpr std::size_t kShort = 256;
    if (text.size() > kShort) meter_.hold_reply(2 * text.size());  // arguments of the script are in it
    error_ = Reply::error("ERR " + std::string(text));
    return false;
}

Reply Invocation::wrong_type() {
    return Reply::error("WRONGTYPE Operation against a key holding the wrong kind of value");
}

Reply Invocation::wrong_arity() {
    return error("wrong number of arguments for '" + std::string(command_.name) + "' command");
}

Reply Invocation::invalid_expire() {
    return error("invalid expire time in '" + std::string(command_.name) + "' command");
}

bool Invocation::integer(std::size_t index, std::int64_t& out, std::string_view message) {
    const auto value = parse_integer(args_[index]);
    if (!value) {
        return set_error(message.empty() ? "value is not an integer or out of range" : message);
    }
    out = *value;
    return true;
}

bool Invocation::ranged(std::size_t index, std::int64_t min, std::int64_t max, std::int64_t& out,
                        std::string_view message) {
    if (!integer(index, out, message)) return false;
    if (out >= min && out <= max) return true;
    if (!message.empty()) return set_error(message);
    return set_error("value is out of range, value must between " + std::to_string(min) + " and " +
                     std::to_string(max));
}

bool Invocation::not_negative(std::size_t index, std::int64_t& out, std::string_view message) {
    // Redis object.c, getPositiveLongFromObjectOrReply: one text for both failures.
    return ranged(index, 0, std::numeric_limits<std::int64_t>::max(), out,
                  message.empty() ? "value is out of range, must be positive" : message);
}

bool Invocation::int32(std::size_t index, int& out) {
    std::int64_t value = 0;
    if (!ranged(index, std::numeric_limits<int>::min(), std::numeric_limits<int>::max(), value)) {
        return false;
    }
    out = static_cast<int>(value);
    return true;
}

bool Invocation::real(std::size_t index, double& out, std::string_view message) {
    const auto value = parse_double(args_[index]);
    if (!value) return set_error(message.empty() ? "value is not a valid float" : message);
    out = *value;
    return true;
}

bool Invocation::timeout(std::size_t index) {
    const auto seconds = parse_long_double(args_[index]);
    if (!seconds) return set_error("timeout is not a float or out of range");
    const long double milliseconds = std::ceil(*seconds * 1000);
    // What does not fit into 64 bits turns negative, as it does on the machines Redis runs on.
    if (milliseconds < 0 || milliseconds >= 0x1p63L) return set_error("timeout is negative");
    return true;
}

bool Invocation::random_count(std::size_t index, std::int64_t& out) {
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    return ranged(index, -kMax, kMax, out);
}

std::vector<std::string_view> Invocation::members(const SetValue& set) {
    hold(set.size() * sizeof(std::string_view));
    return set.members([this] { visit(); });
}

Reply Invocation::real_reply(double value) {
    return resp3() ? Reply::real(value) : bulk(format_double(value));
}

Reply Invocation::map_reply(ReplyList flat) const {
    Reply::Items items = std::move(flat).take();
    return resp3() ? Reply::map(std::move(items)) : Reply::array(std::move(items));
}

Reply Invocation::set_reply(ReplyList list) const {
    Reply::Items items = std::move(list).take();
    return resp3() ? Reply::set(std::move(items)) : Reply::array(std::move(items));
}

}  // namespace arenite::redis

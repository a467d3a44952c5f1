#include "redis_api/keyspace/zset_range.h"

#include <algorithm>

#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

bool parse_score(std::string_view text, double& score, bool& open) {
    open = text.starts_with('(');
    const auto value = parse_lenient_double(open ? text.substr(1) : text);
    score = value.value_or(0);
    return value.has_value();
}

bool parse_bound(std::string_view text, LexBound& bound) {
    if (text == "+" || text == "-") {
        bound = {text == "+" ? 1 : -1, {}, true};
        return true;
    }
    if (!text.starts_with('(') && !text.starts_with('[')) return false;
    bound = {0, text.substr(1), text[0] == '('};
    return true;
}

}  // namespace

bool parse_score_range(Invocation& call, std::size_t min, std::size_t max, ScoreRange& range) {
    return (parse_score(call[min], range.min, range.min_open) && parse_score(call[max], range.max, range.max_open)) ||
           call.set_error("min or max is not a float");
}

bool parse_lex_range(Invocation& call, std::size_t min, std::size_t max, LexRange& range) {
    return (parse_bound(call[min], range.min) && parse_bound(call[max], range.max)) ||
           call.set_error("min or max not valid string range item");
}

bool resolve_ranks(std::size_t size, std::int64_t& start, std::int64_t& end) noexcept {
    const auto length = static_cast<std::int64_t>(size);
    if (start < 0) start = std::max<std::int64_t>(length + start, 0);
    if (end < 0) end = length + end;
    if (start > end || start >= length) return false;
    end = std::min(end, length - 1);
    return true;
}

}  // namespace arenite::redis

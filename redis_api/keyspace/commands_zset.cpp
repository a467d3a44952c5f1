// Sorted set commands (Redis t_zset.c), but the ranges and the operations on several sets.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/zset_range.h"

namespace arenite::redis {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

/// To find the ends of a range, a set that is compact is walked, and any other takes fewer steps.
constexpr std::uint64_t kMostCompact = SortedSet::kMostCompactMembers;

struct AddOptions {
    bool only_new = false;       ///< NX
    bool only_existing = false;  ///< XX
    bool greater = false;        ///< GT
    bool less = false;           ///< LT
    bool changed = false;        ///< CH
    bool increment = false;      ///< INCR
};

/// Reads the options and returns the position of the first score; 0 on error.
std::size_t parse_add_options(Invocation& call, AddOptions& options) {
    std::size_t at = 2;
    for (; at < call.size(); ++at) {
        if (call.is(at, "nx"))
            options.only_new = true;
        else if (call.is(at, "xx"))
            options.only_existing = true;
        else if (call.is(at, "ch"))
            options.changed = true;
        else if (call.is(at, "incr"))
            options.increment = true;
        else if (call.is(at, "gt"))
            options.greater = true;
        else if (call.is(at, "lt"))
            options.less = true;
        else
            break;
    }
    const std::size_t rest = call.size() - at;
    if (rest == 0 || rest % 2 != 0) {
        call.set_error("syntax error");
    } else if (options.only_new && options.only_existing) {
        call.set_error("XX and NX options at the same time are not compatible");
    } else if ((options.greater || options.less) && (options.only_new || (options.greater && options.less))) {
        call.set_error("GT, LT, and/or NX options at the same time are not compatible");
    } else if (options.increment && rest > 2) {
        call.set_error("INCR option supports a single increment-element pair");
    } else {
        return at;
    }
    return 0;
}

enum class Added { New, Updated, Same, Refused, NotANumber };

/// Redis t_zset.c, zsetAdd. `score` becomes the resulting one.
Added add_member(SortedSet& set, std::string_view member, double& score, const AddOptions& options) {
    const auto current = set.score(member);
    if (!current) {
        if (options.only_existing) return Added::Refused;
        set.set(member, score);
        return Added::New;
    }
    if (options.only_new) return Added::Refused;
    if (options.increment) score += *current;
    if (std::isnan(score)) return Added::NotANumber;
    if ((options.less && score >= *current) || (options.greater && score <= *current)) {
        return Added::Refused;
    }
    if (score == *current) return Added::Same;
    set.set(member, score);
    return Added::Updated;
}

Reply add_generic(Invocation& call, AddOptions options) {
    const std::size_t first = parse_add_options(call, options);
    if (first == 0) return call.fail();
    std::vector<double> scores;
    for (std::size_t i = first; i < call.size(); i += 2) {
        scores.push_back(0);
        if (!call.real(i, scores.back())) return call.fail();
    }
    SortedSet* set = nullptr;
    if (!call.write(call[1], set)) return call.fail();
    if (set == nullptr) {
        if (options.only_existing) return options.increment ? Reply::null() : Reply::integer(0);
        set = call.create<SortedSet>(call[1]);
    }
    std::int64_t added = 0;
    std::int64_t updated = 0;
    bool processed = false;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        call.look_up(2);
        const Added result = add_member(*set, call[first + 1 + i * 2], scores[i], options);
        if (result == Added::NotANumber) return call.error("resulting score is not a number (NaN)");
        if (result == Added::New) ++added;
        if (result == Added::Updated) ++updated;
        if (result != Added::Refused) processed = true;
    }
    if (options.increment) return processed ? call.real_reply(scores[0]) : Reply::null();
    return Reply::integer(options.changed ? added + updated : added);
}

Reply score_reply(Invocation& call, std::optional<double> score) {
    return score ? call.real_reply(*score) : Reply::null();
}

Reply rank_generic(Invocation& call, bool reverse) {
    const SortedSet* set = nullptr;
    if (!call.read(call[1], set)) return call.fail();
    call.look_up(2);
    const auto rank = set != nullptr ? set->rank(call[2]) : std::nullopt;
    if (!rank) return Reply::null();
    return Reply::integer(static_cast<std::int64_t>(reverse ? set->size() - 1 - *rank : *rank));
}

/// Number of elements of a range, which `first` and `last` delimit.
template <class Range>
std::int64_t count_in(const SortedSet& set, const Range& range) {
    const auto* first = set.first_in(range);
    if (first == nullptr) return 0;
    if (!set.compact()) {
        const auto* last = set.last_in(range);
        if (last == nullptr) return 0;
        return static_cast<std::int64_t>(set.rank_of(last) - set.rank_of(first) + 1);
    }
    std::int64_t count = 0;
    for (const auto* node = first; node != nullptr; node = node->next(), ++count) {
        if constexpr (std::is_same_v<Range, ScoreRange>) {
            if (!range.below_max(node->score())) break;
        } else {
            if (!range.below_max(node->member())) break;
        }
    }
    return count;
}

/// Removes `count` elements from `first` on.
Reply remove_elements(Invocation& call, SortedSet& set, const SortedSet::Node* first, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        call.look_up(2);
        const auto* next = first->next();
        set.erase(first->member());
        first = next;
    }
    call.remove_if_empty(call[1], set);
    return Reply::integer(count);
}

template <class Range>
Reply remove_range(Invocation& call, const Range& range) {
    SortedSet* set = nullptr;
    if (!call.write(call[1], set)) return call.fail();
    if (set == nullptr) return Reply::integer(0);
    call.visit(kMostCompact);
    return remove_elements(call, *set, set->first_in(range), count_in(*set, range));
}

/// Pops up to `count` elements from one end, as pairs or flat.
Reply pop_elements(Invocation& call, std::string_view key, SortedSet& set, bool max, std::int64_t count, bool pairs) {
    ReplyList items = call.list();
    for (; count > 0 && !set.empty(); --count) {
        call.look_up(2);
        const auto* node = max ? set.last() : set.first();
        Reply member = call.bulk(node->member());
        Reply score = call.real_reply(node->score());
        set.erase(node->member());
        if (pairs) {
            items.pair(std::move(member), std::move(score));
        } else {
            items.add(std::move(member));
            items.add(std::move(score));
        }
    }
    call.remove_if_empty(key, set);
    return call.array(std::move(items));
}

Reply pop_generic(Invocation& call, bool max) {
    if (call.size() > 3) return call.syntax_error();
    const bool counted = call.size() == 3;
    std::int64_t count = 1;
    if (counted && !call.not_negative(2, count)) return call.fail();
    SortedSet* set = nullptr;
    if (!call.write(call[1], set)) return call.fail();
    if (set == nullptr || count == 0) return Reply::array();
    return pop_elements(call, call[1], *set, max, count, call.resp3() && counted);
}

/// ZMPOP, and BZMPOP with its timeout before it, which counts as passed at once.
Reply pop_from_first(Invocation& call, std::size_t keys_at) {
    std::int64_t key_count = 0;
    if (!call.ranged(keys_at, 1, kMax, key_count, "numkeys should be greater than 0")) {
        return call.fail();
    }
    if (key_count >= static_cast<std::int64_t>(call.size() - keys_at - 1)) {
        return call.syntax_error();
    }
    const std::size_t end_at = keys_at + 1 + static_cast<std::size_t>(key_count);
    const bool max = call.is(end_at, "max");
    if (!max && !call.is(end_at, "min")) return call.syntax_error();
    std::int64_t count = -1;
    for (std::size_t i = end_at + 1; i < call.size(); ++i) {
        if (count != -1 || !call.is(i, "count") || !call.has_more(i)) return call.syntax_error();
        if (!call.ranged(++i, 1, kMax, count, "count should be greater than 0")) return call.fail();
    }
    if (count == -1) count = 1;
    if (keys_at == 2 && !call.timeout(1)) return call.fail();
    for (const std::string_view key : call.args(keys_at + 1, static_cast<std::size_t>(key_count))) {
        SortedSet* set = nullptr;
        if (!call.write(key, set)) return call.fail();
        if (set == nullptr) continue;
        ReplyList popped = call.list();
        popped.bulk(key);
        popped.add(pop_elements(call, key, *set, max, count, true));
        return call.array(std::move(popped));
    }
    return Reply::null_array();
}

}  // namespace

Reply zadd_command(Invocation& call) {
    return add_generic(call, {});
}

Reply zincrby_command(Invocation& call) {
    AddOptions options;
    options.increment = true;
    return add_generic(call, options);
}

Reply zrem_command(Invocation& call) {
    SortedSet* set = nullptr;
    if (!call.write(call[1], set)) return call.fail();
    if (set == nullptr) return Reply::integer(0);
    std::int64_t removed = 0;
    for (std::size_t i = 2; i < call.size(); ++i) {
        call.look_up(2);
        if (set->erase(call[i])) ++removed;
    }
    call.remove_if_empty(call[1], *set);
    return Reply::integer(removed);
}

Reply zscore_command(Invocation& call) {
    const SortedSet* set = nullptr;
    if (!call.read(call[1], set)) return call.fail();
    return score_reply(call, set != nullptr ? set->score(call[2]) : std::nullopt);
}

Reply zmscore_command(Invocation& call) {
    const SortedSet* set = nullptr;
    if (!call.read(call[1], set)) return call.fail();
    ReplyList items = call.list();
    for (std::size_t i = 2; i < call.size(); ++i) {
        call.look_up();
        items.add(score_reply(call, set != nullptr ? set->score(call[i]) : std::nullopt));
    }
    return call.array(std::move(items));
}

Reply zcard_command(Invocation& call) {
    const SortedSet* set = nullptr;
    if (!call.read(call[1], set)) return call.fail();
    return Reply::integer(set != nullptr ? static_cast<std::int64_t>(set->size()) : 0);
}

Reply zrank_command(Invocation& call) {
    return rank_generic(call, false);
}
Reply zrevrank_command(Invocation& call) {
    return rank_generic(call, true);
}

Reply zcount_command(Invocation& call) {
    ScoreRange range;
    const SortedSet* set = nullptr;
    if (!parse_score_range(call, 2, 3, range) || !call.read(call[1], set)) return call.fail();
    call.visit(kMostCompact);
    return Reply::integer(set != nullptr ? count_in(*set, range) : 0);
}

Reply zlexcount_command(Invocation& call) {
    LexRange range;
    const SortedSet* set = nullptr;
    if (!parse_lex_range(call, 2, 3, range) || !call.read(call[1], set)) return call.fail();
    call.visit(kMostCompact);
    return Reply::integer(set != nullptr ? count_in(*set, range) : 0);
}

Reply zremrangebyrank_command(Invocation& call) {
    std::int64_t start = 0;
    std::int64_t end = 0;
    SortedSet* set = nullptr;
    if (!call.integer(2, start) || !call.integer(3, end)) return call.fail();
    if (!call.write(call[1], set)) return call.fail();
    if (set == nullptr || !resolve_ranks(set->size(), start, end)) return Reply::integer(0);
    const auto* first = set->at_rank(static_cast<std::size_t>(start));
    return remove_elements(call, *set, first, end - start + 1);
}

Reply zremrangebyscore_command(Invocation& call) {
    ScoreRange range;
    if (!parse_score_range(call, 2, 3, range)) return call.fail();
    return remove_range(call, range);
}

Reply zremrangebylex_command(Invocation& call) {
    LexRange range;
    if (!parse_lex_range(call, 2, 3, range)) return call.fail();
    return remove_range(call, range);
}

Reply zpopmin_command(Invocation& call) {
    return pop_generic(call, false);
}
Reply zpopmax_command(Invocation& call) {
    return pop_generic(call, true);
}
Reply zmpop_command(Invocation& call) {
    return pop_from_first(call, 1);
}
Reply bzmpop_command(Invocation& call) {
    return pop_from_first(call, 2);
}

}  // namespace arenite::redis

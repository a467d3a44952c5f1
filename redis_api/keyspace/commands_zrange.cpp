// ZRANGE, ZRANGESTORE and their elder relatives (Redis t_zset.c, zrangeGenericCommand).
#include <limits>
#include <vector>

#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/zset_range.h"

namespace arenite::redis {
namespace {

enum class RangeBy { Unset, Rank, Score, Lex };
enum class Direction { Unset, Forward, Reverse };

struct RangeOptions {
    RangeBy by = RangeBy::Unset;
    Direction direction = Direction::Unset;
    bool store = false;
    bool with_scores = false;
    std::int64_t offset = 0;
    std::int64_t limit = -1;
};

bool parse_options(Invocation& call, std::size_t from, RangeOptions& options) {
    for (std::size_t i = from; i < call.size(); ++i) {
        if (!options.store && call.is(i, "withscores")) {
            options.with_scores = true;
        } else if (call.is(i, "limit") && i + 2 < call.size()) {
            if (!call.integer(i + 1, options.offset) || !call.integer(i + 2, options.limit)) return false;
            i += 2;
        } else if (options.direction == Direction::Unset && call.is(i, "rev")) {
            options.direction = Direction::Reverse;
        } else if (options.by == RangeBy::Unset && call.is(i, "bylex")) {
            options.by = RangeBy::Lex;
        } else if (options.by == RangeBy::Unset && call.is(i, "byscore")) {
            options.by = RangeBy::Score;
        } else {
            return call.set_error("syntax error");
        }
    }
    if (options.direction == Direction::Unset) options.direction = Direction::Forward;
    if (options.by == RangeBy::Unset) options.by = RangeBy::Rank;
    if (options.limit != -1 && options.by == RangeBy::Rank) {
        return call.set_error("syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    }
    if (options.with_scores && options.by == RangeBy::Lex) {
        return call.set_error("syntax error, WITHSCORES not supported in combination with BYLEX");
    }
    return true;
}

using Found = std::vector<const SortedSet::Node*>;

const SortedSet::Node* step(const SortedSet::Node* node, bool reverse) {
    return reverse ? node->previous() : node->next();
}

void add_found(Invocation& call, Found& found, const SortedSet::Node* node) {
    call.visit();
    call.hold(2 * sizeof node);
    found.push_back(node);
}

bool inside(const ScoreRange& range, const SortedSet::Node* node, bool reverse) {
    return reverse ? range.above_min(node->score()) : range.below_max(node->score());
}

bool inside(const LexRange& range, const SortedSet::Node* node, bool reverse) {
    return reverse ? range.above_min(node->member()) : range.below_max(node->member());
}

/// Walks a range by score or member with LIMIT. A negative offset finds nothing, as there; a
/// negative limit is none.
template <class Range>
Found walk(Invocation& call, const SortedSet& set, const Range& range, const RangeOptions& options) {
    Found found;
    if (options.offset < 0 || options.offset >= static_cast<std::int64_t>(set.size())) return found;
    const bool reverse = options.direction == Direction::Reverse;
    call.visit(SortedSet::kMostCompactMembers);
    const auto* node = reverse ? set.last_in(range) : set.first_in(range);
    for (std::int64_t i = 0; i < options.offset && node != nullptr; ++i) {
        call.visit();
        node = step(node, reverse);
    }
    for (std::int64_t left = options.limit; node != nullptr && left != 0; --left) {
        if (!inside(range, node, reverse)) break;
        add_found(call, found, node);
        node = step(node, reverse);
    }
    return found;
}

Found walk_ranks(Invocation& call, const SortedSet& set, std::int64_t start, std::int64_t end, bool reverse) {
    Found found;
    if (!resolve_ranks(set.size(), start, end)) return found;
    const auto first = static_cast<std::size_t>(start);
    const auto* node = set.at_rank(reverse ? set.size() - 1 - first : first);
    for (std::int64_t left = end - start + 1; left > 0; --left) {
        add_found(call, found, node);
        node = step(node, reverse);
    }
    return found;
}

Reply found_reply(Invocation& call, const Found& found, bool with_scores) {
    ReplyList items = call.list();
    items.reserve(found.size() * (with_scores && !call.resp3() ? 2 : 1));
    for (const auto* node : found) {
        Reply member = call.bulk(node->member());
        if (with_scores && call.resp3()) {
            items.pair(std::move(member), call.real_reply(node->score()));
            continue;
        }
        items.add(std::move(member));
        if (with_scores) items.add(call.real_reply(node->score()));
    }
    return call.array(std::move(items));
}

Reply store_found(Invocation& call, const Found& found) {
    if (found.empty()) {
        call.keyspace().remove(call.db(), call[1]);
        return Reply::integer(0);
    }
    ObjectPointer result = call.make<SortedSet>();
    auto* set = result->as<SortedSet>();
    for (const auto* node : found) {
        call.look_up(2);
        set->set(node->member(), node->score());
    }
    call.keyspace().put(call.db(), call[1], std::move(result));
    return Reply::integer(static_cast<std::int64_t>(found.size()));
}

Reply range_generic(Invocation& call, RangeOptions options) {
    const std::size_t key_at = options.store ? 2 : 1;
    if (!parse_options(call, key_at + 3, options)) return call.fail();
    const bool reverse = options.direction == Direction::Reverse;
    // By score and member, reversed ranges name their maximum first.
    const bool swapped = reverse && options.by != RangeBy::Rank;
    const std::size_t min_at = key_at + (swapped ? 2 : 1);
    const std::size_t max_at = key_at + (swapped ? 1 : 2);
    std::int64_t start = 0;
    std::int64_t end = 0;
    ScoreRange scores;
    LexRange members;
    const bool parsed = options.by == RangeBy::Rank    ? call.integer(min_at, start) && call.integer(max_at, end)
                        : options.by == RangeBy::Score ? parse_score_range(call, min_at, max_at, scores)
                                                       : parse_lex_range(call, min_at, max_at, members);
    const SortedSet* set = nullptr;
    if (!parsed || !call.read(call[key_at], set)) return call.fail();
    Found found;
    if (set != nullptr) {
        switch (options.by) {
            case RangeBy::Unset:
            case RangeBy::Rank: found = walk_ranks(call, *set, start, end, reverse); break;
            case RangeBy::Score: found = walk(call, *set, scores, options); break;
            case RangeBy::Lex: found = walk(call, *set, members, options); break;
        }
    }
    return options.store ? store_found(call, found) : found_reply(call, found, options.with_scores);
}

Reply old_range(Invocation& call, RangeBy by, Direction direction) {
    RangeOptions options;
    options.by = by;
    options.direction = direction;
    return range_generic(call, options);
}

}  // namespace

Reply zrange_command(Invocation& call) {
    return range_generic(call, {});
}

Reply zrangestore_command(Invocation& call) {
    RangeOptions options;
    options.store = true;
    return range_generic(call, options);
}

Reply zrevrange_command(Invocation& call) {
    return old_range(call, RangeBy::Rank, Direction::Reverse);
}
Reply zrangebyscore_command(Invocation& call) {
    return old_range(call, RangeBy::Score, Direction::Forward);
}
Reply zrevrangebyscore_command(Invocation& call) {
    return old_range(call, RangeBy::Score, Direction::Reverse);
}
Reply zrangebylex_command(Invocation& call) {
    return old_range(call, RangeBy::Lex, Direction::Forward);
}
Reply zrevrangebylex_command(Invocation& call) {
    return old_range(call, RangeBy::Lex, Direction::Reverse);
}

}  // namespace arenite::redis

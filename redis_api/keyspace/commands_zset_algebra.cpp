// Operations on several sorted sets: ZUNION, ZINTER, ZDIFF, their STORE forms and ZINTERCARD (Redis
// t_zset.c, zunionInterDiffGenericCommand). Sets take part with score 1 for each member.
#include <algorithm>
#include <cmath>
#include <vector>

#include "redis_api/free_blocks.h"
#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {
namespace {

enum class Algebra { Union, Intersection, Difference };
enum class Aggregate { Sum, Min, Max };

struct Source {
    const SortedSet* zset = nullptr;
    const SetValue* set = nullptr;
    double weight = 1;

    std::size_t size() const { return zset != nullptr ? zset->size() : set != nullptr ? set->size() : 0; }

    std::optional<double> score(std::string_view member) const {
        if (zset != nullptr) return zset->score(member);
        if (set != nullptr && set->contains(member)) return 1.0;
        return std::nullopt;
    }

    /// Visits member and score until the visitor returns false.
    template <class Visitor>
    void each(Visitor&& visit) const {
        if (zset != nullptr) {
            for (const auto* node = zset->last(); node != nullptr; node = node->previous()) {
                if (!visit(node->member(), node->score())) return;
            }
        } else if (set != nullptr) {
            for (const auto* node = set->dict().first(); node != nullptr; node = node->next()) {
                if (!visit(node->key(), 1.0)) return;
            }
        }
    }
};

struct AlgebraCall {
    Algebra algebra;
    bool store = false;
    bool cardinality_only = false;
    Aggregate aggregate = Aggregate::Sum;
    bool with_scores = false;
    std::int64_t limit = 0;
    std::vector<Source> sources;
};

double weighted(double weight, double score) {
    const double product = weight * score;
    return std::isnan(product) ? 0 : product;  // infinity times zero
}

double aggregated(double a, double b, Aggregate aggregate) {
    switch (aggregate) {
        case Aggregate::Min: return b < a ? b : a;
        case Aggregate::Max: return b > a ? b : a;
        case Aggregate::Sum: break;
    }
    return std::isnan(a + b) ? 0 : a + b;  // infinity minus infinity
}

bool parse_sources(Invocation& call, std::size_t count_at, AlgebraCall& parsed) {
    std::int64_t count = 0;
    if (!call.integer(count_at, count)) return false;
    if (count < 1) {
        return call.set_error("at least 1 input key is needed for '" + std::string(call.command_name()) + "' command");
    }
    if (count > static_cast<std::int64_t>(call.size() - count_at - 1)) {
        return call.set_error("syntax error");
    }
    for (const std::string_view key : call.args(count_at + 1, static_cast<std::size_t>(count))) {
        call.look_up();
        Source source;
        if (const Object* object = call.keyspace().find(call.db(), key)) {
            source.zset = object->as<SortedSet>();
            source.set = object->as<SetValue>();
            // A reader of the right type leaves the error of a wrong one.
            if (source.zset == nullptr && source.set == nullptr && !call.read(key, source.zset)) {
                return false;
            }
        }
        parsed.sources.push_back(source);
    }
    return true;
}

bool parse_options(Invocation& call, std::size_t from, AlgebraCall& parsed) {
    const bool weighable = parsed.algebra != Algebra::Difference && !parsed.cardinality_only;
    for (std::size_t i = from; i < call.size();) {
        const std::size_t more = call.size() - i - 1;
        if (weighable && more >= parsed.sources.size() && call.is(i, "weights")) {
            for (Source& source : parsed.sources) {
                if (!call.real(++i, source.weight, "weight value is not a float")) return false;
            }
            ++i;
        } else if (weighable && more >= 1 && call.is(i, "aggregate")) {
            if (call.is(i + 1, "sum"))
                parsed.aggregate = Aggregate::Sum;
            else if (call.is(i + 1, "min"))
                parsed.aggregate = Aggregate::Min;
            else if (call.is(i + 1, "max"))
                parsed.aggregate = Aggregate::Max;
            else
                return call.set_error("syntax error");
            i += 2;
        } else if (!parsed.store && !parsed.cardinality_only && call.is(i, "withscores")) {
            parsed.with_scores = true;
            ++i;
        } else if (parsed.cardinality_only && more >= 1 && call.is(i, "limit")) {
            if (!call.not_negative(i + 1, parsed.limit, "LIMIT can't be negative")) return false;
            i += 2;
        } else {
            return call.set_error("syntax error");
        }
    }
    return true;
}

/// A member of the result. The set counts as memory of the command unless it will be stored.
void add_result(Invocation& call, const AlgebraCall& parsed, SortedSet& result, std::string_view member, double score) {
    call.look_up(2);
    if (!parsed.store) call.hold(SortedSet::kMemberBytes + member.size());
    result.set(member, score);
}

void unite(Invocation& call, const AlgebraCall& parsed, SortedSet& result) {
    using Scores = Dict<double>;
    Scores scores;
    for (const Source& source : parsed.sources) {
        source.each([&](std::string_view member, double score) {
            call.look_up(2);
            const double value = weighted(source.weight, score);
            const Scores::HashedKey key(member);
            if (auto* entry = scores.find(key)) {
                scores.assign(entry, aggregated(entry->value(), value, parsed.aggregate));
            } else {
                call.hold(SetValue::kMemberBytes + member.size());
                scores.insert(key, value);
            }
            return true;
        });
    }
    for (const auto* entry = scores.first(); entry != nullptr; entry = entry->next()) {
        add_result(call, parsed, result, entry->key(), entry->value());
    }
    constexpr FreeAllowance kPiece = 128;
    for (FreeAllowance units = kPiece; !scores.free_some(true, units); units = kPiece) {
        call.visit(static_cast<std::uint64_t>(kPiece));
        join_free_blocks();
    }
}

/// Visits the members of all sources with their aggregated scores, until `visit` returns false.
template <class Visitor>
void intersect(Invocation& call, const AlgebraCall& parsed, Visitor&& visit) {
    const std::vector<Source>& sources = parsed.sources;
    sources[0].each([&](std::string_view member, double first_score) {
        double score = weighted(sources[0].weight, first_score);
        call.visit();
        for (std::size_t i = 1; i < sources.size(); ++i) {
            call.look_up();
            const auto other = sources[i].score(member);
            if (!other) return true;
            score = aggregated(score, *other * sources[i].weight, parsed.aggregate);
        }
        return visit(member, score);
    });
}

void subtract(Invocation& call, const AlgebraCall& parsed, SortedSet& result) {
    const std::vector<Source>& sources = parsed.sources;
    sources[0].each([&](std::string_view member, double score) {
        call.visit();
        const auto has_member = [&](const Source& other) {
            call.look_up();
            return other.score(member).has_value();
        };
        const bool elsewhere = std::any_of(sources.begin() + 1, sources.end(), has_member);
        if (!elsewhere) add_result(call, parsed, result, member, score);
        return true;
    });
}

Reply elements_reply(Invocation& call, const SortedSet& set, bool with_scores) {
    ReplyList items = call.list();
    for (const auto* node = set.first(); node != nullptr; node = node->next()) {
        Reply member = call.bulk(node->member());
        if (!with_scores) {
            items.add(std::move(member));
        } else if (call.resp3()) {
            items.pair(std::move(member), call.real_reply(node->score()));
        } else {
            items.add(std::move(member));
            items.add(call.real_reply(node->score()));
        }
    }
    return call.array(std::move(items));
}

Reply run(Invocation& call, AlgebraCall parsed) {
    const std::size_t count_at = parsed.store ? 2 : 1;
    if (!parse_sources(call, count_at, parsed)) return call.fail();
    if (!parse_options(call, count_at + 1 + parsed.sources.size(), parsed)) return call.fail();
    if (parsed.algebra != Algebra::Difference) {
        std::sort(parsed.sources.begin(), parsed.sources.end(),
                  [](const Source& a, const Source& b) { return a.size() < b.size(); });
    }
    if (parsed.cardinality_only) {
        std::int64_t count = 0;
        intersect(call, parsed, [&](std::string_view, double) { return ++count != parsed.limit; });
        return Reply::integer(count);
    }
    ObjectPointer result = call.make<SortedSet>();
    SortedSet& set = *result->as<SortedSet>();
    set.set_compact(false);  // until it is stored
    switch (parsed.algebra) {
        case Algebra::Union: unite(call, parsed, set); break;
        case Algebra::Intersection:
            intersect(call, parsed, [&](std::string_view member, double score) {
                add_result(call, parsed, set, member, score);
                return true;
            });
            break;
        case Algebra::Difference: subtract(call, parsed, set); break;
    }
    if (!parsed.store) return elements_reply(call, set, parsed.with_scores);
    const auto size = static_cast<std::int64_t>(set.size());
    if (size == 0) {
        call.keyspace().remove(call.db(), call[1]);
    } else {
        set.settle();
        call.keyspace().put(call.db(), call[1], std::move(result));
    }
    return Reply::integer(size);
}

AlgebraCall plain(Algebra algebra) {
    AlgebraCall parsed;
    parsed.algebra = algebra;
    return parsed;
}

AlgebraCall storing(Algebra algebra) {
    AlgebraCall parsed = plain(algebra);
    parsed.store = true;
    return parsed;
}

}  // namespace

Reply zunion_command(Invocation& call) {
    return run(call, plain(Algebra::Union));
}
Reply zinter_command(Invocation& call) {
    return run(call, plain(Algebra::Intersection));
}
Reply zdiff_command(Invocation& call) {
    return run(call, plain(Algebra::Difference));
}
Reply zunionstore_command(Invocation& call) {
    return run(call, storing(Algebra::Union));
}
Reply zinterstore_command(Invocation& call) {
    return run(call, storing(Algebra::Intersection));
}
Reply zdiffstore_command(Invocation& call) {
    return run(call, storing(Algebra::Difference));
}

Reply zintercard_command(Invocation& call) {
    AlgebraCall parsed = plain(Algebra::Intersection);
    parsed.cardinality_only = true;
    return run(call, std::move(parsed));
}

}  // namespace arenite::redis

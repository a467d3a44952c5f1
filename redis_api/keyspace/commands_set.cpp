// Set commands (Redis t_set.c); SPOP and SRANDMEMBER are with the other random ones.
#include <algorithm>
#include <limits>
#include <vector>

#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {
namespace {

/// The sets under some keys, null for those that are not there; false if one is no set.
bool read_sets(Invocation& call, std::span<const std::string_view> keys, std::vector<const SetValue*>& sets) {
    for (const std::string_view key : keys) {
        const SetValue* set = nullptr;
        if (!call.read(key, set)) return false;
        sets.push_back(set);
    }
    return true;
}

Reply members_reply(Invocation& call, const std::vector<std::string_view>& members) {
    ReplyList items = call.list();
    items.reserve(members.size());
    for (const std::string_view member : members) items.bulk(member);
    return call.set_reply(std::move(items));
}

/// Members of all sets, in the order of the smallest one; stops at `limit` (0: none).
std::vector<std::string_view> intersection(Invocation& call, std::vector<const SetValue*> sets, std::size_t limit) {
    std::vector<std::string_view> common;
    if (std::find(sets.begin(), sets.end(), nullptr) != sets.end()) return common;
    std::sort(sets.begin(), sets.end(), [](const SetValue* a, const SetValue* b) { return a->size() < b->size(); });
    for (const std::string_view member : call.members(*sets[0])) {
        const bool everywhere = std::all_of(sets.begin() + 1, sets.end(), [&](const SetValue* set) {
            call.look_up();
            return set->contains(member);
        });
        if (everywhere) {
            // NOLINTNEXTLINE(bugprone-sizeof-container): of the words that refer to it
            call.hold(2 * sizeof member);
            common.push_back(member);
        }
        if (limit != 0 && common.size() >= limit) break;
    }
    return common;
}

/// What a combination of sets is put into: a set of the keyspace to be, or one that goes with the command.
struct Result {
    SetValue& set;
    bool stored;

    void add(Invocation& call, std::string_view member) const {
        call.look_up(2);
        if (!stored) call.hold(SetValue::kMemberBytes + member.size());
        set.add(member);
    }
};

void add_union(Invocation& call, const std::vector<const SetValue*>& sets, const Result& result) {
    for (const SetValue* set : sets) {
        if (set == nullptr) continue;
        for (const auto* node = set->dict().first(); node != nullptr; node = node->next()) {
            result.add(call, node->key());
        }
    }
}

void add_difference(Invocation& call, const std::vector<const SetValue*>& sets, const Result& result) {
    if (sets[0] == nullptr) return;
    for (const auto* node = sets[0]->dict().first(); node != nullptr; node = node->next()) {
        call.visit();
        const bool elsewhere = std::any_of(sets.begin() + 1, sets.end(), [&](const SetValue* set) {
            call.look_up();
            return set != nullptr && set->contains(node->key());
        });
        if (!elsewhere) result.add(call, node->key());
    }
}

Reply store(Invocation& call, ObjectPointer result) {
    const auto size = static_cast<std::int64_t>(result->as<SetValue>()->size());
    if (size == 0) {
        call.keyspace().remove(call.db(), call[1]);
    } else {
        call.keyspace().put(call.db(), call[1], std::move(result));
    }
    return Reply::integer(size);
}

using Combination = void (*)(Invocation& call, const std::vector<const SetValue*>&, const Result&);

void add_intersection(Invocation& call, const std::vector<const SetValue*>& sets, const Result& result) {
    for (const std::string_view member : intersection(call, sets, 0)) result.add(call, member);
}

Reply combined(Invocation& call, Combination combine) {
    std::vector<const SetValue*> sets;
    if (!read_sets(call, call.args(1, call.size() - 1), sets)) return call.fail();
    const ObjectPointer result = call.make<SetValue>();
    SetValue& members = *result->as<SetValue>();
    combine(call, sets, {members, false});
    return members_reply(call, call.members(members));
}

Reply combined_store(Invocation& call, Combination combine) {
    std::vector<const SetValue*> sets;
    if (!read_sets(call, call.args(2, call.size() - 2), sets)) return call.fail();
    ObjectPointer result = call.make<SetValue>();
    combine(call, sets, {*result->as<SetValue>(), true});
    return store(call, std::move(result));
}

}  // namespace

Reply sadd_command(Invocation& call) {
    SetValue* set = nullptr;
    if (!call.write_or_create(call[1], set)) return call.fail();
    std::int64_t added = 0;
    for (std::size_t i = 2; i < call.size(); ++i) {
        call.look_up();
        if (set->add(call[i])) ++added;
    }
    return Reply::integer(added);
}

Reply srem_command(Invocation& call) {
    SetValue* set = nullptr;
    if (!call.write(call[1], set)) return call.fail();
    if (set == nullptr) return Reply::integer(0);
    std::int64_t removed = 0;
    for (std::size_t i = 2; i < call.size(); ++i) {
        call.look_up();
        if (set->erase(call[i])) ++removed;
    }
    call.remove_if_empty(call[1], *set);
    return Reply::integer(removed);
}

Reply smove_command(Invocation& call) {
    // Redis answers 0 for a missing source before it checks the type of the target.
    SetValue* source = nullptr;
    SetValue* target = nullptr;
    if (call.keyspace().find(call.db(), call[1]) == nullptr) return Reply::integer(0);
    if (!call.write(call[1], source) || !call.write(call[2], target)) return call.fail();
    // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): found above
    if (source == target) return Reply::integer(source->contains(call[3]) ? 1 : 0);
    if (!source->erase(call[3])) return Reply::integer(0);
    call.remove_if_empty(call[1], *source);
    if (target == nullptr) target = call.create<SetValue>(call[2]);
    target->add(call[3]);
    return Reply::integer(1);
}

Reply sismember_command(Invocation& call) {
    const SetValue* set = nullptr;
    if (!call.read(call[1], set)) return call.fail();
    return Reply::integer(set != nullptr && set->contains(call[2]) ? 1 : 0);
}

Reply smismember_command(Invocation& call) {
    const SetValue* set = nullptr;
    if (!call.read(call[1], set)) return call.fail();
    ReplyList items = call.list();
    for (std::size_t i = 2; i < call.size(); ++i) {
        call.look_up();
        items.integer(set != nullptr && set->contains(call[i]) ? 1 : 0);
    }
    return call.array(std::move(items));
}

Reply scard_command(Invocation& call) {
    const SetValue* set = nullptr;
    if (!call.read(call[1], set)) return call.fail();
    return Reply::integer(set != nullptr ? static_cast<std::int64_t>(set->size()) : 0);
}

Reply smembers_command(Invocation& call) {
    const SetValue* set = nullptr;
    if (!call.read(call[1], set)) return call.fail();
    return members_reply(call, set != nullptr ? call.members(*set) : std::vector<std::string_view>());
}

Reply sinter_command(Invocation& call) {
    std::vector<const SetValue*> sets;
    if (!read_sets(call, call.args(1, call.size() - 1), sets)) return call.fail();
    return members_reply(call, intersection(call, std::move(sets), 0));
}

Reply sintercard_command(Invocation& call) {
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    std::int64_t key_count = 0;
    std::int64_t limit = 0;
    if (!call.ranged(1, 1, kMax, key_count, "numkeys should be greater than 0")) return call.fail();
    if (key_count > static_cast<std::int64_t>(call.size()) - 2) {
        return call.error("Number of keys can't be greater than number of args");
    }
    const auto count = static_cast<std::size_t>(key_count);
    for (std::size_t i = 2 + count; i < call.size(); ++i) {
        if (!call.is(i, "limit") || !call.has_more(i)) return call.syntax_error();
        if (!call.not_negative(++i, limit, "LIMIT can't be negative")) return call.fail();
    }
    std::vector<const SetValue*> sets;
    if (!read_sets(call, call.args(2, count), sets)) return call.fail();
    const auto common = intersection(call, std::move(sets), static_cast<std::size_t>(limit));
    return Reply::integer(static_cast<std::int64_t>(common.size()));
}

Reply sunion_command(Invocation& call) {
    return combined(call, add_union);
}
Reply sdiff_command(Invocation& call) {
    return combined(call, add_difference);
}
Reply sunionstore_command(Invocation& call) {
    return combined_store(call, add_union);
}
Reply sdiffstore_command(Invocation& call) {
    return combined_store(call, add_difference);
}
Reply sinterstore_command(Invocation& call) {
    return combined_store(call, add_intersection);
}

}  // namespace arenite::redis

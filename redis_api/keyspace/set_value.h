// A Redis set. While all members are integers and few, it shows them in numeric order, as an intset
// does.
#pragma once

#include <string_view>
#include <vector>

#include "redis_api/keyspace/dict.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

class SetValue {
public:
    struct Nothing {};
    using Members = Dict<Nothing>;

    SetValue() = default;

    /// What a member takes beside its text, about.
    static constexpr std::size_t kMemberBytes = sizeof(Members::Node) + 32;

    [[nodiscard]] const Members& dict() const noexcept { return members_; }
    [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
    [[nodiscard]] bool empty() const noexcept { return members_.empty(); }
    [[nodiscard]] bool contains(std::string_view member) const noexcept { return members_.contains(member); }
    /// Members in the order Redis shows them: integers ascending, or any order. Valid until the next
    /// change of the set.
    [[nodiscard]] std::vector<std::string_view> members() const {
        return members([] {});
    }
    /// The same, with a call of `visit` for each.
    template <class Visit>
    [[nodiscard]] std::vector<std::string_view> members(Visit&& visit) const {
        std::vector<std::string_view> result;
        result.reserve(members_.size());
        for (const Members::Node* node = members_.first(); node != nullptr; node = node->next()) {
            visit();
            result.emplace_back(node->key());
        }
        if (integers_) sort_integers(result);
        return result;
    }
    /// A uniformly drawn member; null if there is none.
    [[nodiscard]] const Members::Node* random(RandomSource& source) noexcept { return members_.random(source); }
    /// An intset in Redis; once lost, regained only by settle().
    [[nodiscard]] bool integers() const noexcept { return integers_; }

    bool add(std::string_view member);  ///< true: a new member
    bool erase(std::string_view member) { return members_.erase(member); }
    /// Chooses the encoding again, as for a set built again from these members.
    void settle();

    void copy_from(const SetValue& other, WorkMeter& meter);
    /// Scopes as those of Dict.
    void begin_undo();
    void commit_undo() noexcept;
    void rollback_undo() noexcept;
    /// As those of Dict.
    [[nodiscard]] bool has_dropped() const noexcept { return members_.has_dropped(); }
    [[nodiscard]] bool free_some(bool everything, FreeAllowance& allowance) noexcept {
        return members_.free_some(everything, allowance);
    }

private:
    static void sort_integers(std::vector<std::string_view>& members);

    Members members_;
    bool integers_ = true;  ///< as it was at the begin of each open scope: undo_flag() of members_
};

}  // namespace arenite::redis

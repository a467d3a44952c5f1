// A Redis set. While all members are integers and few, it shows them in numeric order, as an intset
// does.
#pragma once

#include <string_view>
#include <vector>

#include "redis_api/keyspace/dict.h"

namespace arenite::redis {

class SetValue {
public:
    struct Nothing {};
    using Members = Dict<Nothing>;

    SetValue() = default;

    const Members& dict() const noexcept { return members_; }
    std::size_t size() const noexcept { return members_.size(); }
    bool empty() const noexcept { return members_.empty(); }
    bool contains(std::string_view member) const noexcept { return members_.contains(member); }
    // Members in the order Redis shows them: integers ascending, or any order. Valid until the next
    // change of the set.
    std::vector<std::string_view> members() const;
    std::string_view random(RandomSource& source) noexcept { return members_.random(source)->key(); }
    // An intset in Redis; once lost, regained only by settle().
    bool integers() const noexcept { return integers_; }

    bool add(std::string_view member);  // true: a new member
    bool erase(std::string_view member) { return members_.erase(member); }
    // Chooses the encoding again, as for a set built anew from these members.
    void settle();

    void copy_from(const SetValue& other);
    // Scopes as those of Dict.
    void begin_undo();
    void commit_undo() noexcept;
    void rollback_undo() noexcept;

private:
    Members members_;
    bool integers_ = true;
    std::vector<bool> were_integers_;  // at the begin of each open scope
};

}  // namespace arenite::redis

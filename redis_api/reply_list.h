// The items of a reply under construction. What they take is charged to the meter of the command before it is
// allocated, so that the size of a reply is limited, and a command with a long one can be ended midway (work_meter.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <arenite/redis/reply.h>
#include "redis_api/work_meter.h"

namespace arenite::redis {

/// A bulk reply, charged.
[[nodiscard]] Reply metered_bulk(WorkMeter& meter, std::string_view text);
/// The same of a text that is there already, and charged already as far as its making goes.
[[nodiscard]] Reply metered_bulk(WorkMeter& meter, std::string&& text);

class ReplyList {
public:
    explicit ReplyList(WorkMeter& meter) noexcept : meter_(meter) {}

    /// Room for `count` more items at once.
    void reserve(std::size_t count);
    void add(Reply item) {
        meter_.charge(1);
        if (items_.size() == items_.capacity()) grow();
        items_.push_back(std::move(item));
    }
    void bulk(std::string_view text) { add(metered_bulk(meter_, text)); }
    void bulk(std::string&& text) { add(metered_bulk(meter_, std::move(text))); }
    void integer(std::int64_t value) { add(Reply::integer(value)); }
    /// An array of two.
    void pair(Reply first, Reply second);

    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
    [[nodiscard]] WorkMeter& meter() noexcept { return meter_; }
    /// For the aggregate that is made of them.
    Reply::Items take() && {
        meter_.hold_reply(kAggregateBytes);
        return std::move(items_);
    }

private:
    /// What an aggregate takes beside its items.
    static constexpr std::size_t kAggregateBytes = 64;

    void grow() { reserve(items_.capacity() < 4 ? 4 : items_.capacity()); }

    WorkMeter& meter_;
    Reply::Items items_;
};

}  // namespace arenite::redis

#include "redis_api/reply_list.h"

#include <utility>

namespace arenite::redis {
namespace {

/// What malloc takes beyond the bytes of a block, at most; short texts lie in the reply itself.
constexpr std::size_t kTextOverhead = 32;

/// Items that are moved without a check of the meter.
constexpr std::size_t kMovedAtOnce = 1024;

/// Texts beyond this are copied in pieces.
constexpr std::size_t kLongText = std::size_t{64} << 10;

void charge_text(WorkMeter& meter, std::size_t size) {
    if (size > std::string().capacity()) meter.hold_reply(size + kTextOverhead);
}

}  // namespace

Reply metered_bulk(WorkMeter& meter, std::string_view text) {
    const std::size_t at_once = text.size() <= kLongText ? text.size() : 0;
    meter.charge(WorkMeter::kItem + at_once / WorkMeter::kBytesAUnit);
    charge_text(meter, text.size());
    if (text.size() <= kLongText) return Reply::bulk(text);
    return Reply::bulk(metered_copy(meter, text));
}

Reply metered_bulk(WorkMeter& meter, std::string&& text) {
    meter.charge(WorkMeter::kItem);
    charge_text(meter, text.capacity());
    return Reply::bulk(std::move(text));
}

void ReplyList::reserve(std::size_t count) {
    const std::size_t wanted = items_.size() + count;
    const std::size_t had = items_.capacity();
    if (wanted <= had) return;
    const auto bytes_of = [](std::size_t capacity) { return capacity * sizeof(Reply) + kTextOverhead; };
    meter_.hold_reply(bytes_of(wanted));
    if (items_.size() <= kMovedAtOnce) {
        meter_.charge(items_.size() / 2);
        items_.reserve(wanted);
    } else {
        Reply::Items larger;
        larger.reserve(wanted);
        for (Reply& item : items_) {
            if (larger.size() % kMovedAtOnce == 0) meter_.charge(kMovedAtOnce);
            larger.push_back(std::move(item));
        }
        items_.swap(larger);
        for (; !larger.empty(); larger.pop_back()) {
            if (larger.size() % kMovedAtOnce == 0) meter_.charge(kMovedAtOnce / 2);
        }
    }
    if (had != 0) meter_.release_reply(bytes_of(had));
}

void ReplyList::pair(Reply first, Reply second) {
    meter_.hold_reply(kAggregateBytes + 2 * sizeof(Reply));
    Reply::Items both;
    both.reserve(2);
    both.push_back(std::move(first));
    both.push_back(std::move(second));
    meter_.charge(WorkMeter::kItem);
    add(Reply::array(std::move(both)));
}

}  // namespace arenite::redis

#include "redis_api/reply_list.h"

#include <utility>

namespace arenite::redis {
namespace {

// What malloc takes for a text beyond its bytes, at most; short texts lie in the reply itself.
constexpr std::size_t kTextOverhead = 32;

// Texts beyond this are copied in pieces.
constexpr std::size_t kLongText = std::size_t{64} << 10;

// What an aggregate takes beside its items.
constexpr std::size_t kAggregateBytes = 64;

void charge_text(WorkMeter& meter, std::size_t size) {
    if (size > std::string().capacity()) meter.hold_reply(size + kTextOverhead);
}

}  // namespace

Reply metered_bulk(WorkMeter& meter, std::string_view text) {
    const std::size_t at_once = text.size() <= kLongText ? text.size() : 0;
    meter.charge(WorkMeter::kLookup + at_once / WorkMeter::kBytesAUnit);
    charge_text(meter, text.size());
    if (text.size() <= kLongText) return Reply::bulk(text);
    std::string copy;
    copy.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); at += kLongText) {
        copy.append(text.substr(at, kLongText));
        meter.charge_bytes(kLongText);
    }
    return Reply::bulk(std::move(copy));
}

Reply metered_bulk(WorkMeter& meter, std::string&& text) {
    meter.charge(WorkMeter::kLookup);
    charge_text(meter, text.capacity());
    return Reply::bulk(std::move(text));
}

void ReplyList::reserve(std::size_t count) {
    const std::size_t wanted = items_.size() + count;
    const std::size_t had = items_.capacity();
    if (wanted <= had) return;
    meter_.charge(items_.size() / 2);
    meter_.hold_reply(wanted * sizeof(Reply));
    items_.reserve(wanted);
    meter_.release_reply(had * sizeof(Reply));
}

void ReplyList::pair(Reply first, Reply second) {
    meter_.hold_reply(kAggregateBytes + 2 * sizeof(Reply));
    Reply::Items both;
    both.reserve(2);
    both.push_back(std::move(first));
    both.push_back(std::move(second));
    meter_.charge(WorkMeter::kLookup);
    add(Reply::array(std::move(both)));
}

}  // namespace arenite::redis

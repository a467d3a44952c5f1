#include "redis_api/reply.h"

#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <utility>

namespace arenite::redis {

struct Reply::Aggregate {
    Items items;
    Aggregate* next_doomed = nullptr;
};

void Reply::AggregateDeleter::operator()(Aggregate* aggregate) const noexcept {
    // Children that are aggregates are detached and queued before their parent goes, so that no
    // destructor below ever meets a nested one.
    Aggregate* doomed = aggregate;
    doomed->next_doomed = nullptr;
    while (doomed != nullptr) {
        Aggregate* current = doomed;
        doomed = current->next_doomed;
        for (Reply& item : current->items) {
            auto* child = std::get_if<AggregatePointer>(&item.payload_);
            if (child == nullptr || *child == nullptr) continue;
            Aggregate* detached = child->release();
            detached->next_doomed = doomed;
            doomed = detached;
        }
        delete current;
    }
}

Reply::~Reply() = default;

Reply& Reply::operator=(Reply&& other) noexcept {
    if (this != &other) {
        // `other` may live inside of this value's own children: take it out before they go.
        Payload taken = std::move(other.payload_);
        kind_ = other.kind_;
        payload_.swap(taken);
    }
    return *this;
}

Reply Reply::status(std::string text) {
    return {ReplyKind::Status, Payload(std::move(text))};
}
Reply Reply::ok() {
    return status("OK");
}
Reply Reply::error(std::string text) {
    return {ReplyKind::Error, Payload(std::move(text))};
}
Reply Reply::integer(std::int64_t value) {
    return {ReplyKind::Integer, Payload(value)};
}
Reply Reply::bulk(std::string text) {
    return {ReplyKind::Bulk, Payload(std::move(text))};
}
Reply Reply::null() {
    return {ReplyKind::Null, Payload()};
}
Reply Reply::null_array() {
    return {ReplyKind::NullArray, Payload()};
}
Reply Reply::real(double value) {
    return {ReplyKind::Double, Payload(value)};
}

Reply Reply::boolean(bool value) {
    return {ReplyKind::Boolean, Payload(static_cast<std::int64_t>(value))};
}

Reply Reply::big_number(std::string digits) {
    return {ReplyKind::BigNumber, Payload(std::move(digits))};
}

Reply Reply::verbatim(std::string_view format, std::string_view text) {
    // Held as on the wire, without the colon: three bytes of format, then the text.
    std::string held(3, ' ');
    for (std::size_t i = 0; i < 3 && i < format.size(); ++i) held[i] = format[i];
    held.append(text);
    return {ReplyKind::Verbatim, Payload(std::move(held))};
}

Reply Reply::aggregate(ReplyKind kind, Items items) {
    AggregatePointer owner(new Aggregate{std::move(items), nullptr});
    return {kind, Payload(std::move(owner))};
}

Reply Reply::array(Items items) {
    return aggregate(ReplyKind::Array, std::move(items));
}
Reply Reply::set(Items items) {
    return aggregate(ReplyKind::Set, std::move(items));
}

Reply Reply::map(Items flat) {
    assert(flat.size() % 2 == 0);
    return aggregate(ReplyKind::Map, std::move(flat));
}

std::string_view Reply::text() const noexcept {
    const auto* text = std::get_if<std::string>(&payload_);
    if (text == nullptr) return {};
    return std::string_view(*text).substr(kind_ == ReplyKind::Verbatim ? 3 : 0);
}

std::string Reply::take_text() && {
    auto* text = std::get_if<std::string>(&payload_);
    if (text == nullptr) return {};
    if (kind_ == ReplyKind::Verbatim) return text->substr(3);
    return std::move(*text);
}

std::string_view Reply::verbatim_format() const noexcept {
    if (kind_ != ReplyKind::Verbatim) return {};
    return std::string_view(*std::get_if<std::string>(&payload_)).substr(0, 3);
}

std::int64_t Reply::integer_value() const noexcept {
    const auto* value = std::get_if<std::int64_t>(&payload_);
    return value != nullptr ? *value : 0;
}

double Reply::double_value() const noexcept {
    const auto* value = std::get_if<double>(&payload_);
    return value != nullptr ? *value : 0.0;
}

bool Reply::boolean_value() const noexcept {
    return kind_ == ReplyKind::Boolean && integer_value() != 0;
}

const Reply::Items& Reply::items() const noexcept {
    static const Items kNone;
    const auto* aggregate = std::get_if<AggregatePointer>(&payload_);
    return aggregate != nullptr && *aggregate != nullptr ? (*aggregate)->items : kNone;
}

Reply::Items& Reply::mutable_items() {
    assert(is_aggregate());
    return std::get<AggregatePointer>(payload_)->items;
}

std::size_t Reply::size() const noexcept {
    return kind_ == ReplyKind::Map ? items().size() / 2 : items().size();
}

bool Reply::operator==(const Reply& other) const {
    std::vector<std::pair<const Reply*, const Reply*>> pending{{this, &other}};
    while (!pending.empty()) {
        const auto [left, right] = pending.back();
        pending.pop_back();
        if (left->kind_ != right->kind_) return false;
        if (left->is_aggregate()) {
            const Items& a = left->items();
            const Items& b = right->items();
            if (a.size() != b.size()) return false;
            for (std::size_t i = 0; i < a.size(); ++i) pending.emplace_back(&a[i], &b[i]);
        } else if (left->kind_ == ReplyKind::Double) {
            if (std::bit_cast<std::uint64_t>(left->double_value()) !=
                std::bit_cast<std::uint64_t>(right->double_value())) {
                return false;
            }
        } else if (left->integer_value() != right->integer_value() || left->text() != right->text() ||
                   left->verbatim_format() != right->verbatim_format()) {
            return false;
        }
    }
    return true;
}

std::string format_double(double value) {
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
    char digits[48];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 17).ptr;
    return {digits, end};
}

}  // namespace arenite::redis

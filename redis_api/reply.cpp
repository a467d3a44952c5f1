#include <arenite/redis/reply.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <utility>

#include "redis_api/format_double.h"

namespace arenite::redis {
namespace {

constexpr std::size_t kVerbatimHead = 3;  ///< bytes of the format

}  // namespace

/// The children of an aggregate. `next_doomed` links those waiting for destruction, so that destroying allocates nothing
/// and does not recurse.
struct Reply::Aggregate {
    Items items;
    Aggregate* next_doomed = nullptr;
};

Reply& Reply::operator=(Reply&& other) noexcept {
    if (this == &other) return *this;
    if (!is_aggregate()) {
        text_ = std::move(other.text_);
        content_ = std::exchange(other.content_, {});
        kind_ = other.kind_;
        return *this;
    }
    // `other` may live inside of this value's own children: take it out before they go.
    Reply taken(std::move(other));
    text_.swap(taken.text_);
    std::swap(content_, taken.content_);
    std::swap(kind_, taken.kind_);
    return *this;
}

void Reply::destroy(Aggregate* aggregate) noexcept {
    // Children that are aggregates are detached and queued before their parent goes, so that no
    // destructor below ever meets a nested one.
    Aggregate* doomed = aggregate;
    doomed->next_doomed = nullptr;
    while (doomed != nullptr) {
        Aggregate* current = doomed;
        doomed = current->next_doomed;
        for (Reply& item : current->items) {
            if (!item.is_aggregate() || item.content_.aggregate == nullptr) continue;
            Aggregate* detached = std::exchange(item.content_.aggregate, nullptr);
            detached->next_doomed = doomed;
            doomed = detached;
        }
        delete current;
    }
}

Reply Reply::status(std::string text) {
    return {ReplyKind::Status, std::move(text)};
}
Reply Reply::ok() {
    return status("OK");
}
Reply Reply::error(std::string text) {
    return {ReplyKind::Error, std::move(text)};
}
Reply Reply::constant_error(const char* text) noexcept {
    return {ReplyKind::Error, Content{.constant = text}};
}
Reply Reply::integer(std::int64_t value) {
    return {ReplyKind::Integer, Content{.integer = value}};
}
Reply Reply::bulk(std::string text) {
    return {ReplyKind::Bulk, std::move(text)};
}
Reply Reply::bulk(std::string_view text) {
    return {ReplyKind::Bulk, std::string(text)};
}
Reply Reply::null() {
    return {};
}
Reply Reply::null_array() {
    return {ReplyKind::NullArray, Content{}};
}
Reply Reply::real(double value) {
    return {ReplyKind::Double, Content{.real = value}};
}

Reply Reply::boolean(bool value) {
    return {ReplyKind::Boolean, Content{.integer = value ? 1 : 0}};
}

Reply Reply::big_number(std::string digits) {
    return {ReplyKind::BigNumber, std::move(digits)};
}

Reply Reply::verbatim(std::string_view format, std::string_view text) {
    // Held as on the wire, without the colon: three bytes of format, then the text.
    std::string held(kVerbatimHead, ' ');
    for (std::size_t i = 0; i < kVerbatimHead && i < format.size(); ++i) held[i] = format[i];
    held.append(text);
    return {ReplyKind::Verbatim, std::move(held)};
}

Reply Reply::aggregate(ReplyKind kind, Items items) {
    return {kind, Content{.aggregate = new Aggregate{std::move(items), nullptr}}};
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
    if (kind_ == ReplyKind::Error && content_.constant != nullptr) return content_.constant;
    const std::size_t head = kind_ == ReplyKind::Verbatim ? kVerbatimHead : 0;
    return std::string_view(text_).substr(std::min(head, text_.size()));
}

std::string Reply::take_text() && {
    if (kind_ == ReplyKind::Verbatim || kind_ == ReplyKind::Error) return std::string(text());
    return std::move(text_);
}

std::string_view Reply::verbatim_format() const noexcept {
    if (kind_ != ReplyKind::Verbatim) return {};
    return std::string_view(text_).substr(0, kVerbatimHead);
}

std::int64_t Reply::integer_value() const noexcept {
    return kind_ == ReplyKind::Integer || kind_ == ReplyKind::Boolean ? content_.integer : 0;
}

double Reply::double_value() const noexcept {
    return kind_ == ReplyKind::Double ? content_.real : 0.0;
}

bool Reply::boolean_value() const noexcept {
    return kind_ == ReplyKind::Boolean && content_.integer != 0;
}

const Reply::Items& Reply::items() const noexcept {
    static const Items kNone;
    return is_aggregate() && content_.aggregate != nullptr ? content_.aggregate->items : kNone;
}

Reply::Items& Reply::mutable_items() {
    assert(is_aggregate() && content_.aggregate != nullptr);
    return content_.aggregate->items;
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
    char digits[48];
    // All digits of a whole number of this size fit into 17, and integers are written faster.
    if (value > -1e15 && value < 1e15 && value == static_cast<double>(static_cast<std::int64_t>(value)) &&
        (value != 0 || !std::signbit(value))) {
        return {digits, std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(value)).ptr};
    }
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
    const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 17).ptr;
    return {digits, end};
}

}  // namespace arenite::redis

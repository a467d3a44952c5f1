#include "redis_api/lib/struct_format.h"

#include <string>

namespace arenite::redis {
namespace {

/// MAXINTSIZE: bytes of the longest integer.
constexpr std::int32_t kMaxIntegerSize = 32;
/// MAXALIGN: the alignment of '!' without a number.
constexpr std::int32_t kNaturalAlignment = 8;
/// Digits between two charges.
constexpr std::uint32_t kDigits = 2048;

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

StructFormat::StructFormat(NativeContext& cx, std::uint32_t slot, std::string_view text)
    : cx_(cx), slot_(slot), text_(text) {
    if (cx.state() == 0) return;
    at_ = static_cast<std::size_t>(cx.local_number(slot + kAt));
    letter_ = static_cast<char>(cx.local_number(slot + kLetter));
    number_ = static_cast<std::int32_t>(cx.local_number(slot + kNumber));
    alignment_ = static_cast<std::int32_t>(cx.local_number(slot + kAlignment));
    little_ = cx.local_number(slot + kLittle) != 0;
}

void StructFormat::save() {
    cx_.set_local_number(slot_ + kAt, static_cast<double>(at_));
    cx_.set_local_number(slot_ + kLetter, letter_);
    cx_.set_local_number(slot_ + kNumber, number_);
    cx_.set_local_number(slot_ + kAlignment, alignment_);
    cx_.set_local_number(slot_ + kLittle, little_ ? 1 : 0);
}

/// getnum: an int, or `fallback` when there are no digits.
StructFormat::Status StructFormat::read_number(std::int32_t fallback, std::int32_t& out) {
    for (std::uint32_t n = 1; at_ < text_.size() && is_digit(text_[at_]); ++n) {
        const std::int64_t next = std::int64_t{number_ < 0 ? 0 : number_} * 10 + (text_[at_] - '0');
        if (next > INT32_MAX) return fail(cx_.error("integral size overflow"));
        number_ = static_cast<std::int32_t>(next);
        ++at_;
        if (n % kDigits == 0 && !cx_.charge(kDigits)) return Status::Spent;
    }
    out = number_ < 0 ? fallback : number_;
    number_ = -1;
    return Status::Ok;
}

StructFormat::Status StructFormat::read_size(std::size_t& size) {
    size = 0;
    switch (letter_) {
        case 'b':
        case 'B':
        case 'x': size = 1; return Status::Ok;
        case 'h':
        case 'H': size = 2; return Status::Ok;
        case 'f': size = 4; return Status::Ok;
        case 'l':
        case 'L':
        case 'T':
        case 'd': size = 8; return Status::Ok;
        case 'c':
        case 'i':
        case 'I': break;
        default: return Status::Ok;
    }
    std::int32_t number = 0;
    const Status status = read_number(letter_ == 'c' ? 1 : 4, number);
    if (status != Status::Ok) return status;
    if (letter_ != 'c' && number > kMaxIntegerSize) {
        return fail(cx_.error("integral size %d is larger than limit of %d", number, kMaxIntegerSize));
    }
    size = static_cast<std::size_t>(number);
    return Status::Ok;
}

StructFormat::Status StructFormat::read_control() {
    switch (letter_) {
        case ' ': return Status::Ok;
        case '>': little_ = false; return Status::Ok;
        case '<': little_ = true; return Status::Ok;
        case '!': {
            std::int32_t number = 0;
            const Status status = read_number(kNaturalAlignment, number);
            if (status != Status::Ok) return status;
            if (number <= 0 || (number & (number - 1)) != 0) {
                return fail(cx_.error("alignment %d is not a power of 2", number));
            }
            alignment_ = number;
            return Status::Ok;
        }
        default: return fail(cx_.arg_error(0, "invalid format option '" + std::string(1, letter_) + "'"));
    }
}

std::size_t StructFormat::padding(std::uint64_t position, std::size_t size) const {
    if (size == 0 || letter_ == 'c') return 0;
    // Integers of sizes that are no power of two are aligned by the same formula, whatever comes of it.
    const std::size_t unit = size > static_cast<std::size_t>(alignment_) ? static_cast<std::size_t>(alignment_) : size;
    return (unit - (position & (unit - 1))) & (unit - 1);
}

}  // namespace arenite::redis

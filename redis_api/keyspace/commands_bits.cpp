// Bit commands on strings (Redis bitops.c), but BITFIELD.
#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "redis_api/keyspace/bit_offset.h"
#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {

bool parse_bit_offset(Invocation& call, std::size_t index, int width, std::uint64_t& offset) {
    std::string_view text = call[index];
    const bool scaled = width > 0 && text.starts_with('#');
    if (scaled) text.remove_prefix(1);
    const auto parsed = parse_integer(text);
    std::int64_t value = parsed.value_or(-1);
    if (scaled && __builtin_mul_overflow(value, width, &value)) value = -1;
    const auto longest = static_cast<std::int64_t>(call.keyspace().options().longest_string);
    if (value < 0 || (value >> 3) >= longest) {
        return call.set_error("bit offset is not an integer or out of range");
    }
    offset = static_cast<std::uint64_t>(value);
    return true;
}

namespace {

std::uint8_t byte_at(std::string_view bytes, std::uint64_t index) noexcept {
    return index < bytes.size() ? static_cast<std::uint8_t>(bytes[index]) : 0;
}

/// A range of bits of a string, both ends included; empty if first > last.
struct BitRange {
    std::int64_t first;
    std::int64_t last;
};

/// The bits of byte `index` that lie in the range, as a mask.
std::uint8_t mask_of(const BitRange& range, std::int64_t index) noexcept {
    unsigned mask = 0xff;
    if (range.first > index * 8) mask &= 0xffU >> (range.first - index * 8);
    if (range.last < index * 8 + 7) mask &= 0xffU << (index * 8 + 7 - range.last);
    return static_cast<std::uint8_t>(mask);
}

/// Bytes between two charges.
constexpr std::int64_t kPiece = 4096;

std::int64_t count_bits(Invocation& call, std::string_view bytes, const BitRange& range) {
    std::int64_t count = 0;
    const std::int64_t last = range.last / 8;
    std::int64_t charged = range.first / 8;
    for (std::int64_t i = range.first / 8; i <= last; ++i) {
        if (i >= charged) {
            call.bytes(static_cast<std::uint64_t>(std::min(kPiece, last - i + 1)));
            charged = i + kPiece;
        }
        if (i > range.first / 8 && i + 8 <= last) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + i, 8);
            count += std::popcount(word);
            i += 7;
            continue;
        }
        count +=
            std::popcount(static_cast<unsigned>(byte_at(bytes, static_cast<std::uint64_t>(i)) & mask_of(range, i)));
    }
    return count;
}

/// Position of the first bit of this value in the range; -1 if there is none.
std::int64_t find_bit(Invocation& call, std::string_view bytes, const BitRange& range, bool value) {
    const std::int64_t first = range.first / 8;
    for (std::int64_t i = first; i <= range.last / 8; ++i) {
        if ((i - first) % kPiece == 0)
            call.visit(static_cast<std::uint64_t>(std::min(kPiece, range.last / 8 - i + 1)) / 4);
        std::uint8_t byte = byte_at(bytes, static_cast<std::uint64_t>(i));
        if (!value) byte = static_cast<std::uint8_t>(~byte);
        byte &= mask_of(range, i);
        if (byte != 0) return i * 8 + std::countl_zero(byte);
    }
    return -1;
}

/// Turns start and end, in units of `unit` bits, into a range of bits.
BitRange resolve(std::int64_t start, std::int64_t end, std::int64_t length, std::int64_t unit) {
    if (start < 0) start = std::max<std::int64_t>(length + start, 0);
    if (end < 0) end = std::max<std::int64_t>(length + end, 0);
    end = std::min(end, length - 1);
    if (start > end) return {0, -1};
    return {start * unit, end * unit + unit - 1};
}

/// The unit named by an option; 0 for another word.
std::int64_t unit_of(const Invocation& call, std::size_t index) noexcept {
    return call.is(index, "bit") ? 1 : call.is(index, "byte") ? 8 : 0;
}

enum class BitOperation { And, Or, Xor, Not };

std::string combine(Invocation& call, BitOperation operation, const std::vector<std::string_view>& sources,
                    std::size_t length) {
    std::string result;
    result.reserve(length);
    for (std::size_t i = 0; i < length; ++i) {
        if (i % kPiece == 0) {
            const std::size_t piece = std::min<std::size_t>(kPiece, length - i);
            call.visit(piece / 4 * sources.size());
            result.resize(i + piece);
        }
        std::uint8_t byte = byte_at(sources[0], i);
        for (std::size_t j = 1; j < sources.size(); ++j) {
            const std::uint8_t other = byte_at(sources[j], i);
            switch (operation) {
                case BitOperation::And: byte &= other; break;
                case BitOperation::Or: byte |= other; break;
                case BitOperation::Xor: byte ^= other; break;
                case BitOperation::Not: break;
            }
        }
        result[i] = static_cast<char>(operation == BitOperation::Not ? ~byte : byte);
    }
    return result;
}

}  // namespace

Reply setbit_command(Invocation& call) {
    std::uint64_t offset = 0;
    std::int64_t bit = 0;
    if (!parse_bit_offset(call, 2, 0, offset)) return call.fail();
    if (!call.ranged(3, 0, 1, bit, "bit is not an integer or out of range")) return call.fail();
    StringValue* string = nullptr;
    if (!call.write(call[1], string)) return call.fail();
    if (string == nullptr) {
        string = call.create<StringValue>(call[1], std::string(), StringEncoding::Raw);
    }
    const std::uint64_t index = offset / 8;
    const auto mask = static_cast<std::uint8_t>(0x80U >> (offset % 8));
    const std::uint8_t old = byte_at(string->bytes(), index);
    const char fresh = static_cast<char>(bit != 0 ? old | mask : old & ~mask);
    string->grow(index + 1, call.meter());
    string->overwrite(index, std::string_view(&fresh, 1));
    return Reply::integer((old & mask) != 0 ? 1 : 0);
}

Reply getbit_command(Invocation& call) {
    std::uint64_t offset = 0;
    if (!parse_bit_offset(call, 2, 0, offset)) return call.fail();
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    if (string == nullptr) return Reply::integer(0);
    const unsigned byte = byte_at(string->bytes(), offset / 8);
    return Reply::integer((byte >> (7 - offset % 8)) & 1);
}

Reply bitcount_command(Invocation& call) {
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    if (string == nullptr) return Reply::integer(0);
    const auto length = static_cast<std::int64_t>(string->size());
    BitRange range{0, length * 8 - 1};
    if (call.size() == 4 || call.size() == 5) {
        std::int64_t start = 0;
        std::int64_t end = 0;
        if (!call.integer(2, start) || !call.integer(3, end)) return call.fail();
        if (start < 0 && end < 0 && start > end) return Reply::integer(0);
        const std::int64_t unit = call.size() == 5 ? unit_of(call, 4) : 8;
        if (unit == 0) return call.syntax_error();
        range = resolve(start, end, length * 8 / unit, unit);
    } else if (call.size() != 2) {
        return call.syntax_error();
    }
    return Reply::integer(range.first > range.last ? 0 : count_bits(call, string->bytes(), range));
}

Reply bitpos_command(Invocation& call) {
    std::int64_t bit = 0;
    if (!call.integer(2, bit)) return call.fail();
    if (bit != 0 && bit != 1) return call.error("The bit argument must be 1 or 0.");
    const StringValue* string = nullptr;
    if (!call.read(call[1], string)) return call.fail();
    if (string == nullptr) return Reply::integer(bit != 0 ? -1 : 0);
    const auto length = static_cast<std::int64_t>(string->size());
    std::int64_t start = 0;
    std::int64_t end = length - 1;
    std::int64_t unit = 8;
    const bool end_given = call.size() >= 5;
    if (call.size() > 6) return call.syntax_error();
    if (call.size() > 3 && !call.integer(3, start)) return call.fail();
    if (call.size() == 6) unit = unit_of(call, 5);
    if (unit == 0) return call.syntax_error();
    if (end_given && !call.integer(4, end)) return call.fail();
    const BitRange range = resolve(start, end, length * 8 / unit, unit);
    if (range.first > range.last) return Reply::integer(-1);
    const std::int64_t found = find_bit(call, string->bytes(), range, bit != 0);
    // Without an end, the string is followed by zeroes without end.
    if (found < 0 && bit == 0 && !end_given) return Reply::integer(range.last + 1);
    return Reply::integer(found);
}

Reply bitop_command(Invocation& call) {
    BitOperation operation{};
    if (call.is(1, "and"))
        operation = BitOperation::And;
    else if (call.is(1, "or"))
        operation = BitOperation::Or;
    else if (call.is(1, "xor"))
        operation = BitOperation::Xor;
    else if (call.is(1, "not"))
        operation = BitOperation::Not;
    else
        return call.syntax_error();
    if (operation == BitOperation::Not && call.size() != 4) {
        return call.error("BITOP NOT must be called with a single source key.");
    }
    std::vector<std::string_view> sources;
    std::size_t length = 0;
    for (std::size_t i = 3; i < call.size(); ++i) {
        const StringValue* string = nullptr;
        if (!call.read(call[i], string)) return call.fail();
        sources.push_back(string != nullptr ? std::string_view(string->bytes()) : std::string_view());
        length = std::max(length, sources.back().size());
    }
    if (length == 0) {
        call.keyspace().remove(call.db(), call[2]);
    } else {
        std::string result = combine(call, operation, sources, length);
        call.create<StringValue>(call[2], std::move(result), StringEncoding::Raw);
    }
    return Reply::integer(static_cast<std::int64_t>(length));
}

}  // namespace arenite::redis

// BITFIELD and BITFIELD_RO (Redis bitops.c, bitfieldGeneric).
#include <algorithm>
#include <vector>

#include "redis_api/keyspace/bit_offset.h"
#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

__extension__ typedef __int128 Wide;

enum class FieldAction { Get, Set, Increment };
enum class OverflowRule { Wrap, Saturate, Fail };

struct FieldType {
    bool is_signed = false;
    int width = 0;

    Wide min() const { return is_signed ? -(Wide{1} << (width - 1)) : 0; }
    // NOLINTNEXTLINE(clang-analyzer-core.BitwiseShift): widths count from 1
    Wide max() const { return (Wide{1} << (is_signed ? width - 1 : width)) - 1; }
};

struct FieldOperation {
    FieldAction action;
    OverflowRule rule;
    FieldType type;
    std::uint64_t offset;
    std::int64_t argument;
};

bool parse_type(Invocation& call, std::size_t index, FieldType& type) {
    std::string_view text = call[index];
    const bool known = text.starts_with('i') || text.starts_with('u');
    if (known) {
        type.is_signed = text[0] == 'i';
        const std::int64_t width = parse_integer(text.substr(1)).value_or(0);
        if (width >= 1 && width <= (type.is_signed ? 64 : 63)) {
            type.width = static_cast<int>(width);
            return true;
        }
    }
    return call.set_error(
        "Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 "
        "is.");
}

bool parse_operations(Invocation& call, std::vector<FieldOperation>& operations) {
    OverflowRule rule = OverflowRule::Wrap;
    for (std::size_t i = 2; i < call.size();) {
        const std::size_t more = call.size() - i - 1;
        if (call.is(i, "overflow") && more >= 1) {
            if (call.is(i + 1, "wrap"))
                rule = OverflowRule::Wrap;
            else if (call.is(i + 1, "sat"))
                rule = OverflowRule::Saturate;
            else if (call.is(i + 1, "fail"))
                rule = OverflowRule::Fail;
            else
                return call.set_error("Invalid OVERFLOW type specified");
            i += 2;
            continue;
        }
        FieldOperation operation{FieldAction::Get, rule, {}, 0, 0};
        if (call.is(i, "get") && more >= 2)
            operation.action = FieldAction::Get;
        else if (call.is(i, "set") && more >= 3)
            operation.action = FieldAction::Set;
        else if (call.is(i, "incrby") && more >= 3)
            operation.action = FieldAction::Increment;
        else
            return call.set_error("syntax error");
        if (!parse_type(call, i + 1, operation.type)) return false;
        if (!parse_bit_offset(call, i + 2, operation.type.width, operation.offset)) return false;
        const bool get = operation.action == FieldAction::Get;
        if (!get && !call.integer(i + 3, operation.argument)) return false;
        operations.push_back(operation);
        i += get ? 3 : 4;
    }
    return true;
}

Wide read_field(std::string_view bytes, const FieldOperation& operation) {
    std::uint64_t value = 0;
    for (int i = 0; i < operation.type.width; ++i) {
        const std::uint64_t position = operation.offset + static_cast<std::uint64_t>(i);
        const std::uint64_t index = position / 8;
        const unsigned byte = index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0;
        value = value << 1 | ((byte >> (7 - position % 8)) & 1);
    }
    const Wide wide = value;
    const bool negative = operation.type.is_signed && wide > operation.type.max();
    return negative ? wide - (Wide{1} << operation.type.width) : wide;
}

void write_field(StringValue& string, const FieldOperation& operation, Wide value) {
    const auto width = static_cast<std::uint64_t>(operation.type.width);
    const std::uint64_t first = operation.offset / 8;
    const std::uint64_t last = (operation.offset + width - 1) / 8;
    std::string bytes = string.bytes().substr(first, last - first + 1);
    for (std::uint64_t i = 0; i < width; ++i) {
        const std::uint64_t position = operation.offset + i - first * 8;
        const auto mask = static_cast<unsigned char>(0x80U >> (position % 8));
        auto byte = static_cast<unsigned char>(bytes[position / 8]);
        const bool bit = (value >> (width - 1 - i) & 1) != 0;
        byte = static_cast<unsigned char>(bit ? byte | mask : byte & ~mask);
        bytes[position / 8] = static_cast<char>(byte);
    }
    string.overwrite(first, bytes);
}

/// Brings a value into the range of the type; false: the rule says to fail.
bool bring_into_range(const FieldOperation& operation, Wide& value) {
    const FieldType& type = operation.type;
    if (value >= type.min() && value <= type.max()) return true;
    switch (operation.rule) {
        case OverflowRule::Fail: return false;
        case OverflowRule::Saturate: value = value > type.max() ? type.max() : type.min(); return true;
        case OverflowRule::Wrap: break;
    }
    value &= (Wide{1} << type.width) - 1;
    if (type.is_signed && value > type.max()) value -= Wide{1} << type.width;
    return true;
}

Reply write_operation(StringValue& string, const FieldOperation& operation) {
    const Wide old = read_field(string.bytes(), operation);
    const bool increment = operation.action == FieldAction::Increment;
    Wide fresh = increment ? old + operation.argument : Wide{operation.argument};
    // SET takes a negative argument for an unsigned field as a huge one.
    if (!increment && !operation.type.is_signed) {
        fresh = static_cast<std::uint64_t>(operation.argument);
    }
    if (!bring_into_range(operation, fresh)) return Reply::null();
    write_field(string, operation, fresh);
    return Reply::integer(static_cast<std::int64_t>(increment ? fresh : old));
}

Reply bitfield_generic(Invocation& call, bool read_only) {
    std::vector<FieldOperation> operations;
    if (!parse_operations(call, operations)) return call.fail();
    std::uint64_t size_needed = 0;
    for (const FieldOperation& operation : operations) {
        if (operation.action == FieldAction::Get) continue;
        const auto width = static_cast<std::uint64_t>(operation.type.width);
        size_needed = std::max(size_needed, (operation.offset + width - 1) / 8 + 1);
    }
    const StringValue* string = nullptr;
    StringValue* target = nullptr;
    if (size_needed == 0) {
        if (!call.read(call[1], string)) return call.fail();
    } else {
        if (read_only) return call.error("BITFIELD_RO only supports the GET subcommand");
        if (!call.write(call[1], target)) return call.fail();
        if (target == nullptr) {
            target = call.create<StringValue>(call[1], std::string(), StringEncoding::Raw);
        }
        if (target->size() < size_needed) {
            target->grow(size_needed, call.meter());
            target->overwrite(size_needed - 1, std::string_view("\0", 1));
        } else {
            target->overwrite(0, {});  // becomes a raw string in any case
        }
        string = target;
    }
    ReplyList replies = call.list();
    for (const FieldOperation& operation : operations) {
        call.look_up(4);
        if (operation.action != FieldAction::Get) {
            // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): made above, as an operation writes
            replies.add(write_operation(*target, operation));
        } else {
            const std::string_view bytes = string != nullptr ? string->bytes() : std::string_view();
            replies.integer(static_cast<std::int64_t>(read_field(bytes, operation)));
        }
    }
    return call.array(std::move(replies));
}

}  // namespace

Reply bitfield_command(Invocation& call) {
    return bitfield_generic(call, false);
}
Reply bitfield_ro_command(Invocation& call) {
    return bitfield_generic(call, true);
}

}  // namespace arenite::redis

// List commands (Redis t_list.c).
#include <algorithm>
#include <limits>

#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

std::int64_t length_of(const ListValue& list) {
    return static_cast<std::int64_t>(list.size());
}

/// Turns start and end, negative from the tail, into positions; false if nothing lies between.
bool resolve_range(std::int64_t length, std::int64_t& start, std::int64_t& end) {
    if (start < 0) start = std::max<std::int64_t>(length + start, 0);
    if (end < 0) end = length + end;
    if (start > end || start >= length) return false;
    end = std::min(end, length - 1);
    return true;
}

/// Takes items off one end, in pieces.
void drop(Invocation& call, ListValue& list, ListEnd end, std::size_t count) {
    constexpr std::size_t kPiece = 256;
    for (; count > 0; count -= std::min(count, kPiece)) {
        const std::size_t piece = std::min(count, kPiece);
        call.look_up(piece);
        list.drop(end, piece);
    }
}

bool parse_end(Invocation& call, std::size_t index, ListEnd& end) {
    if (call.is(index, "left")) {
        end = ListEnd::Left;
    } else if (call.is(index, "right")) {
        end = ListEnd::Right;
    } else {
        return call.set_error("syntax error");
    }
    return true;
}

Reply push(Invocation& call, ListEnd end, bool only_existing) {
    ListValue* list = nullptr;
    if (!call.write(call[1], list)) return call.fail();
    if (list == nullptr) {
        if (only_existing) return Reply::integer(0);
        list = call.create<ListValue>(call[1]);
    }
    for (std::size_t i = 2; i < call.size(); ++i) {
        call.look_up();
        list->push(end, metered_copy(call.meter(), call[i]));
    }
    return Reply::integer(length_of(*list));
}

Reply pop_items(Invocation& call, ListValue& list, ListEnd end, std::int64_t count) {
    ReplyList items = call.list();
    std::int64_t left = std::min(count, length_of(list));
    items.reserve(static_cast<std::size_t>(left));
    for (; left > 0; --left) items.bulk(list.pop(end));
    return call.array(std::move(items));
}

Reply pop(Invocation& call, ListEnd end) {
    if (call.size() > 3) return call.wrong_arity();
    const bool counted = call.size() == 3;
    std::int64_t count = 0;
    if (counted && !call.not_negative(2, count)) return call.fail();
    ListValue* list = nullptr;
    if (!call.write(call[1], list)) return call.fail();
    if (list == nullptr) return counted ? Reply::null_array() : Reply::null();
    Reply reply = counted ? pop_items(call, *list, end, count) : call.bulk(list->pop(end));
    call.remove_if_empty(call[1], *list);
    return reply;
}

Reply move_item(Invocation& call, ListEnd from, ListEnd to) {
    ListValue* source = nullptr;
    ListValue* target = nullptr;
    if (!call.write(call[1], source)) return call.fail();
    if (source == nullptr) return Reply::null();
    if (!call.write_or_create(call[2], target)) return call.fail();
    std::string item = source->pop(from);
    call.bytes(item.size());
    target->push(to, item);
    call.remove_if_empty(call[1], *source);
    return call.bulk(std::move(item));
}

/// LMPOP, and BLMPOP with its timeout before it, which counts as passed at once (t_list.c,
/// lmpopGenericCommand).
Reply pop_from_first(Invocation& call, std::size_t keys_at) {
    std::int64_t key_count = 0;
    if (!call.ranged(keys_at, 1, kMax, key_count, "numkeys should be greater than 0")) {
        return call.fail();
    }
    if (key_count >= static_cast<std::int64_t>(call.size() - keys_at - 1)) {
        return call.syntax_error();
    }
    const std::size_t end_at = keys_at + 1 + static_cast<std::size_t>(key_count);
    ListEnd end{};
    if (!parse_end(call, end_at, end)) return call.fail();
    std::int64_t count = -1;
    for (std::size_t i = end_at + 1; i < call.size(); ++i) {
        if (count != -1 || !call.is(i, "count") || !call.has_more(i)) return call.syntax_error();
        if (!call.ranged(++i, 1, kMax, count, "count should be greater than 0")) return call.fail();
    }
    if (count == -1) count = 1;
    if (keys_at == 2 && !call.timeout(1)) return call.fail();
    for (const std::string_view key : call.args(keys_at + 1, static_cast<std::size_t>(key_count))) {
        ListValue* list = nullptr;
        if (!call.write(key, list)) return call.fail();
        if (list == nullptr) continue;
        ReplyList pair = call.list();
        pair.bulk(key);
        pair.add(pop_items(call, *list, end, count));
        call.remove_if_empty(key, *list);
        return call.array(std::move(pair));
    }
    return Reply::null_array();
}

struct PositionOptions {
    std::int64_t rank = 1;
    std::int64_t count = -1;  ///< not given
    std::int64_t most_compared = 0;
};

bool parse_position_options(Invocation& call, PositionOptions& options) {
    for (std::size_t i = 3; i < call.size(); ++i) {
        const bool more = call.has_more(i);
        if (call.is(i, "rank") && more) {
            if (!call.integer(++i, options.rank)) return false;
            if (options.rank == 0) {
                return call.set_error(
                    "RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use "
                    "negative to start from the end of the list");
            }
            if (options.rank == std::numeric_limits<std::int64_t>::min()) ++options.rank;
        } else if (call.is(i, "count") && more) {
            if (!call.not_negative(++i, options.count, "COUNT can't be negative")) return false;
        } else if (call.is(i, "maxlen") && more) {
            if (!call.not_negative(++i, options.most_compared, "MAXLEN can't be negative")) return false;
        } else {
            return call.set_error("syntax error");
        }
    }
    return true;
}

}  // namespace

Reply lpush_command(Invocation& call) {
    return push(call, ListEnd::Left, false);
}
Reply rpush_command(Invocation& call) {
    return push(call, ListEnd::Right, false);
}
Reply lpushx_command(Invocation& call) {
    return push(call, ListEnd::Left, true);
}
Reply rpushx_command(Invocation& call) {
    return push(call, ListEnd::Right, true);
}
Reply lpop_command(Invocation& call) {
    return pop(call, ListEnd::Left);
}
Reply rpop_command(Invocation& call) {
    return pop(call, ListEnd::Right);
}
Reply lmpop_command(Invocation& call) {
    return pop_from_first(call, 1);
}

Reply blmpop_command(Invocation& call) {
    return pop_from_first(call, 2);
}

Reply llen_command(Invocation& call) {
    const ListValue* list = nullptr;
    if (!call.read(call[1], list)) return call.fail();
    return Reply::integer(list != nullptr ? length_of(*list) : 0);
}

Reply linsert_command(Invocation& call) {
    const bool after = call.is(2, "after");
    if (!after && !call.is(2, "before")) return call.syntax_error();
    ListValue* list = nullptr;
    if (!call.write(call[1], list)) return call.fail();
    if (list == nullptr) return Reply::integer(0);
    std::size_t pivot = 0;
    while (pivot < list->size() && !call.equal(list->at(pivot), call[3])) ++pivot;
    if (pivot == list->size()) return Reply::integer(-1);
    call.visit(list->size() - pivot);
    list->insert(pivot + (after ? 1 : 0), std::string(call[4]), call.meter());
    return Reply::integer(length_of(*list));
}

Reply lindex_command(Invocation& call) {
    const ListValue* list = nullptr;
    if (!call.read(call[1], list)) return call.fail();
    if (list == nullptr) return Reply::null();
    std::int64_t index = 0;
    if (!call.integer(2, index)) return call.fail();
    if (index < 0) index += length_of(*list);
    if (index < 0 || index >= length_of(*list)) return Reply::null();
    return call.bulk(list->at(static_cast<std::size_t>(index)));
}

Reply lset_command(Invocation& call) {
    ListValue* list = nullptr;
    if (!call.write(call[1], list)) return call.fail();
    if (list == nullptr) return call.error("no such key");
    std::int64_t index = 0;
    if (!call.integer(2, index)) return call.fail();
    if (index < 0) index += length_of(*list);
    if (index < 0 || index >= length_of(*list)) return call.error("index out of range");
    list->store(static_cast<std::size_t>(index), std::string(call[3]));
    return Reply::ok();
}

Reply lrange_command(Invocation& call) {
    std::int64_t start = 0;
    std::int64_t end = 0;
    if (!call.integer(2, start) || !call.integer(3, end)) return call.fail();
    const ListValue* list = nullptr;
    if (!call.read(call[1], list)) return call.fail();
    ReplyList items = call.list();
    if (list != nullptr && resolve_range(length_of(*list), start, end)) {
        items.reserve(static_cast<std::size_t>(end - start + 1));
        for (; start <= end; ++start) items.bulk(list->at(static_cast<std::size_t>(start)));
    }
    return call.array(std::move(items));
}

Reply ltrim_command(Invocation& call) {
    std::int64_t start = 0;
    std::int64_t end = 0;
    if (!call.integer(2, start) || !call.integer(3, end)) return call.fail();
    ListValue* list = nullptr;
    if (!call.write(call[1], list)) return call.fail();
    if (list == nullptr) return Reply::ok();
    if (resolve_range(length_of(*list), start, end)) {
        drop(call, *list, ListEnd::Right, static_cast<std::size_t>(length_of(*list) - 1 - end));
        drop(call, *list, ListEnd::Left, static_cast<std::size_t>(start));
    } else {
        call.keyspace().remove(call.db(), call[1]);
    }
    return Reply::ok();
}

Reply lpos_command(Invocation& call) {
    PositionOptions options;
    if (!parse_position_options(call, options)) return call.fail();
    const ListValue* list = nullptr;
    if (!call.read(call[1], list)) return call.fail();
    const bool counted = options.count != -1;
    ReplyList found = call.list();
    const std::int64_t length = list != nullptr ? length_of(*list) : 0;
    const bool backwards = options.rank < 0;
    const std::int64_t first_match = backwards ? -options.rank : options.rank;
    const std::int64_t compared = options.most_compared == 0 ? length : std::min(length, options.most_compared);
    std::int64_t matches = 0;
    for (std::int64_t i = 0; i < compared; ++i) {
        const std::int64_t index = backwards ? length - 1 - i : i;
        if (!call.equal(list->at(static_cast<std::size_t>(index)), call[2])) continue;
        if (++matches < first_match) continue;
        if (!counted) return Reply::integer(index);
        found.integer(index);
        if (options.count != 0 && matches - first_match + 1 >= options.count) break;
    }
    return counted ? call.array(std::move(found)) : Reply::null();
}

Reply lrem_command(Invocation& call) {
    std::int64_t count = 0;
    if (!call.integer(2, count)) return call.fail();
    ListValue* list = nullptr;
    if (!call.write(call[1], list)) return call.fail();
    if (list == nullptr) return Reply::integer(0);
    const ListEnd from = count < 0 ? ListEnd::Right : ListEnd::Left;
    const auto magnitude = static_cast<std::uint64_t>(count);
    const auto equal = [&](const std::string& item) { return call.equal(item, call[3]); };
    const std::size_t removed = list->remove(equal, count < 0 ? -magnitude : magnitude, from, call.meter());
    call.remove_if_empty(call[1], *list);
    return Reply::integer(static_cast<std::int64_t>(removed));
}

Reply rpoplpush_command(Invocation& call) {
    return move_item(call, ListEnd::Right, ListEnd::Left);
}

Reply lmove_command(Invocation& call) {
    ListEnd from{};
    ListEnd to{};
    if (!parse_end(call, 3, from) || !parse_end(call, 4, to)) return call.fail();
    return move_item(call, from, to);
}

}  // namespace arenite::redis

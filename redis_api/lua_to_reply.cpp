#include "redis_api/lua_to_reply.h"

#include <string>
#include <utility>
#include <vector>

#include "redis_api/reply_list.h"

namespace arenite::redis {
namespace {

/// LUAI_MAXCSTACK of Redis's Lua, and the slots that the conversion of one value wants.
constexpr std::size_t kMaxStack = 8000;
constexpr std::size_t kStackNeed = 4;

/// Values on the stack of Redis's Lua where the conversion starts: EVAL has the error handler and the value there.
constexpr std::size_t kStackTop = 2;

/// Units of work for one value, beside what its reply is charged.
constexpr std::uint64_t kValueCost = 4;

/// Makes the reply of one value, with a stack of open aggregates of its own. `top` counts the values that Redis would
/// have on its Lua stack, so that its limit strikes at the same place.
class ReplyMaker {
public:
    ReplyMaker(const Heap& heap, const FieldNames& names, int resp, WorkMeter& meter)
        : heap_(heap), names_(names), resp_(resp), meter_(meter) {}

    Reply make(Value root) {
        Reply result;
        if (convert(root, kStackTop, result)) return result;
        for (;;) {
            Reply item;
            Value value = Value::nil();
            std::size_t top = 0;
            if (!next(open_.back(), value, top)) {
                item = close();
                if (open_.empty()) return item;
            } else if (!convert(value, top, item)) {
                continue;  // an aggregate, opened
            }
            open_.back().items.add(std::move(item));
        }
    }

private:
    struct Level {
        ReplyKind kind;
        const Table* table;
        std::uint64_t position;  ///< array: the last index; else of iteration
        bool has_value;          ///< of a map: the key was converted, `value` comes next
        Value value;
        std::size_t top;
        ReplyList items;
    };

    /// Converts a scalar: true. Opens an aggregate: false.
    bool convert(Value value, std::size_t top, Reply& out) {
        meter_.charge(kValueCost);
        if (top + kStackNeed > kMaxStack) {
            out = Reply::error("ERR reached lua stack limit");
            return true;
        }
        switch (value.type()) {
            case LuaType::String: out = metered_bulk(meter_, heap_.string(value)); return true;
            case LuaType::Boolean:
                if (resp_ >= 3) {
                    out = Reply::boolean(value.truthy());
                } else if (value.truthy()) {
                    out = Reply::integer(1);
                }
                return true;
            case LuaType::Number: out = Reply::integer(truncate_to_int64(value.as_number())); return true;
            case LuaType::Table:
                if (const Table* table = heap_.get<Table>(value)) return convert_table(*table, top, out);
                return true;
            default: return true;
        }
    }

    bool convert_table(const Table& table, std::size_t top, Reply& out) {
        if (const Value err = field(table, names_.err); err.is_string()) {
            // addReplyErrorFormatEx trims newlines at the end; the writer replaces those in the middle.
            std::string_view text = until_nul(counted(heap_.string(err)));
            while (text.ends_with('\r') || text.ends_with('\n')) text.remove_suffix(1);
            out = Reply::error(std::string(text));
            return true;
        }
        if (const Value ok = field(table, names_.ok); ok.is_string()) {
            out = Reply::status(std::string(until_nul(counted(heap_.string(ok)))));
            return true;
        }
        if (const Value number = field(table, names_.double_); number.is_number()) {
            out = Reply::real(number.as_number());
            return true;
        }
        if (const Value digits = field(table, names_.big_number); digits.is_string()) {
            out = Reply::big_number(std::string(counted(heap_.string(digits))));
            return true;
        }
        if (convert_verbatim(field(table, names_.verbatim_string), out)) return true;
        if (const Table* map = heap_.get<Table>(field(table, names_.map))) return open(ReplyKind::Map, *map, top);
        if (const Table* set = heap_.get<Table>(field(table, names_.set))) return open(ReplyKind::Set, *set, top);
        return open(ReplyKind::Array, table, top);
    }

    bool convert_verbatim(Value value, Reply& out) {
        const Table* table = heap_.get<Table>(value);
        if (!table) return false;
        const Value format = field(*table, names_.format);
        const Value text = field(*table, names_.string);
        if (!format.is_string() || !text.is_string()) return false;
        out = Reply::verbatim(until_nul(heap_.string(format)), counted(heap_.string(text)));
        return true;
    }

    bool open(ReplyKind kind, const Table& table, std::size_t top) {
        meter_.hold_reply(3 * sizeof(Level));  // while the stack grows, it is there twice
        open_.push_back({kind, &table, 0, false, Value::nil(), top, ReplyList(meter_)});
        // A long list at once: to move all that there is, whenever it grows, would be long work.
        constexpr std::uint32_t kLong = 1024;
        if (kind == ReplyKind::Array && table.array_size() > kLong) open_.back().items.reserve(count(table));
        return false;
    }

    /// Items of a list, as far as they are in the array part.
    std::uint32_t count(const Table& table) {
        constexpr std::uint32_t kSlice = 4096;
        std::uint32_t n = 0;
        for (; n < table.array_size(); ++n) {
            if (n % kSlice == 0) meter_.charge(kSlice / 8);
            const Value* slot = table.find_integer(heap_, n + 1);
            if (!slot || slot->is_nil()) break;
        }
        return n;
    }

    /// The next value to convert, and where Redis's stack is then; false at the end.
    bool next(Level& level, Value& value, std::size_t& top) {
        if (level.kind == ReplyKind::Array) {
            const Value* slot = level.table->find_integer(heap_, static_cast<std::int64_t>(++level.position));
            value = slot ? *slot : Value::nil();
            top = level.top + 1;
            return !value.is_nil();
        }
        if (level.has_value) {
            level.has_value = false;
            value = level.value;
            top = level.top + 3;  // the field's table, the key, the value
            return true;
        }
        if (!level.table->next_entry(level.position, value, level.value)) return false;
        level.has_value = level.kind == ReplyKind::Map;
        top = level.top + (level.has_value ? 4 : 3);  // with the key once more
        return true;
    }

    Reply close() {
        Level& level = open_.back();
        const ReplyKind kind = level.kind;
        Reply::Items items = std::move(level.items).take();
        open_.pop_back();
        switch (kind) {
            case ReplyKind::Map: return Reply::map(std::move(items));
            case ReplyKind::Set: return Reply::set(std::move(items));
            default: return Reply::array(std::move(items));
        }
    }

    static Value field(const Table& table, Value name) {
        const Value* slot = table.find_word(name.bits);
        return slot ? *slot : Value::nil();
    }

    std::string_view counted(std::string_view text) {
        meter_.charge_bytes(text.size());
        meter_.hold_reply(text.size());
        return text;
    }

    const Heap& heap_;
    const FieldNames& names_;
    const int resp_;
    WorkMeter& meter_;
    std::vector<Level> open_;
};

}  // namespace

Reply lua_to_reply(const Heap& heap, const FieldNames& names, Value value, int resp, WorkMeter& meter) {
    return ReplyMaker(heap, names, resp, meter).make(value);
}

}  // namespace arenite::redis

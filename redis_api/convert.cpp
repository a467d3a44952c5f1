#include "redis_api/convert.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "vm/lib/number_text.h"

namespace arenite::redis {
namespace {

/// LUAI_MAXCSTACK of Redis's Lua, and the slots that the conversion of one value wants.
constexpr std::size_t kMaxStack = 8000;
constexpr std::size_t kStackNeed = 4;

/// What one reply costs against the limit of bytes, beside its text.
constexpr std::size_t kReplyBytes = sizeof(Reply) + 16;

// --- Replies to Lua. -----------------------------------------------------------------------------------------------

/// Makes the Lua values of one reply, with a stack of open aggregates of its own.
class LuaMaker {
public:
    explicit LuaMaker(NativeContext& cx) : cx_(cx), environment_(ScriptEnvironment::of(cx)) {}

    bool make(const Reply& root, Value& out) {
        if (!begin(root, out)) return false;
        while (!open_.empty()) {
            Level& level = open_.back();
            if (level.next == level.items->size()) {
                open_.pop_back();
                continue;
            }
            const Reply& item = (*level.items)[level.next++];
            const std::size_t index = open_.size() - 1;
            Value value = Value::nil();
            if (!begin(item, value) || !place(open_[index], value)) return false;
        }
        // Done already, so it is paid whatever is left.
        (void)cx_.charge(work_);
        return true;
    }

private:
    struct Level {
        const Reply::Items* items;
        std::size_t next;
        ReplyKind kind;
        Handle<Table> table;
        Value key;  ///< of a map, between key and value
    };

    const FieldNames& names() const { return environment_.names; }

    /// Makes a scalar whole; of an aggregate its table, and opens it.
    bool begin(const Reply& reply, Value& out) {
        ++work_;
        switch (reply.kind()) {
            case ReplyKind::Integer: out = Value::number(static_cast<double>(reply.integer_value())); return true;
            case ReplyKind::Bulk: work_ += reply.text().size() / 32; return cx_.new_string(reply.text(), out);
            case ReplyKind::Null:
            case ReplyKind::NullArray:
                out = environment_.call.resp >= 3 ? Value::nil() : Value::boolean(false);
                return true;
            case ReplyKind::Boolean: out = Value::boolean(reply.boolean_value()); return true;
            case ReplyKind::Status: return tagged_text(names().ok, reply.text(), out);
            case ReplyKind::Error: return make_error_table(cx_, "-" + std::string(reply.text()), true, out);
            case ReplyKind::Double: return tagged(names().double_, Value::canonical(reply.double_value()), out);
            case ReplyKind::BigNumber: return tagged_text(names().big_number, reply.text(), out);
            case ReplyKind::Verbatim: return verbatim(reply, out);
            case ReplyKind::Array: {
                Handle<Table> table;
                if (!cx_.new_table(array_hint(reply), 0, table)) return false;
                out = Value::object(table);
                return open(reply, table);
            }
            case ReplyKind::Map: return aggregate(names().map, reply, out);
            case ReplyKind::Set: return aggregate(names().set, reply, out);
        }
        __builtin_unreachable();
    }

    /// Room for the elements. Not when some of them will be nil: Redis lets its tables grow, and `#` shows that.
    std::uint32_t array_hint(const Reply& reply) const {
        const Reply::Items& items = reply.items();
        const bool has_nil =
            environment_.call.resp >= 3 && std::ranges::any_of(items, [](const Reply& item) { return item.is_null(); });
        return has_nil ? 0 : static_cast<std::uint32_t>(items.size());
    }

    bool tagged(Value name, Value value, Value& out) {
        Handle<Table> table;
        if (!cx_.new_table(0, 1, table) || !cx_.raw_set(table, name, value)) return false;
        out = Value::object(table);
        return true;
    }

    bool tagged_text(Value name, std::string_view text, Value& out) {
        Value string = Value::nil();
        return cx_.new_string(text, string) && tagged(name, string, out);
    }

    bool verbatim(const Reply& reply, Value& out) {
        Handle<Table> table;
        Value text = Value::nil();
        Value format = Value::nil();
        return cx_.new_table(0, 2, table) && cx_.new_string(reply.text(), text) &&
               cx_.new_string(reply.verbatim_format(), format) && cx_.raw_set(table, names().string, text) &&
               cx_.raw_set(table, names().format, format) && tagged(names().verbatim_string, Value::object(table), out);
    }

    /// {map = {...}} or {set = {...}}.
    bool aggregate(Value name, const Reply& reply, Value& out) {
        Handle<Table> table;
        const auto size = static_cast<std::uint32_t>(reply.size());
        return cx_.new_table(0, size, table) && tagged(name, Value::object(table), out) && open(reply, table);
    }

    bool open(const Reply& reply, Handle<Table> table) {
        if (!reply.items().empty()) open_.push_back({&reply.items(), 0, reply.kind(), table, Value::nil()});
        return true;
    }

    /// Puts the item that was read last into its table.
    bool place(Level& level, Value value) {
        switch (level.kind) {
            case ReplyKind::Map:
                if (level.next % 2 == 1) {
                    level.key = value;
                    return true;
                }
                return cx_.raw_set(level.table, level.key, value);
            case ReplyKind::Set: return cx_.raw_set(level.table, value, Value::boolean(true));
            default: return cx_.raw_set(level.table, static_cast<std::int64_t>(level.next), value);
        }
    }

    NativeContext& cx_;
    ScriptEnvironment& environment_;
    std::vector<Level> open_;
    std::uint64_t work_ = 0;
};

// --- Lua to replies. -----------------------------------------------------------------------------------------------

/// Makes the reply of one value, with a stack of open aggregates of its own. `top` counts the values that Redis would
/// have on its Lua stack, so that its limit strikes at the same place.
class ReplyMaker {
public:
    ReplyMaker(const Heap& heap, const FieldNames& names, int resp, const ReplyLimits& limits)
        : heap_(heap), names_(names), resp_(resp), limits_(limits) {}

    Reply make(Value root) {
        Reply result;
        if (convert(root, limits_.stack_top, result)) return result;
        for (;;) {
            if (bytes_ > limits_.bytes) return Reply::error("ERR the reply of the script is too large");
            Reply item;
            Value value = Value::nil();
            std::size_t top = 0;
            if (!next(open_.back(), value, top)) {
                item = close();
                if (open_.empty()) return item;
            } else if (!convert(value, top, item)) {
                continue;  // an aggregate, opened
            }
            open_.back().items.push_back(std::move(item));
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
        Reply::Items items;
    };

    /// Converts a scalar: true. Opens an aggregate: false.
    bool convert(Value value, std::size_t top, Reply& out) {
        bytes_ += kReplyBytes;
        if (top + kStackNeed > kMaxStack) {
            out = Reply::error("ERR reached lua stack limit");
            return true;
        }
        switch (value.type()) {
            case LuaType::String: out = Reply::bulk(counted(heap_.string(value))); return true;
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
        open_.push_back({kind, &table, 0, false, Value::nil(), top, {}});
        return false;
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
        Reply::Items items = std::move(level.items);
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
        bytes_ += text.size();
        return text;
    }

    const Heap& heap_;
    const FieldNames& names_;
    const int resp_;
    const ReplyLimits& limits_;
    std::vector<Level> open_;
    std::size_t bytes_ = 0;
};

}  // namespace

bool reply_to_lua(NativeContext& cx, const Reply& reply, Value& out) {
    return LuaMaker(cx).make(reply, out);
}

bool make_error_table(NativeContext& cx, std::string_view text, bool counted, Value& out) {
    std::string_view code = "ERR";
    std::string_view message = until_nul(text);
    if (message.starts_with('-')) {
        const std::size_t space = message.find(' ');
        if (space != std::string_view::npos) code = message.substr(1, space - 1);
        message.remove_prefix(space != std::string_view::npos ? space + 1 : 1);
    }
    constexpr std::string_view kNewlines = "\r\n";
    const std::size_t first = message.find_first_not_of(kNewlines);
    message = first == std::string_view::npos ? std::string_view()
                                              : message.substr(first, message.find_last_not_of(kNewlines) - first + 1);

    const FieldNames& names = ScriptEnvironment::of(cx).names;
    std::string whole(code);
    whole += ' ';
    whole += message;
    Handle<Table> table;
    Value err = Value::nil();
    // Room for the position that the error handler will add.
    if (!cx.new_table(0, 4, table) || !cx.new_string(whole, err) || !cx.raw_set(table, names.err, err)) return false;
    if (counted && !cx.raw_set(table, names.ignore_error_stats_update, Value::boolean(true))) return false;
    out = Value::object(table);
    return true;
}

Reply lua_to_reply(const Heap& heap, const FieldNames& names, Value value, int resp, const ReplyLimits& limits) {
    return ReplyMaker(heap, names, resp, limits).make(value);
}

std::string text_of(const Heap& heap, Value value) {
    if (value.is_number()) {
        char digits[lib::kNumberTextMax];
        return {digits, lib::to_text(value.as_number(), digits)};
    }
    return std::string(until_nul(heap.string(value)));
}

}  // namespace arenite::redis

#include "redis_api/convert.h"

#include <string>

#include "heap/number_text.h"

namespace arenite::redis {

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

std::string text_of(const Heap& heap, Value value) {
    if (value.is_number()) {
        char digits[lib::kNumberTextMax];
        return {digits, lib::to_text(value.as_number(), digits)};
    }
    return std::string(until_nul(heap.string(value)));
}

}  // namespace arenite::redis

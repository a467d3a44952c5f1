// cjson: its options and cjson.new. Options and defaults are those of lua-cjson 2.1.0 (its manual, section "API").
#include "redis_api/lib/cjson.h"

#include <climits>
#include <cstdio>

#include "redis_api/script_environment.h"
#include "vm/lib/lib.h"

namespace arenite::redis {
namespace {

using Option = std::int32_t CjsonOptions::*;

/// In the order in which the table of a cjson.new() holds them, from 1 on.
constexpr Option kOptions[] = {
    &CjsonOptions::sparse_convert,         &CjsonOptions::sparse_ratio,     &CjsonOptions::sparse_safe,
    &CjsonOptions::encode_max_depth,       &CjsonOptions::decode_max_depth, &CjsonOptions::encode_invalid_numbers,
    &CjsonOptions::decode_invalid_numbers, &CjsonOptions::number_precision, &CjsonOptions::keep_buffer,
};

/// Keeps one option. False: the error is recorded.
[[nodiscard]] bool set_option(NativeContext& cx, Option option, std::int32_t to) {
    const Value own = cx.upvalue(0);
    if (!own.is<Table>()) {
        ScriptEnvironment::of(cx).cjson.*option = to;
        return true;
    }
    std::int64_t index = 1;
    for (const Option each : kOptions) {
        if (each == option) break;
        ++index;
    }
    return cx.raw_set(own.as<Table>(), index, Value::number(to));
}

/// An option that is a number: what argument i sets it to, if it is there, and what it is then. False: the error is recorded.
[[nodiscard]] bool integer_option(NativeContext& cx, std::uint32_t i, Option option, std::int32_t min, std::int32_t max,
                                  Value& out) {
    std::int32_t value = cjson_options(cx).*option;
    if (!cx.none_or_nil(i)) {
        if (!lib::check_int(cx, i, value)) return false;
        if (value < min || value > max) {
            char message[64];
            std::snprintf(message, sizeof message, "expected integer between %d and %d", min, max);
            (void)cx.arg_error(0, message);  // lua-cjson always names the first one
            return false;
        }
        if (!set_option(cx, option, value)) return false;
    }
    out = Value::number(value);
    return true;
}

/// An option that is one of a list of words, of which the first two stand for false and true.
[[nodiscard]] bool enum_option(NativeContext& cx, std::uint32_t i, Option option, const char* const* words,
                               Value& out) {
    std::int32_t value = cjson_options(cx).*option;
    if (!cx.none_or_nil(i)) {
        if (const Value v = cx.arg(i); v.is_boolean()) {
            value = v.truthy() ? 1 : 0;
        } else {
            std::uint32_t word = 0;
            if (!cx.check_option(i, nullptr, words, word)) return false;
            value = static_cast<std::int32_t>(word);
        }
        if (!set_option(cx, option, value)) return false;
    }
    out = Value::boolean(value == 1);
    return value < 2 || cx.new_string(words[value], out);
}

constexpr const char* kOffOn[] = {"off", "on", nullptr};
constexpr const char* kOffOnNull[] = {"off", "on", "null", nullptr};

[[nodiscard]] bool too_many(NativeContext& cx, std::uint32_t max, NativeResult& out) {
    if (cx.arg_count() <= max) return false;
    out = cx.arg_error(max, "found too many arguments");
    return true;
}

template <Option option, std::int32_t min, std::int32_t max>
NativeResult set_integer(NativeContext& cx) {
    NativeResult out{};
    if (too_many(cx, 1, out)) return out;
    Value value = Value::nil();
    cx.restartable();
    return integer_option(cx, 0, option, min, max, value) ? cx.done(value) : cx.failed();
}

template <Option option, const char* const* words>
NativeResult set_enum(NativeContext& cx) {
    NativeResult out{};
    if (too_many(cx, 1, out)) return out;
    Value value = Value::nil();
    cx.restartable();
    return enum_option(cx, 0, option, words, value) ? cx.done(value) : cx.failed();
}

/// cjson.encode_sparse_array ([convert [, ratio [, safe]]])
NativeResult encode_sparse_array(NativeContext& cx) {
    NativeResult out{};
    if (too_many(cx, 3, out)) return out;
    Value convert = Value::nil();
    Value ratio = Value::nil();
    Value safe = Value::nil();
    cx.restartable();
    if (!enum_option(cx, 0, &CjsonOptions::sparse_convert, kOffOn, convert) ||
        !integer_option(cx, 1, &CjsonOptions::sparse_ratio, 0, INT_MAX, ratio) ||
        !integer_option(cx, 2, &CjsonOptions::sparse_safe, 0, INT_MAX, safe)) {
        return cx.failed();
    }
    return cx.done(convert, ratio, safe);
}

NativeResult make_new(NativeContext& cx);

struct Function {
    const char* name;
    NativeFn fn;
};
constexpr Function kFunctions[] = {
    {"encode", cjson_encode},
    {"decode", cjson_decode},
    {"encode_sparse_array", encode_sparse_array},
    {"encode_max_depth", set_integer<&CjsonOptions::encode_max_depth, 1, INT_MAX>},
    {"decode_max_depth", set_integer<&CjsonOptions::decode_max_depth, 1, INT_MAX>},
    {"encode_number_precision", set_integer<&CjsonOptions::number_precision, 1, 14>},
    {"encode_keep_buffer", set_enum<&CjsonOptions::keep_buffer, kOffOn>},
    {"encode_invalid_numbers", set_enum<&CjsonOptions::encode_invalid_numbers, kOffOnNull>},
    {"decode_invalid_numbers", set_enum<&CjsonOptions::decode_invalid_numbers, kOffOn>},
    {"new", make_new},
};
constexpr const char* kName = "cjson";
constexpr const char* kVersion = "2.1.0";

/// cjson.new (): another table of the functions, with options of its own.
NativeResult make_new(NativeContext& cx) {
    cx.restartable();
    Handle<Table> library;
    Handle<Table> options;
    if (!cx.new_table(0, std::size(kFunctions) + 3, library) || !cx.new_table(std::size(kOptions), 0, options)) {
        return cx.failed();
    }
    constexpr CjsonOptions kDefaults;
    std::int64_t index = 0;
    for (const Option option : kOptions) {
        if (!cx.raw_set(options, ++index, Value::number(kDefaults.*option))) return cx.failed();
    }
    Value value = Value::nil();
    for (const Function& function : kFunctions) {
        if (!cx.new_native(function.fn, function.name, {Value::object(options)}, value) ||
            !cx.raw_set(library, function.name, value)) {
            return cx.failed();
        }
    }
    if (!cx.raw_set(library, "null", kCjsonNull) || !cx.new_string(kName, value) ||
        !cx.raw_set(library, "_NAME", value) || !cx.new_string(kVersion, value) ||
        !cx.raw_set(library, "_VERSION", value)) {
        return cx.failed();
    }
    (void)cx.charge(100);
    return cx.done(Value::object(library));
}

}  // namespace

CjsonOptions cjson_options(NativeContext& cx) {
    const Value own = cx.upvalue(0);
    if (!own.is<Table>()) return ScriptEnvironment::of(cx).cjson;
    CjsonOptions options;
    std::int64_t index = 0;
    for (const Option option : kOptions) {
        options.*option = truncate_to_int(cx.raw_get(own.as<Table>(), ++index).as_number());
    }
    return options;
}

void open_cjson(LibraryBuilder& builder) {
    builder.library("cjson");
    for (const Function& function : kFunctions) builder.function(function.name, function.fn);
    builder.value("null", kCjsonNull);
    builder.string("_NAME", kName);
    builder.string("_VERSION", kVersion);
}

}  // namespace arenite::redis

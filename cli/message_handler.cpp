#include "cli/message_handler.h"

#include <optional>

#include <arenite/vm.h>

namespace arenite::cli {
namespace {

enum : std::uint32_t { kStart, kLibrary, kFunction, kText };

/// lua_getfield: the value, or the request that will answer it in `state`, by a metamethod.
std::optional<NativeResult> get_field(NativeContext& cx, Value object, const char* name, std::uint32_t state,
                                      Value& value) {
    Value key = Value::nil();
    if (!cx.new_string(name, key)) return cx.failed();
    const OperationAnswer a = cx.index(object, key);
    if (a.kind == OperationAnswer::Failed) return cx.failed();
    if (a.kind == OperationAnswer::NeedsCall) return cx.call(state, a.value, {a.first, key});
    value = a.value;
    return std::nullopt;
}

}  // namespace

NativeResult add_traceback(NativeContext& cx) {
    const Value message = cx.arg(0);
    if (!message.is_string() && !message.is_number()) return cx.done(message);
    Value found = cx.result(0);  // of the request of an earlier state
    switch (cx.state()) {
        case kStart:
            if (const auto request = get_field(cx, cx.vm().globals(), "debug", kLibrary, found)) return *request;
            [[fallthrough]];
        case kLibrary:
            if (!found.is<Table>()) return cx.done(message);
            if (const auto request = get_field(cx, found, "traceback", kFunction, found)) return *request;
            [[fallthrough]];
        case kFunction: {
            constexpr double kCallerOfThis = 2;
            if (!found.is_function()) return cx.done(message);
            return cx.call(kText, found, {message, Value::number(kCallerOfThis)});
        }
        default: return cx.done(found);
    }
}

}  // namespace arenite::cli

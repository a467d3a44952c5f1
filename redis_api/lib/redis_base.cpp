// Functions of the Lua base library as Redis has them: pcall, load and loadstring, the protection of globals, and what
// the error handler needs (Redis script_lua.c, eval.c).
#include <string>

#include "redis_api/convert.h"
#include "redis_api/lib/libraries.h"
#include "redis_api/script_environment.h"
#include "redis_api/script_position.h"
#include "vm/lib/lib.h"

namespace arenite::redis {
namespace {

/// Compiles a text, never bytecode; on failure nil and the message.
NativeResult load_text(NativeContext& cx, std::string_view text, std::string_view chunk_name) {
    chunk_name = until_nul(chunk_name);
    Value function = Value::nil();
    // What begins like bytecode is read as a text, in which no token begins like that.
    const bool loaded = text.starts_with('\x1b') ? cx.vm().load(" \x1b", chunk_name, function, false)
                                                 : cx.vm().load(text, chunk_name, function, false);
    if (loaded) return cx.done(function);
    if (cx.vm().failure().kind == Failure::Kind::Memory) return cx.out_of_memory();
    Value message = Value::nil();
    return cx.new_string(cx.vm().failure().message, message) ? cx.done(Value::nil(), message) : cx.failed();
}

/// Budget of compiling, paid in advance: state kPaid is that of a text that has been paid for.
constexpr std::uint32_t kPaid = 10;
constexpr std::uint64_t work_of_compiling(std::size_t bytes) {
    return 200 + bytes;
}

/// loadstring (text [, name])
NativeResult loadstring(NativeContext& cx) {
    std::string_view text;
    std::string_view name;
    if (!cx.check_string(0, text) || !cx.opt_string(1, text, name)) return cx.failed();
    if (cx.state() != kPaid && !cx.charge(work_of_compiling(text.size()))) return cx.suspend(kPaid);
    return load_text(cx, text, name);
}

/// load (f [, name]): collects the pieces that f returns in a buffer (local 0), up to nil or an empty one.
NativeResult load(NativeContext& cx) {
    constexpr std::uint32_t kPiece = 1;
    std::string_view name;
    if (!cx.opt_string(1, "=(load)", name) || !cx.check_function(0)) return cx.failed();
    if (cx.state() == 0) {
        Value buffer = Value::nil();
        if (!cx.reserve(1) || !cx.new_buffer(buffer)) return cx.failed();
        cx.set_local(0, buffer);
        return cx.call(kPiece, cx.arg(0), {});
    }
    if (cx.state() == kPiece) {
        Value piece = lib::first_result(cx);
        if (piece.is_number() && !cx.to_string(piece, piece)) return cx.failed();
        if (!piece.is_nil() && !piece.is_string()) return cx.error("reader function must return a string");
        if (piece.is_string() && !cx.string(piece).empty()) {
            if (!cx.append(cx.local(0), cx.string(piece))) return cx.failed();
            return cx.call(kPiece, cx.arg(0), {});
        }
        if (!cx.charge(work_of_compiling(cx.buffer_bytes(cx.local(0)).size()))) return cx.suspend(kPaid);
    }
    return load_text(cx, cx.buffer_bytes(cx.local(0)), name);
}

/// What pcall returns for an error table whose field `err` is this: the text, or as Redis does (which forgets to remove
/// the field from the stack) the table and the field.
NativeResult failed_call(NativeContext& cx, Value error, Value field) {
    const Value no = Value::boolean(false);
    return field.is_string() || field.is_number() ? cx.done(no, field) : cx.done(no, error, field);
}

}  // namespace

void open_redis_base(LibraryBuilder& builder) {
    builder.library("");
    builder.function("load", load);
    builder.function("loadstring", loadstring);
}

NativeResult redis_pcall(NativeContext& cx) {
    enum State : std::uint32_t { kCalled = 1, kIndexed };
    enum Slot : std::uint32_t { kError, kSlots };
    switch (cx.state()) {
        case 0:
            if (!cx.check_any(0) || !cx.reserve(kSlots) || !cx.begin_call(cx.upvalue(0))) return cx.failed();
            for (std::uint32_t i = 0; i < cx.arg_count(); ++i) {
                if (!cx.push(cx.arg(i))) return cx.failed();
            }
            return cx.call_pushed(kCalled);
        case kCalled: {
            const Value error = cx.result(1);
            if (cx.result(0).truthy() || !error.is<Table>()) {
                cx.begin_results();
                for (std::uint32_t i = 0; i < cx.result_count(); ++i) {
                    if (!cx.push(cx.result(i))) return cx.failed();
                }
                return cx.done_pushed();
            }
            const Value name = ScriptEnvironment::of(cx).names.err;
            const OperationAnswer answer = cx.index(error, name);
            if (answer.kind == OperationAnswer::Failed) return cx.failed();
            if (answer.kind == OperationAnswer::Value_) return failed_call(cx, error, answer.value);
            cx.set_local(kError, error);
            return cx.call(kIndexed, answer.value, {answer.first, name});
        }
        default: return failed_call(cx, cx.local(kError), lib::first_result(cx));
    }
}

NativeResult nonexistent_global(NativeContext& cx) {
    if (cx.arg_count() != 2) return cx.error("Wrong number of arguments to luaProtectedTableError");
    const Value name = cx.arg(1);
    if (!name.is_string() && !name.is_number()) {
        return cx.error("Second argument to luaProtectedTableError must be a string or number");
    }
    return cx.error("Script attempted to access nonexistent global variable '%s'",
                    text_of(cx.vm().heap(), name).c_str());
}

NativeResult function_position(NativeContext& cx) {
    double level = 0;
    if (!cx.check_number(0, level)) return cx.failed();
    const auto position = position_at(cx.vm(), static_cast<std::uint32_t>(level));
    if (!position) return cx.done();
    Value source = Value::nil();
    if (!cx.new_string(position->source, source)) return cx.failed();
    return cx.done(source, Value::number(static_cast<double>(position->line)), Value::boolean(position->native));
}

}  // namespace arenite::redis

// Functions of the Lua base library as Redis has them: pcall, load and loadstring, the protection of globals, and what
// the error handler needs (Redis script_lua.c, eval.c).
#include <string>

#include "heap/thread.h"
#include "redis_api/convert.h"
#include "redis_api/lib/libraries.h"
#include "redis_api/script_environment.h"
#include "redis_api/script_position.h"
#include "vm/lib/lib.h"
#include "vm/lib/load_chunk.h"
#include "vm/library_context.h"
#include "vm/machine.h"

namespace arenite::redis {
namespace {

/// Compiles a text, never bytecode, in slices (state kLoad and the next); on failure nil and the message.
constexpr std::uint32_t kLoad = 10;
NativeResult load_text(NativeContext& cx, std::string_view text, Value subject, std::string_view name,
                       Value name_value) {
    // What begins like bytecode is read as a text, in which no token begins like that.
    if (text.starts_with('\x1b')) text = " \x1b";
    const ChunkRequest request{.bytes = text, .name = name, .name_value = name_value, .binary_allowed = false};
    Value function;
    Value message;
    if (const auto next = lib::load_chunk(cx, request, subject, kLoad, function, message)) return *next;
    if (!function.is_nil()) return cx.done(function);
    if (cx.vm().failure().kind == Failure::Kind::Memory) return cx.out_of_memory();
    return cx.done(Value::nil(), message);
}

/// What pcall returns for an error table whose field `err` is this: the text, or as Redis does (which forgets to remove
/// the field from the stack) the table and the field.
NativeResult failed_call(NativeContext& cx, Value error, Value field) {
    const Value no = Value::boolean(false);
    return field.is_string() || field.is_number() ? cx.done(no, field) : cx.done(no, error, field);
}

/// The state of load (f [, name]): pieces are collected in a buffer, up to nil or an empty one. The reader is called
/// protected, since load returns its errors (luaD_protectedparser of Lua 5.1).
class Loader {
public:
    enum State : std::uint32_t { kRead = 1 };

    explicit Loader(NativeContext& cx) : cx_(cx) {}

    NativeResult run() {
        std::string_view name;
        if (!cx_.opt_string(1, "=(load)", name) || !cx_.check_function(0)) return cx_.failed();
        if (cx_.state() == 0) return start();
        if (cx_.state() == kRead) {
            if (!cx_.result(0).truthy()) return cx_.done(Value::nil(), cx_.result(1));
            Value piece = cx_.result(1);
            if (piece.is_number() && !cx_.to_string(piece, piece)) return cx_.failed();
            if (!piece.is_nil() && !piece.is_string()) return refuse();
            if (piece.is_string() && !cx_.string(piece).empty()) {
                if (!cx_.append(cx_.local(kBuffer), cx_.string(piece))) return cx_.failed();
                if (!text().starts_with('\x1b')) return read();  // bytecode: refused without its rest
            }
        }
        return load_text(cx_, text(), cx_.local(kBuffer), "=(load)", cx_.arg(1));
    }

private:
    enum Slot : std::uint32_t { kBuffer, kSlots };

    NativeResult start() {
        Value buffer = Value::nil();
        if (!cx_.reserve(kSlots) || !cx_.new_buffer(buffer)) return cx_.failed();
        cx_.set_local(kBuffer, buffer);
        return read();
    }

    NativeResult read() { return cx_.call(kRead, cx_.upvalue(0), {cx_.arg(0)}); }

    NativeResult refuse() {
        const Thread* thread = library(cx_).heap().get<Thread>(lib::running_thread(library(cx_).machine()));
        const std::string position = thread ? library(cx_).machine().where(*thread, 1) : std::string();
        Value message = Value::nil();
        if (!cx_.new_string(position + "reader function must return a string", message)) return cx_.failed();
        return cx_.done(Value::nil(), message);
    }

    std::string_view text() const { return library(cx_).buffer_bytes(cx_.local(kBuffer)); }

    NativeContext& cx_;
};

}  // namespace

NativeResult redis_loadstring(NativeContext& cx) {
    std::string_view text;
    std::string_view name;
    if (!cx.check_string(0, text) || !cx.opt_string(1, text, name)) return cx.failed();
    return load_text(cx, text, cx.arg(0), {}, cx.none_or_nil(1) ? cx.arg(0) : cx.arg(1));
}

NativeResult redis_load(NativeContext& cx) {
    return Loader(cx).run();
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
            if (answer.kind == OperationAnswer::Ready) return failed_call(cx, error, answer.value);
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
                    text_of(library(cx).heap(), name).c_str());
}

NativeResult function_position(NativeContext& cx) {
    double level = 0;
    if (!cx.check_number(0, level)) return cx.failed();
    const auto position = position_at(library(cx).machine(), static_cast<std::uint32_t>(level));
    if (!position) return cx.done();
    Value source = Value::nil();
    if (!cx.new_string(position->source, source)) return cx.failed();
    return cx.done(source, Value::number(static_cast<double>(position->line)), Value::boolean(position->native));
}

}  // namespace arenite::redis

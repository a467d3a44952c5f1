// The debug library (Lua 5.1 §5.9). So far: traceback.
#include "vm/interpreter.h"
#include "vm/lib/lib.h"
#include "vm/vm.h"

namespace arenite::lib {

namespace {

// debug.traceback([thread,] [message [, level]])
NativeResult db_traceback(NativeContext& cx) {
    Heap& heap = cx.vm().heap();
    const Thread* t = heap.get<Thread>(cx.arg(0));
    const std::uint32_t shift = t ? 1 : 0;
    const bool other = t && cx.arg(0) != running_thread(cx.vm());
    if (!t) t = heap.get<Thread>(running_thread(cx.vm()));
    std::int64_t level = other ? 0 : 1;
    if (cx.has_arg(shift + 1) && !cx.opt_integer(shift + 1, level, level)) return cx.failed();
    const Value message = cx.arg(shift);
    if (cx.has_arg(shift) && !message.is_string() && !message.is_number()) return cx.done(message);  // untouched
    Value text = message;
    if (message.is_number() && !cx.to_string(message, text)) return cx.failed();
    std::string out;
    if (text.is_string()) out = std::string(cx.string(text)) + "\n";
    out += Interpreter::traceback(cx.vm(), *t, {}, to_int(level));
    Value result;
    if (!cx.new_string(out, result)) return cx.failed();
    return cx.done(result);
}

}  // namespace

void open_debug(LibraryBuilder& b) {
    b.library("debug");
    b.function("traceback", db_traceback);
}

}  // namespace arenite::lib

// The debug library (Lua 5.1 §5.9); getinfo is in debug_info.cpp, variables are in debug_locals.cpp.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "vm/levels.h"
#include "vm/lib/debug_info.h"
#include "vm/lib/text_builder.h"
#include "vm/machine.h"

namespace arenite::lib {

namespace {

bool is_main_thread(const Machine& machine, const Thread& t) {
    return running_coroutine(machine).is_nil() && Value{t.self} == running_thread(machine);
}

/// makemask and unmakemask of ldblib.c.
struct HookLetter {
    char letter;
    std::uint8_t event;
};
constexpr HookLetter kHookLetters[] = {{'c', kHookCalls}, {'r', kHookReturns}, {'l', kHookLines}};

NativeResult db_getregistry(NativeContext& cx) {
    return cx.done(library(cx).machine().heap().registry());
}

NativeResult db_getmetatable(NativeContext& cx) {
    if (!cx.check_any(0)) return cx.failed();
    return cx.done(cx.metatable(cx.arg(0)));
}

NativeResult db_setmetatable(NativeContext& cx) {
    const Value table = cx.arg(1);
    if (!cx.has_arg(1) || (!table.is_nil() && !table.is<Table>())) return cx.arg_error(1, "nil or table expected");
    if (!cx.set_metatable(cx.arg(0), table)) return cx.failed();
    return cx.done_bool(true);
}

NativeResult db_getfenv(NativeContext& cx) {
    if (!cx.check_any(0)) return cx.failed();
    const Machine& machine = library(cx).machine();
    const Heap& heap = machine.heap();
    const Value v = cx.arg(0);
    if (const Closure* c = heap.get<Closure>(v)) return cx.done(c->environment());
    if (const NativeFunction* f = heap.get<NativeFunction>(v)) return cx.done(f->environment());
    if (const Userdata* u = heap.get<Userdata>(v)) return cx.done(u->environment());
    if (const Thread* t = heap.get<Thread>(v))
        return cx.done(is_main_thread(machine, *t) ? heap.globals() : t->globals());
    return cx.done(Value::nil());
}

NativeResult db_setfenv(NativeContext& cx) {
    Handle<Table> table;
    if (!cx.check_table(1, table)) return cx.failed();
    Machine& machine = library(cx).machine();
    Heap& heap = machine.heap();
    const Value v = cx.arg(0);
    const Value env = Value::object(table);
    TxnStatus s = TxnStatus::Ok;
    if (Closure* c = heap.get<Closure>(v)) {
        s = machine.txn().set_environment(*c, env);
    } else if (NativeFunction* f = heap.get<NativeFunction>(v)) {
        s = machine.txn().set_environment(*f, env);
    } else if (Userdata* u = heap.get<Userdata>(v)) {
        s = machine.txn().set_environment(*u, env);
    } else if (Thread* t = heap.get<Thread>(v)) {
        s = is_main_thread(machine, *t) ? machine.txn().set_globals(env) : machine.txn().set_environment(*t, env);
    } else {
        return cx.error("'setfenv' cannot change environment of given object");
    }
    if (s != TxnStatus::Ok) return cx.out_of_memory();
    return cx.done(v);
}

// debug.sethook([thread,] hook, mask [, count]). States: 0 the call; 1 the hook is set, and is told of our return.
NativeResult db_sethook(NativeContext& cx) {
    if (cx.state() == 1) return cx.done();
    const ThreadArgument on(cx);
    std::string_view mask;
    std::int32_t count = 0;
    if (!cx.none_or_nil(on.shift) && (!cx.check_string(on.shift + 1, mask) || !cx.check_function(on.shift) ||
                                      !opt_int(cx, on.shift + 2, 0, count))) {
        return cx.failed();
    }
    mask = mask.substr(0, mask.find('\0'));
    std::uint8_t events = 0;
    for (const HookLetter& l : kHookLetters) {
        if (mask.find(l.letter) != std::string_view::npos) events |= l.event;
    }
    if (count > 0) events |= kHookCount;
    const Value hook = cx.none_or_nil(on.shift) ? Value::nil() : cx.arg(on.shift);
    if (library(cx).machine().set_hook(*on.thread, hook, events, count) != TxnStatus::Ok) return cx.out_of_memory();
    return library(cx).again(1);
}

// debug.gethook([thread])
NativeResult db_gethook(NativeContext& cx) {
    const ThreadArgument on(cx);
    std::string letters;
    for (const HookLetter& l : kHookLetters) {
        if (on.thread->hook_mask & l.event) letters += l.letter;
    }
    Value mask;
    if (!cx.new_string(letters, mask)) return cx.failed();
    return cx.done(on.thread->hook, mask, Value::number(on.thread->hook_period));
}

// Runs lines of the standard input as chunks until one is "cont". States: 0 the call; 1 a chunk has run.
NativeResult db_debug(NativeContext& cx) {
    if (cx.state() == 1 && cx.caught()) {
        const Value error = first_result(cx);
        if (error.is_string() || error.is_number()) std::fputs(describe(library(cx).machine(), error).c_str(), stderr);
        std::fputs("\n", stderr);
    }
    for (;;) {
        char line[250];
        std::fputs("lua_debug> ", stderr);
        if (!std::fgets(line, sizeof line, stdin) || std::strcmp(line, "cont\n") == 0) return cx.done();
        Value function;
        if (library(cx).machine().load(line, "=(debug command)", function, true)) {
            if (!cx.begin_call(function)) return cx.failed();
            return cx.call_pushed_catching(1);
        }
        std::fprintf(stderr, "%s\n", library(cx).machine().failure().message.c_str());
    }
}

// debug.traceback([thread,] [message [, level]]), with the stack juggling of db_errorfb: a level that is a number drops
// the last argument, whichever that is; what then is left is joined if the first of it is a string, and otherwise its
// last value is the answer.
NativeResult db_traceback(NativeContext& cx) {
    enum : std::uint32_t { kAt, kText, kSlots = kText + TextBuilder::kSlots };
    const ThreadArgument on(cx);
    std::int32_t level = on.running ? 1 : 0;
    std::uint32_t end = cx.arg_count();
    if (as_level(cx, on.shift + 1, level)) --end;
    if (cx.unfinished()) return cx.failed();
    level = std::max(level, -100);  // each of them is a line
    std::uint32_t at = on.shift;    // the current argument; after the last one the line end, and then the traceback
    if (cx.state() == 0) {
        cx.restartable();
        if (end > on.shift && !cx.arg(on.shift).is_string() && !cx.arg(on.shift).is_number())
            return cx.done(cx.arg(end - 1));
        if (!cx.reserve(kSlots)) return cx.failed();
    } else {
        at = static_cast<std::uint32_t>(cx.local_number(kAt));
    }
    TextBuilder text(cx, kText);
    const auto stop = [&](TextBuilder::Status why) {
        cx.set_local_number(kAt, at);
        if (!text.save()) return cx.failed();
        if (why == TextBuilder::Status::Spent) return cx.suspend(1);
        cx.restartable_in(1);
        return cx.failed();
    };
    for (; end > on.shift && at <= end; ++at) {
        TextBuilder::Status status = TextBuilder::Status::Ok;
        if (at == end) {
            status = text.add("\n");
        } else if (const Value part = cx.arg(at); part.is_string()) {
            status = text.add(cx.string(part));
        } else if (part.is_number()) {
            status = text.add(NumberText(part.as_number()).view());
        } else {
            Value error;
            const std::string what = std::string("attempt to concatenate a ") + type_name(part.type()) + " value";
            return cx.new_string(what, error) ? cx.raise(error) : cx.failed();
        }
        if (status != TextBuilder::Status::Ok) return stop(status);
    }
    if (at <= end + 1) {
        at = end + 1;
        Level found;
        if (!library(cx).level_resumable(*on.thread, level, found)) return stop(TextBuilder::Status::Spent);
        (void)cx.charge(4000);
        // At most 22 lines besides those of negative levels, of names in the program.
        const auto status = text.add(library(cx).machine().traceback(*on.thread, {}, level, 0, found.frame));
        if (status != TextBuilder::Status::Ok) return stop(status);
        at = end + 2;
    }
    Value result;
    const auto status = text.finish(result);
    if (status != TextBuilder::Status::Ok) return stop(status);
    return cx.done(result);
}

}  // namespace

void open_debug(LibraryBuilder& b) {
    b.library("debug");
    b.function("debug", db_debug);
    b.function("getfenv", db_getfenv);
    b.function("gethook", db_gethook);
    b.function("getinfo", db_getinfo);
    b.function("getlocal", db_getlocal);
    b.function("getregistry", db_getregistry);
    b.function("getmetatable", db_getmetatable);
    b.function("getupvalue", db_getupvalue);
    b.function("setfenv", db_setfenv);
    b.function("sethook", db_sethook);
    b.function("setlocal", db_setlocal);
    b.function("setmetatable", db_setmetatable);
    b.function("setupvalue", db_setupvalue);
    b.function("traceback", db_traceback);
}

}  // namespace arenite::lib

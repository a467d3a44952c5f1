// The coroutine library (Lua 5.1 §5.2). Switching is the interpreter's work (vm/coroutines.cpp).
#include "heap/factory.h"
#include "vm/lib/lib.h"
#include "vm/machine.h"
#include "vm/pending.h"

namespace arenite::lib {

namespace {

bool make_coroutine(NativeContext& cx, Value& out, bool& ok) {
    const Value f = cx.arg(0);
    // A C function is no coroutine body in 5.1 (luaB_cocreate).
    ok = f.is<Closure>();
    if (!ok) return false;
    Heap& heap = library(cx).machine().heap();
    const Handle<Thread> h = ObjectFactory::make_thread(heap, 24, 6, globals(library(cx).machine()));
    Thread* t = heap.get(h);
    if (!t) return false;
    t->frames[0].pc = pending::kCoroutineEnd + 1;
    t->stack[1] = f;
    t->top = t->stack + 2;
    if (const Thread* parent =
            heap.get<Thread>(running_thread(library(cx).machine()))) {  // lua_newthread; the hook itself is not
        t->hook_mask = parent->hook_mask;
        t->hook_period = parent->hook_period;
    }
    out = Value::object(h);
    return true;
}

NativeResult create_failed(NativeContext& cx, bool ok) {
    return ok ? cx.out_of_memory() : cx.arg_error(0, "Lua function expected");
}

NativeResult co_create(NativeContext& cx) {
    cx.restartable();
    Value thread;
    bool ok = true;
    if (!make_coroutine(cx, thread, ok)) return create_failed(cx, ok);
    return cx.done(thread);
}

NativeResult co_resume(NativeContext& cx) {
    if (!cx.arg(0).is<Thread>()) return cx.arg_error(0, "coroutine expected");
    return library(cx).resume(cx.arg(0), 1, false);
}

NativeResult co_wrapped(NativeContext& cx) {
    return library(cx).resume(cx.upvalue(0), 0, true);
}

NativeResult co_wrap(NativeContext& cx) {
    cx.restartable();
    Value thread;
    bool ok = true;
    if (!make_coroutine(cx, thread, ok)) return create_failed(cx, ok);
    Value f;
    f = library(cx).machine().make_native(co_wrapped, "wrap", {&thread, 1}, FastNative::Wrapped);
    if (f.is_nil()) return cx.out_of_memory();
    return cx.done(f);
}

NativeResult coroutine_yield(NativeContext& cx) {
    return cx.yield_args();
}

NativeResult co_status(NativeContext& cx) {
    cx.restartable();
    const Thread* t = library(cx).machine().heap().get<Thread>(cx.arg(0));
    if (!t) return cx.arg_error(0, "coroutine expected");
    const char* name = "dead";
    switch (t->status) {
        case ThreadStatus::Suspended: name = "suspended"; break;
        case ThreadStatus::Running: name = "running"; break;
        case ThreadStatus::Normal: name = "normal"; break;
        case ThreadStatus::Dead: break;
    }
    Value text;
    if (!cx.new_string(name, text)) return cx.failed();
    return cx.done(text);
}

NativeResult co_running(NativeContext& cx) {
    return cx.done(running_coroutine(library(cx).machine()));
}

}  // namespace

void open_coroutine(LibraryBuilder& b) {
    b.library("coroutine");
    b.function("create", co_create);
    fast_function(b, "resume", co_resume, FastNative::Resume);
    b.function("running", co_running);
    b.function("status", co_status);
    b.function("wrap", co_wrap);
    fast_function(b, "yield", coroutine_yield, FastNative::Yield);
}

}  // namespace arenite::lib

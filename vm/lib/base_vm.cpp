// The base library's functions that work on frames, chunks and the collector (Lua 5.1 §5.1), and the services that the
// other libraries need of the VM (vm/lib/lib.h).
#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "vm/hooks.h"
#include "vm/levels.h"
#include "vm/lib/lib.h"
#include "vm/lib/load_chunk.h"
#include "vm/machine.h"

namespace arenite {

namespace lib {

NativeResult pcall_fn(NativeContext& cx) {
    if (!cx.check_any(0)) return cx.failed();
    return library(cx).protected_call(false);
}

NativeResult xpcall_fn(NativeContext& cx) {
    if (!cx.check_any(1)) return cx.failed();
    return library(cx).protected_call(true);
}

NativeResult error_fn(NativeContext& cx) {
    cx.restartable();
    std::int32_t level = 1;
    if (!opt_int(cx, 1, 1, level)) return cx.failed();
    Value error = cx.arg(0);
    if ((error.is_string() || error.is_number()) && level > 0) {
        Value text;
        Level found;
        if (!cx.to_string(error, text) || !library(cx).level_resumable(library(cx).machine().thread(), level, found))
            return cx.failed();
        if (!cx.join(library(cx).machine().where(found), {cx.string(text)}, error)) return cx.failed();
    }
    cx.not_restartable();  // the error may be the text of that of memory
    return cx.raise(error);
}

NativeResult loadstring_fn(NativeContext& cx) {
    constexpr std::uint32_t kLoad = 1;
    if (cx.state() == 0) cx.restartable();
    std::string_view bytes;
    std::string_view name;
    if (!cx.check_string(0, bytes) || !cx.opt_string(1, bytes, name)) return cx.failed();
    const Value text = cx.arg(0);
    Value function;
    Value message;
    const ChunkRequest request{.bytes = bytes, .name_value = cx.none_or_nil(1) ? text : cx.arg(1)};
    if (const auto next = load_chunk(cx, request, text, kLoad, function, message)) return *next;
    return function.is_nil() ? cx.done(Value::nil(), message) : cx.done(function);
}

namespace {
/// The optional file name that loadfile and dofile have, and its chunk; answers as load_file.
std::optional<NativeResult> load_named(NativeContext& cx, Value& function, Value& message) {
    constexpr FileLoad kPlace{.state = 1, .slot = 0};
    if (cx.state() == 0) cx.restartable();
    std::string_view path;
    if (!cx.opt_string(0, "", path)) return cx.failed();
    if (cx.state() == 0 && !cx.reserve(FileLoad::kSlots)) return cx.failed();
    return load_file(cx, cx.none_or_nil(0) ? nullptr : path.data(), kPlace, function, message);
}
}  // namespace

NativeResult loadfile_fn(NativeContext& cx) {
    Value function;
    Value message;
    if (const auto next = load_named(cx, function, message)) return *next;
    return function.is_nil() ? cx.done(Value::nil(), message) : cx.done(function);
}

NativeResult dofile_fn(NativeContext& cx) {
    constexpr std::uint32_t kRan = 1 + FileLoad::kStates;
    if (cx.state() == kRan) {
        // Not a tail call: tracebacks show dofile below the chunk.
        const std::uint32_t count = cx.result_count();
        cx.begin_results();
        for (std::uint32_t i = 0; i < count; ++i) {
            if (!cx.push(cx.result(i))) return cx.failed();
        }
        return cx.done_pushed();
    }
    Value function;
    Value message;
    if (const auto next = load_named(cx, function, message)) return *next;
    return function.is_nil() ? cx.raise(message) : cx.call(kRan, function, {});
}

namespace {
/// The function that getfenv and setfenv speak of (lbaselib.c getfunc). Nil result: the error is recorded.
bool environment_target(NativeContext& cx, bool optional, Value& function) {
    if (cx.arg(0).is_function()) {
        function = cx.arg(0);
        return true;
    }
    std::int32_t level = 1;
    if (optional ? !opt_int(cx, 0, 1, level) : !check_int(cx, 0, level)) return false;
    if (level < 0) {
        (void)cx.arg_error(0, "level must be non-negative");
        return false;
    }
    Level found;
    if (!library(cx).level_resumable(library(cx).machine().thread(), level, found)) return false;
    switch (found.kind) {
        case Level::Active: function = function_of(*found.frame); return true;
        case Level::TailCall: (void)cx.error("no function environment for tail call at level %d", level); return false;
        default: (void)cx.arg_error(0, "invalid level"); return false;
    }
}
}  // namespace

NativeResult getfenv_fn(NativeContext& cx) {
    Value function = Value::nil();
    if (!environment_target(cx, true, function)) return cx.failed();
    const Heap& heap = library(cx).machine().heap();
    // A C function's environment is the globals (luaB_getfenv).
    if (const Closure* c = heap.get<Closure>(function)) return cx.done(c->environment());
    return cx.done(globals(library(cx).machine()));
}

NativeResult setfenv_fn(NativeContext& cx) {
    Handle<Table> table;
    if (!cx.check_table(1, table)) return cx.failed();
    Value function = Value::nil();
    if (!environment_target(cx, false, function)) return cx.failed();
    Machine& machine = library(cx).machine();
    const Value env = Value::object(table);
    double exact = 1;
    if (!cx.arg(0).is_function() && cx.to_number(cx.arg(0), exact) && exact == 0) {
        // Level 0, and only written so, is the thread itself (luaB_setfenv).
        Thread* t = machine.heap().get<Thread>(running_thread(machine));
        const bool main = t && t->self == machine.main_thread().bits;
        const TxnStatus s = !t     ? TxnStatus::NotActive
                            : main ? machine.txn().set_globals(env)
                                   : machine.txn().set_environment(*t, env);
        if (s != TxnStatus::Ok) return cx.out_of_memory();
        return cx.done();
    }
    Closure* c = machine.heap().get<Closure>(function);
    if (!c) return cx.error("'setfenv' cannot change environment of given object");
    if (machine.txn().set_environment(*c, env) != TxnStatus::Ok) return cx.out_of_memory();
    return cx.done(function);
}

namespace {
/// Work of the collector that a native does between two charges: 4 us, or 0.1 ms where all of it is cache misses (heap/collector.h,
/// C15). A unit of it is about one of the budget.
constexpr std::size_t kCollectorSlice = 1024;

/// Calls the finalizers that are due, one by one; state `next` awaits the end of one.
NativeResult run_finalizers(NativeContext& cx, std::uint32_t next) {
    const Value object = library(cx).machine().txn().take_finalizer();
    // lgc.c GCTM: no hooks while finalizers run (vm/hooks.h, HK3; this frame stands for them).
    Thread& t = library(cx).machine().thread();
    const auto frame = static_cast<std::uint32_t>(t.frame - t.frames);
    if (object.is_nil()) {
        if (t.hook_running == frame) t.hook_running = 0;
        return cx.done_number(0);
    }
    if (t.hook_running == 0) t.hook_running = frame;
    const Value metamethod = library(cx).machine().heap().metamethod(object, Metamethod::Gc);
    if (metamethod.is_nil()) return cx.suspend(next);
    library(cx).machine().note_finalizer();
    return cx.call(next, metamethod, {object});
}
}  // namespace

// States: the call; running finalizers after a full collection; a cycle is under way, before the end of which there were as
// many as local 0 says; a step of which local 0 says how much is left. Nothing of the script runs meanwhile, so that the cycle ends.
NativeResult collect_garbage(NativeContext& cx) {
    enum : std::uint32_t { kCall, kFinalizers, kCycle, kStep };
    Collector& collector = library(cx).machine().heap().collector();
    std::uint32_t state = cx.state();
    double left = 0;
    if (state == kCall) {
        static const char* const kOptions[] = {"stop", "restart",  "collect",    "count",
                                               "step", "setpause", "setstepmul", nullptr};
        std::uint32_t option = 0;
        std::int32_t data = 0;
        if (!cx.check_option(0, "collect", kOptions, option) || !opt_int(cx, 1, 0, data)) return cx.failed();
        switch (option) {
            case 0: collector.stopped = true; return cx.done_number(0);
            case 1:
                collector.stopped = false;
                library(cx).machine().heap().pacing().gc_due =
                    true;  // what was not done meanwhile is, from the next safepoint on
                return cx.done_number(0);
            case 2:
                collector.stopped = false;  // to collect is to restart (luaC_fullgc, luaC_step)
                collector.abandon();
                if (!cx.reserve(1)) return cx.failed();
                cx.set_local_number(0, static_cast<double>(collector.cycles()));
                state = kCycle;
                break;
            case 3: return cx.done_number(static_cast<double>(bytes_in_use(library(cx).machine())) / 1024.0);
            case 4:
                collector.stopped = false;
                if (!cx.reserve(1)) return cx.failed();
                // A step of `data` kilobytes; 0 is a single small one (lbaselib.c, LUA_GCSTEP).
                left = 100.0 + std::clamp(data, 0, 1 << 30) * 64.0;
                state = kStep;
                break;
            case 5: return cx.done_number(std::exchange(collector.pause_percent, data));
            default: return cx.done_number(std::exchange(collector.step_multiplier, data));
        }
    } else if (state == kStep) {
        left = cx.local_number(0);
    }
    bool done = false;
    // It is over as well when the host has collected meanwhile.
    while (state == kCycle && static_cast<double>(collector.cycles()) == cx.local_number(0)) {
        if (collector.wants_to_wait()) collector.begin_waiting();
        done = collector.advance(kCollectorSlice);
        if (!cx.charge(kCollectorSlice) && !done) return cx.suspend(kCycle);
    }
    while (state == kStep && left > 0 && !done) {
        const double part = std::min(left, static_cast<double>(kCollectorSlice));
        done = collector.advance(static_cast<std::size_t>(part));
        left -= part;
        if (cx.charge(static_cast<std::uint64_t>(part)) || done || left <= 0) continue;
        cx.set_local_number(0, left);
        return cx.suspend(kStep);
    }
    return state == kStep ? cx.done_bool(done) : run_finalizers(cx, kFinalizers);
}

// --- Services -------------------------------------------------------------------------------------------------------

Value helper(const Machine& machine, Helper which) {
    return machine.helper_function(static_cast<std::uint32_t>(which));
}

bool calls_are_traced(const Machine& machine) {
    const Thread& t = machine.thread();
    return hook_enabled(t) && (t.hook_mask & (kHookCalls | kHookReturns)) != 0;
}

bool is_native(const Machine& machine, Value v, NativeFn fn) {
    const NativeFunction* f = machine.heap().get<NativeFunction>(v);
    return f && f->function() == fn;
}

Value globals(Machine& machine) {
    return machine.globals();
}

std::string position(const NativeContext& cx, int level) {
    return library(cx).machine().where(library(cx).machine().thread(), level);
}

Value running_thread(const Machine& machine) {
    return Value{machine.thread().self};
}

Value calling_function(const Machine& machine) {
    const Thread& t = machine.thread();
    bool found_native = false;
    for (const Frame* f = t.frame; f > t.frames; --f) {
        if (f->kind() == FrameKind::Pending) continue;
        if (found_native) return f->base[-1];
        found_native = true;
    }
    return Value::nil();
}

Value running_coroutine(const Machine& machine) {
    const Value t = running_thread(machine);
    return t == machine.main_thread() ? Value::nil() : t;
}

std::string describe(const Machine& machine, Value v) {
    return machine.to_display(v);
}

std::uint64_t bytes_in_use(const Machine& machine) {
    return machine.heap().pages().exact_used();
}

bool write_output(NativeContext& cx, std::string_view bytes) {
    const Machine& machine = library(cx).machine();
    if (machine.options().output) {
        machine.options().output(bytes);
    } else {
        std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    }
    return true;
}

NativeResult request_exit(NativeContext& cx, int code) {
    library(cx).machine().request_exit(code);
    return cx.raise(Value::nil());
}

RandomSequence& random_sequence(Machine& machine) {
    return machine.random_sequence();
}

bool new_userdata(NativeContext& cx, std::size_t bytes, Value& out) {
    const Handle<Userdata> u =
        ObjectFactory::make_userdata(library(cx).machine().heap(), bytes, globals(library(cx).machine()));
    if (!u) {
        (void)cx.out_of_memory();
        return false;
    }
    out = Value::object(u);
    return true;
}

Handle<Table> proxy_metatables(Machine& machine) {
    return machine.proxy_metatables();
}

}  // namespace lib
}  // namespace arenite

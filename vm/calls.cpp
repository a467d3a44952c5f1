// Frames, calls and returns.
#include <algorithm>
#include <cstring>
#include <utility>

#include "heap/thread_arrays.h"
#include "vm/library_context.h"
#include "vm/machine.h"
#include "vm/pending.h"

namespace arenite {

namespace {
/// Slots that a native finds free above its arguments (LUA_MINSTACK, and room for results).
constexpr std::size_t kNativeSlots = 24;
constexpr std::uint32_t kMessageHandlerExtra = 1000;  ///< frames and slots beyond the limits for message handlers
constexpr std::int64_t kCallCost = 4;
}  // namespace

void Machine::set_thread(Thread* t) {
    if (notes_switches_) leave_thread();
    notes_switches_ = heap_.collector().marking();
    thread_ = t;
    stack_limit_ = t->stack_limit;
    frame_limit_ = t->frame_limit;
    if (traced_ || t->hook_mask) select_dispatch();
}

Value* Machine::frame_top(const Frame* f) const {
    const auto* c = reinterpret_cast<const Closure*>(f->function);
    const Prototype* p = heap_.get(c->prototype());
    return f->base + (p ? p->max_stack() : 0);
}

namespace {
/// Moves the limit of the stack up to `need` slots or some more, `size` at most. Slots are made empty piece by piece,
/// as the stack comes to need them: a large stack at once would be long work.
void extend_stack(Thread& t, std::size_t need, std::size_t size) {
    constexpr std::size_t kPiece = 8192;
    const auto filled = static_cast<std::size_t>(t.stack_limit - t.stack);
    const std::size_t end = std::min(size, std::max(need, filled + kPiece));
    if (end > filled) std::memset(static_cast<void*>(t.stack_limit), 0xFF, (end - filled) * sizeof(Value));
    t.stack_limit = t.stack + end;
}
}  // namespace

Value* Machine::ensure_stack(Value* from, std::size_t slots) {
    Thread& t = *thread_;
#if defined(ARENITE_STRESS)
    // Whatever fits: small stacks move at every call, and what they leave is poisoned (TH1, I3).
    const bool fits = static_cast<std::ptrdiff_t>(slots) <= t.stack_limit - from;
    if (fits && t.stack_size > 512) return from;
    const bool stays = !fits;
#else
    constexpr bool stays = true;
    // `from` may be after the limit: the registers of a frame that waits need not all be there.
    if (static_cast<std::ptrdiff_t>(slots) <= t.stack_limit - from) return from;
#endif
    const auto offset = from - t.stack;
    const std::size_t need = static_cast<std::size_t>(offset) + slots;
    const std::size_t limit = options_.max_stack_slots + (in_message_handler_ ? kMessageHandlerExtra * 8 : 0);
    if (need > limit) {
        error_value_ = error_string(where(t, 0) + "stack overflow");
        return nullptr;
    }
    if (stays &&
        need <=
            t.stack_size) {  // there, but empty from the limit on; or grown for an earlier message handler: restore_limits
        extend_stack(t, need, std::min<std::size_t>(t.stack_size, limit));
        set_thread(&t);
        return from;
    }
#if defined(ARENITE_STRESS)
    const std::size_t size = fits ? t.stack_size : std::min(std::max<std::size_t>(need, t.stack_size + 1), limit);
#else
    const std::size_t size = std::min(std::max<std::size_t>(need, t.stack_size * std::size_t{2}), limit);
#endif
    const std::size_t most = std::size_t{options_.max_stack_slots} + std::size_t{kMessageHandlerExtra} * 8;
    if (!ThreadArrays::grow_stack(heap_, t, static_cast<std::uint32_t>(size), most)) {
        error_value_ = memory_error_;
        return nullptr;
    }
    extend_stack(t, need, size);
    set_thread(&t);
    return t.stack + offset;
}

Frame* Machine::grow_frames() {
    Thread& t = *thread_;
    const std::uint32_t limit = options_.max_frames + (in_message_handler_ ? kMessageHandlerExtra : 0);
    const auto used = static_cast<std::uint32_t>(t.frame - t.frames) + 1;
    if (used >= limit) {
        error_value_ = error_string(where(t, 0) + "stack overflow");
        return nullptr;
    }
    if (used >= t.frame_count && !ThreadArrays::grow_frames(heap_, t, std::min(t.frame_count * 2, limit))) {
        error_value_ = memory_error_;
        return nullptr;
    }
    t.frame_limit = t.frames + std::min({t.frame_count, limit, used + kFramesBetweenLooks});
    frame_limit_ = t.frame_limit;
    budget_ -= kCallCost * kFramesBetweenLooks;
    return ++t.frame;
}

void Machine::lower_frame_limit() {
    Thread& t = *thread_;
    if (t.frame_limit - t.frame <= static_cast<std::ptrdiff_t>(kFramesBetweenLooks) + 1) return;
    t.frame_limit = t.frame + kFramesBetweenLooks + 1;
    frame_limit_ = t.frame_limit;
}

void Machine::restore_limits(Thread& t, const Value* used) {
    const auto slots = static_cast<std::ptrdiff_t>(options_.max_stack_slots);
    const auto frames = static_cast<std::ptrdiff_t>(options_.max_frames);
    if (t.stack_limit - t.stack > slots && used - t.stack < slots) t.stack_limit = t.stack + slots;
    if (t.frame_limit - t.frames > frames && t.frame + 1 - t.frames < frames) t.frame_limit = t.frames + frames;
    set_thread(&t);
}

Next Machine::call(Value* func, std::uint32_t nargs, From from) {
    const Value f = *func;
    if (Closure* c = heap_.get<Closure>(f)) return call_closure(func, nargs, c, 0, from);
    if (NativeFunction* n = heap_.get<NativeFunction>(f)) return call_native(func, nargs, n, from);
    if (from == From::Instruction) from = From::Loop;  // the arguments move
    const Value metamethod = heap_.metamethod(f, Metamethod::Call);
    if (!metamethod.is_function()) {  // Lua 5.1: the metamethod itself must be a function (ldo.c tryfuncTM)
        const Frame* frame = thread_->frame;
        const bool in_lua = frame->kind() == FrameKind::Lua;
        return type_error(in_lua ? static_cast<int>(func - frame->base) : -1, f, "call");
    }
    func = ensure_stack(func, nargs + 2);
    if (!func) return raise_pending();
    if (__builtin_expect(nargs > LongMove::kSlice, 0)) {
        return pass(func + 1, func, nargs + 1, LongPass::Then::CallHandler);
    }
    budget_ -= nargs / 16;
    std::memmove(static_cast<void*>(func + 1), func, (nargs + 1) * sizeof(Value));
    *func = metamethod;
    if (Closure* c = heap_.get<Closure>(metamethod)) return call_closure(func, nargs + 1, c, 0);
    if (NativeFunction* n = heap_.get<NativeFunction>(metamethod)) return call_native(func, nargs + 1, n, from);
    return slow_corrupt(0);
}

Value* Machine::room_after_collection(Value* func, std::uint32_t nargs, std::size_t slots, From from) {
    if (error_value_.bits != memory_error_.bits || from == From::Instruction) return nullptr;
    thread_->top = func + 1 + nargs;
    if (auto& c = heap_.collector(); c.may_gain(Collector::Cause::Memory)) c.collect(Collector::Cause::Memory);
    return ensure_stack(func, slots);
}

Frame* Machine::frame_after_collection(Value* func, std::uint32_t nargs, From from) {
    if (error_value_.bits != memory_error_.bits || from == From::Instruction) return nullptr;
    thread_->top = func + 1 + nargs;
    if (auto& c = heap_.collector(); c.may_gain(Collector::Cause::Memory)) c.collect(Collector::Cause::Memory);
    return push_frame();
}

Next Machine::no_room(From from) {
    if (from != From::Instruction || error_value_.bits != memory_error_.bits) return raise_pending();
    error_value_ = Value::nil();
    return no_memory();
}

[[gnu::always_inline]] inline Frame* Machine::room_and_frame(Value*& func, std::uint32_t nargs, std::size_t slots,
                                                             From from) {
    Value* const moved = room(func, slots);
    func = __builtin_expect(moved != nullptr, 1) ? moved : room_after_collection(func, nargs, slots, from);
    if (!func) return nullptr;
    Frame* const f = push_frame();
    return __builtin_expect(f != nullptr, 1) ? f : frame_after_collection(func, nargs, from);
}

Next Machine::call_closure(Value* func, std::uint32_t nargs, Closure* c, std::uint32_t tail_calls, From from) {
    const Prototype* p = heap_.get(c->prototype());
    if (!p) return slow_corrupt(0);
    const std::uint32_t params = p->num_params();
    const std::size_t extra = p->is_vararg() ? std::max(nargs, params) + 1 : 0;
    const std::size_t slots = 1 + extra + (extra ? p->max_stack() : std::max<std::size_t>(p->max_stack(), nargs + 1));
    Frame* const f = room_and_frame(func, nargs, slots, from);
    if (!f) return no_room(from);
    Value* args = func + 1;
    for (std::uint32_t i = nargs; i < params; ++i) args[i] = Value::nil();
    std::uint32_t varargs = 0;
    Value* base = args;
    if (p->is_vararg()) {
        // func, fixed parameters, varargs | func again | fixed parameters: the registers (TH1).
        const std::uint32_t actual = std::max(nargs, params);
        varargs = actual - params;
        base = args + actual + 1;
        base[-1] = *func;
        for (std::uint32_t i = 0; i < params; ++i) {
            base[i] = args[i];
            args[i] = Value::nil();
        }
    }
    f->pc = p->code();
    f->base = base;
    f->function = reinterpret_cast<ObjectHeader*>(c);
    f->count = varargs;
    f->info = Frame::lua_info(std::min(tail_calls, 0xFFFFFFu));
    return Next::Reload;
}

Next Machine::call_native(Value* func, std::uint32_t nargs, NativeFunction* n, From from) {
    const std::size_t slots = 1 + nargs + kNativeSlots;
    Frame* const f = room_and_frame(func, nargs, slots, from);
    if (!f) return no_room(from);
    f->pc = (from == From::Native ? pending::kStart : pending::kNative) + 1;
    f->base = func + 1;
    f->function = reinterpret_cast<ObjectHeader*>(n);
    f->count = nargs;
    f->info = Frame::native_info(0, 0);
    thread_->top = func + 1 + nargs;
    if (from == From::Native) return Next::Reload;
    if (n->fast() == static_cast<std::uint32_t>(FastNative::Wrapped) && n->upvalue_count() == 1 && !traced_) {
        f->pc = pending::kNative + 1;
        return resume(n->upvalue(0), f->base, nargs, true);
    }
    return start_native_(*this);
}

/// What the native asks for; N6 of vm/include/arenite/native.h.
[[gnu::always_inline]] inline NativeResult Machine::invoke(const NativeFunction& n, LibraryContext& cx) {
    try {
        const NativeResult r = n.function()(cx);
        return kChecks ? cx.checked(r) : r;
    } catch (...) {
        return cx.caught_exception();
    }
}

template <Machine::TakeResult take>
[[gnu::always_inline]] inline Next Machine::start_native_with() {
    Frame* f = thread_->frame;
    NativeFunction* n = heap_.get<NativeFunction>(f->base[-1]);
    if (!n) return slow_corrupt(0);
    f->pc = pending::kNative + 1;
    if (__builtin_expect(heap_.pacing().gc_due, 0) && !collect_before_native()) {
        return slow_budget(ins::abcd(Op::K_NATIVE));
    }
    LibraryContext cx(*this, *f);
    return (this->*take)(cx, invoke(*n, cx));
}

Next Machine::start_untraced(Machine& machine) {
    return machine.start_native_with<&Machine::native_result>();
}

Next Machine::start_native() {
    return start_untraced(*this);
}

Next Machine::start_native_hooked() {
    return start_native_with<&Machine::native_result_hooked>();
}

template <Machine::TakeResult take>
[[gnu::always_inline]] inline Next Machine::resume_native_with() {
    Thread& t = *thread_;
    Frame* f = t.frame;
    NativeFunction* n = heap_.get<NativeFunction>(f->base[-1]);
    if (!n) return slow_corrupt(0);
    Value* results = f->base + f->count + f->locals();
    const auto count = static_cast<std::uint32_t>(t.top - results);
    if (__builtin_expect(heap_.pacing().gc_due, 0) && !collect_before_native()) {
        return slow_budget(ins::abcd(Op::K_NATIVE));
    }
    if (!room(results, count + kNativeSlots)) return raise_pending();
    f = t.frame;
    LibraryContext cx(*this, *f, count);
    f->info = Frame::native_info(cx.nlocals_, cx.state_);
    return (this->*take)(cx, invoke(*n, cx));
}

Next Machine::resume_native() {
    return resume_native_with<&Machine::native_result>();
}

Next Machine::resume_native_hooked() {
    return resume_native_with<&Machine::native_result_hooked>();
}

void Machine::leave_steps() {
    Frame* f = thread_->frame;
    f->pc = pending::kNative + 1;
    thread_->top = f->base + f->count + f->locals() + 1;
}

Next Machine::native_result_hooked(NativeContext& cx, NativeResult r) {
    Frame* f = thread_->frame;
    switch (r.kind) {
        case NativeResult::Done: return leave_native(cx.out_, r.count);
        case NativeResult::TailCall: {  // the frame stays, and returns after what it calls
            f->info = Frame::native_info(cx.nlocals_, 0);
            f->pc = pending::kLeave + 1;
            Value* callee = f->base + f->count + cx.nlocals_;
            std::memmove(static_cast<void*>(callee), cx.out_, (r.count + 1) * sizeof(Value));
            return call(callee, r.count, From::Native);
        }
        default: return native_result(cx, r);
    }
}

Next Machine::native_result(NativeContext& cx, NativeResult r) {
    Thread& t = *thread_;
    Frame* f = t.frame;
    switch (r.kind) {
        case NativeResult::Done: return finish_call(f->base - 1, cx.out_, r.count);
        case NativeResult::Sort:
        case NativeResult::Gsub:
            f->pc = (r.kind == NativeResult::Sort ? pending::kSort : pending::kGsub) + 1;
            [[fallthrough]];
        case NativeResult::Call:
            f->info = Frame::native_info(cx.nlocals_, cx.state_) | cx.flags_;
            budget_ -= kCallCost;
            return call(cx.out_, r.count, From::Native);
        case NativeResult::TailCall: {
            Value* dst = f->base - 1;
            --t.frame;
            return pass(dst, cx.out_, r.count + 1, LongPass::Then::Call);
        }
        case NativeResult::PCall:
            // The callee and its arguments stand where they are: base[0], or base[1] after the message handler.
            f->info = Frame::native_info(0, 0) | cx.flags_;
            f->pc = (cx.flags_ & Frame::kHasMessageHandler ? pending::kXpcall : pending::kPcall) + 1;
            budget_ -= kCallCost;
            return call(cx.out_, r.count, From::Native);
        case NativeResult::Raise:
            if (__builtin_expect(cx.error_.bits == memory_error_.bits, 0)) {
                const bool restarts = cx.restart_state_ != NativeContext::kNoRestart && !cx.restarted_;
                if (restarts && heap_.collector().may_gain(Collector::Cause::Memory)) return restart_native(cx);
            }
            return raise(cx.error_);
        case NativeResult::Suspend:
            f->info = Frame::native_info(cx.nlocals_, cx.state_);
            if (cx.restarted_ && cx.unfinished_) f->info |= Frame::kRestarted;  // N4: nothing has been done since
            t.top = f->base + f->count + cx.nlocals_;
            return slow_budget(ins::abcd(Op::K_NATIVE));
        case NativeResult::Again:
            f->info = Frame::native_info(cx.nlocals_, cx.state_);
            t.top = f->base + f->count + cx.nlocals_;
            return Next::Reload;
        case NativeResult::Resume: return resume(*cx.out_, cx.out_ + 1, r.count, cx.flags_ != 0);
        case NativeResult::Yield: return yield(cx.out_, r.count);
    }
    __builtin_unreachable();
}

Next Machine::restart_native(NativeContext& cx) {
    Thread& t = *thread_;
    Frame* f = t.frame;
    if (cx.restart_state_ == 0) cx.nlocals_ = 0;  // reserved again
    const std::uint32_t caught = cx.caught_ ? Frame::kCaught : 0;
    f->info = Frame::native_info(cx.nlocals_, cx.restart_state_) | caught | Frame::kRestarted;
    t.top = f->base + f->count + cx.nlocals_ + cx.nresults_;
    txn_.make_room();
    heap_.collector().begin_whole(Collector::Cause::Memory);
    return slow_budget(ins::abcd(Op::K_NATIVE));
}

Next Machine::finish_call(Value* dst, const Value* first, std::uint32_t n) {
    Thread& t = *thread_;
    const Frame* below = t.frame - 1;
    const std::uint32_t wanted = ins::c(below->pc[-1]);
    --t.frame;
    if (wanted == kMulti) {
        budget_ -= n / 16;
        if (__builtin_expect(n > LongMove::kSlice, 0) && dst != first) {
            return pass(dst, first, n, LongPass::Then::Return);
        }
        // Down the stack (TH1): _FORTIFY_SOURCE has nothing to add here, and would keep this from being inlined.
        if (n && dst != first) __builtin_memmove(static_cast<void*>(dst), first, n * sizeof(Value));
        t.top = dst + n;
        return Next::Reload;
    }
    const std::uint32_t take = std::min(n, wanted);
    if (take && dst != first) __builtin_memmove(static_cast<void*>(dst), first, take * sizeof(Value));  // likewise
    for (std::uint32_t i = take; i < wanted; ++i) dst[i] = Value::nil();
    return Next::Reload;
}

namespace {
/// Where the results of a Lua frame go: the slot its function was called from.
Value* result_slot(const Machine& machine, const Heap& heap, const Frame* f) {
    (void)machine;
    const Prototype* p = heap.get(reinterpret_cast<const Closure*>(f->function)->prototype());
    return p && p->is_vararg() ? f->base - 2 - p->num_params() - f->count : f->base - 1;
}
}  // namespace

Next Machine::return_values(Value* first, std::uint32_t n) {
    return finish_call(result_slot(*this, heap_, thread_->frame), first, n);
}

Next Machine::tail_call(Instruction w) {
    Thread& t = *thread_;
    Frame* f = t.frame;
    Value* func = f->base + ins::a(w);
    std::uint32_t nargs = ins::b(w) == kMulti ? static_cast<std::uint32_t>(t.top - func - 1) : ins::b(w);
    if (!func->is_function()) {
        const Value metamethod = heap_.metamethod(*func, Metamethod::Call);
        if (!metamethod.is_function()) return type_error(static_cast<int>(ins::a(w)), *func, "call");
        func = ensure_stack(func, nargs + 2);
        if (!func) return raise_pending();
        f = t.frame;
        std::memmove(static_cast<void*>(func + 1), func, (nargs + 1) * sizeof(Value));
        *func = metamethod;
        ++nargs;
    }
    // The frame stays while a native runs, as in PUC: error positions and tracebacks show it.
    if (NativeFunction* n = heap_.get<NativeFunction>(*func)) return call_native(func, nargs, n);
    Closure* c = heap_.get<Closure>(*func);
    if (!c) return slow_corrupt(w);
    const std::uint32_t tail_calls = f->tail_calls() + 1;
    Value* dst = result_slot(*this, heap_, f);
    --t.frame;
    if (__builtin_expect(nargs > LongMove::kSlice, 0)) {
        return pass(dst, func, nargs + 1, LongPass::Then::TailCall, tail_calls);
    }
    budget_ -= nargs / 16;
    std::memmove(static_cast<void*>(dst), func, (nargs + 1) * sizeof(Value));
    return call_closure(dst, nargs, c, tail_calls);
}

Next Machine::pass(Value* dst, const Value* first, std::uint32_t n, LongPass::Then then, std::uint32_t tail_calls) {
    Thread& t = *thread_;
    pass_ = {n, 0, first - t.stack, dst - t.stack, then, tail_calls};
    t.top = t.stack + std::max(pass_.from, pass_.to) + n;
    return go_on_passing();
}

Next Machine::go_on_passing() {
    Thread& t = *thread_;
    LongPass& p = pass_;
    while (p.done < p.count) {
        const std::uint32_t n = std::min(p.count - p.done, LongMove::kSlice);
        // What goes up the stack begins with its last values.
        const std::uint32_t first = p.to > p.from ? p.count - p.done - n : p.done;
        std::memmove(static_cast<void*>(t.stack + p.to + first), t.stack + p.from + first, n * sizeof(Value));
        p.done += n;
        budget_ -= n / 8;
        if (budget_ < 0 && p.done < p.count && look_now(0, false) == Next::Exit) return Next::Exit;
    }
    const LongPass all = std::exchange(p, {});
    Value* const first = t.stack + all.to;
    switch (all.then) {
        case LongPass::Then::Return: t.top = first + all.count; return Next::Reload;
        case LongPass::Then::Call: return call(first, all.count - 1, From::Native);
        case LongPass::Then::CallHandler:  // of a value with __call, which is its first argument
            first[-1] = heap_.metamethod(*first, Metamethod::Call);
            return call(first - 1, all.count, From::Native);
        case LongPass::Then::TailCall: break;
    }
    Closure* const c = heap_.get<Closure>(*first);
    return c ? call_closure(first, all.count - 1, c, all.tail_calls) : slow_corrupt(0);
}

void Machine::merge_tail_call() {
    Thread& t = *thread_;
    Frame* caller = t.frame - 1;
    Frame callee = *t.frame;
    const Value* from = result_slot(*this, heap_, t.frame);
    Value* to = result_slot(*this, heap_, caller);
    const auto slots = static_cast<std::size_t>(frame_top(t.frame) - from);
    callee.base -= from - to;
    callee.info = Frame::lua_info(std::min(caller->tail_calls() + 1, 0xFFFFFFu));
    std::memmove(static_cast<void*>(to), from, slots * sizeof(Value));
    *caller = callee;
    t.frame = caller;
}

Next Machine::call_pending(const Instruction* stub, Value callee, Value a, Value b, const Value* c,
                           std::uint32_t count) {
    const Frame* lua = thread_->frame;
    const Value third = c ? *c : Value::nil();
    Value* slot = room(frame_top(lua), 4);
    if (!slot) return raise_pending();
    Frame* f = push_frame();
    if (!f) return raise_pending();
    lua = f - 1;
    *f = {stub + 1, lua->base, lua->function, count, static_cast<std::uint32_t>(FrameKind::Pending)};
    slot[0] = callee;
    slot[1] = a;
    slot[2] = b;
    slot[3] = third;
    budget_ -= kCallCost;
    return call(slot, c ? 3 : 2);
}

}  // namespace arenite

// Coroutines: switching threads. No C++ stack is involved; a switch changes vm.thread_.
#include <cstring>

#include "vm/machine.h"
#include "vm/pending.h"

namespace arenite {

namespace {
/// lbaselib.c statnames, in the order of ThreadStatus as seen by the resumer.
const char* status_name(ThreadStatus s) {
    switch (s) {
        case ThreadStatus::Running: return "running";
        case ThreadStatus::Suspended: return "suspended";
        case ThreadStatus::Normal: return "normal";
        case ThreadStatus::Dead: return "dead";
    }
    return "dead";
}
}  // namespace

namespace {
/// How many values a switch may hand over (LUAI_MAXCSTACK, lbaselib.c auxresume).
constexpr std::uint32_t kMostPassed = 8000;
/// The values of a switch: few, so a loop is faster than a call.
[[gnu::always_inline]] inline void copy_values(Value* to, const Value* from, std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) to[i] = from[i];
}
}  // namespace

/// The topmost native frame of the running thread has answered `n` values, which are in place: leave_native without a call
/// and a copy, which every switch that is not done in the handlers would pay for.
[[gnu::always_inline]] inline Next Machine::finish_in_place(Thread& t, Value* results, std::uint32_t n) {
    if (__builtin_expect(t.hook_mask != 0, 0)) return leave_native_hooked(results, n);
    const std::uint32_t wanted = ins::c(t.frame[-1].pc[-1]);
    --t.frame;
    if (wanted == kMulti) {
        budget_ -= n / 16;
        t.top = results + n;
    } else {
        for (std::uint32_t i = n; i < wanted; ++i) results[i] = Value::nil();
    }
    return Next::Reload;
}

Next Machine::resume(Value thread, Value* args, std::uint32_t nargs, bool wrapped) {
    Thread* co = heap_.get<Thread>(thread);
    if (!co) return slow_corrupt(0);
    Thread& from = *thread_;
    const auto refuse = [&](const std::string& text) __attribute__((noinline, cold)) {
        const Value message = error_string(wrapped ? where(from, 1) + text : text);
        if (wrapped) return raise(message);
        Value* dst = from.frame->base - 1;
        dst[0] = Value::boolean(false);
        dst[1] = message;
        return leave_native(dst, 2);
    };
    if (co->status != ThreadStatus::Suspended) {
        return refuse(std::string("cannot resume ") + status_name(co->status) + " coroutine");
    }
    if (from.depth + 1 > options_.max_resume_depth) return refuse("C stack overflow");
    if (__builtin_expect(nargs + (co->started ? 0 : 1) > kMostPassed, 0)) {
        return raise(error_string(where(from, 1) + "too many arguments to resume"));
    }
    if (co->epoch < txn_.innermost_epoch()) {
        const std::optional<TxnStatus> saved = txn_.checkpoint_resumable(*co, budget_);
        if (!saved) {  // the native is invoked again
            Frame* f = from.frame;
            f->pc = pending::kNative + 1;
            f->info = Frame::native_info(0, 0);
            from.top = f->base + f->count;
            return look_now(0, false);
        }
        if (*saved != TxnStatus::Ok) return out_of_memory();
    }
    // The arguments are in the stack of `from`, which does not move below.
    from.top = from.frame->base + from.frame->count;
    from.status = ThreadStatus::Normal;
    co->status = ThreadStatus::Running;
    co->resumer = Value{from.self};
    co->wrapped = wrapped;
    co->depth = from.depth + 1;
    set_thread(co);
    const bool first = !co->started;
    Value* dst = first ? co->stack + 2 : co->frame->base - 1;
    dst = room(dst, nargs + 1);
    if (!dst) return raise_pending();
    copy_values(dst, args, nargs);
    if (first) {
        co->started = true;
        co->frames[0].pc = pending::kCoroutineEnd + 1;
        return call(dst - 1, nargs);
    }
    return finish_in_place(*co, dst, nargs);
}

Next Machine::deliver(Thread& from, bool ok, const Value* values, std::uint32_t n) {
    Thread* to = heap_.get<Thread>(from.resumer);
    if (!to) return slow_corrupt(0);
    const bool wrapped = from.wrapped;
    from.resumer = Value::nil();
    to->status = ThreadStatus::Running;
    set_thread(to);
    const std::uint32_t lead = wrapped ? 0 : 1;
    if (__builtin_expect(n + lead > kMostPassed, 0)) {
        return raise(error_string(where(*to, 1) + "too many results to resume"));
    }
    Value* dst = room(to->frame->base - 1, n + lead + 1);
    if (!dst) return raise_pending();
    if (lead) dst[0] = Value::boolean(ok);
    copy_values(dst + lead, values, n);
    return finish_in_place(*to, dst, n + lead);
}

Next Machine::yield(Value* values, std::uint32_t n) {
    Thread& t = *thread_;
    const bool to_host = t.resumer.is_nil() && t.self == main_thread_.bits && yieldable_;
    const bool in_hook = t.hook_running && t.frames[t.hook_running].pc == pending::kHook + 1;  // or in a finalizer
    if ((t.resumer.is_nil() && !to_host) || in_hook) {
        return raise_text("attempt to yield across metamethod/C-call boundary");
    }
    if (atomic_depth_ != 0 && inside_atomic(t)) return raise_text("attempt to yield across an atomic block");
    t.top = t.frame->base + t.frame->count;
    if (to_host) {
        results_ = {values, n};
        status_ = RunStatus::Yielded;
        return Next::Exit;
    }
    t.status = ThreadStatus::Suspended;
    return deliver(t, true, values, n);
}

Next Machine::resume_main(std::span<const Value> values) {
    const auto n = static_cast<std::uint32_t>(values.size());
    Value* dst = ensure_stack(thread_->frame->base - 1, n + 1);
    if (!dst) return raise_pending();
    if (n) std::memcpy(static_cast<void*>(dst), values.data(), values.size_bytes());
    return finish_call(dst, dst, n);
}

Next Machine::coroutine_end() {
    Thread& t = *thread_;
    t.status = ThreadStatus::Dead;
    Value* first = t.stack + 1;
    const auto n = static_cast<std::uint32_t>(t.top - first);
    t.top = first;
    return deliver(t, true, first, n);
}

}  // namespace arenite

// Debug hooks (ldo.c luaD_callhook, lvm.c traceexec of PUC Lua 5.1) and exact mode.
#include "vm/hooks.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "vm/machine.h"
#include "vm/pending.h"

namespace arenite {

namespace {

constexpr std::size_t kHookSlots = 20;             ///< LUA_MINSTACK: what a hook finds free
constexpr std::uint32_t kEntered = 0xFFFF'FFFF;    ///< Thread::hook_pc at the start of a function
constexpr const char* kRegistryKey = "main hook";  ///< {function, mask, period} in the registry
constexpr const char* kEventNames[] = {"call", "return", "line", "count", "tail return"};

/// Slow paths that have done the whole instruction.
Next done_by_itself(Next next) {
    return next == Next::Continue ? Next::Reload : next;
}

/// Whether PUC does not run such an instruction here (HK5): one that it does not have has no line, and the jump at the
/// end of a loop is only there for those who come from the instruction before it (others jump to the loop's start at
/// once), or if it is the whole loop.
bool is_invisible(Instruction w, std::uint32_t line, std::uint32_t at, std::uint32_t before) {
    switch (ins::op(w)) {
        case Op::NEWCELL:
        case Op::ARGTABLE:
        case Op::LOOK:
        case Op::LOADNIL:
        case Op::LOADK:
        case Op::LOADTRUE:
        case Op::LOADFALSE: return line == 0;
        case Op::JMPBACK: return before + 1 != at && before != at && ins::jump(w) != -1;
        default: return false;
    }
}

/// Whether `w` takes operands up to the thread's top.
bool takes_open_results(Instruction w) {
    switch (ins::op(w)) {
        case Op::CALLM:
        case Op::TAILCALL:
        case Op::RETN:
        case Op::RETV:
        case Op::SETLIST: return ins::b(w) == kMulti;
        default: return false;
    }
}

/// Whether a Lua frame whose first instruction is still to come was called by a TAILCALL that waits for it (HK7).
bool is_tail_called(const Frame* f) {
    return f[-1].kind() == FrameKind::Lua && ins::op(f[-1].pc[-1]) == Op::TAILCALL;
}

std::uint32_t index_of(const Thread& t, const Frame* f) {
    return static_cast<std::uint32_t>(f - t.frames);
}

}  // namespace

// --- Switching ------------------------------------------------------------------------------------------------------

void Machine::select_dispatch() {
    const bool exact = exact_ || (thread_ && thread_->hook_mask != 0 && thread_->hook.is_function());
    if (exact == traced_) return;
    traced_ = exact;
    fill_dispatch();
    start_native_ = exact ? &start_traced : &start_untraced;
}

TxnStatus Machine::set_hook(Thread& t, Value function, std::uint8_t mask, std::int32_t period) {
    if (&t != thread_) {
        if (const TxnStatus s = txn_.checkpoint_thread(t); s != TxnStatus::Ok) return s;
    }
    if (main_thread_.bits == t.self) {
        const TxnStatus s = keep_main_hook(function, mask, period);
        if (s != TxnStatus::Ok) return s;
    }
    t.hook = function;
    t.hook_mask = mask & 0xF;
    t.hook_period = period;
    t.hook_countdown = static_cast<std::uint32_t>(period);
    if (!t.hook_running) {
        t.hook_done = 0;
        t.hook_frame = Thread::kNoHookFrame;
    }
    if (&t == thread_) select_dispatch();
    return TxnStatus::Ok;
}

// Each host call has a main thread of its own; the hook goes from one to the next in the registry, as in PUC, where it
// is rolled back like everything else.
TxnStatus Machine::keep_main_hook(Value function, std::uint8_t mask, std::int32_t period) {
    const auto registry = heap_.registry().as<Table>();
    if (function.is_nil()) {
        if (get_field(registry, kRegistryKey).is_nil()) return TxnStatus::Ok;
        return set_field(registry, kRegistryKey, Value::nil()) ? TxnStatus::Ok : TxnStatus::OutOfMemory;
    }
    has_main_hook_ = true;
    const Handle<Table> kept = make_table(3, 0);
    Table* t = heap_.get(kept);
    const bool ok = t && txn_.raw_set_integer(*t, 1, function) == TableStatus::Ok &&
                    txn_.raw_set_integer(*t, 2, Value::number(mask)) == TableStatus::Ok &&
                    txn_.raw_set_integer(*t, 3, Value::number(period)) == TableStatus::Ok &&
                    set_field(registry, kRegistryKey, Value::object(kept));
    return ok ? TxnStatus::Ok : TxnStatus::OutOfMemory;
}

void Machine::look_for_main_hook(Thread& t) {
    const Value value = get_field(heap_.registry().as<Table>(), kRegistryKey);
    const Table* kept = heap_.get<Table>(value);
    if (!kept) return;
    const Value function = kept->get(heap_, Value::number(1));
    const Value mask = kept->get(heap_, Value::number(2));
    const Value period = kept->get(heap_, Value::number(3));
    // A script can reach the registry: nothing in it is relied on.
    if (!function.is_function() || !(mask.as_number() >= 0 && mask.as_number() <= 15)) return;
    if (!(period.as_number() >= INT32_MIN && period.as_number() <= INT32_MAX)) return;
    t.hook = function;
    t.hook_mask = static_cast<std::uint8_t>(mask.as_number()) & 0xF;
    t.hook_period = static_cast<std::int32_t>(period.as_number());
    t.hook_countdown = static_cast<std::uint32_t>(t.hook_period);
}

// --- Calling the hook -----------------------------------------------------------------------------------------------

/// Calls the hook for an event; `done` are the events of the instruction at hand that need not be told again, `top` is
/// one past what the running frame still needs.
Next Machine::call_hook(HookEvent event, std::int64_t line, std::uint8_t done, Value* top) {
    Thread& t = *thread_;
    const Value name = ObjectFactory::make_string(heap_, kEventNames[static_cast<unsigned>(event)]);
    if (name.is_nil()) return out_of_memory();
    Value* slot = ensure_stack(top, kHookSlots);
    if (!slot) return raise_pending();
    t.top = slot;
    Frame* f = push_frame();
    if (!f) return raise_pending();
    const Frame* below = f - 1;
    *f = {pending::kHook + 1, below->base, below->function, static_cast<std::uint32_t>(slot - below->base),
          static_cast<std::uint32_t>(FrameKind::Pending) | static_cast<std::uint32_t>(done) << 8};
    t.hook_running = index_of(t, f);
    slot[0] = t.hook;
    slot[1] = name;
    slot[2] = line >= 0 ? Value::number(static_cast<double>(line)) : Value::nil();
    return call(slot, 2);
}

/// K_HOOK: back to what the hook interrupted.
Next Machine::hook_returned() {
    Thread& t = *thread_;
    const Frame* f = t.frame;
    const auto done = static_cast<std::uint8_t>(f->info >> 8 & 0xF);
    Frame* below = --t.frame;
    t.top = below->base + f->count;
    t.hook_running = 0;
    t.hook_done = hook_enabled(t) ? done : 0;
    if (below->kind() == FrameKind::Lua) {
        --below->pc;
        if (done & kDoneCall && is_tail_called(below)) {  // HK7
            merge_tail_call();
            --t.hook_frame;
        }
    }
    return Next::Reload;
}

// --- Events ---------------------------------------------------------------------------------------------------------

Next Machine::trace(Instruction w) {
    Thread& t = *thread_;
    Frame* f = t.frame;
    if (f->kind() != FrameKind::Lua) return trace_internal(w);
    const Prototype* p = heap_.get(reinterpret_cast<const Closure*>(f->function)->prototype());
    if (!p) return slow_corrupt(w);
    const auto at = static_cast<std::uint32_t>(f->pc - p->code()) - 1;
    const std::uint8_t mask = t.hook_mask;
    std::uint8_t done = t.hook_done;
    t.hook_done = 0;
    if (t.hook_frame != index_of(t, f)) {  // a function begins, or what it called has returned
        t.hook_frame = index_of(t, f);
        t.hook_pc = at == 0 ? kEntered : at - 1;
    }
    const Op op = ins::op(w);
    const std::uint32_t line = p->line(at);
    if (is_invisible(w, line, at, t.hook_pc)) return execute(w);
    const auto event = [&](HookEvent e, std::int64_t n) {
        return call_hook(e, n, done, takes_open_results(w) ? t.top : f->base + p->max_stack());
    };
    if (t.hook_pc == kEntered && mask & kHookCalls && !(done & kDoneCall)) {
        done |= kDoneCall;
        return event(HookEvent::Call, -1);
    }
    if (mask & (kHookLines | kHookCount) && !(done & kDoneCount)) {
        done |= kDoneCount;
        if (!(mask & kHookLines)) done |= kDoneLine;  // whatever the hook changes
        const bool counts = op != Op::TFORLOOP;       // which is one instruction with its TFORCALL in PUC
        if (counts) --t.hook_countdown;
        if (counts && mask & kHookCount && t.hook_countdown == 0) {
            t.hook_countdown = static_cast<std::uint32_t>(t.hook_period);
            return event(HookEvent::Count, -1);
        }
    }
    const std::uint32_t before = t.hook_pc;
    t.hook_pc = at;
    if (mask & kHookLines && !(done & kDoneLine)) {
        done |= kDoneLine;
        if (before == kEntered || at <= before || line != p->line(before)) return event(HookEvent::Line, line);
    }
    switch (op) {
        case Op::RET0:
        case Op::RET1:
        case Op::RETN:
        case Op::RETV:
            if (!(mask & kHookReturns)) break;
            if (!(done & kDoneReturn)) {
                done = 0xF;
                return event(HookEvent::Return, -1);
            }
            if (f->tail_calls() > 0) {
                f->info = Frame::lua_info(f->tail_calls() - 1);
                done = 0xF;
                return event(HookEvent::TailReturn, -1);
            }
            break;
        case Op::TAILCALL:
            t.hook_frame = Thread::kNoHookFrame;
            if (mask & kHookCalls) return trace_tail_call(w);
            break;
        case Op::FORPREP: return trace_for_prep(w);
        default: break;
    }
    return execute(w);
}

/// HK7: the call event comes before the frame of the caller is given up.
Next Machine::trace_tail_call(Instruction w) {
    const Thread& t = *thread_;
    Value* func = t.frame->base + ins::a(w);
    auto nargs = ins::b(w) == kMulti ? static_cast<std::uint32_t>(t.top - func - 1) : ins::b(w);
    Closure* c = heap_.get<Closure>(*func);
    if (!c && !func->is_function()) {
        const Value metamethod = heap_.metamethod(*func, Metamethod::Call);
        c = heap_.get<Closure>(metamethod);
        if (c) {
            func = ensure_stack(func, nargs + 2);
            if (!func) return raise_pending();
            std::memmove(static_cast<void*>(func + 1), func, (nargs + 1) * sizeof(Value));
            *func = metamethod;
            ++nargs;
        }
    }
    return c ? call_closure(func, nargs, c, 0) : execute(w);
}

/// As PUC runs it, whose lines and counts a hook sees: the loop begins at its FORLOOP.
Next Machine::trace_for_prep(Instruction w) {
    Frame* f = thread_->frame;
    Value* control = f->base + ins::a(w);
    double n[3];
    for (unsigned i = 0; i < 3; ++i) {
        const bool is_number = convert_number(control[i], n[i]) == LongNumerals::Answer::Number;
        if (!is_number) return done_by_itself(slow_for_prep(w));  // goes on with a long numeral, or raises
    }
    for (unsigned i = 0; i < 3; ++i) control[i] = Value::canonical(n[i]);
    control[0] = Value::canonical(n[0] - n[2]);
    control[3] = Value::nil();
    f->pc += ins::jump(w) - 1;
    return Next::Reload;
}

/// A K_* instruction of a frame that is no Lua function's.
Next Machine::trace_internal(Instruction w) {
    Thread& t = *thread_;
    const Frame* f = t.frame;
    const Frame* lua = t.frame - 1;
    const Prototype* p = nullptr;  // of the Lua frame that a pending operation belongs to
    const std::uint8_t mask = t.hook_mask;
    const std::uint8_t done = t.hook_done;
    t.hook_done = 0;
    t.hook_frame = Thread::kNoHookFrame;
    if (f->kind() == FrameKind::Pending && lua->kind() == FrameKind::Lua) {
        p = heap_.get(reinterpret_cast<const Closure*>(lua->function)->prototype());
        if (!p) return slow_corrupt(w);
        t.hook_frame = index_of(t, lua);
        t.hook_pc = static_cast<std::uint32_t>(lua->pc - p->code()) - 1;
    }
    switch (ins::op(w)) {
        case Op::K_START:
            if (mask & kHookCalls && !(done & kDoneCall)) return call_hook(HookEvent::Call, -1, kDoneCall, t.top);
            return start_native_hooked();
        case Op::K_SORT:
        case Op::K_GSUB: leave_steps(); [[fallthrough]];
        case Op::K_NATIVE: return resume_native_hooked();
        case Op::K_PCALL: {
            if (!(mask & kHookReturns)) break;
            Value* first = f->base - 1;
            *first = Value::boolean(true);
            return leave_native(first, static_cast<std::uint32_t>(t.top - first));
        }
        case Op::K_XPCALL:
            if (!(mask & kHookReturns)) break;
            f->base[0] = Value::boolean(true);
            return leave_native(f->base, static_cast<std::uint32_t>(t.top - f->base));
        case Op::K_LEAVE:
            if (!(mask & kHookReturns) || done & kDoneReturn) break;
            return call_hook(HookEvent::Return, -1, kDoneReturn, t.top);
        case Op::K_RETRY: t.hook_done = kDoneCall | kDoneCount | kDoneLine; break;
        default: break;
    }
    return Next::Continue;
}

Next Machine::leave_native_hooked(const Value* first, std::uint32_t n) {
    Thread& t = *thread_;
    Frame* f = t.frame;
    if (!hook_enabled(t) || !(t.hook_mask & kHookReturns)) return finish_call(f->base - 1, first, n);
    const auto offset = first - t.stack;
    Value* to = ensure_stack(f->base + f->count + f->locals(), n + kHookSlots);
    if (!to) return raise_pending();
    f = t.frame;
    if (n) std::memmove(static_cast<void*>(to), t.stack + offset, n * sizeof(Value));
    f->base[-1] = Value{f->function->self};  // a result may have been there
    f->info = Frame::native_info(f->locals(), 0);
    f->pc = pending::kLeave + 1;
    t.top = to + n;
    return Next::Reload;
}

Next Machine::start_traced(Machine& machine) {
    Thread& t = *machine.thread_;
    if (!hook_enabled(t)) return machine.start_native();
    if (!(t.hook_mask & kHookCalls)) return machine.start_native_hooked();
    t.frame->pc = pending::kStart + 1;  // K_START tells of the call
    return Next::Reload;
}

// --- Exact mode -----------------------------------------------------------------------------------------------------

Next Machine::before_instruction(Instruction w) {
    const Thread& t = *thread_;
    Frame* f = t.frame;
    const bool lua = f->kind() == FrameKind::Lua;
    if (f->pc != retry_.pc) retry_ = {};
    if (!lua) --f->pc;  // of other frames, it says what they are
    if (loop_budget_ >= 0) {
        budget_ = loop_budget_;
        loop_budget_ = -1;
    }
    if (budget_ <= 0) {
        if (const Next next = begin_budget_slice(); next != Next::Continue) {
            if (status_ == RunStatus::Suspended && lua && next == Next::Exit) --f->pc;
            return next;
        }
    }
    const auto cost = static_cast<std::int64_t>(op_info(ins::op(w)).cost);
    budget_ = std::max<std::int64_t>(budget_ - cost, 0);
    if (hook_enabled(t)) return trace(w);
    if (lua && t.hook_mask & (kHookLines | kHookCount)) count_silently(w);
    return execute(w);
}

/// PUC counts the instructions of hooks too, without telling of them.
void Machine::count_silently(Instruction w) {
    Thread& t = *thread_;
    const bool again = t.hook_done & kDoneCount;  // HK8
    t.hook_done = 0;
    const Op op = ins::op(w);
    if (again || op == Op::TFORLOOP || op == Op::NEWCELL || op == Op::ARGTABLE || op == Op::LOOK) return;
    if (--t.hook_countdown == 0) t.hook_countdown = static_cast<std::uint32_t>(t.hook_period);
}

/// Prepares an instruction to be run by its opcode handler, or runs it.
Next Machine::execute(Instruction w) {
    const Thread& t = *thread_;
    switch (ins::op(w)) {
        case Op::CALL:  // not the fast path: it charges as well before it leaves the call to the slow one
        case Op::CALLM: budget_ += 4; return done_by_itself(slow_call(w));
        case Op::TAILCALL:
        case Op::RET0:
        case Op::RET1:
        case Op::RETN:
        case Op::RETV: budget_ += 4; break;
        case Op::LOOK: budget_ += ins::cd(w); break;
        case Op::JMPBACK:
        case Op::FORLOOP:
        case Op::TFORLOOP:  // which charge only if they jump
            loop_budget_ = budget_;
            budget_ -= ins::jump(w);
            break;
        case Op::TFORCALL:
            budget_ += 2;
            if (hook_enabled(t) && t.hook_mask & (kHookCalls | kHookReturns)) return call_iterator(w);
            return done_by_itself(slow_tfor_call(w));
        case Op::K_GSUB:
        case Op::K_SORT:
            leave_steps();
            return resume_native();  // whose opcode handler charges for the whole comparison
        default: break;
    }
    return Next::Continue;
}

Next Machine::begin_budget_slice() {
    constexpr std::uint64_t kSlice = 20'000;  // work between two checks of the interrupt flag
    if (interrupted()) {
        return kill("interrupted!", Failure::Kind::Killed);
    }
    if (deadline_ && std::chrono::steady_clock::now() >= *deadline_) {
        return kill("deadline exceeded", Failure::Kind::Deadline);
    }
    while (budget_ <= 0) {
        if (step_budget_ == 0) {
            budget_ = 0;
            status_ = RunStatus::Suspended;
            return Next::Exit;
        }
        const std::uint64_t slice = std::min(kSlice, step_budget_);
        step_budget_ -= slice;
        budget_ += static_cast<std::int64_t>(slice);
    }
    return Next::Continue;
}

}  // namespace arenite

// Safepoints and the budget: checks between instructions, collections that are due or for want of memory, finalizers.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "vm/hooks.h"
#include "vm/machine.h"
#include "vm/pending.h"

namespace arenite {

Next Machine::slow_budget(Instruction w) {
    if (ins::op(w) == Op::K_NATIVE) return look_now(0, false);
    // A single charge may be larger than a slice (a loop body of that length): it is granted on top, for progress.
    const bool jumps = op_info(ins::op(w)).c == 'j';
    const std::int64_t other = ins::op(w) == Op::LOOK ? ins::cd(w) : 4;
    return look_now(jumps ? std::abs(static_cast<std::int64_t>(ins::jump(w))) : other, true);
}

Next Machine::look() {
    // In exact mode each instruction is examined; and frames of natives see to themselves (slow_internal).
    if (exact_ || thread_->frame->kind() != FrameKind::Lua) return Next::Reload;
    return look_now(0, false);
}

namespace {
/// What an instruction that may fail for want of memory compares the budget with before it does anything.
std::int64_t charge_of(Op op) {
    return kOpInfo[static_cast<unsigned>(op)].has('B') ? 4 : 0;
}
}  // namespace

Next Machine::look_now(std::int64_t distance, bool undone) {
    if (interrupted()) {
        // luaL_error in a hook: level 0 is what runs.
        return kill(where(*thread_, 1) + "interrupted!", Failure::Kind::Killed);
    }
    const auto now = std::chrono::steady_clock::now();
    if (deadline_ && now >= *deadline_) return kill("deadline exceeded", Failure::Kind::Deadline);
    // A unit is some nanoseconds, but of memory in no cache a hundred: the slice between two checks follows the clock.
    constexpr std::chrono::microseconds kLong(80);
    constexpr std::uint64_t kLeastSlice = 1'250;
    const auto took = looked_at_ == std::chrono::steady_clock::time_point{} ? kLong : now - looked_at_;
    looked_at_ = now;
    if (took > kLong) {
        slice_ = std::max(kLeastSlice, slice_ / 2);
    } else if (took < kLong / 2) {
        slice_ = std::min(kMostSlice, slice_ * 2);
    }
    Frame* const frame = thread_->frame;
    const bool retries = retry_ == MemoryRetry{thread_->self, frame, undone ? frame->pc : frame->pc + 1};
    if (!retries) retry_ = {};
    if (undone) --frame->pc;  // it is charged when it is executed
    lower_frame_limit();
    constexpr std::int64_t kCollectorSlice = 1024;  // about 4 us (collector.h, C15)
    Collector& collector = heap_.collector();
    if (collector.wants_to_wait()) collector.begin_waiting();
    for (;;) {
        // What was done beyond the budget is paid first, over several steps if need be.
        const auto debt = static_cast<std::uint64_t>(std::max<std::int64_t>(0, -budget_ - distance));
        const std::uint64_t paid = std::min(debt, step_budget_);
        step_budget_ -= paid;
        budget_ = -static_cast<std::int64_t>(debt - paid);
        if (step_budget_ == 0) {
            status_ = RunStatus::Suspended;
            return Next::Exit;
        }
        if (txn_.gives_back()) {
            txn_.give_back_piece();
        } else if (collector.waits()) {
            (void)collector.advance(kCollectorSlice);
        } else {
            break;
        }
        if (over_time()) return look_now(distance, false);  // ends it
        budget_ = -kCollectorSlice - distance;
    }
    if (exact_) return begin_budget_slice() == Next::Exit ? Next::Exit : Next::Reload;
    const std::uint64_t slice = std::min(slice_, step_budget_);
    step_budget_ -= slice;
    budget_ = static_cast<std::int64_t>(slice) + distance;
    if (retries) request_look(charge_of(ins::op(*frame->pc)));  // the next one comes after it: it has not failed again
    return Next::Reload;
}

void Machine::begin_first_slice() {
    if (exact_ || deadline_ || budget_ != 0 || interrupted()) return;  // the loop looks first
    const std::uint64_t slice = std::min(slice_, step_budget_);
    step_budget_ -= slice;
    budget_ = static_cast<std::int64_t>(slice);
    looked_at_ = {};
}

void Machine::request_look(std::int64_t charge) {
    const std::int64_t left = charge > 0 ? charge : -kOverdraft - 1;
    if (budget_ < left) return;
    step_budget_ += static_cast<std::uint64_t>(budget_ - left);
    budget_ = left;
}

Next Machine::again() {
    Thread& t = *thread_;
    if (t.hook_mask != 0) t.hook_done = kDoneCall | kDoneCount | kDoneLine;  // HK8
    return slow_budget(ins::abcd(Op::MOVE));
}

#if defined(ARENITE_STRESS)
namespace {
/// A whole cycle as often as its cost allows (each time while the heap is small), small steps otherwise, and now and
/// then a check of the whole heap.
void stress_collect(Machine& machine) {
    Heap& heap = machine.heap();
    static constexpr std::uint64_t kFree = 64 * 1024;
    static thread_local std::uint64_t last = 0;
    static thread_local std::uint64_t rounds = 0;
    const std::uint64_t used = heap.budget.used();
    if (used < 512 * 1024 || heap.pacing().allocated - last > used) {
        last = heap.pacing().allocated;
        heap.collector().collect();
        if (++rounds % 512 == 0 && used < 4 * 1024 * 1024) {
            if (const auto problem = machine.verify()) {
                std::fprintf(stderr, "heap verifier: %s\n", problem->c_str());
                std::abort();
            }
        }
    } else {
        (void)heap.collector().step(256);
    }
    heap.pacing().gc_threshold = used < kFree ? 0 : heap.pacing().allocated;
}
}  // namespace
#endif

bool Machine::collect_step() {
#if defined(ARENITE_STRESS)
    if (!heap_.collector().stopped) {
        stress_collect(*this);
        heap_.pacing().gc_due = heap_.collector().has_finalizers();
        return true;
    }
#endif
    // In exact mode each instruction is examined, but not always by way of look_now().
    const bool paid = heap_.collector().pay(budget_, !exact_);
    if (__builtin_expect(heap_.collector().wants_to_wait(), 0)) request_look();
    return paid;
}

bool Machine::collect_before_native() {
    if (!heap_.collector().runs_short()) return collect_step();
    heap_.collector().begin_whole(Collector::Cause::Memory);
    return false;
}

bool Machine::collect_in_lua_frame() {
    Thread& t = *thread_;
    t.top = frame_top(t.frame);
    return collect_step();
}

Next Machine::safepoint_due() {
    if (!collect_in_lua_frame()) return again();
    return finalizer_waits() ? run_finalizer() : Next::Continue;
}

Next Machine::no_memory() {
    Thread& t = *thread_;
    const MemoryRetry here{t.self, t.frame, t.frame->pc};
    const bool tried = std::exchange(retry_, MemoryRetry{}) == here;
    if (tried || !heap_.collector().may_gain(Collector::Cause::Memory)) return out_of_memory();
    retry_ = here;
    const Instruction w = t.frame->pc[-1];
    // Values without a fixed number stand above the registers; what else is there has had its time.
    const bool open = (ins::op(w) == Op::CALL || ins::op(w) == Op::SETLIST) && ins::b(w) == kMulti;
    if (!open) t.top = frame_top(t.frame);
    heap_.collector().begin_whole(Collector::Cause::Memory);
    return again();
}

Next Machine::run_finalizer() {
    const Value object = txn_.take_finalizer();
    if (object.is_nil()) return Next::Continue;
    const Value metamethod = heap_.metamethod(object, Metamethod::Gc);
    if (!metamethod.is_function()) return Next::Continue;
    const Frame* lua = thread_->frame;
    Value* slot = ensure_stack(frame_top(lua), 4);
    if (!slot) return raise_pending();
    Frame* f = push_frame();
    if (!f) return raise_pending();
    lua = f - 1;
    *f = {pending::kRetry + 1, lua->base, lua->function, 0, static_cast<std::uint32_t>(FrameKind::Pending)};
    if (!thread_->hook_running) {  // lgc.c GCTM: no hooks in finalizers
        thread_->hook_running = static_cast<std::uint32_t>(f - thread_->frames);
    }
    note_finalizer();
    slot[0] = metamethod;
    slot[1] = object;
    return call(slot, 1);
}

void Machine::note_finalizer() {
    const Thread& t = *thread_;
    finalizer_ = {Value{t.self}, t.frame - t.frames, t.frame->pc, t.frame->function};
}

bool Machine::finalizer_waits() const {
    return heap_.collector().has_finalizers() && !finalizer_runs();
}

bool Machine::finalizer_runs() const {
    if (finalizing_) return true;
    const Thread* t = heap_.get<Thread>(finalizer_.thread);
    if (!t || t->status == ThreadStatus::Dead || t->frame - t->frames <= finalizer_.index) return false;
    const Frame& f = t->frames[finalizer_.index];
    return f.pc == finalizer_.pc && f.function == finalizer_.function;
}

}  // namespace arenite

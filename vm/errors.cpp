// Raising and unwinding, and the texts of run-time errors (ldebug.c, ldo.c of PUC Lua 5.1).
#include <algorithm>
#include <cstdio>
#include <new>

#include "compiler/compile.h"
#include "heap/number_text.h"
#include "vm/interpreter.h"
#include "vm/levels.h"
#include "vm/pending.h"

namespace arenite {

namespace {
constexpr unsigned kMaxHandlerNesting = 180;  ///< about where PUC's C stack ends (LUAI_MAXCCALLS)
constexpr std::int64_t kNameCost = 256;       ///< of the search for a name (vm/debug_names.cpp)
}  // namespace

Value Interpreter::error_string(Vm& vm, std::string_view text) {
    const Value v = ObjectFactory::make_string(vm.heap_, text);
    return v.is_nil() ? vm.memory_error_ : v;
}

std::string Interpreter::where(const Vm& vm, const Thread& t, int level) {
    return where(vm, find_level(t, level));
}

std::string Interpreter::where(const Vm& vm, const Level& found) {
    const Prototype* p = found.kind == Level::Active ? prototype_of(vm.heap_, *found.frame) : nullptr;
    if (!p) return {};
    const std::uint32_t line = current_line(vm, found.frame);
    return compiler::chunk_id(vm.heap_.string(p->source())) + ":" + std::to_string(line) + ": ";
}

Next Interpreter::raise(Vm& vm, Value error) {
    vm.error_value_ = error;
    vm.raise_ = {};
    if (error.bits == vm.memory_error_.bits)
        vm.cancel_long_work();  // a growth may wait for the collection that was not had
    if (error.bits == vm.memory_error_.bits && !vm.options_.memory_errors_catchable && !vm.killed_) {
        vm.killed_ = true;
        vm.kill_kind_ = Failure::Kind::Memory;
    }
    // Most errors are for a pcall a few frames away: nothing of that is counted, charged or kept.
    constexpr std::ptrdiff_t kNear = 16;
    const Thread& t = *vm.thread_;
    Frame* const end = t.frame - std::min(t.frame - t.frames, kNear);
    for (Frame* f = vm.killed_ ? end : t.frame; f > end; --f) {
        if (f->kind() != FrameKind::Native || !(f->info & Frame::kProtected)) continue;
        if (f->info & Frame::kHasHandler) break;
        return unwind_to(vm, f, error);
    }
    return go_on_raising(vm);
}

bool Interpreter::find_handler(Vm& vm, Frame*& target) {
    constexpr std::ptrdiff_t kSlice = 8192;  // frames
    Thread& t = *vm.thread_;
    LongRaise& r = vm.raise_;
    if (r.frame == 0) r = {r.active, false, t.frame - t.frames, 0};
    std::ptrdiff_t left = kSlice;
    target = nullptr;
    for (; r.frame > 0; --r.frame) {
        Frame* f = t.frames + r.frame;
        if (f->kind() == FrameKind::Native && (f->info & Frame::kProtected)) {
            target = f;
            return true;
        }
        if (f->kind() == FrameKind::Pending && f->pc == pending::kHandler + 1) ++r.handlers;
        if (--left <= 0 && r.frame > 1) {
            vm.budget_ -= kSlice / 4;
            left = kSlice;
            if (vm.budget_ >= 0) continue;
            --r.frame;
            return false;
        }
    }
    vm.budget_ -= (kSlice - left) / 4;
    return true;
}

Next Interpreter::go_on_raising(Vm& vm) {
    for (;;) {
        vm.raise_.active = true;
        if (vm.raise_.wraps) {
            Value wrapped;
            if (!wrapped_error(vm, vm.error_value_, wrapped)) {
                if (look_now(vm, 0, false) == Next::Exit) return Next::Exit;
                continue;
            }
            vm.raise_.wraps = false;
            vm.error_value_ = wrapped;
        }
        Frame* target = nullptr;
        if (!vm.killed_ && !find_handler(vm, target)) {
            if (look_now(vm, 0, false) == Next::Exit) return Next::Exit;
            continue;
        }
        const unsigned handlers = vm.raise_.handlers;
        vm.raise_ = {};
        Thread& t = *vm.thread_;
        const Value error = vm.error_value_;
        const bool memory = error.bits == vm.memory_error_.bits;
        // The host's message handler stands below the main thread as that of xpcall stands below what it calls.
        const bool host = !target && !vm.killed_ && !memory && t.resumer.is_nil() && !vm.message_handler_.is_nil();
        if (host) target = t.frames;
        if (target) {
            if (!host && (!(target->info & Frame::kHasHandler) || memory)) return unwind_to(vm, target, error);
            const Value handler = host ? vm.message_handler_ : target->base[0];
            if (handlers >= kMaxHandlerNesting || !handler.is_function()) {
                return unwind_to(vm, target, error_string(vm, "error in error handling"));
            }
            return call_handler(vm, target - t.frames, handler, error);
        }
        if (t.resumer.is_nil()) {
            if (!vm.killed_ || vm.traceback_.empty()) {
                // As from a message handler that calls debug.traceback(message, 2), the way lua.c does.
                try {
                    vm.traceback_ = traceback(vm, t, {}, 2, 2);
                } catch (const std::bad_alloc&) {
                    vm.traceback_.clear();
                }
            }
            vm.status_ = RunStatus::Failed;
            return Next::Exit;
        }
        // The coroutine is dead; its error goes on in the resumer. Looping here, not through deliver(), keeps errors that
        // pass through many coroutines off the C++ stack (VM1).
        t.status = ThreadStatus::Dead;
        if (t.frame->kind() == FrameKind::Lua) t.top = frame_top(vm, t.frame);  // TH2; debug.getlocal shows them
        Thread* below = vm.heap_.get<Thread>(t.resumer);
        if (!below) return slow_corrupt(vm, 0);
        const bool raises = vm.killed_ || t.wrapped;
        if (!raises) return deliver(vm, t, false, &vm.error_value_, 1);
        t.resumer = Value::nil();
        below->status = ThreadStatus::Running;
        set_thread(vm, below);
        vm.raise_.wraps = !vm.killed_;
        vm.budget_ -= 8;
    }
}

Next Interpreter::call_handler(Vm& vm, std::ptrdiff_t target, Value handler, Value error) {
    // The handler runs on top of the erring function, so that it sees the whole stack.
    Thread& t = *vm.thread_;
    vm.in_handler_ = true;
    const Frame* top_frame = t.frame;
    Value* slot =
        top_frame->function && (top_frame->kind() == FrameKind::Lua || top_frame->kind() == FrameKind::Pending)
            ? frame_top(vm, top_frame)
            : std::max(t.top, top_frame->base + top_frame->count);
    slot = ensure_stack(vm, slot, 4);
    Frame* f = slot ? push_frame(vm) : nullptr;
    if (!f) return unwind_to(vm, t.frames + target, error_string(vm, "error in error handling"));
    *f = {pending::kHandler + 1, slot, f[-1].function, static_cast<std::uint32_t>(target),
          static_cast<std::uint32_t>(FrameKind::Pending)};
    slot[0] = f->function ? Value{f->function->self} : Value::nil();
    f->base = slot + 1;
    slot[1] = handler;
    slot[2] = error;
    return call(vm, slot + 1, 1, From::Native);
}

// luaB_auxwrap: a string error gets the position of the caller in front.
bool Interpreter::wrapped_error(Vm& vm, Value error, Value& out) {
    out = error;
    if (!error.is_string() && !error.is_number()) return true;
    char digits[lib::kNumberTextMax];
    const std::string position = where(vm, *vm.thread_, 1);
    const std::string_view text =
        error.is_string() ? vm.heap_.string(error) : std::string_view(digits, lib::to_text(error.as_number(), digits));
    const std::string_view parts[] = {position, text};
    return join_slices(vm, parts, 2, out);
}

Next Interpreter::unwind_to(Vm& vm, Frame* target, Value error) {
    Thread& t = *vm.thread_;
    vm.in_handler_ = false;
    if (target == t.frames) {  // what the host's message handler has made of the error
        t.frame = target;
        t.top = t.stack + 1;
        vm.error_value_ = error;
        vm.status_ = RunStatus::Failed;
        return Next::Exit;
    }
    t.frame = target;
    if (t.hook_running > static_cast<std::uint32_t>(target - t.frames)) t.hook_running = 0;  // HK3
    t.hook_done = 0;
    if (target->info & Frame::kCatches) {
        Value* out = target->base + target->count + target->locals();
        out[0] = error;
        t.top = out + 1;
        restore_limits(vm, t, t.top);
        target->info |= Frame::kCaught;
        vm.error_value_ = Value::nil();
        return Next::Reload;
    }
    Value* dst = target->base - 1;
    dst[0] = Value::boolean(false);
    dst[1] = error;
    restore_limits(vm, t, dst + 2);
    vm.error_value_ = Value::nil();
    if (error.bits == vm.memory_error_.bits) {
        // What the failed call has left behind must not stand in the way of whoever survives it.
        t.top = dst + 2;
        if (const Frame* below = target - 1; below->kind() == FrameKind::Lua) {
            // It is over before the collection comes: its registers must not look like those of its caller.
            std::fill(t.top, std::max(t.top, frame_top(vm, below)), Value::nil());
        }
        if (vm.heap_.collector().may_gain(Collector::Cause::Caught)) {
            vm.heap_.collector().begin_whole(Collector::Cause::Caught);
            request_look(vm);
        }
    }
    return leave_native(vm, dst, 2);
}

Next Interpreter::raise_text(Vm& vm, std::string_view message) {
    return raise(vm, error_string(vm, where(vm, *vm.thread_, 0) + std::string(message)));
}

Next Interpreter::out_of_memory(Vm& vm) {
    return raise(vm, vm.memory_error_);
}

Next Interpreter::kill(Vm& vm, std::string_view reason, Failure::Kind kind) {
    if (vm.txn_.undoing()) {  // the text is not to be of that scope
        const Transaction::Hold own(vm.txn_, false);
        vm.txn_.finish_undo();
        vm.tell_of_rollback();
        set_thread(vm, vm.thread_);
    }
    vm.killed_ = true;
    vm.kill_kind_ = kind;
    return raise(vm, error_string(vm, reason));
}

Next Interpreter::type_error(Vm& vm, int reg, Value culprit, std::string_view operation) {
    const Frame* f = vm.thread_->frame;
    Name name;
    if (reg >= 0 && f->kind() == FrameKind::Lua) {
        name = register_name(vm, f, reg);
        vm.budget_ -= kNameCost;
    }
    const std::string position = where(vm, *vm.thread_, 0);
    const char* const type = type_name(culprit.type());
    Value text;
    if (name.kind) {
        const std::string_view parts[] = {position, "attempt to ", operation, " ",  name.kind,
                                          " '",     name.name,     "' (a ",   type, " value)"};
        if (!join_slices(vm, parts, std::size(parts), text)) return again(vm);
    } else {
        const std::string_view parts[] = {position, "attempt to ", operation, " a ", type, " value"};
        if (!join_slices(vm, parts, std::size(parts), text)) return again(vm);
    }
    return raise(vm, text);
}

Next Interpreter::concat_error(Vm& vm, int reg_a, Value a, int reg_b, Value b) {
    const bool second = a.is_string() || a.is_number();
    return type_error(vm, second ? reg_b : reg_a, second ? b : a, "concatenate");
}

std::string Interpreter::compare_text(Value a, Value b) {
    const char* ta = type_name(a.type());
    const char* tb = type_name(b.type());
    // luaG_ordererror compares the third letters of the names; no two different types share them.
    if (ta[2] == tb[2]) return std::string("attempt to compare two ") + ta + " values";
    return std::string("attempt to compare ") + ta + " with " + tb;
}

Next Interpreter::compare_error(Vm& vm, Value a, Value b) {
    return raise_text(vm, compare_text(a, b));
}

Next Interpreter::table_error(Vm& vm, TableStatus status) {
    switch (status) {
        case TableStatus::NilKey: return raise_text(vm, "table index is nil");
        case TableStatus::NanKey: return raise_text(vm, "table index is NaN");
        case TableStatus::ReadOnly: return raise_text(vm, "Attempt to modify a readonly table");
        case TableStatus::InvalidNext: return raise_text(vm, "invalid key to 'next'");
        case TableStatus::Stale: return slow_corrupt(vm, 0);
        default: return out_of_memory(vm);
    }
}

}  // namespace arenite

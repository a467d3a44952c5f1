// Raising and unwinding, and the texts of run-time errors (ldebug.c, ldo.c of PUC Lua 5.1).
#include <algorithm>
#include <cstdio>
#include <new>

#include "compiler/compile.h"
#include "heap/number_text.h"
#include "vm/levels.h"
#include "vm/machine.h"
#include "vm/pending.h"

namespace arenite {

namespace {
constexpr unsigned kMaxMessageHandlerNesting = 180;  ///< about where PUC's C stack ends (LUAI_MAXCCALLS)
constexpr std::int64_t kNameCost = 256;              ///< of the search for a name (vm/debug_names.cpp)
}  // namespace

Value Machine::error_string(std::string_view text) {
    const Value v = ObjectFactory::make_string(heap_, text);
    return v.is_nil() ? memory_error_ : v;
}

std::string Machine::where(const Thread& t, int level) const {
    return where(find_level(t, level));
}

std::string Machine::where(const Level& found) const {
    const Prototype* p = found.kind == Level::Active ? prototype_of(heap_, *found.frame) : nullptr;
    if (!p) return {};
    const std::uint32_t line = current_line(found.frame);
    return compiler::chunk_id(heap_.string(p->source())) + ":" + std::to_string(line) + ": ";
}

Next Machine::raise(Value error) {
    error_value_ = error;
    raise_ = {};
    if (error.bits == memory_error_.bits) cancel_long_work();  // a growth may wait for a collection
    if (error.bits == memory_error_.bits && !options_.memory_errors_catchable && !killed_) {
        killed_ = true;
        kill_kind_ = Failure::Kind::Memory;
    }
    // Most errors are for a pcall a few frames away: nothing of that is counted, charged or kept.
    constexpr std::ptrdiff_t kNear = 16;
    const Thread& t = *thread_;
    Frame* const end = t.frame - std::min(t.frame - t.frames, kNear);
    for (Frame* f = killed_ ? end : t.frame; f > end; --f) {
        if (f->kind() != FrameKind::Native || !(f->info & Frame::kProtected)) continue;
        if (f->info & Frame::kHasMessageHandler) break;
        return unwind_to(f, error);
    }
    return go_on_raising();
}

bool Machine::find_catching_frame(Frame*& target) {
    constexpr std::ptrdiff_t kSlice = 8192;  // frames
    Thread& t = *thread_;
    LongRaise& r = raise_;
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
            budget_ -= kSlice / 4;
            left = kSlice;
            if (budget_ >= 0) continue;
            --r.frame;
            return false;
        }
    }
    budget_ -= (kSlice - left) / 4;
    return true;
}

Next Machine::go_on_raising() {
    for (;;) {
        raise_.active = true;
        if (raise_.wraps) {
            Value wrapped;
            if (!wrapped_error(error_value_, wrapped)) {
                if (look_now(0, false) == Next::Exit) return Next::Exit;
                continue;
            }
            raise_.wraps = false;
            error_value_ = wrapped;
        }
        Frame* target = nullptr;
        if (!killed_ && !find_catching_frame(target)) {
            if (look_now(0, false) == Next::Exit) return Next::Exit;
            continue;
        }
        const unsigned handlers = raise_.handlers;
        raise_ = {};
        Thread& t = *thread_;
        const Value error = error_value_;
        const bool memory = error.bits == memory_error_.bits;
        // The host's message handler stands below the main thread as that of xpcall stands below what it calls.
        const bool host = !target && !killed_ && !memory && t.resumer.is_nil() && !message_handler_.is_nil();
        if (host) target = t.frames;
        if (target) {
            if (!host && (!(target->info & Frame::kHasMessageHandler) || memory)) return unwind_to(target, error);
            const Value handler = host ? message_handler_ : target->base[0];
            if (handlers >= kMaxMessageHandlerNesting || !handler.is_function()) {
                return unwind_to(target, error_string("error in error handling"));
            }
            return call_message_handler(target - t.frames, handler, error);
        }
        if (t.resumer.is_nil()) {
            if (!killed_ || traceback_.empty()) {
                // As from a message handler that calls debug.traceback(message, 2), the way lua.c does.
                try {
                    traceback_ = traceback(t, {}, 2, 2);
                } catch (const std::bad_alloc&) {
                    traceback_.clear();
                }
            }
            status_ = RunStatus::Failed;
            return Next::Exit;
        }
        // The coroutine is dead; its error goes on in the resumer. Looping here, not through deliver(), keeps errors
        // that pass through many coroutines off the C++ stack (MA1).
        t.status = ThreadStatus::Dead;
        if (t.frame->kind() == FrameKind::Lua) t.top = frame_top(t.frame);  // TH2; debug.getlocal shows them
        Thread* below = heap_.get<Thread>(t.resumer);
        if (!below) return slow_corrupt(0);
        const bool raises = killed_ || t.wrapped;
        if (!raises) return deliver(t, false, &error_value_, 1);
        t.resumer = Value::nil();
        below->status = ThreadStatus::Running;
        set_thread(below);
        raise_.wraps = !killed_;
        budget_ -= 8;
    }
}

Next Machine::call_message_handler(std::ptrdiff_t target, Value handler, Value error) {
    // The message handler runs on top of the erring function, so that it sees the whole stack.
    Thread& t = *thread_;
    in_message_handler_ = true;
    const Frame* top_frame = t.frame;
    Value* slot =
        top_frame->function && (top_frame->kind() == FrameKind::Lua || top_frame->kind() == FrameKind::Pending)
            ? frame_top(top_frame)
            : std::max(t.top, top_frame->base + top_frame->count);
    slot = ensure_stack(slot, 4);
    Frame* f = slot ? push_frame() : nullptr;
    if (!f) return unwind_to(t.frames + target, error_string("error in error handling"));
    *f = {pending::kHandler + 1, slot, f[-1].function, static_cast<std::uint32_t>(target),
          static_cast<std::uint32_t>(FrameKind::Pending)};
    slot[0] = f->function ? Value{f->function->self} : Value::nil();
    f->base = slot + 1;
    slot[1] = handler;
    slot[2] = error;
    return call(slot + 1, 1, From::Native);
}

// luaB_auxwrap: a string error gets the position of the caller in front.
bool Machine::wrapped_error(Value error, Value& out) {
    out = error;
    if (!error.is_string() && !error.is_number()) return true;
    char digits[lib::kNumberTextMax];
    const std::string position = where(*thread_, 1);
    const std::string_view text =
        error.is_string() ? heap_.string(error) : std::string_view(digits, lib::to_text(error.as_number(), digits));
    const std::string_view parts[] = {position, text};
    return join_resumable(parts, 2, out);
}

Next Machine::unwind_to(Frame* target, Value error) {
    Thread& t = *thread_;
    in_message_handler_ = false;
    if (target == t.frames) {  // what the host's message handler has made of the error
        t.frame = target;
        t.top = t.stack + 1;
        error_value_ = error;
        status_ = RunStatus::Failed;
        return Next::Exit;
    }
    t.frame = target;
    if (t.hook_running > static_cast<std::uint32_t>(target - t.frames)) t.hook_running = 0;  // HK3
    t.hook_done = 0;
    if (target->info & Frame::kCatches) {
        Value* out = target->base + target->count + target->locals();
        out[0] = error;
        t.top = out + 1;
        restore_limits(t, t.top);
        target->info |= Frame::kCaught;
        error_value_ = Value::nil();
        return Next::Reload;
    }
    Value* dst = target->base - 1;
    dst[0] = Value::boolean(false);
    dst[1] = error;
    restore_limits(t, dst + 2);
    error_value_ = Value::nil();
    if (error.bits == memory_error_.bits) {
        // What the failed call has left behind must not stand in the way of whoever survives it.
        t.top = dst + 2;
        if (const Frame* below = target - 1; below->kind() == FrameKind::Lua) {
            // It is over before the collection comes: its registers must not look like those of its caller.
            std::fill(t.top, std::max(t.top, frame_top(below)), Value::nil());
        }
        if (heap_.collector().may_gain(Collector::Cause::Caught)) {
            heap_.collector().begin_whole(Collector::Cause::Caught);
            request_look();
        }
    }
    return leave_native(dst, 2);
}

Next Machine::raise_text(std::string_view message) {
    return raise(error_string(where(*thread_, 0) + std::string(message)));
}

Next Machine::out_of_memory() {
    return raise(memory_error_);
}

Next Machine::kill(std::string_view reason, Failure::Kind kind) {
    if (txn_.undoing()) {  // the text is not to be of that scope
        const Transaction::Hold own(txn_, false);
        txn_.finish_undo();
        tell_of_rollback();
        set_thread(thread_);
    }
    killed_ = true;
    kill_kind_ = kind;
    return raise(error_string(reason));
}

Next Machine::type_error(int reg, Value culprit, std::string_view operation) {
    const Frame* f = thread_->frame;
    Name name;
    if (reg >= 0 && f->kind() == FrameKind::Lua) {
        name = register_name(f, reg);
        budget_ -= kNameCost;
    }
    const std::string position = where(*thread_, 0);
    const char* const type = type_name(culprit.type());
    Value text;
    if (name.kind) {
        const std::string_view parts[] = {position, "attempt to ", operation, " ",  name.kind,
                                          " '",     name.name,     "' (a ",   type, " value)"};
        if (!join_resumable(parts, std::size(parts), text)) return again();
    } else {
        const std::string_view parts[] = {position, "attempt to ", operation, " a ", type, " value"};
        if (!join_resumable(parts, std::size(parts), text)) return again();
    }
    return raise(text);
}

Next Machine::concat_error(int reg_a, Value a, int reg_b, Value b) {
    const bool second = a.is_string() || a.is_number();
    return type_error(second ? reg_b : reg_a, second ? b : a, "concatenate");
}

std::string Machine::compare_text(Value a, Value b) {
    const char* ta = type_name(a.type());
    const char* tb = type_name(b.type());
    // luaG_ordererror compares the third letters of the names; no two different types share them.
    if (ta[2] == tb[2]) return std::string("attempt to compare two ") + ta + " values";
    return std::string("attempt to compare ") + ta + " with " + tb;
}

Next Machine::compare_error(Value a, Value b) {
    return raise_text(compare_text(a, b));
}

Next Machine::table_error(TableStatus status) {
    switch (status) {
        case TableStatus::NilKey: return raise_text("table index is nil");
        case TableStatus::NanKey: return raise_text("table index is NaN");
        case TableStatus::ReadOnly: return raise_text("Attempt to modify a readonly table");
        case TableStatus::InvalidNext: return raise_text("invalid key to 'next'");
        case TableStatus::Stale: return slow_corrupt(0);
        default: return out_of_memory();
    }
}

}  // namespace arenite

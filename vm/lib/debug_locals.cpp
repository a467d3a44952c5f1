// debug.getlocal, setlocal, getupvalue and setupvalue.
//
// Invariants
//  DL1. Nothing internal is shown: a slot or upvalue that holds a cell is read and written through it, and what else
//       Lua cannot have reads as nil.
//  DL2. Nothing that the machine relies on is overwritten: a register with a cell keeps it, and of native functions
//       only the arguments are shown; storing into those has no effect, as a waiting native has checked them before.
//
// A variable that is captured by value (docs/architecture.md, Dispatch) has a copy in each closure, so a change made
// here is seen in that one place only.
#include "vm/levels.h"
#include "vm/lib/debug_info.h"
#include "vm/machine.h"

namespace arenite::lib {

namespace {

/// A local variable or temporary of an active function.
struct LocalSlot {
    std::string_view name;   ///< empty: there is none
    std::int64_t index = 0;  ///< from the frame's base
};

/// findlocal of ldebug.c: the n-th active variable, else any slot in use.
LocalSlot find_local(const Heap& heap, const Thread& t, const Frame& f, std::int32_t n) {
    const std::int64_t in_use = slot_count(heap, t, f);
    if (const Prototype* p = prototype_of(heap, f)) {
        const auto next = f.pc - p->code();
        const auto pc = static_cast<std::uint32_t>(next > 0 ? next - 1 : 0);
        std::int32_t left = n;
        for (std::uint32_t i = 0; i < p->local_count() && p->local(i).start_pc <= pc; ++i) {
            const LocalInfo& l = p->local(i);
            if (pc >= l.end_pc || --left > 0) continue;
            // Debug information of a binary chunk may name any register; only slots of this frame are shown.
            if (left == 0 && l.reg < in_use) return {heap.string(l.name), l.reg};
            break;
        }
    }
    if (n > 0 && n <= in_use) return {"(*temporary)", n - 1};
    return {};
}

/// What Lua may see of what a slot or an upvalue holds (DL1).
Value visible(const Heap& heap, Value v) {
    if (const Cell* cell = heap.get<Cell>(v)) v = cell->value();
    return heap.alive(v) && v.type() != LuaType::Internal ? v : Value::nil();
}

/// The frame that getlocal and setlocal speak of; null for a tail call. False: the error is recorded.
bool frame_argument(NativeContext& cx, const ThreadArgument& on, const Frame*& frame) {
    std::int32_t level = 0;
    if (!check_int(cx, on.shift, level)) return false;
    Level found;
    if (!library(cx).level_resumable(*on.thread, level, found)) return false;
    frame = found.frame;
    if (found.kind != Level::OutOfRange) return true;
    (void)cx.arg_error(on.shift, "level out of range");
    return false;
}

/// Stores into a register of a Lua function.
TxnStatus store_register(Machine& machine, const ThreadArgument& on, const Frame& frame, std::int64_t index, Value v) {
    if (Cell* cell = machine.heap().get<Cell>(frame.base[index])) return machine.txn().set_cell(*cell, v);
    Thread& t = *on.thread;
    const auto at = frame.base + index - t.stack;
    if (!on.running) {
        // Its stack is older than the transaction, perhaps, and moves then.
        if (const TxnStatus s = machine.txn().checkpoint_thread(t); s != TxnStatus::Ok) return s;
    }
    t.stack[at] = v;
    return TxnStatus::Ok;
}

/// The n-th upvalue of a Lua function.
struct UpvalueSlot {
    Closure* closure = nullptr;  ///< null: there is none
    const UpvalueInfo* info = nullptr;
    std::uint32_t index = 0;
};

/// False: the error is recorded.
bool upvalue_argument(NativeContext& cx, UpvalueSlot& slot) {
    const Heap& heap = library(cx).machine().heap();
    std::int32_t n = 0;
    if (!check_int(cx, 1, n) || !cx.check_function(0)) return false;
    Closure* c = heap.get<Closure>(cx.arg(0));  // those of C functions cannot be touched from Lua
    const Prototype* p = c ? heap.get(c->prototype()) : nullptr;
    if (!p || n < 1 || static_cast<std::uint32_t>(n) > c->upvalue_count()) return true;
    slot = {c, &p->upvalue(static_cast<std::uint32_t>(n - 1)), static_cast<std::uint32_t>(n - 1)};
    return true;
}

}  // namespace

// debug.getlocal([thread,] level, local)
NativeResult db_getlocal(NativeContext& cx) {
    const Heap& heap = library(cx).machine().heap();
    const ThreadArgument on(cx);
    const Frame* frame = nullptr;
    std::int32_t n = 0;
    if (!frame_argument(cx, on, frame) || !check_int(cx, on.shift + 1, n)) return cx.failed();
    const LocalSlot local = frame ? find_local(heap, *on.thread, *frame, n) : LocalSlot{};
    if (local.name.empty()) return cx.done(Value::nil());
    Value name;
    if (!cx.new_string(local.name, name)) return cx.failed();
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a local with a name is of a frame
    return cx.done(name, visible(heap, frame->base[local.index]));
}

// debug.setlocal([thread,] level, local, value)
NativeResult db_setlocal(NativeContext& cx) {
    Machine& machine = library(cx).machine();
    const ThreadArgument on(cx);
    const Frame* frame = nullptr;
    std::int32_t n = 0;
    if (!frame_argument(cx, on, frame) || !cx.check_any(on.shift + 2) || !check_int(cx, on.shift + 1, n)) {
        return cx.failed();
    }
    const LocalSlot local = frame ? find_local(machine.heap(), *on.thread, *frame, n) : LocalSlot{};
    if (local.name.empty()) return cx.done(Value::nil());
    Value name;
    if (!cx.new_string(local.name, name)) return cx.failed();
    // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): a local with a name is of a frame
    if (frame->kind() == FrameKind::Lua &&  // DL2
        store_register(machine, on, *frame, local.index, cx.arg(on.shift + 2)) != TxnStatus::Ok) {
        return cx.out_of_memory();
    }
    return cx.done(name);
}

// debug.getupvalue(function, n)
NativeResult db_getupvalue(NativeContext& cx) {
    const Heap& heap = library(cx).machine().heap();
    UpvalueSlot slot;
    if (!upvalue_argument(cx, slot)) return cx.failed();
    if (!slot.closure) return cx.done();
    return cx.done(slot.info->name, visible(heap, slot.closure->upvalue(slot.index)));
}

// debug.setupvalue(function, n, value)
NativeResult db_setupvalue(NativeContext& cx) {
    Machine& machine = library(cx).machine();
    UpvalueSlot slot;
    if (!cx.check_any(2) || !upvalue_argument(cx, slot)) return cx.failed();
    if (!slot.closure) return cx.done();
    const Value v = cx.arg(2);
    Cell* cell = machine.heap().get<Cell>(slot.closure->upvalue(slot.index));
    const TxnStatus s = slot.info->by_value ? machine.txn().set_upvalue(*slot.closure, slot.index, v)
                        : cell              ? machine.txn().set_cell(*cell, v)
                                            : TxnStatus::Ok;
    if (s != TxnStatus::Ok) return cx.out_of_memory();
    return cx.done(slot.info->name);
}

}  // namespace arenite::lib

// Thread: a coroutine's Value stack and its frames.
//
// Invariants
//  TH1. The stack is one array of Values; frames are one array beside it. A frame's registers are base[0..), its
//       function's Value is base[-1]. Both arrays are payload blocks of the thread and may move only when they grow.
//  TH2. Whenever the collector may run, or the thread is not running, `top` is one past its last live value. (While Lua
//       instructions run, only the VM knows; it sets top at each safepoint.)
//  TH3. frames[0] is the thread's base frame (kind Base); it is never popped.
#pragma once

#include <cstdint>

#include "heap/objects.h"

namespace arenite {

enum class FrameKind : std::uint8_t {
    Base,     ///< bottom of a thread
    Lua,      ///< a Lua function
    Native,   ///< a native function, running or waiting with a pending request
    Pending,  ///< a pending operation of the Lua frame below (K_* instruction at pc)
};

/// One activation or pending operation. 32 bytes.
struct Frame {
    const Instruction* pc;  ///< where it goes on: next instruction, or the K_* instruction of a pending operation
    Value* base;
    ObjectHeader* function;  ///< Closure of a Lua frame, NativeFunction of a native one; rooted by base[-1]
    std::uint32_t count;     ///< Lua: number of varargs; native: number of arguments
    std::uint32_t info;      ///< kind 4 | Lua: flags 4, tail calls 24 | native: local slots 8, state 16, flags 4

    static constexpr std::uint32_t kProtected = 1u << 4;  ///< native: errors above end here (pcall)
    static constexpr std::uint32_t kHasMessageHandler =
        1u << 5;  ///< native: and base[0] is their message handler (xpcall)

    static constexpr std::uint32_t kCatches = 1u << 6;  ///< native: and it goes on itself, with the error
    static constexpr std::uint32_t kCaught = 1u << 7;   ///< native: its call has failed; the error is its result
    /// Native: it is about to be invoked once more after a collection, as memory was out (vm/include/arenite/native.h, N4). The bit is
    /// that of kHasMessageHandler, which says nothing without kProtected.
    static constexpr std::uint32_t kRestarted = kHasMessageHandler;

    [[nodiscard]] FrameKind kind() const { return static_cast<FrameKind>(info & 0xF); }
    [[nodiscard]] std::uint32_t tail_calls() const { return info >> 8; }
    [[nodiscard]] std::uint32_t locals() const { return info >> 8 & 0xFF; }
    [[nodiscard]] std::uint32_t state() const { return info >> 16; }
    [[nodiscard]] static constexpr std::uint32_t lua_info(std::uint32_t tail_calls) {
        return static_cast<std::uint32_t>(FrameKind::Lua) | tail_calls << 8;
    }
    [[nodiscard]] static constexpr std::uint32_t native_info(std::uint32_t locals, std::uint32_t state) {
        return static_cast<std::uint32_t>(FrameKind::Native) | locals << 8 | state << 16;
    }
};
static_assert(sizeof(Frame) == 32);

enum class ThreadStatus : std::uint8_t { Suspended, Running, Normal, Dead };

/// Bits of Thread::hook_mask.
enum HookMask : std::uint8_t { kHookCalls = 1, kHookReturns = 2, kHookLines = 4, kHookCount = 8 };

/// Registers of the machine that belong to one coroutine. The VM reads and writes these fields directly: they are not
/// heap state (docs/architecture.md), and a thread older than the transaction is checkpointed whole before it runs.
class Thread {
public:
    /// The environment of functions loaded in this thread (Lua 5.1 §2.9).
    [[nodiscard]] Value globals() const { return globals_; }

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Objects;
    [[nodiscard]] std::size_t slot_bytes() const { return sizeof(Thread); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.key(o.wkey);
        v.epoch(o.epoch);
        v.block("stack", o.stack, o.stack_size * sizeof(Value));
        v.block("frames", o.frames, o.frame_count * sizeof(Frame));
        v.frames(o);
        v.registers("stack", o.stack, static_cast<std::size_t>(o.top - o.stack));
        v.value("globals", o.globals_);
        v.value("resumer", o.resumer);
        v.value("hook", o.hook);
    }

    SelfWord self;
    WriteKey wkey;

    Value* stack;
    Value* stack_limit;  ///< one past the last slot a frame may use; what is above it has not been written to
    Frame* frames;
    Frame* frame;        ///< the current frame
    Frame* frame_limit;  ///< one past the last frame that is pushed without further ado; there may be more of them
    Value* top;          ///< one past the last live value (TH2); also the end of a multi-value result

private:
    friend class Transaction;
    friend class ObjectFactory;
    Value globals_;

public:
    Value resumer;              ///< the thread that resumed this one, or nil
    std::uint32_t stack_size;   ///< slots allocated
    std::uint32_t frame_count;  ///< frames allocated
    std::uint32_t epoch;
    ThreadStatus status;
    bool started;
    bool wrapped;                ///< resumed through the function of coroutine.wrap: errors go on in the resumer
    std::uint8_t hook_mask : 4;  ///< events that the hook wants (HookMask)
    std::uint8_t hook_done : 4;  ///< of the instruction at hand (vm/hooks.h)
    std::uint32_t depth;         ///< how many threads resumed one another to get here

    // The debug hook (debug.sethook); who reads and writes these fields: vm/hooks.h.
    std::uint32_t hook_running;    ///< index of the pending frame whose hook runs; 0: none does
    Value hook;                    ///< function or nil
    std::int32_t hook_period;      ///< instructions between two count events, as it was set
    std::uint32_t hook_countdown;  ///< to the next count event
    std::uint32_t hook_frame;      ///< index of the frame of which hook_pc speaks
    std::uint32_t hook_pc;         ///< the instruction traced last
    static constexpr std::uint32_t kNoHookFrame = 0xFFFF'FFFF;
};
static_assert(sizeof(Thread) == 128);

}  // namespace arenite

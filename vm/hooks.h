// Debug hooks and exact mode: what is done before each instruction when either is on.
//
// `Machine::dispatch_` is the only switch. When the running thread has a hook, or the host has asked for exact
// stepping, all its entries are one opcode handler, which calls Machine::before_instruction and then runs the real one;
// otherwise they are the real opcode handlers, and nothing is paid. Likewise `Machine::start_native_` is where calls of
// natives go.
//
// Invariants
//  HK1. A hook belongs to a thread (Thread::hook...) and is called only between two instructions of the loop: as a
//       frame above a pending one (K_HOOK) that remembers for which event, and what the top of the stack was. So it can
//       be suspended, killed and unwound like any call.
//  HK2. After it, the interrupted instruction is dispatched again. `hook_done` says which of its events are done: it is
//       set when K_HOOK ends, and taken by the next instruction, which is the interrupted one.
//  HK3. While frame number `hook_running` is on the stack, the thread has no events (PUC: allowhook). Unwinding below
//       that frame clears it.
//  HK4. Natives end through K_LEAVE when there is a return event to be told: the results wait after the local slots.
//  HK5. Instructions without a line that PUC Lua does not have (cells, nils that a fresh frame of PUC has anyhow) are
//       no instructions to a hook: the call event of a function comes after those at its start.
//  HK6. In exact mode an instruction runs when the budget is positive, and then costs what opcodes.def says; what its
//       fast path charges by itself is given in advance. What does not fit into the last step's budget is forgiven, so
//       that each step with a positive budget runs at least one instruction.
//  HK7. With call events on, a Lua function that is called last first gets a frame above its caller's, as in PUC; the
//       two become one when its call event has been told.
//  HK8. An instruction that is dispatched again because its work was too much for the budget (Machine::again) has no
//       events of its own then: `hook_done` says that all are done.
#pragma once

#include <cstdint>

#include "heap/thread.h"

namespace arenite {

/// In the order of the LUA_HOOK... constants of PUC.
enum class HookEvent : std::uint8_t { Call, Return, Line, Count, TailReturn };

/// Bits of Thread::hook_done.
enum HookDone : std::uint8_t { kDoneCall = 1, kDoneCount = 2, kDoneLine = 4, kDoneReturn = 8 };

/// Whether the thread has a hook that may be called now.
[[nodiscard]] inline bool hook_enabled(const Thread& t) {
    return t.hook_mask != 0 && t.hook_running == 0 && t.hook.is_function();
}

}  // namespace arenite

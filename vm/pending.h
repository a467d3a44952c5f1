// Pending operations: what waits for a call that a frame has asked for.
//
// A pending operation is a frame whose pc points at a K_* instruction. When the call above it returns, its results are
// at the place the call was made from, and the loop runs that instruction before anything else. So there is no queue
// beside the frames: the operations are owned by the frame that waits, last in first out, and are unwound with it.
//
// Invariants
//  PN1. The instruction before a K_* instruction is a CALL whose `c` says how many results the operation wants, so that
//       returning works the same for Lua frames and pending ones.
//  PN2. The call of a pending operation is made from the first slot above the registers of the Lua frame below it, or
//       above the locals of a native frame.
#pragma once

#include "heap/bytecode.h"

namespace arenite::pending {

inline constexpr Instruction kStore[] = {ins::abcd(Op::CALL, 0, 0, 1), ins::abcd(Op::K_STORE)};
inline constexpr Instruction kJump[] = {ins::abcd(Op::CALL, 0, 0, 1), ins::abcd(Op::K_JUMP)};
inline constexpr Instruction kJumpLe[] = {ins::abcd(Op::CALL, 0, 0, 1), ins::abcd(Op::K_JUMPLE)};
inline constexpr Instruction kDiscard[] = {ins::abcd(Op::CALL, 0, 0, 0), ins::abcd(Op::K_DISCARD)};
inline constexpr Instruction kConcat[] = {ins::abcd(Op::CALL, 0, 0, 1), ins::abcd(Op::K_CONCAT)};
inline constexpr Instruction kNative[] = {ins::abcd(Op::CALLM, 0, 0, kMulti), ins::abcd(Op::K_NATIVE)};
inline constexpr Instruction kSort[] = {ins::abcd(Op::CALL, 0, 0, 1), ins::abcd(Op::K_SORT)};
inline constexpr Instruction kGsub[] = {ins::abcd(Op::CALL, 0, 0, 1), ins::abcd(Op::K_GSUB)};
inline constexpr Instruction kStart[] = {ins::abcd(Op::CALLM, 0, 0, kMulti), ins::abcd(Op::K_START)};
inline constexpr Instruction kPcall[] = {ins::abcd(Op::CALLM, 0, 0, kMulti), ins::abcd(Op::K_PCALL)};
inline constexpr Instruction kXpcall[] = {ins::abcd(Op::CALLM, 0, 0, kMulti), ins::abcd(Op::K_XPCALL)};
inline constexpr Instruction kHandler[] = {ins::abcd(Op::CALL, 0, 0, 1), ins::abcd(Op::K_HANDLER)};
inline constexpr Instruction kRetry[] = {ins::abcd(Op::CALL, 0, 0, 0), ins::abcd(Op::K_RETRY)};
inline constexpr Instruction kLeave[] = {ins::abcd(Op::CALLM, 0, 0, kMulti), ins::abcd(Op::K_LEAVE)};
inline constexpr Instruction kHook[] = {ins::abcd(Op::CALL, 0, 0, 0), ins::abcd(Op::K_HOOK)};
inline constexpr Instruction kCoroutineEnd[] = {ins::abcd(Op::CALLM, 0, 0, kMulti), ins::abcd(Op::K_COEND)};
inline constexpr Instruction kHostEnd[] = {ins::abcd(Op::CALLM, 0, 0, kMulti), ins::abcd(Op::K_HOSTEND)};

}  // namespace arenite::pending

// The bytecode verifier: what the interpreter relies on, checked once, before anything runs. There is no trusted path:
// units fresh from the compiler pass it as do those read from a dump.
//
// A unit that passes has these properties (V1..V9; the interpreter's comments cite them):
//  V1. Every opcode exists and is not internal; unused operands and hints are zero.
//  V2. Every register an instruction names, or reaches through a range, is below max_stack, which is below
//      kMaxRegisters; constants, upvalues and children exist and are of the kind the operand asks for ('s': a string of
//      at most kShortStringMax bytes, 'm': a number). No number constant is a NaN.
//  V3. Jumps stay inside the code; only JMPBACK, FORLOOP and TFORLOOP go back, the others never do. Control cannot run
//      past the last instruction.
//  V4. An instruction that takes values "up to top" stands right after the one that sets the top, is not a jump's
//      target, and begins at or below the register from which the top was counted. Nothing else sets the top.
//  V5. Each FORPREP has its FORLOOP and each TFORPREP its TFORCALL and TFORLOOP, on the same registers.
//  V6. A register is read only where every way to get there has written it since the function's start and since the
//      last call that used registers above its own; FORLOOP runs only on three registers that a FORPREP has checked and
//      that no instruction has written since. (debug.setlocal can still write them.)
//  V7. A register that may hold a cell is never read as a value, and GETCELL and SETCELL only work on registers that
//      hold one; closures capture cells as cells and values as values; GETUPVAL reads only upvalues captured by value,
//      GETUPCELL and SETUPCELL only the others.
//  V8. VARARG, ARGTABLE and RETV stand in vararg functions only, RET0, RET1 and RETN in the others only.
//  V9. Where the debug information says a variable is visible, its register holds a value, or a cell if it says so; no
//      two variables claim a register at once.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <optional>
#include <string>

#include "compiler/compile.h"
#include "heap/function_unit.h"
#include "heap/look.h"

namespace arenite::compiler {

/// Levels of functions inside functions. The compiler's limit on nesting is lower.
inline constexpr std::size_t kMaxFunctionDepth = 250;

/// What is wrong with the unit or a function inside it; empty when nothing is. Works in `memory`, and throws what that
/// throws when there is no more (std::bad_alloc); without it in the host's memory, which no budget counts.
/// `look` is asked after each slice of work, as by compile(), and ends it (with an answer that says so).
[[nodiscard]] std::optional<std::string> verify(const FunctionUnit& unit,
                                                boost::container::pmr::memory_resource& memory, Look look = {});
[[nodiscard]] std::optional<std::string> verify(const FunctionUnit& unit);

}  // namespace arenite::compiler

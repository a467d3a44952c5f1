// Listing of a unit, in the manner of luac -l.
#pragma once

#include <string>

#include "heap/function_unit.h"

namespace arenite::compiler {

/// The function and all functions inside it, outermost first: instructions with line, operands and, as a comment,
/// the constants, upvalues and jump targets meant.
[[nodiscard]] std::string disassemble(const FunctionUnit& unit);

/// One instruction, without position and line.
[[nodiscard]] std::string disassemble_instruction(const FunctionUnit& unit, std::size_t pc);

}  // namespace arenite::compiler

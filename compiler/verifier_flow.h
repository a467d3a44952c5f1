// The part of the verifier that follows control (V6, V7, V9).
#pragma once

#include <optional>
#include <string>

#include "compiler/compile.h"
#include "heap/function_unit.h"

namespace arenite::compiler {

/// The function's instructions, one by one, are well-formed already (V1 to V5, V8). Its children are not looked into.
[[nodiscard]] std::optional<std::string> verify_flow(const FunctionUnit& unit, Interrupt interrupt,
                                                     void* interrupt_ctx);

}  // namespace arenite::compiler

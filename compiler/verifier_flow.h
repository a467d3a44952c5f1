// The part of the verifier that follows control (V6, V7, V9).
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <optional>
#include <string>

#include "compiler/compile.h"
#include "heap/function_unit.h"

namespace arenite::compiler {

/// The function's instructions, one by one, are well-formed already (V1 to V5, V8). Its children are not looked into.
/// `memory` as for verify().
[[nodiscard]] std::optional<std::string> verify_flow(const FunctionUnit& unit,
                                                     boost::container::pmr::memory_resource& memory,
                                                     Interrupt interrupt, void* interrupt_ctx);

}  // namespace arenite::compiler

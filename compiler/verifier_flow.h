// The part of the verifier that follows control (V6, V7, V9).
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/compile.h"
#include "heap/function_unit.h"
#include "heap/look.h"

namespace arenite::compiler {

/// Working memory, from one function to the next.
struct FlowScratch {
    explicit FlowScratch(boost::container::pmr::memory_resource* mr)
        : entry(mr), states(mr), by_start(mr), by_end(mr) {}
    UnitVector<std::uint32_t> entry;
    UnitVector<std::uint64_t> states;
    UnitVector<std::uint32_t> by_start;
    UnitVector<std::uint32_t> by_end;
};

/// The function's instructions, one by one, are well-formed already (V1 to V5, V8). Its children are not looked into.
[[nodiscard]] std::optional<std::string> verify_flow(const FunctionUnit& unit, FlowScratch& scratch, Pacer& pacer);

}  // namespace arenite::compiler

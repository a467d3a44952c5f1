// FunctionUnit: a compiled function outside the heap, as the compiler, the bytecode loader and the verifier handle it.
// heap/prototype_builder.h turns a verified unit into Prototype objects, in one transaction.
//
// A unit and all that hangs on it lives in one memory resource, which counts against the VM's memory limit; units are
// freed as a whole with it.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <cstdint>
#include <string_view>

#include "heap/bytecode.h"
#include "heap/unit_vector.h"

namespace arenite {

/// Strings of at most this many bytes are interned (one object per content); longer ones are not. Only short strings
/// may be 's' operands.
inline constexpr std::size_t kShortStringMax = 47;

/// A constant of a function. A string's bytes belong to the unit's memory resource.
struct UnitConstant {
    enum class Kind : std::uint8_t { Nil, False, True, Number, String };
    Kind kind = Kind::Nil;
    double number = 0;
    std::string_view string;
};

/// How a closure gets an upvalue when it is created.
struct UnitUpvalue {
    bool from_local = false;  ///< from a register of the enclosing function; otherwise from its upvalue `index`
    bool by_value = false;    ///< the variable never changes after capture: a plain value, not a cell
    std::uint8_t index = 0;
    std::string_view name;
};

/// Debug information of a local variable: visible in [start_pc, end_pc).
struct UnitLocal {
    std::string_view name;
    std::uint32_t start_pc = 0;
    std::uint32_t end_pc = 0;
    std::uint8_t reg = 0;
    bool in_cell = false;  ///< the register holds a cell, not the value
};

struct FunctionUnit {
    explicit FunctionUnit(boost::container::pmr::memory_resource* mr)
        : code(mr), lines(mr), constants(mr), upvalues(mr), locals(mr), children(mr) {}

    UnitVector<Instruction> code;
    UnitVector<std::uint32_t> lines;  ///< source line of each instruction; same length as code
    UnitVector<UnitConstant> constants;
    UnitVector<UnitUpvalue> upvalues;
    UnitVector<UnitLocal> locals;  ///< in order of declaration
    UnitVector<FunctionUnit*> children;
    std::string_view source;         ///< chunk name as given to load ("=x", "@file" or source text)
    std::uint32_t line_defined = 0;  ///< 0 for the main chunk
    std::uint32_t last_line_defined = 0;
    std::uint8_t num_params = 0;  ///< fixed parameters; the old-style 'arg' local is not one of them
    bool is_vararg = false;
    std::uint8_t max_stack = 2;  ///< registers needed (at least 2)
};

}  // namespace arenite

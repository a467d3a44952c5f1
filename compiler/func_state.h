// What the parser knows of a function while it reads it, and hands to the code generator at its end.
#pragma once

#include <cstdint>

#include "compiler/ast.h"
#include "compiler/scratch.h"
#include "heap/function_unit.h"

namespace arenite::compiler {

/// Limits of PUC Lua 5.1 (luaconf.h).
inline constexpr unsigned kMaxLocals = 200;   // LUAI_MAXVARS
inline constexpr unsigned kMaxUpvalues = 60;  // LUAI_MAXUPVALUES

/// An upvalue of a function that is being read.
struct UpvalueDesc {
    Var* var;  ///< the variable it is, in whatever enclosing function
    bool from_local;
    std::uint8_t index;
};

/// A finished function with upvalues.
struct ClosedUnit {
    FunctionUnit* unit;
    bool reads_cells;  ///< some of its upvalues are known to be cells
};

/// An upvalue of a finished function whose variable's own function is not finished yet: only at its end is it known
/// whether the variable lives in a cell.
struct UpvalueUse {
    ClosedUnit* closed;
    std::uint32_t index;
    UpvalueUse* next;
};

class CodeGen;

struct FuncState {
    FuncState* parent = nullptr;
    std::uint32_t line_defined = 0;
    std::uint32_t last_line_defined = 0;
    std::uint32_t end_line = 0;  ///< last_line at its end
    std::uint32_t active = 0;    ///< active local variables; the next one gets this register
    std::uint32_t loop_depth = 0;
    std::uint32_t num_params = 0;
    bool is_vararg = false;
    bool has_arg = false;           ///< has the old-style parameter 'arg' (LUA_COMPAT_VARARG)
    bool needs_arg = false;         ///< ... and '...' does not occur, so it is a table
    Var* params = nullptr;          ///< 'arg' included
    std::uint32_t first_child = 0;  ///< in the parser's stack of finished units
    UpvalueDesc* upvalues = nullptr;
    std::uint32_t upvalue_count = 0;
    std::uint32_t upvalue_capacity = 0;
    Block body;                  ///< the statements that no code has been made of yet
    ScratchArena::Mark tree{};   ///< where its tree begins ...
    std::size_t tree_begin = 0;  ///< ... and what the trees of outer functions take
    CodeGen* partial = nullptr;  ///< has made code of the statements so far (Parser::flush)
};

}  // namespace arenite::compiler

// The Lua 5.1 compiler: source text in, a tree of FunctionUnits out. Nothing here touches the heap of a VM.
//
// A text passes through these files:
//   lexer.h       bytes to tokens; names and strings become Atoms (atoms.h)
//   parser.h      tokens to a tree (ast.h), one function at a time; resolves every name while it reads
//   codegen.h     at the end of each function, its tree to instructions (code_buffer.h), by way of expdesc.h
//   compile.cpp   the frame around it: errors, limits, and what is only known at the very end
// A unit that did not come from here goes through verifier.h before it runs; so do those that did.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "heap/function_unit.h"
#include "heap/look.h"

namespace arenite::compiler {

struct CompileLimits {
    /// Levels of nested statements and expressions (LUAI_MAXCCALLS). PUC counts from the depth of C calls that the
    /// running state has already reached (2 for a loadstring in the main script of lua5.1); we count from 0.
    std::size_t max_nesting = 200;
    /// Where the stack is counted: asked for each kLevels levels; false ends it, as out of memory.
    static constexpr std::size_t kLevels = 10;
    bool (*deeper)(void* ctx) = nullptr;
    void* deeper_ctx = nullptr;
    /// Of a function whose tree takes more, code is made in parts.
    std::size_t tree_bytes = std::size_t{256} << 10;
};

/// Why a text was refused. `message` is in PUC Lua's own words: "chunk:line: what near 'token'".
struct CompileError {
    std::string message;
    /// The message instead, in the compilation's memory, when it is a long one.
    std::string_view long_message;
    bool out_of_memory = false;
    bool interrupted = false;
    /// Of SourcePart::Beginning: so far there is nothing wrong with it, but it is no whole chunk.
    bool incomplete = false;
    /// With `incomplete`, of a text: offset of the first statement of the main block that has not been read to its end.
    std::size_t unfinished = 0;
};

/// What compile() and undump() are given. A reader of PUC Lua (lua_load) is asked for the next piece when the byte
/// before is used up, and not once an error has been found; Beginning is for doing the same with the pieces there are
/// so far.
enum class SourcePart : std::uint8_t {
    Whole,      ///< the chunk
    Beginning,  ///< of the chunk, or more: an error if what is there has one, incomplete if the end of it was reached
};

/// Compiles a text as luaL_loadbuffer does (Lua 5.1 §3.7), a binary chunk excepted.
///
/// The unit, its children, constants and names live in `mr`, which must be a resource that is released as a whole
/// (monotonic); also on failure what was taken from it is not released piece by piece. A chunk name of more than
/// kNameCopied bytes must outlive the unit. When `mr` throws
/// std::bad_alloc the result is an error with out_of_memory set. No exception leaves this function.
///
/// A message of more than Look::kBytes, which quotes a token of that length, is in CompileError::long_message.
///
/// `look` is asked after each slice of work, which is some hundred tokens and nodes; true stops the compilation. It may
/// also put the compilation aside (vm/fiber.h), and never go on with it: then nothing is lost but what is in `mr`.
[[nodiscard]] std::variant<FunctionUnit*, CompileError> compile(std::string_view source, std::string_view chunkname,
                                                                boost::container::pmr::memory_resource* mr,
                                                                Look look = {}, const CompileLimits& limits = {},
                                                                SourcePart part = SourcePart::Whole) noexcept;

/// Bytes of chunk names that are copied.
inline constexpr std::size_t kNameCopied = 4096;

/// Size of a chunk name in run-time messages (LUA_IDSIZE), and in syntax errors (MAXSRC of llex.c).
inline constexpr std::size_t kIdSize = 60;
inline constexpr std::size_t kSyntaxIdSize = 80;

/// luaO_chunkid: "=x" gives x, "@file" the file name (its end, if too long), anything else [string "first line..."].
[[nodiscard]] std::string chunk_id(std::string_view chunkname, std::size_t id_size = kIdSize);

}  // namespace arenite::compiler

// The binary form of a unit (string.dump). Our own format; PUC's chunks are refused, and PUC refuses ours.
//
//   file     := header version:u8 number of opcodes:u8 function
//   header   := "\x1b" "Lua" 0x51 'A' 1 int:u8 size_t:u8 Instruction:u8 double:u8 0
//
// The header is laid out as PUC's (lundump.c, luaU_header), which programs read to learn what a number is: its fifth
// byte is the version of Lua, the sixth the format (0 is PUC's own, 'A' ours), then the byte order (1 = little end
// first), four sizes, and whether numbers are integers.
//
//   function := source:string line_defined:u last_line_defined:u num_params:u8 is_vararg:u8 max_stack:u8
//               n:u code:u64[n]  n:u line:s[n]  n:u constant[n]  n:u upvalue[n]  n:u local[n]  n:u function[n]
//   constant := kind:u8 [ f64 | string ]
//   upvalue  := flags:u8 (1 from_local, 2 by_value) index:u8 name:string
//   local    := name:string start_pc:u length:u reg:u8 in_cell:u8
//   string   := length:u bytes
//
// u is a variable-length integer, 7 bits a byte, low bits first; s is one whose lowest bit is the sign: the difference
// from the line before. A child that has its parent's source stores the empty string. A stripped dump has no lines,
// upvalue names and locals; its lines read back as 0.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "compiler/compile.h"
#include "heap/function_unit.h"
#include "heap/look.h"

namespace arenite::compiler {

inline constexpr char kDumpMark = '\x1b';  ///< LUA_SIGNATURE[0]
inline constexpr std::uint8_t kDumpVersion = 2;

/// Functions inside functions that undump accepts.
inline constexpr std::size_t kMaxDumpDepth = 200;

/// Bytes of a dump. `look` is asked after each slice of work, by dump_to() as well; an answer of true ends both, and
/// what they give is of no use.
[[nodiscard]] std::size_t dump_size(const FunctionUnit& unit, bool strip, Look look = {});
/// Writes it to `out`, where dump_size() bytes have room.
void dump_to(char* out, const FunctionUnit& unit, bool strip, Look look = {});
/// The same as a string of the host's, which no budget counts.
[[nodiscard]] std::string dump(const FunctionUnit& unit, bool strip);

/// Reads a dump into `mr` (as for compile) and verifies it. Every length is checked against the bytes that remain
/// before anything is allocated for it. `look` is asked as by compile(). The chunk name must outlive the unit. Bytes
/// past the dump's end are ignored, as in PUC Lua. No exception leaves this function.
[[nodiscard]] std::variant<FunctionUnit*, CompileError> undump(std::string_view bytes, std::string_view chunkname,
                                                               boost::container::pmr::memory_resource* mr,
                                                               SourcePart part = SourcePart::Whole,
                                                               Look look = {}) noexcept;

}  // namespace arenite::compiler

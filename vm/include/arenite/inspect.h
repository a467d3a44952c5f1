// Looking into chunks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace arenite {

/// Lists the bytecode of a chunk, source text or binary, for people. `name`: as for Vm::load. `memory_limit`: bytes that
/// compiling it may take. False: `text` says why there is none. Throws std::bad_alloc when there is no memory for the text.
[[nodiscard]] bool list_code(std::string_view chunk, std::string_view name, std::size_t memory_limit,
                             std::string& text);

}  // namespace arenite

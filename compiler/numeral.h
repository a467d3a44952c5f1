// Text of a numeral to its value, as luaO_str2d does it in the C locale.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/pauses.h"

namespace arenite::compiler {

/// The value of a numeral as the lexer has cut it out (Lua 5.1 §2.1; hexadecimal as strtod of C99 has it); empty when
/// it is malformed. A NUL ends the text, as it does in PUC's buffer.
[[nodiscard]] std::optional<double> parse_numeral(std::string_view text, Pauses& pauses);

}  // namespace arenite::compiler

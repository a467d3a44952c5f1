// The first line of a script: `#!lua flags=no-writes,...` (Redis eval.c, evalExtractShebangFlags).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arenite::redis {

/// What a script says of itself (Redis script.c, scripts_flags_def).
struct ScriptFlags {
    /// No shebang: the rules of Redis before 7.0, under which every command is checked when it is called.
    bool compatible = true;
    bool no_writes = false;  ///< implies allow_oom
    bool allow_oom = false;
    bool allow_stale = false;
    bool no_cluster = false;
    bool allow_cross_slot_keys = false;
};

struct Shebang {
    ScriptFlags flags;
    /// Bytes before the newline that ends the line; 0 when there is no shebang. Lua gets the script from that newline
    /// on, so that line numbers hold.
    std::size_t length = 0;
};

/// Nothing: `error` holds the text of the error, without its code.
[[nodiscard]] std::optional<Shebang> parse_shebang(std::string_view script, std::string& error);

/// Splits a line at blanks; "..." with \n \r \t \b \a \xHH and '...' with \' may hold blanks. Nothing: quotes do not
/// match, or something follows a closing quote (Redis sds.c, sdssplitargs).
[[nodiscard]] std::optional<std::vector<std::string>> split_arguments(std::string_view line);

}  // namespace arenite::redis

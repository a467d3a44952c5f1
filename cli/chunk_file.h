// The text of a script file, as luaL_loadfile reads it.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace arenite::cli {

struct ChunkFile {
    std::string text;        ///< without a first line that begins with '#', though its newline stays
    std::string chunk_name;  ///< "@FILE", or "=stdin"
};

/// Reads FILE, or standard input without one. False: `error` says why, in lua.c's words ("cannot open ...").
[[nodiscard]] bool read_chunk_file(const char* file, ChunkFile& chunk, std::string& error);

/// Everything that is left in a stream. False: errno says why.
[[nodiscard]] bool read_all(std::FILE* stream, std::string& bytes);

}  // namespace arenite::cli

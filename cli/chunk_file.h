// Script files.
#pragma once

#include <string>

namespace arenite::cli {

struct ChunkFile {
    std::string text;        ///< without a first line that begins with '#', though its newline stays
    std::string chunk_name;  ///< "@FILE", or "=stdin"
};

/// Reads FILE, or standard input without one, as luaL_loadfile does. False: `error` says why, in its words ("cannot
/// open ...").
[[nodiscard]] bool read_chunk_file(const char* file, ChunkFile& chunk, std::string& error);

/// The same, but takes all bytes as they are.
[[nodiscard]] bool read_bytes(const char* file, std::string& bytes, std::string& error);

}  // namespace arenite::cli

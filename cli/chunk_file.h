// Script files.
#pragma once

#include <string>
#include <string_view>

#include "cli/file_bytes.h"

namespace arenite::cli {

struct ChunkFile {
    explicit ChunkFile(Vm& vm) : bytes(vm) {}
    /// At most so many bytes.
    explicit ChunkFile(std::size_t limit) : bytes(limit) {}

    FileBytes bytes;
    std::string_view text;   ///< of bytes: without a first line that begins with '#', though its newline stays
    std::string chunk_name;  ///< "@FILE", or "=stdin"
};

/// Reads FILE, or standard input without one, as luaL_loadfile does. False: `error` says why, in its words ("cannot
/// open ...", or "not enough memory").
[[nodiscard]] bool read_chunk_file(const char* file, ChunkFile& chunk, std::string& error);

/// The same, but takes all bytes as they are.
[[nodiscard]] bool read_bytes(const char* file, FileBytes& bytes, std::string& error);

}  // namespace arenite::cli

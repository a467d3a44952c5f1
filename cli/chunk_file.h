// Script files.
#pragma once

#include <string>
#include <string_view>

#include "arena/counted_vector.h"

namespace arenite::cli {

/// The bytes of a file, which count towards the memory limit of what they are for: a file may have no end.
using FileBytes = CountedVector<char>;
[[nodiscard]] inline std::string_view view(const FileBytes& bytes) {
    return {bytes.begin(), bytes.size()};
}

struct ChunkFile {
    explicit ChunkFile(ByteBudget& budget) : bytes(budget) {}

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

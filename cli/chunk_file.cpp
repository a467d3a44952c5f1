#include "cli/chunk_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace arenite::cli {
namespace {

struct FileCloser {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
};

/// lauxlib.c, luaL_loadfile: the first line of a Unix executable is skipped, and line numbers stay right. In front of a
/// binary chunk everything is skipped.
std::string_view without_first_line(std::string_view text, bool is_file) {
    constexpr char kBinaryMark = '\x1b';  // LUA_SIGNATURE[0]
    if (text.empty() || text.front() != '#') return text;
    const std::size_t newline = text.find('\n');
    if (newline == std::string_view::npos) return "\n";
    const bool binary = is_file && newline + 1 < text.size() && text[newline + 1] == kBinaryMark;
    return text.substr(binary ? newline + 1 : newline);
}

enum class Outcome { Read, Failed, NoMemory };

/// Everything that is left in a stream. Failed: errno says why.
Outcome read_all(std::FILE* stream, FileBytes& bytes) {
    char piece[16384];
    for (;;) {
        const std::size_t got = std::fread(piece, 1, sizeof piece, stream);
        if (got < sizeof piece && std::ferror(stream) != 0) return Outcome::Failed;
        if (!bytes.append(piece, got)) return Outcome::NoMemory;
        if (got < sizeof piece) return Outcome::Read;
    }
}

}  // namespace

bool read_bytes(const char* file, FileBytes& bytes, std::string& error) {
    const auto fail = [&](const char* what) {
        error = std::string("cannot ") + what + ' ' + (file ? file : "stdin") + ": " + std::strerror(errno);
        return false;
    };
    const std::unique_ptr<std::FILE, FileCloser> stream(file ? std::fopen(file, "rb") : nullptr);
    if (file && !stream) return fail("open");
    switch (read_all(file ? stream.get() : stdin, bytes)) {
        case Outcome::Read: return true;
        case Outcome::Failed: return fail("read");
        case Outcome::NoMemory: error = "not enough memory";
    }
    return false;
}

bool read_chunk_file(const char* file, ChunkFile& chunk, std::string& error) {
    if (!read_bytes(file, chunk.bytes, error)) return false;
    chunk.chunk_name = file == nullptr ? "=stdin" : std::string("@") + file;
    chunk.text = without_first_line(chunk.bytes.view(), file != nullptr);
    return true;
}

}  // namespace arenite::cli

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
void skip_first_line(std::string& text, bool is_file) {
    constexpr char kBinaryMark = '\x1b';  // LUA_SIGNATURE[0]
    if (text.empty() || text.front() != '#') return;
    const std::size_t newline = text.find('\n');
    if (newline == std::string::npos) {
        text.assign(1, '\n');
    } else if (is_file && newline + 1 < text.size() && text[newline + 1] == kBinaryMark) {
        text.erase(0, text.find(kBinaryMark));
    } else {
        text.erase(0, newline);
    }
}

/// Everything that is left in a stream. False: errno says why.
bool read_all(std::FILE* stream, std::string& bytes) {
    char piece[16384];
    for (;;) {
        const std::size_t got = std::fread(piece, 1, sizeof piece, stream);
        bytes.append(piece, got);
        if (got < sizeof piece) return std::ferror(stream) == 0;
    }
}

}  // namespace

bool read_bytes(const char* file, std::string& bytes, std::string& error) {
    const auto fail = [&](const char* what) {
        error = std::string("cannot ") + what + ' ' + (file ? file : "stdin") + ": " + std::strerror(errno);
        return false;
    };
    bytes.clear();
    if (file == nullptr) return read_all(stdin, bytes) || fail("read");
    const std::unique_ptr<std::FILE, FileCloser> stream(std::fopen(file, "rb"));
    if (!stream) return fail("open");
    return read_all(stream.get(), bytes) || fail("read");
}

bool read_chunk_file(const char* file, ChunkFile& chunk, std::string& error) {
    if (!read_bytes(file, chunk.text, error)) return false;
    chunk.chunk_name = file == nullptr ? "=stdin" : std::string("@") + file;
    skip_first_line(chunk.text, file != nullptr);
    return true;
}

}  // namespace arenite::cli

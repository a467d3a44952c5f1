#include "cli/repl.h"

#include <sys/types.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "cli/session.h"

namespace arenite::cli {
namespace {

/// Reads lines from C's standard input, which scripts read, too.
class LineReader {
public:
    LineReader() = default;
    ~LineReader() { std::free(line_); }
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// A line without its newline. False: there is none.
    bool read(std::string_view prompt, std::string& line) {
        (void)std::fwrite(prompt.data(), 1, prompt.size(), stdout);
        (void)std::fflush(stdout);
        const ssize_t size = getline(&line_, &capacity_, stdin);
        if (size < 0) return false;
        line.assign(line_, static_cast<std::size_t>(size));
        if (!line.empty() && line.back() == '\n') line.pop_back();
        return true;
    }

private:
    char* line_ = nullptr;
    std::size_t capacity_ = 0;
};

/// lua.c, loadline: a chunk, which may take several lines.
bool read_chunk(Session& session, LineReader& reader, std::string& chunk) {
    if (!reader.read(session.global_text("_PROMPT", "> "), chunk)) return false;
    if (chunk.starts_with('=')) chunk.replace(0, 1, "return ");
    std::string line;
    while (session.is_incomplete(chunk)) {
        if (!reader.read(session.global_text("_PROMPT2", ">> "), line)) return false;
        chunk += '\n';
        chunk += line;
    }
    return true;
}

}  // namespace

bool run_interactively(Session& session) {
    LineReader reader;
    std::string chunk;
    while (read_chunk(session, reader, chunk)) {
        if (session.run_line(chunk) == Outcome::Exited) return true;
    }
    (void)std::fputs("\n", stdout);
    (void)std::fflush(stdout);
    return false;
}

}  // namespace arenite::cli

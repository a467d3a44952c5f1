#include "cli/repl.h"

#include <cstdio>
#include <string>

#include "cli/line_reader.h"
#include "cli/session.h"

namespace arenite::cli {
namespace {

/// lua.c, loadline: a chunk, which may take several lines. Control-C drops all of them.
Line read_chunk(Session& session, LineReader& reader, std::string& chunk) {
    Line outcome = reader.read(session.global_text("_PROMPT", "> "), chunk);
    if (outcome != Line::Read) return outcome;
    if (chunk.starts_with('=')) chunk.replace(0, 1, "return ");
    std::string line;
    while (session.is_incomplete(chunk)) {
        outcome = reader.read(session.global_text("_PROMPT2", ">> "), line);
        if (outcome != Line::Read) return outcome;
        chunk += '\n';
        chunk += line;
    }
    return Line::Read;
}

}  // namespace

bool run_interactively(Session& session) {
    const std::unique_ptr<LineReader> reader = make_line_reader();
    session.keep_reserve();
    std::string chunk;
    for (;;) {
        const Line line = read_chunk(session, *reader, chunk);
        if (line == Line::End) break;
        if (line == Line::Read && session.run_line(chunk) == Outcome::Exited) return true;
    }
    (void)std::fputs("\n", stdout);
    (void)std::fflush(stdout);
    return false;
}

}  // namespace arenite::cli

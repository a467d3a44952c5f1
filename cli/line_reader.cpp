#include "cli/line_reader.h"

#include <algorithm>
#include <cstdio>
#include <string>

#if ARENITE_LINE_EDITING
#include "cli/line_editor.h"
#endif

namespace arenite::cli {
namespace {

/// Longer lines are taken in pieces, as by lua.c (LUA_MAXINPUT, 512 bytes there).
constexpr std::size_t kLineMax = std::size_t{64} << 10;

class PlainReader final : public LineReader {
public:
    Line read(const std::string& prompt, std::string& line) override {
        (void)std::fputs(prompt.c_str(), stdout);
        (void)std::fflush(stdout);
        line.clear();
        int c = std::getc(stdin);
        if (c == EOF) return Line::End;
        for (; c != EOF && c != '\n'; c = std::getc(stdin)) {
            line += static_cast<char>(c);
            if (line.size() == kLineMax) break;
        }
        line.resize(std::min(line.find('\0'), line.size()));  // lua.c, pushline, takes it for a C string
        return Line::Read;
    }
};

}  // namespace

std::unique_ptr<LineReader> make_line_reader() {
#if ARENITE_LINE_EDITING
    if (auto editor = make_line_editor()) return editor;
#endif
    return std::make_unique<PlainReader>();
}

}  // namespace arenite::cli

#include "cli/line_reader.h"

#include <sys/types.h>

#include <cstdio>
#include <cstdlib>

#if ARENITE_LINE_EDITING
#include "cli/line_editor.h"
#endif

namespace arenite::cli {
namespace {

class PlainReader final : public LineReader {
public:
    PlainReader() = default;
    ~PlainReader() override { std::free(line_); }
    PlainReader(const PlainReader&) = delete;
    PlainReader& operator=(const PlainReader&) = delete;

    Line read(const std::string& prompt, std::string& line) override {
        (void)std::fputs(prompt.c_str(), stdout);
        (void)std::fflush(stdout);
        const ssize_t size = getline(&line_, &capacity_, stdin);
        if (size < 0) return Line::End;
        line.assign(line_, static_cast<std::size_t>(size));
        if (!line.empty() && line.back() == '\n') line.pop_back();
        line.resize(std::min(line.find('\0'), line.size()));  // lua.c, pushline, takes it for a C string
        return Line::Read;
    }

private:
    char* line_ = nullptr;
    std::size_t capacity_ = 0;
};

}  // namespace

std::unique_ptr<LineReader> make_line_reader() {
#if ARENITE_LINE_EDITING
    if (auto editor = make_line_editor()) return editor;
#endif
    return std::make_unique<PlainReader>();
}

}  // namespace arenite::cli

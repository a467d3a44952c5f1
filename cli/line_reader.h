// Where the interactive mode's lines come from.
#pragma once

#include <memory>
#include <string>

namespace arenite::cli {

/// What reading a line came to.
enum class Line {
    Read,     ///< a line, without its newline
    End,      ///< there are no more
    Dropped,  ///< control-C: what was typed is not wanted
};

class LineReader {
public:
    virtual ~LineReader() = default;
    virtual Line read(const std::string& prompt, std::string& line) = 0;
};

/// The line editor on a terminal, if the program was built with one; else C's standard input, line by line, which
/// scripts read, too.
[[nodiscard]] std::unique_ptr<LineReader> make_line_reader();

}  // namespace arenite::cli

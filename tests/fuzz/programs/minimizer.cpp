#include "tests/fuzz/programs/minimizer.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace arenite::fuzz {

namespace {

using Clock = std::chrono::steady_clock;
using Pieces = std::vector<std::string>;

Pieces lines_of(const std::string& text) {
    Pieces pieces(1);
    for (const char c : text) {
        pieces.back() += c;
        if (c == '\n') pieces.emplace_back();
    }
    if (pieces.back().empty()) pieces.pop_back();
    return pieces;
}

/// Names and numbers whole, every other byte on its own; blanks stay with what is before them.
Pieces words_of(const std::string& text) {
    const auto kind = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_' ? 1
               : std::isspace(static_cast<unsigned char>(c))           ? 2
                                                                       : 3;
    };
    Pieces pieces;
    int last = 3;
    for (const char c : text) {
        const int now = kind(c);
        if (pieces.empty() || now == 3 || (now == 1 && last != 1)) pieces.emplace_back();
        pieces.back() += c;
        last = now;
    }
    return pieces;
}

std::string join(const Pieces& pieces) {
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    return text;
}

/// One pass of deleting runs, from long ones to single pieces. True: something went.
bool shrink(Program& program, Pieces pieces, const std::function<bool(const Program&)>& differs,
            Clock::time_point deadline) {
    bool any = false;
    for (std::size_t run = std::max<std::size_t>(1, pieces.size() / 2); run > 0; run /= 2) {
        for (std::size_t at = 0; at < pieces.size() && Clock::now() < deadline;) {
            Pieces fewer = pieces;
            const std::size_t end = std::min(at + run, fewer.size());
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at),
                        fewer.begin() + static_cast<std::ptrdiff_t>(end));
            Program candidate = program;
            candidate.text = join(fewer);
            if (differs(candidate)) {
                program = candidate;
                pieces = fewer;
                any = true;
            } else {
                at += run;
            }
        }
    }
    return any;
}

}  // namespace

Program minimize(Program program, const std::function<bool(const Program&)>& differs, std::chrono::seconds limit) {
    const Clock::time_point deadline = Clock::now() + limit;
    bool lines = true;
    bool words = true;
    while (lines || words) {  // what one of them deletes opens the way for the other
        lines = shrink(program, lines_of(program.text), differs, deadline);
        words = shrink(program, words_of(program.text), differs, deadline);
    }
    return program;
}

}  // namespace arenite::fuzz

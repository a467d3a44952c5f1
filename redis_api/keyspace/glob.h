// Redis's glob patterns, for KEYS and the MATCH option of the SCAN family.
//
// A text matches as Redis util.c, stringmatchlen, decides, oddities included. Between its stars a pattern is a sequence
// of elements, each of which takes one character: a literal, '?' or a class. The piece before the first star has to be
// at the begin of the text, the one after the last star at its end, and the others have to come in order in between;
// for them the first place is as good as any. So:
//  GL1. Most texts are decided by trying, character by character (GlobTrial), within a number of steps that grows with
//      both lengths. What a pattern such as "*aaa...ab" makes longer goes to the compiled pattern (GlobProgram).
//  GL2. There a piece of literals is searched for in linear time (Knuth, Morris, Pratt), any other one bit by bit in
//      parallel (Baeza-Yates, Gonnet): length of the text times length of the piece / 64.
//  GL3. Both charge the meter as they go on, and what the compiled pattern takes.
#pragma once

#include <memory>
#include <string_view>

#include "redis_api/work_meter.h"

namespace arenite::redis {

class GlobProgram;

/// A pattern, to be matched with any number of texts. Refers to its text and to the meter.
class Glob {
public:
    Glob(std::string_view pattern, WorkMeter& meter);
    ~Glob();
    Glob(Glob&& other) noexcept;
    Glob& operator=(Glob&&) = delete;

    /// May throw what the meter throws, and std::bad_alloc.
    [[nodiscard]] bool matches(std::string_view text);

private:
    std::string_view pattern_;
    WorkMeter* meter_;
    std::unique_ptr<GlobProgram> program_;  ///< when it was needed
};

}  // namespace arenite::redis

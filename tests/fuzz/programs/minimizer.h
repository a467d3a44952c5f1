// Makes a program on which two engines differ as small as it gets while they differ.
#pragma once

#include <chrono>
#include <functional>

#include "tests/fuzz/programs/program_generator.h"

namespace arenite::fuzz {

/// Deletes runs of lines, then runs of words, as long as `differs` stays true, and for no longer than `limit`.
Program minimize(Program program, const std::function<bool(const Program&)>& differs, std::chrono::seconds limit);

}  // namespace arenite::fuzz

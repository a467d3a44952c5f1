// A run of a script, step by step, in one of the profiles.
#pragma once

#include <functional>
#include <string>

#include "tests/fuzz/fairness/meter.h"

namespace arenite::fuzz {

/// What is told of each step: its processor time in microseconds, and whether it ended the run. False: enough.
using EachStep = std::function<bool(double microseconds, bool last)>;

/// How a run came out.
struct RunOutcome {
    bool over = false;    ///< it was not given up
    std::string where;    ///< traceback, where it was given up
    std::string failure;  ///< how the script failed, if it did
};

[[nodiscard]] RunOutcome run_steps(const Measured& script, const MeterOptions& options, const EachStep& each);

/// The strings that a function without arguments returns in a fresh machine of that profile.
[[nodiscard]] std::vector<std::string> strings_of(Profile profile, const std::string& source);

}  // namespace arenite::fuzz

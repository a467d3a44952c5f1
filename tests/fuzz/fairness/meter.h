// How long the steps of a script take: it is run in steps of 1,000 units, and the processor time of each is taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace arenite::fuzz {

/// What runs a script: a plain Vm with all libraries, or an Engine of the Redis profile over an embedded keyspace, in
/// which also the commands and conversions are checked as often as the script.
enum class Profile : std::uint8_t { Lua, Redis };

struct MeterOptions {
    std::uint64_t step = 1'000;  ///< units of a step
    double suspicious = 60;      ///< microseconds; runs with a longer step are repeated
    double hopeless = 2'000;     ///< the same; two runs are enough
    int repetitions = 8;         ///< at most, of a run with a suspicious step
    double seconds = 1;          ///< of processor time for a run
};

struct Measured {
    std::string setup;  ///< run before in a transaction of its own, and not measured
    std::string source;
    std::size_t memory = std::size_t{512} << 20;
    Profile profile = Profile::Lua;
};

/// The longest step of a script. The steps of a script are the same in each run, and each counts with its shortest time
/// of several runs, so that what else happens on the machine does not.
struct Longest {
    double microseconds = 0;
    double last = 0;        ///< the step that ends the run, and its transaction
    std::size_t step = 0;   ///< its number
    std::size_t steps = 0;  ///< of the run
    std::string where;      ///< traceback of the longest step
    std::string failure;    ///< how the script failed, if it did
};

[[nodiscard]] Longest measure(const Measured& script, const MeterOptions& options);

/// What is reachable from the globals by names: functions of libraries, as "string.rep", except those that wait, end
/// the program, or change what is outside of it.
[[nodiscard]] std::vector<std::string> library_functions(Profile profile);

}  // namespace arenite::fuzz

// Runs generated programs in an engine (lua5.1 or arenite): many in one process, or one as a script of its own.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/fuzz/programs/program_generator.h"

namespace arenite::fuzz {

struct Engine {
    std::string path;  ///< the program, or a name looked for in PATH
    std::string
        handicap;  ///< Lua text on one line, run first; makes an engine wrong, to see that differences are noticed
    std::chrono::seconds time_limit{60};  ///< for a process
};

/// What a program did: what was printed between its heading and the next one; for a program in a process of its own,
/// its standard output, standard error (without the engine's name) and exit code.
struct Outcome {
    std::string text;
    bool complete = false;  ///< false: the process ended before the program did
    bool operator==(const Outcome&) const = default;
};

/// Outcomes in the order of the programs; those that were not reached have an empty text and are not complete.
/// No program of a batch is Mode::Standalone. scratch: an existing folder for the files of this process.
std::vector<Outcome> run_batch(const Engine& engine, const std::vector<Program>& programs,
                               const std::filesystem::path& scratch);

/// One program alone, in the way its mode says.
Outcome run_alone(const Engine& engine, const Program& program, const std::filesystem::path& scratch);

/// The Lua text that run_batch gives to the engine.
std::string batch_text(const Engine& engine, const std::vector<Program>& programs);

}  // namespace arenite::fuzz

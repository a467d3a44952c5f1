// Random Lua 5.1 programs for comparing two engines.
#pragma once

#include <cstdint>
#include <string>

namespace arenite::fuzz {

/// How the driver treats a program (see prelude.lua).
enum class Mode {
    Run,         ///< compiled and called under pcall, in an environment of its own
    Trace,       ///< the same under xpcall with debug.traceback
    Compile,     ///< only compiled: most are not valid, and what counts is the message
    Standalone,  ///< the script of a process of its own: uncaught errors, exit code, standard error
};

struct Program {
    std::uint64_t seed = 0;
    Mode mode = Mode::Run;
    std::string text;
};

struct GeneratorOptions {
    /// For the stress preset: no finalizers, since they show when garbage is collected, and no endless recursion, since
    /// each call takes long there.
    bool gentle = false;
};

/// The program of a seed: the same in every build by one compiler (the order in which C++ evaluates the operands of + is
/// the compiler's). It ends by itself (loops are counted, functions burn fuel), prints
/// what it computes through the prelude's P, and depends on nothing that may differ between engines: no addresses, no
/// order of hash parts, no time, no random numbers of the library.
Program generate_program(std::uint64_t seed, const GeneratorOptions& options = {});

}  // namespace arenite::fuzz

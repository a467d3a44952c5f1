// VmOptions: what a Vm is made with.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <arenite/heap_options.h>

namespace arenite {

/// Which libraries a Vm opens.
enum class Profile : std::uint8_t {
    Full,  ///< everything of Lua 5.1
    /// No io, debug and package, no loading of files, os limited to clock, date, difftime and time. `require` finds native
    /// modules (Vm::register_module) and nothing else.
    Sandbox,
    Bare,  ///< no library at all: the embedder opens what it wants
};

struct VmOptions {
    HeapOptions heap;
    Profile profile = Profile::Full;
    /// Where print and io.write go; standard output when empty.
    std::function<void(std::string_view)> output;
    /// Largest number of Value slots of one thread's stack, and of its frames.
    std::uint32_t max_stack_slots = 1'000'000;
    std::uint32_t max_frames = 200'000;
    /// How deep coroutines may resume one another ("C stack overflow" beyond).
    std::uint32_t max_resume_depth = 12'000;
    /// Whether scripts can catch "not enough memory" (as in Lua); if not, it ends the run.
    bool memory_errors_catchable = true;
};

}  // namespace arenite

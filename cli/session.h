// A plain Lua machine and the chunks that run on it one after another, as lua.c runs them.
//
// Invariants
//  CS1. The whole program is one transaction: collections leave alone what is older than the transaction, and here, as
//      in lua.c, a chunk may release what an earlier one has made. Nothing is rolled back, also as in lua.c.
//  CS2. The reserve is open except while a chunk runs.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <arenite/vm.h>
#include "cli/chunk_file.h"
#include "cli/limits.h"

namespace arenite::cli {

enum class Outcome {
    Finished,
    Failed,  ///< and reported
    Exited,  ///< by os.exit: exit_code()
};

class Session {
public:
    /// `program` is the name in front of messages. Null when the machine cannot be made.
    [[nodiscard]] static std::unique_ptr<Session> create(const Limits& limits, std::string_view program);

    /// Sets the global `arg`: argv[script] at 0, what is before it at negative indices. False: no memory.
    [[nodiscard]] bool set_arguments(char* const* argv, int script);

    /// Runs a chunk as a part of the program: a failure is reported and ends the program.
    Outcome run(std::string_view source, const std::string& chunk_name, std::span<const std::string> arguments = {});
    /// The same with a file, whose bytes are released as soon as they are loaded.
    Outcome run(ChunkFile& chunk, std::span<const std::string> arguments);
    /// The same with a call of the global `require`.
    Outcome require(const std::string& module);

    /// From now on chunks leave a part of the memory for loading the next one, so that what releases memory can be
    /// typed. Nothing to do without a limit.
    void keep_reserve();
    /// Runs a chunk typed in; results are printed by the global `print`.
    Outcome run_line(std::string_view source);
    /// Whether a text is the beginning of a chunk rather than a chunk, right or wrong (lua.c, incomplete).
    [[nodiscard]] bool is_incomplete(std::string_view source);
    /// A global variable as a string, or `fallback` when it is neither string nor number.
    [[nodiscard]] std::string global_text(std::string_view name, std::string_view fallback);

    /// For what is held for it.
    [[nodiscard]] Vm& vm() { return *vm_; }
    [[nodiscard]] int exit_code() const { return vm_->exit_code(); }
    /// Whether the last chunk was stopped from outside, by SIGINT or for want of budget.
    [[nodiscard]] bool was_stopped() const { return !stopped_.empty(); }
    /// What lua_close does: runs all finalizers. To be called once.
    void close();

private:
    Session(std::unique_ptr<Vm> vm, const Limits& limits, std::string_view program)
        : vm_(std::move(vm)), limits_(limits), program_(program) {}

    /// Lets the machine use the reserve, or no longer.
    void open_reserve(bool open);
    /// Calls a part of the program, and reports how it failed.
    Outcome run_part(Value function, std::span<const std::string> arguments);
    /// Runs a function to its end, with a traceback or without (lua.c, docall).
    Outcome execute(Value function, std::span<const Value> arguments, bool traced);
    /// Reports why load() or execute() failed.
    Outcome fail(std::string_view program);
    /// Prints the results of the run by the global `print`.
    Outcome print_results();

    std::unique_ptr<Vm> vm_;
    Limits limits_;
    std::size_t reserve_ = 0;  ///< bytes
    std::string program_;
    std::string stopped_;  ///< why the last run was stopped from outside; empty: it was not
};

}  // namespace arenite::cli

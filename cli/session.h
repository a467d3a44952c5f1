// A plain Lua machine and the chunks that run on it one after another, as lua.c runs them.
//
// Invariants
//  S1. Each chunk is one transaction, from loading it to reporting its failure.
//  S2. What a failed chunk did is rolled back when the program ends with it, and kept when the program goes on (the
//      interactive mode), as in lua.c.
//  S3. Finalizers run once: in the transaction of the chunk that failed, before it is rolled back, or in close().
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cli/limits.h"
#include "vm/vm.h"

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
    /// The same with a call of the global `require`.
    Outcome require(const std::string& module);

    /// Runs a chunk typed in: effects are kept also after a failure, and results are printed by the global `print`.
    Outcome run_line(std::string_view source);
    /// Whether a text is the beginning of a chunk rather than a chunk, right or wrong (lua.c, incomplete).
    [[nodiscard]] bool is_incomplete(std::string_view source);
    /// A global variable as a string, or `fallback` when it is neither string nor number.
    [[nodiscard]] std::string global_text(std::string_view name, std::string_view fallback);

    [[nodiscard]] int exit_code() const { return vm_->exit_code(); }
    /// What lua_close does: runs all finalizers.
    void close();

private:
    Session(std::unique_ptr<Vm> vm, const Limits& limits, std::string_view program)
        : vm_(std::move(vm)), limits_(limits), program_(program) {}

    /// Begins the transaction of a chunk. False: no memory, and reported.
    [[nodiscard]] bool begin(std::string_view program);
    /// Calls a part of the program and ends its transaction.
    Outcome run_part(Value function, std::span<const std::string> arguments);
    /// Ends the transaction of a part of the program that failed.
    void abandon();
    /// Runs a function to its end within the active transaction, with lua.c's traceback or without (lua.c, docall).
    Outcome execute(Value function, std::span<const Value> arguments, bool traced);
    /// Reports why load() or execute() failed.
    void report(std::string_view program) const;
    /// Prints the results of the run by the global `print`.
    Outcome print_results();

    std::unique_ptr<Vm> vm_;
    Limits limits_;
    std::string program_;
    std::string stopped_;  ///< why the last run was stopped from outside; empty: it was not
};

}  // namespace arenite::cli

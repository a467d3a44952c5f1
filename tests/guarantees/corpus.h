// The corpus of small scripts (corpus/*.lua) and the machine they run on: one whose heap holds the old state that
// setup.lua makes.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/task.h>
#include "vm/embed/host.h"

namespace arenite::guarantees {

struct Script {
    std::string name;  ///< without folder and ending
    std::string text;
    bool only_here = false;  ///< uses what lua5.1 does not have
    bool sparse = false;     ///< too costly for every N
};

/// All scripts, by name.
[[nodiscard]] const std::vector<Script>& corpus();
/// A file beside the tests ("check.lua").
[[nodiscard]] std::string read_file(const std::string& name);
[[nodiscard]] std::string folder();
/// A file that scripts may write (the global TMP), of this process.
[[nodiscard]] std::string scratch_file();
/// Whether every N is wanted (./dev guarantees), and not a sample.
[[nodiscard]] bool full_run();
/// How many N of one script a quick run tries.
[[nodiscard]] std::uint64_t quick_samples(const Script& script);
/// The numbers 1..total to try: all, or a sample that always is the same, with the first and the last of them.
[[nodiscard]] std::vector<std::uint64_t> sample(std::uint64_t total, const Script& script);

/// Adds to the count of what was tried, which is printed at the end of the program.
void count_tried(const char* what, std::uint64_t n);

/// Runs the first n units of what was started, counted exactly: an instruction counts its cost (heap/opcodes.def), a native
/// what it charges. Suspended when there is more. What "the Nth instruction" means is decided here and nowhere else.
template <class Steps>
RunStatus run_first(Vm& vm, Steps& steps, std::uint64_t n) {
    vm.set_exact(true);
    const RunStatus status = steps.step(n);
    vm.set_exact(false);
    return status;
}
inline RunStatus run_first(Vm& vm, std::uint64_t n) {
    return run_first(vm, vm, n);
}

/// A machine with old state.
class World {
public:
    static constexpr std::size_t kMemoryLimit = std::size_t{8} << 20;
    /// Long work begins early, so that what the small scripts do is done in slices (heap/slice_sizes.h).
    static constexpr SliceSizes kSmallSlices = {.slots = 16, .slice_slots = 8, .bytes = 64, .slice_bytes = 16};
    explicit World(bool catchable_memory_errors = true);

    [[nodiscard]] Vm& vm() { return *vm_; }
    /// What was printed since the last call.
    [[nodiscard]] std::string take_output() { return std::exchange(output_, {}); }
    /// Runs a text in a transaction of its own, which is kept if it succeeds. What it printed and how it failed.
    std::string run(std::string_view text, const std::string& chunk_name, bool keep);
    /// Prepares the text in the transaction that is active; false when it failed at once.
    [[nodiscard]] bool start(std::string_view text, const std::string& chunk_name);

    /// All that has to be the same after a rollback.
    struct State {
        std::uint64_t hash = 0;
        std::size_t exact_bytes = 0;
        std::size_t budget_bytes = 0;
        bool operator==(const State&) const = default;
    };
    /// Verifies the heap, and says what it holds.
    [[nodiscard]] State state(const std::string& when);
    /// Lets the check script work on the state (and rolls it back), and compares what it prints.
    void check(const std::string& when);

private:
    std::string output_;
    std::string expected_check_;
    std::unique_ptr<Vm> vm_;
};

/// Tests that run once per script.
class EachScript : public testing::TestWithParam<Script> {};
[[nodiscard]] std::string script_name(const testing::TestParamInfo<Script>& info);
void PrintTo(const Script& script, std::ostream* out);

}  // namespace arenite::guarantees

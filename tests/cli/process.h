// Runs programs for the tests of the command line.
#pragma once

#include <chrono>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace arenite::test {

struct RunResult {
    std::string out;
    std::string err;
    int exit_code = -1;  ///< -1: ended by a signal, killed after the time limit, or not started at all
    long peak_kib = 0;   ///< what it had resident at most; at least what we had when it was started
};

std::ostream& operator<<(std::ostream& os, const RunResult& r);

struct RunOptions {
    std::string input;  ///< standard input
    std::filesystem::path cwd = ".";
    /// Once this is on standard output or error, the program gets SIGINT.
    std::string interrupt_after;
    /// "NAME=value", beside what all children get.
    std::vector<std::string> environment;
    /// argv[0]; empty: what names the program.
    std::string name;
    /// Then the program is killed. What it has written until then is in the result.
    std::chrono::seconds time_limit{60};
};

/// Our environment with a fixed locale and terminal, without what Lua reads, and with `more`.
std::vector<std::string> child_environment(const std::vector<std::string>& more);
/// As argv and envp are passed; the strings stay the caller's.
std::vector<char*> pointers(std::vector<std::string>& strings);

/// Runs a program (a path, or a name looked for in PATH).
RunResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                      const RunOptions& options = {});
inline constexpr const char* kArenite = ARENITE_BIN_DIR "/arenite";
/// Runs arenite, as "arenite" unless options.name says otherwise.
RunResult run_arenite(const std::vector<std::string>& arguments, const RunOptions& options = {});
/// Runs the reference interpreter; skip the test when has_lua51() is false.
RunResult run_lua51(const std::vector<std::string>& arguments, const RunOptions& options = {});
bool has_lua51();

/// A folder that is removed with this object.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file of that name; returns the name.
    std::string write(const std::string& name, const std::string& bytes) const;

private:
    std::filesystem::path path_;
};

}  // namespace arenite::test

// The command lines of the fuzzers that are programs of their own, and the files they read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace arenite::fuzz {

/// What a program takes: `-NAME VALUE`, `--NAME VALUE`, `--FLAG`, a bare positive number, and names of files. Where a value
/// goes is told before parse(), and outlives it.
class CommandLine {
public:
    using Target = std::variant<bool*, int*, std::uint64_t*, double*, std::string*, std::filesystem::path*>;

    /// `name` with its dashes. A bool is a flag, without a value.
    void option(std::string name, Target target) { options_.push_back({std::move(name), target}); }
    /// Where a number without an option goes (seconds).
    void bare_number(int& target) { number_ = &target; }
    /// Where arguments without an option go; without this, they are misuse.
    void files(std::vector<std::string>& target) { files_ = &target; }
    /// False: misuse.
    [[nodiscard]] bool parse(int argc, char** argv) const;

private:
    struct Option {
        std::string name;
        Target target;
    };
    std::vector<Option> options_;
    int* number_ = nullptr;
    std::vector<std::string>* files_ = nullptr;
};

/// The bytes of a file; empty when it cannot be read.
[[nodiscard]] std::string contents(const std::filesystem::path& path);

}  // namespace arenite::fuzz

// What every form of the command takes: --memory BYTES, --budget N and --hash-seed N.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arenite::cli {

struct Limits {
    std::optional<std::size_t> memory;    ///< bytes that the whole machine may hold
    std::optional<std::uint64_t> budget;  ///< units of work that one chunk may use
    std::uint64_t hash_seed = 0;          ///< HeapOptions::hash_seed
};

/// What an argument was to take_limit() or take_size().
enum class Taken {
    No,     ///< no limit
    Yes,    ///< a limit; `next` is after it
    Wrong,  ///< a limit, but not a good one: `error` says why
};

/// Reads one of them at argv[next], as "--memory 1m" or "--memory=1m".
[[nodiscard]] Taken take_limit(char* const* argv, int& next, Limits& limits, std::string& error);

/// Reads `--name BYTES` or `--name=BYTES` at argv[next] likewise.
[[nodiscard]] Taken take_size(std::string_view name, char* const* argv, int& next, std::size_t& size,
                              std::string& error);

/// A size: digits, and k, m or g for powers of 1024. False: `error` says what is wrong with it.
[[nodiscard]] bool parse_size(std::string_view text, std::uint64_t& size, std::string& error);

/// A whole number above zero.
[[nodiscard]] bool parse_count(std::string_view text, std::uint64_t& count, std::string& error);

}  // namespace arenite::cli

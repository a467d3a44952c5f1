// Fixed sequences of commands, one file per group.
#pragma once

#include <ostream>
#include <vector>

namespace arenite::redis::testing {

// One sequence per test: a command on each line, as for redis-cli. Each starts with empty databases.
struct Sequence {
    const char* name;
    const char* lines;
};

// For GoogleTest, which else prints bytes.
inline void PrintTo(const Sequence& sequence, std::ostream* out) {
    *out << sequence.name;
}

const std::vector<Sequence>& strings_sequences();
const std::vector<Sequence>& collections_sequences();
const std::vector<Sequence>& zsets_sequences();
const std::vector<Sequence>& keys_sequences();

}  // namespace arenite::redis::testing

// Random commands for the keyspace tests, from templates and small alphabets.
#pragma once

#include <random>
#include <string>

#include "keyspace_oracle.h"

namespace arenite::redis::testing {

struct GeneratorOptions {
    int keys = 6;
    int members = 8;
    bool malformed = true;        // now and then a wrong word, one too many or too few
    bool lex_ranges = true;       // by member
    bool drawn = false;           // commands whose reply is random (SPOP, RANDOMKEY, ...)
    bool whole_databases = true;  // FLUSHDB, FLUSHALL, SWAPDB
    int databases = 3;
    std::string only = {};  // if not empty: commands that start with one of these letters
};

/// Commands with drawn elements, too.
inline GeneratorOptions all_kinds() {
    GeneratorOptions options;
    options.drawn = true;
    return options;
}

class CommandGenerator {
public:
    CommandGenerator(std::uint64_t seed, GeneratorOptions options) : random_(seed), options_(options) {}

    Words next();

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }
    std::string pick(std::initializer_list<const char*> words);
    std::string key();
    std::string expand(char kind);
    void expand_template(std::string_view text, Words& words);
    void spoil(Words& words);

    std::mt19937_64 random_;
    GeneratorOptions options_;
};

}  // namespace arenite::redis::testing

// The examples, with the replies that examples/expected/*.txt has of redis-server.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/process.h"

namespace {

using namespace arenite::test;
namespace fs = std::filesystem;

/// A script call on an empty keyspace (see examples/expected/README.md).
struct Step {
    std::string command;
    std::string reply;
};

std::vector<Step> steps_of(const fs::path& file) {
    std::vector<Step> steps;
    bool ours = false;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        const std::string mark = line.substr(0, 2);
        if (mark == "$ ") {
            steps.push_back({line.substr(2), ""});
            ours = true;
        } else if (line.empty() || line[0] == '#' || mark == "> " || mark == ": ") {
            ours = false;
        } else if (ours) {
            steps.back().reply += line + '\n';
        }
    }
    return steps;
}

std::vector<std::string> fixtures() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(ARENITE_SOURCE_DIR "/examples/expected")) {
        if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

class Example : public testing::TestWithParam<std::string> {};

TEST_P(Example, RepliesAsRedis) {
    const std::vector<Step> steps = steps_of(ARENITE_SOURCE_DIR "/examples/expected/" + GetParam() + ".txt");
    EXPECT_FALSE(steps.empty());
    for (const Step& step : steps) {
        std::vector<std::string> arguments = {"eval"};
        std::istringstream words(step.command);
        for (std::string word; words >> word;) arguments.push_back(word);
        const RunResult r = run_arenite(arguments, {"", ARENITE_SOURCE_DIR, {}});
        EXPECT_EQ(r.out, step.reply) << step.command;
        EXPECT_EQ(r.err, "") << step.command;
        EXPECT_EQ(r.exit_code, step.reply.starts_with("(error) ") ? 1 : 0) << step.command;
    }
}

INSTANTIATE_TEST_SUITE_P(Cli, Example, testing::ValuesIn(fixtures()), [](const auto& info) { return info.param; });

TEST(Examples, AreThere) {
    EXPECT_GE(fixtures().size(), 3u);
}

}  // namespace

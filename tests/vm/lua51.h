// What lua5.1 says of a script, for tests that compare with it.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace arenite::test {

inline bool have_lua51() {
    return std::system("lua5.1 -v >/dev/null 2>&1") == 0;
}

/// The lines that lua5.1 prints for a script, without their ends; none if it cannot be run.
inline std::vector<std::string> lines_of_lua51(const std::string& script) {
    const auto path = std::filesystem::temp_directory_path() / ("arenite_lua51_" + std::to_string(getpid()) + ".lua");
    std::ofstream(path, std::ios::binary) << script;
    std::vector<std::string> lines;
    FILE* pipe = popen(("lua5.1 " + path.string()).c_str(), "r");
    char line[4096];
    while (pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr) {
        lines.emplace_back(line);
        lines.back().pop_back();
    }
    if (pipe != nullptr) pclose(pipe);
    std::filesystem::remove(path);
    return lines;
}

}  // namespace arenite::test

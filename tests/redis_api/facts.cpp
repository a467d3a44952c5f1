#include "facts.h"

#include <fstream>
#include <iterator>

namespace arenite::redis::testing {
namespace {

const std::string kFolder = std::string(ARENITE_SOURCE_DIR) + "/tests/redis_api/facts/";

}  // namespace

std::vector<Fact> read_facts(const std::string& name) {
    std::ifstream stream(kFolder + name + ".txt", std::ios::binary);
    std::vector<Fact> facts;
    std::string line;
    while (std::getline(stream, line)) {
        if (line.starts_with('\t')) {
            facts.back().shown = line.substr(1);
        } else {
            facts.push_back({line, {}});
        }
    }
    return facts;
}

const std::string& show_functions() {
    static const std::string text = [] {
        std::ifstream stream(kFolder + "show.lua", std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }();
    return text;
}

std::string script_of(std::string_view expression) {
    return show_functions() + "return list(pcall(function() return " + std::string(expression) + " end))";
}

std::string script_of(const std::vector<std::string>& expressions) {
    std::string script = show_functions() + "local shown = {}\n";
    for (const std::string& expression : expressions) {
        script += "shown[#shown + 1] = list(pcall(function() return " + expression + " end))\n";
    }
    return script + "return table.concat(shown, '\\n')";
}

}  // namespace arenite::redis::testing

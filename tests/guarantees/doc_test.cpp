// docs/guarantees.md names only tests and fuzz targets that exist.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    EXPECT_TRUE(stream) << path;
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// "Suite.Name" of each test in tests/, whichever macro defines it, and "fuzz_name" of each fuzz target.
std::set<std::string> all_tests() {
    std::set<std::string> names;
    const std::regex definition("TEST(?:_F|_P)?\\(\\s*(\\w+)\\s*,\\s*(\\w+)\\s*\\)");
    for (const auto& entry : fs::recursive_directory_iterator(ARENITE_SOURCE_DIR "/tests")) {
        const fs::path& path = entry.path();
        if (path.extension() != ".cpp") continue;
        if (path.stem().string().starts_with("fuzz_")) names.insert(path.stem());
        const std::string text = slurp(path);
        for (auto i = std::sregex_iterator(text.begin(), text.end(), definition); i != std::sregex_iterator(); ++i) {
            names.insert((*i)[1].str() + "." + (*i)[2].str());
        }
    }
    return names;
}

TEST(GuaranteesDoc, NamesTestsThatExist) {
    const std::set<std::string> tests = all_tests();
    const std::string text = slurp(ARENITE_SOURCE_DIR "/docs/guarantees.md");
    const std::regex named("`([A-Z]\\w*\\.\\w+|fuzz_\\w+)`");
    std::size_t count = 0;
    for (auto i = std::sregex_iterator(text.begin(), text.end(), named); i != std::sregex_iterator(); ++i) {
        const std::string name = (*i)[1];
        EXPECT_TRUE(tests.contains(name)) << name;
        ++count;
    }
    EXPECT_GT(count, 40u);
    const std::regex refused("`compile_fail/(\\w+)`");
    for (auto i = std::sregex_iterator(text.begin(), text.end(), refused); i != std::sregex_iterator(); ++i) {
        EXPECT_TRUE(fs::exists(ARENITE_SOURCE_DIR "/tests/compile_fail/" + (*i)[1].str() + ".cpp")) << (*i)[1];
    }
    // Each section that promises something says what proves it.
    const std::regex section("\n## [^\n]+\n[^#]*");
    for (auto i = std::sregex_iterator(text.begin(), text.end(), section); i != std::sregex_iterator(); ++i) {
        const std::string body = i->str();
        EXPECT_TRUE(body.find("\nTests: ") != std::string::npos || body.find("./dev test") != std::string::npos)
            << body;
    }
}

}  // namespace

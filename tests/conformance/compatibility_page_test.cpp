// docs/COMPATIBILITY.md cannot rot: it has one line for each global and library member that the program has, none for
// what is gone, it names only files that are there, and each deviation it refers to is explained, used and tested.

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

/// Prints the name of every global, of every member of a library table, and of every method of a file.
constexpr const char* kListNames =
    "local function list(prefix, t) for name in pairs(t) do print(prefix .. name) end end "
    "list([[]], _G) "
    "for name, value in pairs(_G) do "
    "if type(value) == [[table]] and value ~= _G and name ~= [[arg]] then list(name .. [[.]], value) end end "
    "list([[file:]], getmetatable(io.stdout))";

std::set<std::string> names_of_the_program() {
    std::set<std::string> names;
    // The only quotes are those around the whole chunk. It is the script, as only scripts have `arg`.
    const std::string command = std::string("echo '") + kListNames + "' | '" ARENITE_BIN_DIR "/arenite' run -";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return names;
    std::string text;
    std::array<char, 4096> piece{};
    for (std::size_t got; (got = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) text.append(piece.data(), got);
    EXPECT_EQ(0, ::pclose(pipe));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) names.insert(line);
    return names;
}

struct Row {
    std::string subject;
    std::string state;
    std::string tests;
};

class CompatibilityPage : public testing::Test {
protected:
    void SetUp() override {
        std::ifstream file(fs::path(ARENITE_SOURCE_DIR) / "docs" / "COMPATIBILITY.md");
        ASSERT_TRUE(file) << "docs/COMPATIBILITY.md cannot be read";
        std::string section;
        for (std::string line; std::getline(file, line);) {
            text += line + '\n';
            if (line.compare(0, 3, "## ") == 0) section = line.substr(3);
            if (line.compare(0, 2, "| ") != 0) continue;
            std::vector<std::string> cells;
            for (std::size_t at = 2; at < line.size();) {
                const std::size_t end = line.find(" |", at);
                if (end == std::string::npos) break;
                cells.push_back(line.substr(at, end - at));
                at = end + 3;
            }
            if (section == "The language" && cells.size() == 4 && cells[0] != "§") {
                rows.push_back({"§" + cells[0], cells[2], cells[3]});
            } else if (section == "Globals and libraries" && cells.size() == 3 && cells[0] != "name") {
                rows.push_back({cells[0], cells[1], cells[2]});
                const bool quoted = cells[0].size() > 2 && cells[0].front() == '`' && cells[0].back() == '`';
                EXPECT_TRUE(quoted) << line;
                if (quoted) {
                    const std::string name = cells[0].substr(1, cells[0].size() - 2);
                    EXPECT_TRUE(listed.insert(name).second) << name << " is listed twice";
                }
            }
        }
    }

    std::string text;
    std::vector<Row> rows;
    std::set<std::string> listed;
};

TEST_F(CompatibilityPage, ListsWhatTheProgramHas) {
    const std::set<std::string> names = names_of_the_program();
    ASSERT_GE(names.size(), 150u);
    for (const std::string& name : names) EXPECT_TRUE(listed.count(name)) << name << " is not on the page";
    for (const std::string& name : listed)
        EXPECT_TRUE(names.count(name)) << name << " is on the page, but is not there";
}

TEST_F(CompatibilityPage, NamesOnlyFilesThatAreThere) {
    const std::regex file("`([A-Za-z0-9_/]+\\.(lua|cpp))`");
    std::size_t found = 0;
    for (std::sregex_iterator it(text.begin(), text.end(), file), end; it != end; ++it, ++found) {
        const std::string name = (*it)[1];
        EXPECT_TRUE(fs::is_regular_file(fs::path(ARENITE_SOURCE_DIR) / "tests" / name)) << "tests/" << name;
    }
    EXPECT_GE(found, rows.size());
}

TEST_F(CompatibilityPage, EveryLineHasAStateAndATest) {
    const std::regex state("same|(deviation|addition): D[0-9]+(, D[0-9]+)*");
    EXPECT_GE(rows.size(), 180u);
    for (const Row& row : rows) {
        EXPECT_TRUE(std::regex_match(row.state, state)) << row.subject << ": " << row.state;
        EXPECT_NE(row.tests.find('`'), std::string::npos) << row.subject << " names no test";
    }
}

TEST_F(CompatibilityPage, EveryDeviationIsExplainedUsedAndTested) {
    std::set<std::string> used;
    const std::regex number("D[0-9]+");
    for (const Row& row : rows) {
        for (std::sregex_iterator it(row.state.begin(), row.state.end(), number), end; it != end; ++it) {
            used.insert((*it)[0]);
        }
    }
    std::map<std::string, std::string> explained;
    std::istringstream paragraphs(text.substr(text.find("## Deviations")));
    std::string current;
    for (std::string line; std::getline(paragraphs, line);) {
        std::smatch match;
        if (std::regex_search(line, match, std::regex("^\\*\\*(D[0-9]+)\\. "))) current = match[1];
        if (!current.empty()) explained[current] += line + '\n';
    }
    for (const std::string& name : used) EXPECT_TRUE(explained.count(name)) << name << " is not explained";
    for (const auto& [name, paragraph] : explained) {
        EXPECT_TRUE(used.count(name)) << name << " is explained, but no line refers to it";
        EXPECT_TRUE(std::regex_search(paragraph, std::regex("Tests?:\\s+`"))) << name << " names no test";
    }
}

/// The manual's sections that have a script, so that one cannot vanish unnoticed.
TEST_F(CompatibilityPage, NamesEveryScriptOfTheManual) {
    for (const auto& entry : fs::directory_iterator(fs::path(ARENITE_SOURCE_DIR) / "tests/conformance/manual")) {
        if (entry.path().extension() != ".lua") continue;
        const std::string name = "`conformance/manual/" + entry.path().filename().string() + "`";
        EXPECT_NE(text.find(name), std::string::npos) << name << " is not on the page";
    }
}

}  // namespace

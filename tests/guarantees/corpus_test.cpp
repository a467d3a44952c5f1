// What the corpus covers, and that its scripts print what lua5.1 prints.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "corpus.h"

namespace arenite::guarantees {
namespace {

/// Functions that no script calls, and why not.
const std::set<std::string> kExceptions = {
    "os.exit",      // ends the run; tests/vm/system_libraries_test.cpp
    "debug.debug",  // reads commands from standard input
};

/// Names of all functions of a profile, as scripts write them; methods of files as "file:read".
std::set<std::string> functions_of(Profile profile) {
    VmOptions options;
    options.heap.hash_seed = 1;
    options.profile = profile;
    std::string names;
    options.output = [&](std::string_view bytes) { names += bytes; };
    const auto vm = Vm::create(options);
    EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    Value f;
    EXPECT_TRUE(vm->load(R"lua(
        for name, value in pairs(_G) do
            if type(value) == "function" then print(name) end
            if type(value) == "table" and value ~= _G then
                for field, inner in pairs(value) do if type(inner) == "function" then print(name .. "." .. field) end end
            end
        end
        if io then for name, value in pairs(getmetatable(io.stdout)) do
            if type(value) == "function" and not name:find("^__") then print("file:" .. name) end
        end end
    )lua",
                         "=names", f));
    EXPECT_EQ(vm->call(f, {}), RunStatus::Finished) << vm->failure().message;
    EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
    std::set<std::string> all;
    std::istringstream lines(names);
    for (std::string line; std::getline(lines, line);) all.insert(line);
    return all;
}

/// The texts of all scripts without comments.
std::string all_code() {
    std::string code;
    for (const Script& script : corpus()) {
        std::istringstream lines(script.text);
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("--")) code += line + "\n";
        }
    }
    return code;
}

TEST(Corpus, IsLarge) {
    EXPECT_GE(corpus().size(), 60u);
}

TEST(Corpus, CallsEveryFunctionByName) {
    const std::string code = all_code();
    std::set<std::string> names = functions_of(Profile::Full);
    for (const std::string& name : functions_of(Profile::Sandbox)) names.insert(name);
    EXPECT_GT(names.size(), 130u);
    for (const std::string& name : names) {
        const bool method = name.starts_with("file:");
        std::string pattern;
        for (const char c : method ? name.substr(4) : name)
            pattern += c == '.' ? std::string("\\.") : std::string(1, c);
        // Called, or handed to something that calls it: f(, f{, f"", pcall(f, wrap(f).
        const std::regex call((method ? "" : "(^|[^\\w.:])") + pattern + "\\s*[({\"',)]");
        const bool called = std::regex_search(code, call);
        EXPECT_EQ(called, !kExceptions.contains(name)) << name;
    }
    for (const std::string& name : kExceptions) EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Corpus, DefinesEveryMetamethod) {
    const std::string code = all_code();
    for (const char* name :
         {"__index", "__newindex", "__mode", "__gc", "__eq", "__len", "__call", "__tostring", "__add", "__sub", "__mul",
          "__div", "__mod", "__pow", "__unm", "__lt", "__le", "__concat", "__metatable"}) {
        EXPECT_TRUE(std::regex_search(code, std::regex(std::string(name) + "\\s*="))) << name;
    }
}

class Oracle : public EachScript {};

TEST_P(Oracle, PrintsWhatLua51Prints) {
    World world;
    const std::string ours = world.run(GetParam().text, "@" + GetParam().name + ".lua", false);
    EXPECT_EQ(ours.find("failed: "), std::string::npos) << ours;
    EXPECT_EQ(ours.find("0x0"), std::string::npos) << "prints an address";
    if (GetParam().only_here) return;
    const std::string command = "cd '" + folder() + "/corpus' && lua5.1 -e \"TMP='" + scratch_file() +
                                "' dofile('../setup.lua')\" " + GetParam().name + ".lua 2>&1 </dev/null";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string theirs;
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) theirs.append(buffer, n);
    EXPECT_EQ(::pclose(pipe), 0) << theirs;
    EXPECT_EQ(ours, theirs);
}

INSTANTIATE_TEST_SUITE_P(Corpus, Oracle, testing::ValuesIn(corpus()), script_name);

}  // namespace
}  // namespace arenite::guarantees

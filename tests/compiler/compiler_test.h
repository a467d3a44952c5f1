// Shared by the compiler's tests: compile from a string, and ask the reference implementation.
#pragma once

#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compile.h"
#include "compiler/disassembler.h"
#include "compiler/verifier.h"

namespace arenite::compiler::test {

/// A compiled text and the memory it lives in.
class Compiled {
public:
    explicit Compiled(std::string_view source, std::string_view name = "=t", const CompileLimits& limits = {})
        : result_(compile(source, name, &memory_, {}, limits)) {}
    [[nodiscard]] bool ok() const { return result_.index() == 0; }
    [[nodiscard]] FunctionUnit* unit() { return std::get<FunctionUnit*>(result_); }
    /// "ok", or why not.
    [[nodiscard]] std::string message() const { return ok() ? "ok" : std::get<CompileError>(result_).message; }
    [[nodiscard]] const CompileError& error() const { return std::get<CompileError>(result_); }
    [[nodiscard]] boost::container::pmr::memory_resource* memory() { return &memory_; }

private:
    boost::container::pmr::monotonic_buffer_resource memory_;
    std::variant<FunctionUnit*, CompileError> result_;
};

/// The instructions of a function, one a line, as "NAME operands".
inline std::string code_of(const FunctionUnit& unit) {
    std::string out;
    for (std::size_t pc = 0; pc < unit.code.size(); ++pc) {
        const std::string text = disassemble_instruction(unit, pc);
        std::string line;
        for (const char c : text.substr(0, text.find('\t'))) {
            if (c != ' ' || (!line.empty() && line.back() != ' ')) {
                line += c;
            }
        }
        while (!line.empty() && line.back() == ' ') {
            line.pop_back();
        }
        out += line + "\n";
    }
    return out;
}

inline std::string times(std::string_view s, std::size_t n) {
    std::string out;
    out.reserve(s.size() * n);
    for (std::size_t i = 0; i < n; ++i) {
        out += s;
    }
    return out;
}

/// The scripts of tests/conformance, or nothing if they are not there.
inline std::vector<std::pair<std::string, std::string>> conformance_scripts() {
    std::vector<std::pair<std::string, std::string>> out;
#ifdef ARENITE_SOURCE_DIR
    const std::filesystem::path root = ARENITE_SOURCE_DIR;
#else
    const std::filesystem::path root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
#endif
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root / "tests" / "conformance", error)) {
        if (entry.path().extension() == ".lua") {
            std::ifstream in(entry.path(), std::ios::binary);
            std::stringstream text;
            text << in.rdbuf();
            std::string source = text.str();
            if (source.starts_with("#")) {  // the loader's business
                source.insert(0, "--");
            }
            out.emplace_back(entry.path().filename().string(), source);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// Runs lua5.1 on a script of ours with the given texts as input, each as "length text\n"; returns its answers in the
/// same form. Empty if there is no lua5.1.
inline std::vector<std::string> ask_lua51(const std::string& script, const std::vector<std::string>& texts) {
    namespace fs = std::filesystem;
    if (std::system("command -v lua5.1 >/dev/null 2>&1") != 0) {
        return {};
    }
    std::string pattern = (fs::temp_directory_path() / "arenite-compiler-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        return {};
    }
    const fs::path dir = pattern;
    std::ofstream(dir / "ask.lua", std::ios::binary) << script;
    {
        std::ofstream in(dir / "in", std::ios::binary);
        for (const std::string& t : texts) {
            in << t.size() << ' ' << t << '\n';
        }
    }
    const std::string command =
        "lua5.1 '" + (dir / "ask.lua").string() + "' '" + (dir / "in").string() + "' '" + (dir / "out").string() + "'";
    std::vector<std::string> answers;
    if (std::system(command.c_str()) == 0) {
        std::ifstream out(dir / "out", std::ios::binary);
        std::size_t size = 0;
        while (out >> size) {
            out.get();
            std::string s(size, '\0');
            out.read(s.data(), static_cast<std::streamsize>(size));
            answers.push_back(s);
        }
    }
    std::error_code error;
    fs::remove_all(dir, error);
    return answers;
}

/// What lua5.1 says to each text: "ok" or loadstring's message. The chunk name is "=t".
inline std::vector<std::string> lua51_messages(const std::vector<std::string>& texts) {
    return ask_lua51(R"lua(
        local input, output = assert(io.open(arg[1], "rb")), assert(io.open(arg[2], "wb"))
        while true do
            local n = input:read("*n")
            if not n then break end
            input:read(1)
            local text = n > 0 and input:read(n) or ""
            input:read(1)
            local f, message = loadstring(text, "=t")
            message = f and "ok" or message
            output:write(#message, " ", message, "\n")
        end
        output:close()
    )lua",
                     texts);
}

/// Levels that lua5.1 has already used up when loadstring is called from a script's main chunk.
inline constexpr CompileLimits kLimitsOfLua51{198};

}  // namespace arenite::compiler::test

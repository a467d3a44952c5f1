#include "tests/fuzz/programs/engine.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "tests/cli/process.h"

namespace arenite::fuzz {

namespace {

namespace fs = std::filesystem;

const std::string& prelude() {
    static const std::string text = [] {
        std::ifstream file(ARENITE_SOURCE_DIR "/tests/fuzz/programs/prelude.lua", std::ios::binary);
        std::ostringstream bytes;
        bytes << file.rdbuf();
        return bytes.str();
    }();
    return text;
}

/// A Lua string literal of any bytes, on one line.
std::string literal(const std::string& bytes) {
    std::string text = "\"";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\' || byte < 32 || byte > 126) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\%03u", byte);
            text += escape;
        } else {
            text += c;
        }
    }
    return text + '"';
}

void write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// Standard error names the engine, as it was called, at the start of its lines; that is the one thing that is to differ.
std::string without_name(const Engine& engine, const std::string& text) {
    const std::string name = engine.path + ": ";
    std::istringstream lines(text);
    std::string result;
    for (std::string line; std::getline(lines, line);) {
        result += (line.starts_with(name) ? line.substr(name.size()) : line) + '\n';
    }
    return result;
}

/// The script of a process reads the prelude from a file beside it, so that its own lines keep their numbers.
Outcome run_script(const Engine& engine, const Program& program, const fs::path& scratch) {
    write(scratch / "prelude.lua", engine.handicap + " " + prelude());
    write(scratch / "script.lua", "dofile('prelude.lua') " + program.text);
    test::RunOptions options;
    options.cwd = scratch;
    options.time_limit = engine.time_limit;
    const test::RunResult result = test::run_program(engine.path, {"script.lua", "1", "two"}, options);
    std::ostringstream text;
    text << result.out << "-- standard error\n"
         << without_name(engine, result.err) << "-- exit code " << result.exit_code << '\n';
    return {text.str(), result.exit_code >= 0};
}

}  // namespace

std::string batch_text(const Engine& engine, const std::vector<Program>& programs) {
    std::string text = engine.handicap + " PROGRAMS = {\n";
    for (const Program& program : programs) {
        const char* mode = program.mode == Mode::Compile ? "compile" : program.mode == Mode::Trace ? "trace" : "run";
        text += "{id = " + std::to_string(program.seed) + ", mode = \"" + mode +
                "\", name = \"=p\", text = " + literal(program.text) + "},\n";
    }
    return text + "}\n" + prelude();
}

std::vector<Outcome> run_batch(const Engine& engine, const std::vector<Program>& programs, const fs::path& scratch) {
    write(scratch / "batch.lua", batch_text(engine, programs));
    test::RunOptions options;
    options.cwd = scratch;
    options.time_limit = engine.time_limit;
    const test::RunResult result = test::run_program(engine.path, {"batch.lua"}, options);

    std::vector<Outcome> outcomes(programs.size());
    std::size_t at = 0;
    for (std::size_t i = 0; i < programs.size(); ++i) {
        const std::string heading = "@@ " + std::to_string(programs[i].seed) + "\n";
        if (result.out.compare(at, heading.size(), heading) != 0) break;
        at += heading.size();
        const std::string next =
            i + 1 < programs.size() ? "@@ " + std::to_string(programs[i + 1].seed) + "\n" : "@@ end\n";
        const std::size_t end = result.out.find("\n" + next, at - 1);
        outcomes[i].complete = end != std::string::npos;
        if (!outcomes[i].complete) {
            outcomes[i].text = result.out.substr(at) + "-- the process ended: " + result.err + "\n-- exit code " +
                               std::to_string(result.exit_code) + "\n";
            break;
        }
        outcomes[i].text = result.out.substr(at, end + 1 - at);
        at = end + 1;
    }
    return outcomes;
}

Outcome run_alone(const Engine& engine, const Program& program, const fs::path& scratch) {
    if (program.mode == Mode::Standalone) return run_script(engine, program, scratch);
    return run_batch(engine, {program}, scratch)[0];
}

}  // namespace arenite::fuzz

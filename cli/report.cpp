#include "cli/report.h"

#include <cstdio>

namespace arenite::cli {

std::string_view program_name(char* const* argv) {
    return argv[0] != nullptr && argv[0][0] != '\0' ? argv[0] : "arenite";
}

void print_message(std::string_view program, std::string_view text) {
    std::string line;
    if (!program.empty()) line.append(program).append(": ");
    line.append(text.substr(0, text.find('\0'))).append("\n");
    (void)std::fwrite(line.data(), 1, line.size(), stderr);
    (void)std::fflush(stderr);
}

// lua.c, report.
bool failure_text(const Failure& failure, std::string& text) {
    text = failure.has_message ? failure.message : "(error object is not a string)";
    return failure.type != LuaType::Nil;
}

}  // namespace arenite::cli

#include "cli/report.h"

#include <cstdio>

namespace arenite::cli {

void print_message(std::string_view text, bool named) {
    text = text.substr(0, text.find('\0'));
    std::string line = named ? "arenite: " : "";
    line += text;
    line += '\n';
    (void)std::fwrite(line.data(), 1, line.size(), stderr);
    (void)std::fflush(stderr);
}

// lua.c, traceback and report.
bool failure_text(const Failure& failure, std::string& text) {
    if (failure.has_message) {
        // The handler that adds the traceback is not called when memory is out (ldo.c, luaD_throw).
        const bool traced = failure.kind == Failure::Kind::Runtime && !failure.traceback.empty();
        text = traced ? failure.traceback : failure.message;
        return true;
    }
    text = "(error object is not a string)";
    return failure.type != LuaType::Nil;
}

}  // namespace arenite::cli

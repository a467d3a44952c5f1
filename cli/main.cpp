// The program `arenite`.
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <variant>

#include "cli/arguments.h"
#include "cli/eval_program.h"
#include "cli/listing.h"
#include "cli/lua_program.h"
#include "cli/report.h"
#include "cli/usage.h"

namespace {

using namespace arenite::cli;

int execute(char* const* argv) {
    const std::string_view program = program_name(argv);
    const Command command = parse_arguments(argv);
    if (const auto* lua = std::get_if<LuaCommand>(&command)) return run_lua(*lua, argv);
    if (const auto* eval = std::get_if<EvalCommand>(&command)) return run_eval(*eval, program);
    if (const auto* list = std::get_if<ListCommand>(&command)) return run_list(*list, program);
    if (const auto* misuse = std::get_if<Misuse>(&command)) {
        print_message(program, misuse->message);
        if (misuse->show_usage) (void)std::fputs(usage(program).c_str(), stderr);
        return kMisuse;
    }
    const std::string text =
        std::holds_alternative<HelpCommand>(command) ? help(program) : std::string(kVersion) + std::string(kBuild);
    (void)std::fputs(text.c_str(), stdout);
    return 0;
}

}  // namespace

int main(int /*argc*/, char** argv) {
    // The engine does not throw; what the program itself needs of the standard library may.
    try {
        return execute(argv);
    } catch (const std::bad_alloc&) {
        (void)std::fputs("arenite: not enough memory\n", stderr);
    } catch (const std::exception& e) {
        (void)std::fprintf(stderr, "arenite: %s\n", e.what());
    } catch (...) {
        (void)std::fputs("arenite: unknown exception\n", stderr);
    }
    return kFailure;
}

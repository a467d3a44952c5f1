// The program `arenite`.
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <variant>

#include "cli/arguments.h"
#include "cli/eval_program.h"
#include "cli/lua_program.h"
#include "cli/report.h"
#include "cli/usage.h"

namespace {

using namespace arenite::cli;

int execute(char* const* argv) {
    const Command command = parse_arguments(argv);
    if (const auto* lua = std::get_if<LuaCommand>(&command)) return run_lua(*lua, argv);
    if (const auto* eval = std::get_if<EvalCommand>(&command)) return run_eval(*eval);
    if (const auto* misuse = std::get_if<Misuse>(&command)) {
        print_message(misuse->message);
        if (misuse->show_usage) (void)std::fwrite(kUsage.data(), 1, kUsage.size(), stderr);
        return misuse->exit_code;
    }
    (void)std::fwrite(kHelp.data(), 1, kHelp.size(), stdout);
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

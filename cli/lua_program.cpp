#include "cli/lua_program.h"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/chunk_file.h"
#include "cli/listing.h"
#include "cli/repl.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/usage.h"

namespace arenite::cli {
namespace {

void print(std::string_view text) {
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
}

Outcome run_file(Session& session, const char* file, const std::vector<std::string>& arguments) {
    ChunkFile chunk;
    std::string error;
    if (!read_chunk_file(file, chunk, error)) {
        print_message(error);
        return Outcome::Failed;
    }
    return session.run(chunk.text, chunk.chunk_name, arguments);
}

Outcome list(const std::string& file, const Limits& limits) {
    std::string text;
    const bool ok = list_file(file, limits, text);
    ok ? print(text) : print_message(text);
    return ok ? Outcome::Finished : Outcome::Failed;
}

/// lua.c, handle_script.
Outcome run_script(Session& session, const LuaCommand& command, char* const* argv) {
    if (!session.set_arguments(argv, command.script)) {
        print_message("not enough memory");
        return Outcome::Failed;
    }
    std::vector<std::string> arguments;
    for (int i = command.script + 1; argv[i] != nullptr; ++i) arguments.emplace_back(argv[i]);
    return run_file(session, command.script_is_stdin ? nullptr : argv[command.script], arguments);
}

Outcome run_all(Session& session, const LuaCommand& command, char* const* argv) {
    for (const Action& action : command.actions) {
        const Outcome outcome = action.kind == Action::Kind::Execute ? session.run(action.text, "=(command line)")
                                                                     : list(std::string(action.text), command.limits);
        if (outcome != Outcome::Finished) return outcome;
    }
    if (command.script != 0) {
        const Outcome outcome = run_script(session, command, argv);
        if (outcome != Outcome::Finished) return outcome;
    }
    bool interactive = command.interactive;
    if (command.script == 0 && !interactive && command.actions.empty() && !command.version) {
        // lua.c forgets the outcome of such a script and exits with 0.
        if (isatty(STDIN_FILENO) == 0) return run_file(session, nullptr, {});
        print(kVersion);
        interactive = true;
    }
    return interactive && run_interactively(session) ? Outcome::Exited : Outcome::Finished;
}

}  // namespace

int run_lua(const LuaCommand& command, char* const* argv) {
    if (command.version) print(kVersion);
    const std::unique_ptr<Session> session = Session::create(command.limits);
    if (!session) {
        print_message("cannot create state: not enough memory");
        return kFailure;
    }
    switch (run_all(*session, command, argv)) {
        case Outcome::Finished: session->close(); return 0;
        case Outcome::Exited: return session->exit_code();
        case Outcome::Failed: break;
    }
    return kFailure;
}

}  // namespace arenite::cli

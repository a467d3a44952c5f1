#include "cli/lua_program.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cli/chunk_file.h"
#include "cli/repl.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/usage.h"

namespace arenite::cli {
namespace {

/// One run of the program (lua.c, pmain).
class LuaProgram {
public:
    LuaProgram(Session& session, const LuaCommand& command, char* const* argv)
        : session_(session), command_(command), argv_(argv) {}

    /// The exit code.
    int run() {
        switch (run_all()) {
            case Outcome::Finished: session_.close(); return 0;
            case Outcome::Exited: return session_.exit_code();
            case Outcome::Failed: break;
        }
        // What was stopped from outside gets no further chance to run code.
        if (!session_.was_stopped()) session_.close();
        return runs_input_ ? 0 : kFailure;  // lua.c forgets how standard input ended when nobody named it
    }

private:
    Outcome run_all() {
        Outcome outcome = run_init();
        if (outcome != Outcome::Finished) return outcome;
        if (!command_.misuse.empty()) return refuse();
        if (command_.version) print_version();
        for (const Action& action : command_.actions) {
            outcome = action.kind == Action::Kind::Execute ? session_.run(action.text, "=(command line)")
                                                           : session_.require(std::string(action.text));
            if (outcome != Outcome::Finished) return outcome;
        }
        if (command_.script != 0) {
            outcome = run_script();
            if (outcome != Outcome::Finished) return outcome;
        }
        return command_.interactive ? interact() : run_input();
    }

    // lua.c, handle_luainit.
    Outcome run_init() {
        const char* init = std::getenv("LUA_INIT");
        if (init == nullptr) return Outcome::Finished;
        return init[0] == '@' ? run_file(init + 1, {}) : session_.run(init, "=LUA_INIT");
    }

    Outcome refuse() {
        const std::string_view program = program_name(argv_);
        print_message(program, command_.misuse);
        (void)std::fputs(usage(program).c_str(), stderr);
        return Outcome::Failed;
    }

    static void print_version() {
        (void)std::fputs(std::string(kVersion).c_str(), stderr);
        (void)std::fflush(stderr);
    }

    Outcome run_file(const char* file, const std::vector<std::string>& arguments) {
        ChunkFile chunk(session_.vm());
        std::string error;
        if (read_chunk_file(file, chunk, error)) return session_.run(chunk, arguments);
        print_message(program_name(argv_), error);
        return Outcome::Failed;
    }

    // lua.c, handle_script.
    Outcome run_script() {
        if (!session_.set_arguments(argv_, command_.script)) {
            print_message(program_name(argv_), "not enough memory");
            return Outcome::Failed;
        }
        std::vector<std::string> arguments;
        for (int i = command_.script + 1; argv_[i] != nullptr; ++i) arguments.emplace_back(argv_[i]);
        return run_file(command_.script_is_stdin ? nullptr : argv_[command_.script], arguments);
    }

    /// Without a script, a chunk of -e or -v, standard input is the script.
    Outcome run_input() {
        bool has_chunk = false;
        for (const Action& action : command_.actions) has_chunk = has_chunk || action.kind == Action::Kind::Execute;
        if (command_.script != 0 || has_chunk || command_.version) return Outcome::Finished;
        if (isatty(STDIN_FILENO) == 0) {
            runs_input_ = true;
            return run_file(nullptr, {});
        }
        print_version();
        return interact();
    }

    Outcome interact() { return run_interactively(session_) ? Outcome::Exited : Outcome::Finished; }

    Session& session_;
    const LuaCommand& command_;
    char* const* argv_;
    bool runs_input_ = false;
};

}  // namespace

int run_lua(const LuaCommand& command, char* const* argv) {
    const std::unique_ptr<Session> session = Session::create(command.limits, program_name(argv));
    if (!session) {
        print_message(program_name(argv), "cannot create state: not enough memory");
        return kFailure;
    }
    return LuaProgram(*session, command, argv).run();
}

}  // namespace arenite::cli

#include "cli/usage.h"

#include <arenite/version.h>

namespace arenite::cli {
namespace {

std::string forms(std::string_view program) {
    const std::string name(program);
    return "usage: " + name + " [options] [script [args]]\n" +                              //
           "       " + name + " eval [options] (FILE | -e SCRIPT) [key...] [, arg...]\n" +  //
           "       " + name + " list [options] FILE...\n";
}

}  // namespace

std::string usage(std::string_view program) {
    return forms(program) + "Try '" + std::string(program) + " --help'.\n";
}

std::string help(std::string_view program) {
    return forms(program) + R"(
Plain Lua 5.1. Without script: interactive on a terminal, else standard input is the script.
  -e CHUNK         execute the string CHUNK
  -l MODULE        require MODULE
  -i               interactive, after the script if there is one
  -v               show the version on standard error
  --               end of options
  -                the script is standard input; end of options
LUA_INIT in the environment is a chunk, or @FILE, to run first; LUA_PATH is where modules are.

eval runs a script as Redis's EVAL does, on an empty keyspace. A lone comma separates keys and arguments.
  -e, --script SCRIPT    the script itself; with FILE, '-' is standard input
  --resp2, --resp3       print the bytes of the reply in this protocol, not as redis-cli -3 shows it
  --reply-limit BYTES    largest reply, of the script and of each command that it calls (512m)
The exit code is 1 when the reply is an error.

list shows the bytecode of FILE ('-': standard input).

The words eval and list, and run for the first form, count only as the first argument: a script of that name is ./eval.

All forms:
  --memory BYTES    limit of memory; k, m and g stand for powers of 1024
  --budget N        limit of work for each chunk, in units of about one instruction
  --hash-seed N     the same order of large tables, and the same names of objects, in each run
  --version         show the version
  --help            this text
)";
}

const std::string_view kVersion = "Arenite " ARENITE_VERSION_STRING
                                  " (Lua 5.1)"
#if defined(ARENITE_NO_VALIDATION)
                                  ", UNSAFE: built without handle validation"
#endif
#if defined(ARENITE_NO_JOURNAL)
                                  ", UNSAFE: built without write checks"
#endif
                                  "\n";

const std::string_view kBuild =
#if ARENITE_LINE_EDITING
    "line editing: libedit\n";
#else
    "line editing: none\n";
#endif

}  // namespace arenite::cli

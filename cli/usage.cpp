#include "cli/usage.h"

namespace arenite::cli {

#define ARENITE_USAGE                                \
    "usage: arenite [options] [script [args]]\n"     \
    "       arenite run [options] [script [args]]\n" \
    "       arenite eval [options] (FILE | -e SCRIPT) [key...] [, arg...]\n"

const std::string_view kUsage = ARENITE_USAGE "Try 'arenite --help'.\n";

const std::string_view kHelp = ARENITE_USAGE
    "\n"
    "Plain Lua 5.1. Without script: interactive on a terminal, else standard input is the script.\n"
    "  -e CHUNK         execute the string CHUNK\n"
    "  -l FILE          list the bytecode of FILE\n"
    "  -i               interactive, after the script if there is one\n"
    "  -v, --version    show the version\n"
    "  --               end of options\n"
    "  -                the script is standard input\n"
    "\n"
    "eval runs a script as Redis's EVAL does, on an empty keyspace. A lone comma separates keys and arguments.\n"
    "  -e, --script SCRIPT    the script itself; with FILE, '-' is standard input\n"
    "  --resp2, --resp3       print the bytes of the reply in this protocol, not as redis-cli -3 shows it\n"
    "The exit code is 1 when the reply is an error.\n"
    "\n"
    "All forms:\n"
    "  --memory BYTES    limit of memory; k, m and g stand for powers of 1024\n"
    "  --budget N        limit of work for each chunk, in units of about one instruction\n"
    "  -h, --help        this text\n";

const std::string_view kVersion = "Arenite " ARENITE_VERSION " (Lua 5.1)\n";

}  // namespace arenite::cli

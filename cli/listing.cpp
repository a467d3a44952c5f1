#include "cli/listing.h"

#include <cstdio>
#include <limits>
#include <string>

#include <arenite/vm.h>

#include "cli/chunk_file.h"
#include "cli/report.h"

namespace arenite::cli {
namespace {

/// The listing of FILE ("-": standard input). False: `text` says why there is none.
bool list_file(const std::string& file, const Limits& limits, std::string& text) {
    const std::size_t limit = limits.memory.value_or(std::numeric_limits<std::size_t>::max());
    ChunkFile chunk(limit);
    if (!read_chunk_file(file == "-" ? nullptr : file.c_str(), chunk, text)) return false;
    return list_code(chunk.text, chunk.chunk_name, limit - chunk.bytes.view().size(), text);
}

}  // namespace

int run_list(const ListCommand& command, std::string_view program) {
    for (const std::string& file : command.files) {
        std::string text;
        if (!list_file(file, command.limits, text)) {
            print_message(program, text);
            return kFailure;
        }
        (void)std::fwrite(text.data(), 1, text.size(), stdout);
    }
    return 0;
}

}  // namespace arenite::cli

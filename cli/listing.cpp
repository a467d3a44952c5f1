#include "cli/listing.h"

#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <variant>

#include "arena/byte_budget.h"
#include "cli/chunk_file.h"
#include "cli/report.h"
#include "compiler/compile.h"
#include "compiler/disassembler.h"
#include "compiler/dump.h"
#include "vm/counted_resource.h"

namespace arenite::cli {
namespace {

/// The listing of FILE ("-": standard input). False: `text` says why there is none.
bool list_file(const std::string& file, const Limits& limits, std::string& text) {
    ByteBudget budget;
    if (limits.memory) budget.set_limit(*limits.memory);
    ChunkFile chunk(budget);
    if (!read_chunk_file(file == "-" ? nullptr : file.c_str(), chunk, text)) return false;
    CountedResource counted(budget);
    boost::container::pmr::monotonic_buffer_resource memory(&counted);
    const bool binary = chunk.text.starts_with('\x1b');
    auto result = binary ? compiler::undump(chunk.text, chunk.chunk_name, &memory)
                         : compiler::compile(chunk.text, chunk.chunk_name, &memory);
    if (auto* error = std::get_if<compiler::CompileError>(&result)) {
        text = error->out_of_memory ? "not enough memory" : std::move(error->message);
        return false;
    }
    text = compiler::disassemble(*std::get<FunctionUnit*>(result));
    return true;
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

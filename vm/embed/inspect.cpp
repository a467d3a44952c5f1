#include <arenite/vm.h>

#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <utility>
#include <variant>

#include "arena/byte_budget.h"
#include "compiler/compile.h"
#include "compiler/disassembler.h"
#include "compiler/dump.h"
#include "vm/counted_resource.h"

namespace arenite {

bool list_code(std::string_view chunk, std::string_view name, std::size_t memory_limit, std::string& text) {
    ByteBudget budget;
    budget.set_limit(memory_limit);
    CountedResource counted(budget);
    boost::container::pmr::monotonic_buffer_resource memory(&counted);
    const std::string chunk_name(name);
    auto result = chunk.starts_with('\x1b') ? compiler::undump(chunk, chunk_name, &memory)
                                            : compiler::compile(chunk, chunk_name, &memory);
    if (auto* error = std::get_if<compiler::CompileError>(&result)) {
        text = error->out_of_memory ? "not enough memory" : std::move(error->message);
        return false;
    }
    text = compiler::disassemble(*std::get<FunctionUnit*>(result));
    return true;
}

}  // namespace arenite

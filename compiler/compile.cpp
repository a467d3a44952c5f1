#include "compiler/compile.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <new>

#include "compiler/context.h"
#include "compiler/parser.h"

namespace arenite::compiler {
namespace {

/// Offsets into the source are 32 bits wide, with room to count one past its end.
constexpr std::size_t kMaxSource = std::numeric_limits<std::int32_t>::max() - 1;

CompileError no_memory() {
    CompileError error;
    error.out_of_memory = true;
    try {
        error.message = "not enough memory";
    } catch (...) {  // the host's memory is gone as well; the flag says it all
    }
    return error;
}

FunctionUnit* compile_or_throw(std::string_view source, std::string_view chunkname,
                               boost::container::pmr::memory_resource* mr, Interrupt interrupt, void* interrupt_ctx,
                               const CompileLimits& limits, SourcePart part, std::size_t& unfinished) {
    if (source.size() > kMaxSource) {
        throw std::bad_alloc();
    }
    std::string_view name;
    if (!chunkname.empty()) {
        auto* copy = static_cast<char*>(mr->allocate(chunkname.size(), 1));
        std::memcpy(copy, chunkname.data(), chunkname.size());
        name = {copy, chunkname.size()};
    }
    Context cx(source, name, mr);
    cx.interrupt = interrupt;
    cx.interrupt_ctx = interrupt_ctx;
    cx.part = part;
    try {
        Parser parser(cx, limits);
        return parser.parse_main();
    } catch (const Abort&) {
        unfinished = cx.unfinished;
        throw;
    }
}

}  // namespace

std::variant<FunctionUnit*, CompileError> compile(std::string_view source, std::string_view chunkname,
                                                  boost::container::pmr::memory_resource* mr, Interrupt interrupt,
                                                  void* interrupt_ctx, const CompileLimits& limits,
                                                  SourcePart part) noexcept {
    std::size_t unfinished = 0;
    try {
        return compile_or_throw(source, chunkname, mr, interrupt, interrupt_ctx, limits, part, unfinished);
    } catch (Abort& abort) {
        CompileError error;
        error.message = std::move(abort.message);
        error.interrupted = abort.interrupted;
        error.incomplete = abort.incomplete;
        error.unfinished = unfinished;
        return error;
    } catch (...) {  // std::bad_alloc, from the unit's memory or the host's
        return no_memory();
    }
}

std::string chunk_id(std::string_view chunkname, std::size_t id_size) {
    // What is shown is at the beginning, or at the end of a file's name; a text of megabytes is not searched for it.
    constexpr std::size_t kLongestFile = 65536;
    const bool is_file = !chunkname.empty() && chunkname[0] == '@';
    if (!is_file && chunkname.size() > 2 * id_size) chunkname = chunkname.substr(0, 2 * id_size);
    const std::string_view name = chunkname.substr(0, chunkname.substr(0, kLongestFile).find('\0'));
    if (!name.empty() && name[0] == '=') {
        return std::string(name.substr(1, id_size - 1));
    }
    if (!name.empty() && name[0] == '@') {
        const std::string_view file = name.substr(1);
        const std::size_t room = id_size - sizeof(" '...' ");
        return file.size() > room ? "..." + std::string(file.substr(file.size() - room)) : std::string(file);
    }
    const std::size_t room = id_size - sizeof(" [string \"...\"] ");
    const std::size_t length = std::min(name.find_first_of("\n\r"), name.size());
    const std::size_t shown = std::min(length, room);
    return "[string \"" + std::string(name.substr(0, shown)) + (shown < name.size() ? "...\"]" : "\"]");
}

}  // namespace arenite::compiler

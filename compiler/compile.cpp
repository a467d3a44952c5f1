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
    } catch (const std::bad_alloc&) {  // the host's memory is gone as well; the flag says it all
    }
    return error;
}

FunctionUnit* compile_or_throw(std::string_view source, std::string_view chunkname,
                               boost::container::pmr::memory_resource* mr, Look look, const CompileLimits& limits,
                               SourcePart part, std::size_t& unfinished) {
    if (source.size() > kMaxSource) {
        throw std::bad_alloc();
    }
    if (!chunkname.empty() && chunkname.size() <= kNameCopied) {
        auto* copy = static_cast<char*>(mr->allocate(chunkname.size(), 1));
        std::memcpy(copy, chunkname.data(), chunkname.size());
        chunkname = {copy, chunkname.size()};
    }
    // Neither is destroyed: what they hold is the resource's. What the unit does not need is released in slices.
    auto* const cx = ::new (mr->allocate(sizeof(Context), alignof(Context))) Context(source, chunkname, mr, look);
    cx->part = part;
    try {
        auto* const parser = ::new (mr->allocate(sizeof(Parser), alignof(Parser))) Parser(*cx, limits);
        FunctionUnit* const unit = parser->parse_main();
        parser->give_back();
        cx->atoms.give_back();
        return unit;
    } catch (const Abort&) {
        unfinished = cx->unfinished;
        throw;
    }
}

}  // namespace

std::variant<FunctionUnit*, CompileError> compile(std::string_view source, std::string_view chunkname,
                                                  boost::container::pmr::memory_resource* mr, Look look,
                                                  const CompileLimits& limits, SourcePart part) noexcept {
    std::size_t unfinished = 0;
    try {
        return compile_or_throw(source, chunkname, mr, look, limits, part, unfinished);
    } catch (Abort& abort) {
        CompileError error;
        error.message = std::move(abort.message);
        error.long_message = abort.long_message;
        error.interrupted = abort.interrupted;
        error.incomplete = abort.incomplete;
        error.unfinished = unfinished;
        return error;
    } catch (...) {  // std::bad_alloc, from the unit's memory or the host's
        return no_memory();
    }
}

std::string chunk_id(std::string_view chunkname, std::size_t id_size) {
    if (chunkname.starts_with('@')) {
        const std::string_view file = chunkname.substr(1, chunkname.find('\0') - 1);
        const std::size_t room = id_size - sizeof(" '...' ");
        return file.size() > room ? "..." + std::string(file.substr(file.size() - room)) : std::string(file);
    }
    // Of the others, which may be whole programs, the beginning is examined only.
    std::string_view name = chunkname.substr(0, id_size);
    name = name.substr(0, name.find('\0'));
    if (name.starts_with('=')) {
        return std::string(name.substr(1, id_size - 1));
    }
    const std::size_t room = id_size - sizeof(" [string \"...\"] ");
    const std::size_t length = std::min(name.find_first_of("\n\r"), name.size());
    const std::size_t shown = std::min(length, room);
    return "[string \"" + std::string(name.substr(0, shown)) + (shown < name.size() ? "...\"]" : "\"]");
}

}  // namespace arenite::compiler

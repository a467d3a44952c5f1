#include "cli/listing.h"

#include <boost/container/pmr/memory_resource.hpp>
#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <new>
#include <utility>
#include <variant>

#include "arena/byte_budget.h"
#include "cli/chunk_file.h"
#include "compiler/compile.h"
#include "compiler/disassembler.h"

namespace arenite::cli {
namespace {

namespace pmr = boost::container::pmr;

/// Memory up to a limit.
class LimitedResource final : public pmr::memory_resource {
public:
    explicit LimitedResource(const Limits& limits) {
        if (limits.memory) budget_.set_limit(*limits.memory);
    }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (!budget_.charge(bytes)) throw std::bad_alloc();
        return ::operator new(bytes, std::align_val_t(alignment));
    }
    void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
        ::operator delete(p, std::align_val_t(alignment));
        budget_.release(bytes);
    }
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

    ByteBudget budget_;
};

}  // namespace

bool list_file(const std::string& file, const Limits& limits, std::string& text) {
    ChunkFile chunk;
    if (!read_chunk_file(file == "-" ? nullptr : file.c_str(), chunk, text)) return false;
    LimitedResource limited(limits);
    pmr::monotonic_buffer_resource resource(&limited);
    auto result = compiler::compile(chunk.text, chunk.chunk_name, &resource);
    if (auto* error = std::get_if<compiler::CompileError>(&result)) {
        text = error->out_of_memory ? "not enough memory" : std::move(error->message);
        return false;
    }
    text = compiler::disassemble(*std::get<FunctionUnit*>(result));
    return true;
}

}  // namespace arenite::cli

// ChunkLoader: from a text, or a binary chunk, to a function of the heap.
//
// Two ways lead here: Vm::load, which does it in one call of the host, and natives, for which it runs on a stack of its
// own (vm/sliced_work.h). Invariant: where it pauses it holds nothing but scratch memory, what `builder` holds,
// and `answer` (F1).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/compile.h"
#include "heap/prototype_builder.h"
#include "vm/machine.h"
#include "vm/scratch_memory.h"

namespace arenite {

/// What is to be loaded.
struct ChunkRequest {
    std::string_view bytes;
    std::string_view name;  ///< as given to load ("=x", "@file" or the source); what is after a NUL is not part of it
    /// The name as a string of the heap, instead of `name`, or nil.
    Value name_value = Value::nil();
    Value environment = Value::nil();  ///< of the function
    bool binary_allowed = true;
    compiler::SourcePart part = compiler::SourcePart::Whole;
    /// Only whether there is an error in what there is (with SourcePart::Beginning): no function is made.
    bool check_only = false;
};

struct ChunkAnswer {
    bool loaded = false;
    Failure::Kind kind = Failure::Kind::Memory;  ///< why not
    std::string message;
    /// A long message is a string of the heap instead, of which `message` has nothing.
    Value text = Value::nil();
    Value function = Value::nil();
    std::size_t unfinished = 0;  ///< CompileError::unfinished
};

class ChunkLoader {
public:
    ChunkLoader(Heap& heap, ScratchMemory& scratch, Look look, const compiler::CompileLimits& limits = {})
        : builder(heap, look), heap_(heap), scratch_(scratch), look_(look), limits_(limits) {}

    /// Sets `answer`, and gives the scratch memory back.
    void run(const ChunkRequest& request) noexcept;

    void mark(Collector& collector) const {
        builder.mark(collector);
        collector.mark_value(answer.function);
        collector.mark_value(answer.text);
    }

    ChunkAnswer answer;
    PrototypeBuilder builder;

private:
    void load(const ChunkRequest& request, Value name_value, std::string_view name);
    void refuse(Failure::Kind kind, std::string message) {
        answer.kind = kind;
        answer.message = std::move(message);
    }
    void out_of_memory() { refuse(Failure::Kind::Memory, "not enough memory"); }
    void refuse(compiler::CompileError& error);
    [[nodiscard]] FunctionUnit* compile(const ChunkRequest& request, std::string_view name);
    void make_function(FunctionUnit& unit, Value name_value, Value environment);

    Heap& heap_;
    ScratchMemory& scratch_;
    Look look_;
    compiler::CompileLimits limits_;
};

}  // namespace arenite

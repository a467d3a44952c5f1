// FunctionDumper: string.dump's work. A tree of prototypes becomes units, and these the bytes of a string.
//
// Where it pauses it holds nothing but scratch memory and the text under construction (F1).
#pragma once

#include <cstddef>

#include "heap/collector.h"
#include "heap/heap.h"
#include "heap/look.h"
#include "heap/pending_concat.h"
#include "vm/scratch_memory.h"

namespace arenite {

struct FunctionUnit;

class FunctionDumper {
public:
    FunctionDumper(Heap& heap, ScratchMemory& scratch, Look look) : heap_(heap), scratch_(scratch), look_(look) {}

    /// Sets `dump` and gives the scratch memory back. The prototype's function must be reachable meanwhile.
    void run(const Prototype& prototype) noexcept;

    Value dump = Value::nil();  ///< nil: memory is out, or `stale`
    bool stale = false;         ///< part of the tree is no live prototype

    void mark(Collector& collector) const {
        text_.mark(collector);
        collector.mark_value(dump);
    }
    void cancel() { text_.cancel(heap_); }
    [[nodiscard]] const void* block() const { return text_.block(); }
    [[nodiscard]] std::size_t block_bytes() const { return text_.block_bytes(); }

private:
    void write(const FunctionUnit& unit);

    Heap& heap_;
    ScratchMemory& scratch_;
    Look look_;
    PendingConcat text_;
};

}  // namespace arenite

// MainThread: the thread that the runs of a host start on, one after another. It is made with the machine and kept, as a
// call from C++ is short as a rule: making a thread and its two arrays, and collecting them, would be half of it.
//
// Invariants
//  MT1. It is no part of what scripts or rollbacks know: it is older than every transaction and is changed without a
//       record. restart() makes it what it was when it was made; so nothing of a run is in it once another one has
//       started, or the run's transaction or savepoint was undone.
//  MT2. Its own two arrays stay as long as the machine. Where a run needs larger ones, or a savepoint copies them
//       (Transaction::checkpoint_thread), it has others meanwhile, which are garbage after restart(): an undone scope or
//       a collection frees them.
//  MT3. It counts as changed in every transaction (C3); that it stops running for good is nothing to note (C5).
#pragma once

#include <cstdint>
#include <vector>

#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"
#include "heap/heap_verifier.h"
#include "heap/thread.h"

namespace arenite {

class MainThread {
public:
    static constexpr std::uint32_t kSlots = 250;
    static constexpr std::uint32_t kFrames = 64;

    /// False: memory is out.
    [[nodiscard]] bool make(Heap& heap) {
        thread_ = Value::object(ObjectFactory::make_thread(heap, kSlots, kFrames));
        const Thread* const t = heap.get<Thread>(thread_);
        if (!t) return false;
        stack_ = t->stack;
        frames_ = t->frames;
        return true;
    }
    [[nodiscard]] Value value() const { return thread_; }
    [[nodiscard]] bool is(Value thread) const { return thread.bits == thread_.bits; }
    /// MT1. `globals`: of the run that is about to start; nil: none is.
    Thread& restart(Heap& heap, Value globals) const {
        Thread& t = *deref<Thread>(heap.base(), thread_.bits);
        ObjectFactory::restart_thread(heap, t, stack_, kSlots, frames_, kFrames, globals);
        return t;
    }
    /// As a root. `begins`: a cycle does, in a transaction (MT3).
    void mark(Collector& collector, bool begins) const {
        collector.mark_value(thread_);
        collector.mark_payload(stack_, kSlots * sizeof(Value));
        collector.mark_payload(frames_, kFrames * sizeof(Frame));
        if (begins) collector.mark_changed(thread_.bits);
    }
    /// Its own arrays, for the verifier.
    void add_blocks(std::vector<HeapCheck::Backup>& blocks) const {
        blocks.push_back({thread_.bits, stack_, kSlots * sizeof(Value)});
        blocks.push_back({thread_.bits, frames_, kFrames * sizeof(Frame)});
    }

private:
    Value thread_ = Value::nil();
    Value* stack_ = nullptr;
    Frame* frames_ = nullptr;
};

}  // namespace arenite

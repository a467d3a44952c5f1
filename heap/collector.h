// Collector: non-moving, incremental mark and sweep over the page heap's bitmaps.
//
// Phases: Pause → Mark (in steps) → the atomic step → Sweep (in steps) → Pause.
// Colours: white = not marked; gray = marked and on a list; black = marked, scanned, wkey zeroed.
//
// Invariants
//  C1. During Mark no black object refers to a white one, unless it is on the gray-again list. Writing to a black object
//      finds wkey zero (O2), so Transaction's slow path puts it there: the write key is the barrier. What is written to
//      objects without a write key of their own (large old tables, roots) is marked at once.
//  C2. New objects are white with a valid write key; while sweeping they come only from pages already swept (PH6).
//  C3. In a transaction everything older than its beginning counts as marked and is not traversed; what such objects
//      were made to refer to since is found through the journal (every write to an old object is in it).
//  C4. Values that nested savepoints have saved in the journal are roots.
//  C5. A stack is scanned again in the atomic step, since registers have no barrier: whatever thread ran since.
//  C6. References are validated when they are marked: a stale one in a dead register is skipped, never followed.
//  C7. A table older than the innermost scope is never weak: it may have become so in that scope, whose undoing makes its
//      entries strong again.
//  C8. The collector cannot fail. Its lists are charged like everything else; what finds no room in one is dealt with
//      otherwise: a gray object is found again by scanning all marked ones, a weak table is scanned as a strong one, an
//      old object is scanned on the spot. Room for finalizers is made when the userdata is.
//  C9. A large table is scanned in slices. Writing to it between two slices finds wkey zero (C1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arena/counted_vector.h"
#include "heap/heap.h"

namespace arenite {

/// Marks what the collector cannot know of: the VM's roots, and the journal's.
class RootSource {
public:
    virtual void mark_roots(Collector& collector, bool atomic) = 0;

protected:
    ~RootSource() = default;
};

class Collector {
public:
    explicit Collector(Heap& heap);

    enum class Phase : std::uint8_t { Pause, Mark, Sweep };
    [[nodiscard]] Phase phase() const { return phase_; }
    [[nodiscard]] bool marking() const { return phase_ == Phase::Mark; }

    void add_root_source(RootSource* source) { sources_.push_back(source); }
    void remove_root_source(RootSource* source);

    /// Works about `work` units (a unit is about one slot looked at); true when a cycle was completed.
    bool step(std::size_t work);
    /// A full cycle from the beginning.
    void collect();
    /// Gives up the cycle (a transaction begins or ends).
    void abandon();

    void mark_value(Value v) {
        if (v.is_object()) mark_object(v);
    }
    void mark_payload(const void* block, std::size_t bytes) { heap_.pages.mark_payload(block, bytes); }
    /// Scans an object although it is old: it was changed in this transaction.
    void mark_changed(std::uint64_t self);
    /// Barrier: a black object is about to be changed.
    void changed_again(std::uint64_t self) {
        if (!gray_again_.push_back(self)) again_lost_ = true;
    }
    void mark_table_parts(Value* array, std::uint32_t array_size, Node* nodes, std::uint32_t node_count);
    void mark_values(const Value* values, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) mark_value(values[i]);
    }
    void mark_nodes(const Node* nodes, std::size_t count);
    void scan_thread(Thread& t);
    /// The string table hands out an unmarked string while a sweep is on: keeps it alive.
    void revive(Value string) {
        if (phase_ == Phase::Sweep) (void)heap_.pages.mark(string.position());
    }

    /// Userdata whose __gc the VM has to call, in the order to call them.
    [[nodiscard]] bool has_finalizers() const { return !to_finalize_.empty(); }
    [[nodiscard]] Value take_finalizer();
    /// Queues every remaining userdata with __gc (closing the VM).
    void queue_all_finalizers();
    /// Makes room for `count` more in the queue. False when memory is out.
    [[nodiscard]] bool reserve_finalizers(std::size_t count) {
        const std::size_t all = count + to_finalize_.size() + taken_.size();
        return to_finalize_.reserve(all) && taken_.reserve(all);
    }
    /// The queue: taken from the back.
    [[nodiscard]] const CountedVector<std::uint64_t>& finalizer_queue() const { return to_finalize_; }
    /// What a scope keeps of the queue, so that it can be undone.
    struct FinalizerMark {
        std::size_t queued = 0;
        std::size_t taken = 0;
    };
    [[nodiscard]] FinalizerMark mark_finalizers() const { return {to_finalize_.size(), taken_.size()}; }
    /// The outermost scope is kept: what was taken from the queue stays so.
    void keep_finalizers();
    /// A scope is undone: what was taken from the queue in it is due again. If it was the outermost one, the queue is what
    /// it was at its begin (a nested one may leave entries of the dead, which are skipped).
    void restore_finalizers(const FinalizerMark& mark, bool outermost);
    /// Bytes charged as overhead.
    [[nodiscard]] std::size_t overhead_bytes() const {
        return gray_.bytes() + partial_.bytes() + gray_again_.bytes() + weak_.bytes() + to_finalize_.bytes() +
               taken_.bytes();
    }

    /// Pacing: a cycle starts when use has grown to `pause` percent of what the last one left; work per byte allocated.
    /// Both are as scripts set them: less than 1 is the most work.
    std::int32_t pause_percent = 200;
    std::int32_t step_multiplier = 200;
    /// No automatic cycle until a script collects, or restarts the collector.
    bool stopped = false;
    /// Starts the next cycle at `bytes` in use (collectgarbage).
    void set_threshold();
    [[nodiscard]] std::uint64_t cycles() const { return cycles_; }

private:
    /// A table of which the slots before `next` (array first, then nodes) are scanned.
    struct Partial {
        std::uint64_t self;
        std::uint32_t next;
    };
    static constexpr std::uint32_t kSlice = 4096;  ///< slots of a table scanned in one piece

    void mark_object(Value v);
    std::size_t scan(std::uint64_t self);
    std::size_t scan_table(Table& t);
    void scan_slice(const Table& t, std::uint32_t first, std::uint32_t last);
    std::size_t scan_partial();
    std::size_t rescan_page();
    /// Scans gray objects until `work` is used up or none is left.
    void propagate(std::size_t& work);
    void propagate_all();
    [[nodiscard]] bool all_scanned() const {
        return gray_.empty() && partial_.empty() && !gray_lost_ && rescan_at_ == 0;
    }
    void forget_lists();
    void begin_cycle();
    void atomic_step();
    void clear_weak();
    void separate_finalizers();
    void queue_finalizers_from(std::size_t found);
    [[nodiscard]] bool is_dead(Value v) const;

    Heap& heap_;
    Phase phase_ = Phase::Pause;
    bool atomic_ = false;
    CountedVector<std::uint64_t> gray_;
    CountedVector<Partial> partial_;
    CountedVector<std::uint64_t> gray_again_;
    CountedVector<std::uint64_t> weak_;
    CountedVector<std::uint64_t> to_finalize_;  ///< taken from the back
    CountedVector<std::uint64_t> taken_;        ///< from there, by the open scopes, which may want it back
    bool queue_has_dead_ = false;               ///< to_finalize_ may name what an undone nested scope has freed
    bool gray_lost_ = false;                    ///< a marked object found no room in gray_ (C8)
    bool again_lost_ = false;                   ///< the same for gray_again_
    std::uint32_t rescan_at_ = 0;               ///< next page to look for marked objects in; 0: not looking
    std::vector<RootSource*> sources_;
    std::uint64_t cycles_ = 0;
    std::uint64_t allocated_at_atomic_ = 0;
};

}  // namespace arenite

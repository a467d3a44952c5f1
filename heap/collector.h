// Collector: non-moving, incremental mark and sweep over the page heap's bitmaps.
//
// Phases: Pause → Mark → Finish → Sweep → Pause, all in steps. Mark ends with the atomic step, in which nothing else
// runs: it examines once more the roots, the running stack and what was written to since it was marked. So that this is
// little, the steps before it do the same (they *remark*) until one of them gets through it all within its work; that
// one is the atomic step. If none does, or if it is long (a large stack, weak tables), the program waits (C12) while it
// is done in slices. Finish makes the queue of finalizers.
// Colours: white = not marked; gray = marked and on a list; black = marked, scanned, wkey zeroed.
//
// Invariants
//  C1. During Mark no black object refers to a white one, unless it is on the gray-again list. Writing to a black
//      object finds wkey zero (O2), so Transaction's slow path puts it there: the write key is the barrier. What is
//      written to objects without a write key of their own (large old tables, roots), and while remarking to large
//      tables, is marked at once: so a large table is scanned twice at most, however often it is written to.
//  C2. New objects are white with a valid write key; while sweeping they come only from pages already swept (PH6), and
//      during Finish they are born marked.
//  C3. In a transaction everything older than its beginning counts as marked and is not traversed; what such objects
//      were made to refer to since is found through the journal (every write to an old object is in it).
//  C4. Values that nested savepoints have saved in the journal are roots. So are the userdata that are older than the
//      innermost savepoint, and what was taken from the queue since the first: undoing finds list and queue as they
//      were.
//  C5. The running stack is scanned again in the atomic step, since registers have no barrier; a thread that stops
//      running after it was scanned goes to the gray-again list (its wkey is 1 then).
//  C6. References are validated when they are marked: a stale one in a dead register is skipped, never followed.
//  C7. A table older than the innermost scope is never weak: it may have become so in that scope, whose undoing makes
//      its entries strong again.
//  C8. The collector cannot fail. Its lists are charged like everything else; what finds no room in one is dealt with
//      otherwise: a gray object is found again by scanning all marked ones, a weak table is scanned as a strong one, an
//      old object is scanned on the spot. Room for finalizers is made when the userdata is.
//  C9. A large table is scanned in slices. Writing to it between two slices finds wkey zero (C1).
//  C10. After the atomic step the program reaches marked objects only, so Finish needs no barrier: entries of weak
//      tables that lead elsewhere are cleared in the atomic step. But these must outlive what finalizers may bring back
//      (Lua 5.1 §2.10.2): if there are any, all userdata are dealt with in the atomic step too. The one weak table that
//      scripts cannot read (Heap::private_weak), and those that only a finalizer leads to, are cleared in Finish.
//  C11. heap.userdata_ is in order of birth; 0 stands for an entry that was dropped. Only entries above the innermost
//      scope's begin are ever dropped or moved.
//  C12. While waits() says so, nothing of the program may run: what is scanned of the running stack, and what is
//      cleared of weak tables, holds only as long as nothing changes. So it is the interpreter that lets the collector
//      have that, by begin_waiting(), when it wants_to_wait(); a host may read the heap and change it between two
//      slices (barriers hold), but not the stack. step() does not leave it waiting.
//  C13. Pacing is by debt. Owed is what was allocated beyond PageHeap::gc_threshold, large blocks at once and whole,
//      and what writes have cost that a cycle has made slow (C1), and switches of threads (C5): else code that writes
//      or switches and allocates nothing would stay slow forever. Each step works off kStepBytes of it; pay() takes as
//      many as are owed. So garbage cannot outrun the collector, whatever the size of the objects, and no cycle stops
//      half-way. While it is stopped, what is owed stays owed, and no write is slow more than once.
//  C14. When memory is out or short, a whole cycle is called for, which is done in slices while the program waits()
//      (begin_whole()). Where such cycles of a cause gain next to nothing, one after another, they are worth their
//      while only when much was allocated since, or at every 2nd, 4th, ... time: so near the limit the work of all of
//      them stays in proportion to what is allocated, and to how often memory is out.
//  C15. What is scanned between two checks is bounded as if all of it were cache misses, some 0.1 us for each slot. Pages that
//      were obtained from the system are charged, by pay(), which is due after a few of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "arena/counted_vector.h"
#include "heap/heap.h"

namespace arenite {

/// Marks what the collector cannot know of: the VM's roots, and the journal's.
class RootSource {
public:
    /// The few that may change at any time; of `atomic` ones also those that have no barrier.
    virtual void mark_roots(Collector& collector, bool atomic) = 0;
    /// A list that only grows in a cycle: marks from where the last call ended, or with `restart` from its begin. Takes
    /// what it does from `work`; true when it is through.
    [[nodiscard]] virtual bool mark_list(Collector& collector, bool restart, std::size_t& work) {
        (void)collector, (void)restart, (void)work;
        return true;
    }

protected:
    ~RootSource() = default;
};

class Collector {
public:
    explicit Collector(Heap& heap);

    enum class Phase : std::uint8_t { Pause, Mark, Finish, Sweep };
    [[nodiscard]] Phase phase() const { return phase_; }
    [[nodiscard]] bool marking() const { return phase_ == Phase::Mark; }

    /// Whether stores into large tables are to mark what is stored, and leave the write key alone (C1).
    [[nodiscard]] bool keeps_black(const Table& t) const {
        return remarking_ && !stopped && t.array_size() + t.node_count() > kSlice;
    }

    void add_root_source(RootSource* source) { sources_.push_back(source); }
    void remove_root_source(RootSource* source);

    /// Bytes of debt that a step works off (C13).
    static constexpr std::size_t kStepBytes = 32 * 1024;
    /// Work of a step at a multiplier of 100.
    static constexpr std::size_t kStepWork = 2048;
    /// Does the steps that are owed, in pieces, all but the first of which `budget` is charged for. False when that is
    /// used up and more is owed: PageHeap::gc_due stays set. It also does while finalizers wait, so that the VM runs
    /// them. As step(), or advance().
    [[nodiscard]] bool pay(std::int64_t& budget, bool in_slices);
    /// Whether memory is so short that a whole cycle is called for, and so much was allocated since the last one, as
    /// part of the room that is left, that it may be worth its while.
    [[nodiscard]] bool runs_short() const;
    /// What a whole cycle is called for: memory is out or short, or an error that says so has been caught, and much of
    /// what was in use before may not be any more.
    enum class Cause : std::uint8_t { Memory, Caught };
    /// Whether a whole cycle may be worth its while (C14).
    [[nodiscard]] bool may_gain(Cause cause);
    /// Begins a whole cycle that waits() until it is over; the caller has seen that it runs_short(), or may_gain().
    void begin_whole(Cause cause);
    /// A write, or a switch of threads, had to take the slow path because of the cycle (C13).
    void owe_write() { heap_.pages_.owe(kWriteDebt); }
    /// Works about `work` units (a unit is about one slot examined); true when a cycle was completed.
    bool step(std::size_t work);
    /// The same, but an atomic step that is long is done in slices as well (C12): when it wants_to_wait(), the caller
    /// says begin_waiting() as soon as it can, and goes on with it while it waits().
    bool advance(std::size_t work);
    [[nodiscard]] bool wants_to_wait() const { return wants_to_wait_; }
    void begin_waiting() {
        wants_to_wait_ = false;
        waits_ = true;
        running_ = {};
    }
    [[nodiscard]] bool waits() const { return !paused_ && (waits_ || whole_); }
    /// A full cycle from the beginning.
    void collect();
    /// The same for a cause that may_gain().
    void collect(Cause cause);
    /// Gives up the cycle: a transaction begins or ends, which the page heap is told as well (PageHeap::open_scope()).
    void abandon() {
        const bool idle = phase_ == Phase::Pause && lists_forgotten_ && !whole_ && step_left_ == 0;
        if (!idle || queue_visible_ != queue_.size()) abandon_now();
    }
    /// While a scope's births are freed in slices (Transaction, X12), nothing is marked or swept: objects of it that have not
    /// been freed yet may own blocks that have. What was to be scanned and is dead then is passed over, as after any undo.
    void set_paused(Badge<Transaction>, bool on) { paused_ = on; }

    void mark_value(Value v) {
        if (v.is_object()) mark_object(v);
    }
    void mark_payload(const void* block, std::size_t bytes) { heap_.pages_.mark_payload(block, bytes); }
    /// Scans an object although it is old: it was changed in this transaction.
    void mark_changed(std::uint64_t self);
    /// Barrier: a black object is about to be changed.
    void changed_again(std::uint64_t self) {
        if (!gray_again_.push_back(self)) again_lost_ = true;
    }
    /// A large table on the gray-again list got new parts: they are scanned from the beginning.
    void scans_again(const Table& t);
    /// A thread stops running (C5). It may be gone already.
    void stops_running(Thread& t) {
        if (marking() && t.wkey == 0 && Value{t.self}.is<Thread>()) {
            t.wkey = 1;
            changed_again(t.self);
        }
    }
    void mark_values(const Value* values, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) mark_value(values[i]);
    }
    void mark_nodes(const Node* nodes, std::size_t count);
    /// Scans the running thread up to `end`; while the program waits, as much as there is work for in a slice.
    void scan_running(Thread& t, const Value* end);
    /// Of a copy of an object that was saved, which stays as it is: marks some of the values in its lists from number `first` on
    /// (with 0 the other parts, too), and moves `first` past them. True: these were the last.
    template <class T>
    [[nodiscard]] bool mark_slice(const T& copy, std::size_t& first);
    /// The string table hands out a string that may be unmarked although marking is over: keeps it alive.
    void revive(Value string) {
        if (phase_ >= Phase::Finish) (void)heap_.pages_.mark(string.position());
    }

    // --- Finalizers -------------------------------------------------------------------------------------------------
    /// Userdata whose __gc the VM has to call, in the order to call them.
    [[nodiscard]] bool has_finalizers() const { return queue_head_ < queue_visible_; }
    [[nodiscard]] Value take_finalizer(Badge<Transaction>);
    /// Queues every remaining userdata with __gc (closing the VM).
    void queue_all_finalizers(Badge<Transaction>);
    /// Makes room for `count` more in the queue. False when memory is out.
    [[nodiscard]] bool reserve_finalizers(std::size_t count) { return queue_.reserve(count + queue_.size()); }
    /// The queue, what is due next in front.
    [[nodiscard]] std::span<const std::uint64_t> finalizer_queue() const {
        return {queue_.begin() + queue_head_, queue_.size() - queue_head_};
    }
    /// What a scope keeps of the queue, so that it can be undone.
    struct FinalizerMark {
        std::size_t head = 0;
        std::size_t size = 0;
    };
    [[nodiscard]] FinalizerMark mark_finalizers() const { return {queue_head_, queue_.size()}; }
    /// A scope is undone: the queue is what it was at its begin.
    void restore_finalizers(Badge<Transaction>, const FinalizerMark& mark);
    /// What the open scopes want back (all zero outside of scopes).
    struct ScopeBounds {
        std::size_t old_userdata = 0;   ///< entries of heap.userdata_ at the begin of the outermost scope
        std::size_t kept_userdata = 0;  ///< the same of the innermost
        std::size_t queued = 0;         ///< size of the queue at the begin of the outermost
        std::size_t taken = static_cast<std::size_t>(-1);  ///< head of the queue at the begin of the first nested one
    };
    /// Scopes were opened or ended.
    void set_scope_bounds(Badge<Transaction>, const ScopeBounds& bounds) {
        // C11: what is not moved yet stays where it is; a later cycle takes it up.
        if (bounds.kept_userdata > bounds_.kept_userdata || heap_.userdata_.size() < compact_from_) compacting_ = false;
        bounds_ = bounds;
        if (separate_at_ > heap_.userdata_.size()) separate_at_ = heap_.userdata_.size();
        if (queue_head_ > bounds_.queued) compact_queue();
    }
    /// Bytes charged as overhead.
    [[nodiscard]] std::size_t overhead_bytes() const {
        return gray_.bytes() + partial_.bytes() + gray_again_.bytes() + weak_.bytes() + queue_.bytes();
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
    /// Whether there are weak tables that are to be cleared in this cycle still.
    [[nodiscard]] bool has_uncleared() const { return !weak_.empty(); }

private:
    friend class HeapVerifier;
    /// A table of which the slots before `next` (array first, then nodes) are scanned.
    struct Partial {
        std::uint64_t self;
        std::uint32_t next;
        std::uint32_t weak;  ///< kWeakKeys | kWeakValues
    };
    static constexpr std::uint32_t kSlice = 4096;    ///< slots: a table with more is a large one
    static constexpr std::uint32_t kScanned = 1024;  ///< slots of an object scanned in one piece (C15)
    static constexpr std::size_t kWriteDebt = 64;    ///< bytes that a slow write is like
    static constexpr std::size_t kTrifle = 64;       ///< of what is in use
    static constexpr std::uint32_t kWeakKeys = 1;
    static constexpr std::uint32_t kWeakValues = 2;

    /// What is left of the atomic step when all that is reachable is marked (C10).
    enum class End : std::uint8_t { None, LookForDead, Separate, ClearWeak };

    class BlockTracer;
    class Tracer;
    class ImageTracer;

    void mark_object(Value v);
    void mark_blocks(Value v);
    void end_whole();
    /// Bytes that are next to nothing beside what a cycle goes through.
    [[nodiscard]] std::size_t trifle() const { return heap_.budget.used() / kTrifle; }
    std::size_t scan(std::uint64_t self);
    std::size_t scan_entries(const Table& t);
    [[nodiscard]] std::uint32_t weakness(const Table& t) const;
    void scan_slice(const Table& t, std::uint32_t first, std::uint32_t last, std::uint32_t weak);
    std::size_t scan_partial();
    std::size_t scan_partial_list();
    std::size_t rescan_page();
    std::size_t mark_queue();
    /// Scans gray objects (and, while remarking, those changed again) until `work` is used up or none is left.
    void propagate(std::size_t& work);
    /// Whether what is left when marking is over is more than a step's work.
    [[nodiscard]] bool ends_long() const;
    /// Whether steps look again at what has changed, and the program goes on.
    [[nodiscard]] bool looks_again() const { return remarking_ && !waits_; }
    [[nodiscard]] bool all_scanned() const {
        return gray_.empty() && partial_.empty() && !gray_lost_ && rescan_at_ == 0 &&
               (phase_ != Phase::Mark || queue_marked_ >= queue_.size()) &&
               !(remarking_ && (again_lost_ || !gray_again_.empty()));
    }
    void forget_lists();
    void abandon_now();
    void begin_cycle();
    void mark_step(std::size_t work);
    /// Marks what may be marked only when nothing runs in between; false when `work` was not enough for it.
    [[nodiscard]] bool remark(std::size_t& work);
    void end_marking(std::size_t& work);
    void end_slice(std::size_t& work);
    /// Goes through weak tables that scripts can read, from where the last call has ended. False: `work` was not
    /// enough.
    [[nodiscard]] bool weak_slice(std::size_t& work, bool clear);
    /// Finish; true when it is over.
    [[nodiscard]] bool finish_step(std::size_t& work);
    void begin_sweep();
    std::size_t separate_next();
    [[nodiscard]] bool compact_userdata(std::size_t& work);
    void publish_queue();
    void compact_queue();
    [[nodiscard]] bool clear_weak_step(std::size_t& work);
    /// Examines slots [first, last) of a weak table. Clears what is dead, or (not `clear`) answers whether there is
    /// any.
    bool clear_slots(Table& t, std::uint32_t first, std::uint32_t last, bool clear);
    /// Leaves nothing but Heap::private_weak in the list of weak tables.
    void keep_private_weak();
    [[nodiscard]] bool is_dead(Value v) const;

    Heap& heap_;
    Phase phase_ = Phase::Pause;
    bool remarking_ = false;
    bool wants_to_wait_ = false;  ///< C12
    bool waits_ = false;
    bool paused_ = false;
    End end_ = End::None;
    std::size_t end_table_ = 0;  ///< of weak_, and its slot: where weak_slice() goes on
    std::uint32_t end_slot_ = 0;
    bool end_any_ = false;  ///< a dead entry was found
    /// How far the running stack is scanned.
    struct {
        std::uint64_t thread = 0;
        const Value* stack = nullptr;
        const Value* end = nullptr;
        std::size_t at = 0;
        bool done = true;
    } running_;
    CountedVector<std::uint64_t> gray_;
    CountedVector<Partial> partial_;
    CountedVector<std::uint64_t> gray_again_;
    CountedVector<std::uint64_t> weak_;
    bool gray_lost_ = false;         ///< a marked object found no room in gray_ (C8)
    bool again_lost_ = false;        ///< the same for gray_again_
    std::uint32_t rescan_at_ = 0;    ///< next page to look for marked objects in; 0: not looking
    std::size_t mark_work_ = 0;      ///< of this cycle, until it began to remark
    std::size_t remark_steps_ = 0;   ///< and since; an attempt that failed counts more
    std::size_t regrown_steps_ = 0;  ///< steps that are due for tables that were given new parts in this cycle

    CountedVector<std::uint64_t> queue_;  ///< of finalizers: taken, due, found in this cycle
    std::size_t queue_head_ = 0;          ///< next to be taken; what is in front of it scopes may want back
    std::size_t queue_visible_ = 0;       ///< end of what may be taken
    std::size_t queue_marked_ = 0;        ///< during Mark: next to be marked
    ScopeBounds bounds_;
    std::size_t separate_at_ = 0;  ///< during Finish: heap.userdata_ below this are to be examined
    std::size_t holes_ = 0;        ///< entries of it that were dropped, at least
    bool compacting_ = false;      ///< entries from compact_from_ on are to be moved down to compact_to_
    std::size_t compact_from_ = 0;
    std::size_t compact_to_ = 0;
    std::uint32_t clear_at_ = 0;         ///< next slot of weak_.back() to be cleared
    const void* clear_parts_ = nullptr;  ///< its nodes then: a table that has grown is restarted

    std::vector<RootSource*> sources_;
    std::uint64_t cycles_ = 0;
    std::uint64_t allocated_at_atomic_ = 0;
    std::uint64_t deferred_ = 0;            ///< bytes owed since it was stopped
    std::size_t paid_steps_ = 0;            ///< of this cycle, by pay()
    std::size_t step_left_ = 0;             ///< of the step that pay() has begun
    std::size_t patience_ = 1;              ///< so many are of the same size
    std::uint64_t allocated_at_whole_ = 0;  ///< at the end of the last whole cycle
    std::size_t used_at_whole_ = 0;         ///< at its beginning
    bool lists_forgotten_ = false;          ///< there is nothing to give up but the cycle
    bool whole_ = false;                    ///< one is under way, or about to begin
    Cause cause_ = Cause::Memory;           ///< its cause
    struct Gains {
        unsigned fruitless = 0;  ///< so many have gained next to nothing, one after another
        unsigned not_worth = 0;  ///< so often the next one is not worth its while
    } gains_[2];                 ///< of each cause
    std::size_t revived_ = 0;    ///< bytes of slots marked in Finish: what only finalizers lead to
};

}  // namespace arenite

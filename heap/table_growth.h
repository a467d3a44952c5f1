// TableGrowth: new parts for one large table, made in slices beside the old ones.
//
// Invariants
//  TG1. While it is under way the table is whole and unchanged; the new parts take the place of the old ones in one
//       step.
//  TG2. The table's write key is zero meanwhile, and until the old parts are released, so that every write takes the
//       transaction's slow path, which calls forget(): then the growth begins again. So does it when the collector may
//       have cleared weak entries (forget_weak()).
//  TG3. Its blocks are charged when they are allocated. They belong to no object: Transaction::mark_roots marks them,
//       and cancel() releases them.
//  TG4. It lives within one scope: it is cancelled when a scope opens or ends.
//  TG5. A growth that had to begin again kRestarts times in a row is done at once, so that it ends.
//  TG6. A growth that finds no room for its parts waits, holding none, and remembers that it does: whoever asked for it
//       collects, and the same call goes on where it was. When memory is out again, nothing is left of it, and the
//       answer says so. So a retry is never taken for a beginning, not even after TG2.
#pragma once

#include <cstddef>
#include <cstdint>

#include "heap/table.h"
#include "heap/table_sizes.h"

namespace arenite {

class Collector;
class Heap;

class TableGrowth {
public:
    enum class Kind : std::uint8_t {
        Rehash,   ///< parts of the sizes that the keys, and one more, ask for
        Copy,     ///< the same parts once more
        Reserve,  ///< an array part of as many slots as the key says, and as many nodes as there are
    };
    enum class Answer : std::uint8_t { Unfinished, Made, OutOfMemory, StillOutOfMemory };

    /// Whether anything is held.
    [[nodiscard]] bool active() const { return phase_ != Phase::None; }
    /// Whether what is under way is this.
    [[nodiscard]] bool is(const Table& t, Kind kind, Value key) const {
        return active() && !stale_ && table_ == t.self && kind_ == kind && key_.bits == key.bits && t.wkey == 0 &&
               t.array() == old_array_ && t.nodes() == old_nodes_;
    }
    /// Whether it makes room in (or copies) this table, and the old parts are still to be released.
    [[nodiscard]] bool gives_back(const Table& t) const { return phase_ == Phase::GiveBack && table_ == t.self; }
    /// Gives up what is under way and starts again. False: it was begun too often (TG5), do it at once.
    [[nodiscard]] bool begin(Heap& heap, Table& t, Kind kind, Value key);
    /// Does a slice; `work` is charged for it. After OutOfMemory it waits for a collection (TG6), after
    /// StillOutOfMemory nothing is left of it.
    [[nodiscard]] Answer step(Heap& heap, std::int64_t& work);
    /// After Made: puts the new parts into the table, which the caller has made writable.
    void install(Heap& heap, Badge<Transaction>, Table& t);
    /// After install(): gives a slice of the old parts back to the system; true when all of it is.
    [[nodiscard]] bool give_back(Heap& heap, std::int64_t& work);
    /// Whether it has answered OutOfMemory once, and is to be called again after a collection.
    [[nodiscard]] bool waits() const { return phase_ == Phase::Allocate && waited_; }
    /// Gives up what is under way.
    void cancel(Heap& heap);
    /// The table is written to.
    void forget(const Table& t) {
        if (__builtin_expect(phase_ != Phase::None, 0) && table_ == t.self) stale_ = true;
    }
    /// Weak entries are about to be cleared.
    void forget_weak() { stale_ = stale_ || may_be_weak_; }
    void mark(Collector& collector) const;
    /// Calls f(block, bytes) for what is held.
    template <class F>
    void for_each_block(F&& f) const {
        if (array_) f(static_cast<const void*>(array_), made_.array_size_ * sizeof(Value));
        if (nodes_) f(static_cast<const void*>(nodes_), node_count_ * sizeof(Node));
        for (const Dying& d : dying_) {
            if (d.block) f(static_cast<const void*>(d.block), d.bytes);
        }
    }
    [[nodiscard]] std::uint64_t table() const { return table_; }
    /// Slices done since the beginning of time, for tests.
    [[nodiscard]] std::uint64_t slices() const { return slices_; }

private:
    enum class Phase : std::uint8_t {
        None,
        CountArray,
        CountNodes,
        Allocate,    ///< the sizes are known
        FillArray,   ///< copies the array part and fills the rest
        FillNodes,   ///< makes the nodes empty, or copies them
        SpillArray,  ///< array slots beyond the new array part go to the nodes
        MoveNodes,
        Made,
        GiveBack,
    };
    /// An old part that is returned to the system.
    struct Dying {
        char* block = nullptr;
        std::size_t bytes = 0;
        std::size_t done = 0;
    };
    static constexpr unsigned kRestarts = 3;

    void take_sizes();
    [[nodiscard]] bool allocate(Heap& heap);
    void release_parts(Heap& heap);
    void next_phase(Phase phase) {
        phase_ = phase;
        cursor_ = 0;
    }
    void drop(Heap& heap, void* block, std::size_t bytes, Dying& dying);

    Phase phase_ = Phase::None;
    Kind kind_ = Kind::Rehash;
    bool stale_ = false;
    bool may_be_weak_ = false;
    bool waited_ = false;  ///< TG6
    unsigned restarts_ = 0;
    std::uint64_t table_ = 0;
    Value key_ = Value::nil();
    Value* old_array_ = nullptr;
    Node* old_nodes_ = nullptr;
    std::uint32_t old_array_size_ = 0;
    std::uint32_t old_node_count_ = 0;
    std::uint32_t old_hash_seed_ = 0;
    std::uint32_t cursor_ = 0;
    KeyCount count_;
    Table made_;              ///< the new parts, as those of a table
    Value* array_ = nullptr;  ///< of them, what was allocated
    Node* nodes_ = nullptr;
    std::uint32_t node_count_ = 0;
    std::uint32_t array_size_ = 0;  ///< that the keys ask for, like hash_size_
    std::uint32_t hash_size_ = 0;
    Dying dying_[2];
    std::uint64_t slices_ = 0;
};

}  // namespace arenite

// Transaction: the only way to change the heap.
//
// One transaction per host call. Writes go in place; the journal keeps what was there before. begin() and commit() do
// no work per object: they move the scope epoch, and with it the write key (heap/objects.h, O2).
//
// Invariants
//  X1. Between begin and commit or rollback, every change to an object older than the innermost scope is preceded by a
//      journal record (or by moving the object on to fresh copies of its parts, the old ones being the backup).
//  X2. Objects born in the innermost scope need no record: undoing the scope frees them.
//  X3. commit() cannot fail. rollback() cannot fail and allocates nothing.
//  X4. After rollback every live object of the time of begin() has the contents it had then; every handle made since is
//      stale.
//  X5. Savepoints nest; ending an outer scope ends the inner ones. Epochs never go back, except when begin() restarts
//      them and makes every object forget its own.
//  X6. A table of up to kSmallTable slots is moved whole at its first write, and is then as fast as a new one. A larger
//      one is journaled by cards until an eighth of them is written, then moved whole.
//  X7. Use outside of a transaction answers TxnStatus::NotActive (TableStatus::ReadOnly for tables); it never changes
//      anything.
//  X8. Undoing a scope skips records of objects that were born or saved in that scope before the record was made (as
//      the epoch in the record tells): records of a nested scope that was kept since. They are redundant, and the parts
//      they speak of may be freed already. The parts that the other records speak of are older than the scope; they are
//      roots while it is open.
//  X10. What instructions have under way (heap/table_growth.h, heap/pending_concat.h, WorkUnderWay) belongs to the
//      innermost scope: it is cancelled when a scope opens or ends.
//  X12. The innermost scope may be undone in slices: what was changed in it is restored, the newest change first, and
//      the records go with it; then what was born in it is freed. In between the heap is sound. What is restored is as
//      if it had not been written to in the scope. A table of which only some cards of nodes are restored has no
//      entries meanwhile, as chains go from card to card: its header is saved before its first card of nodes, so it is
//      restored after them; and when a nested scope is kept, its map of saved cards goes on for the outer one, so that
//      no card is without a record that was changed after a header was saved. Who opens or ends a scope meanwhile has
//      the undoing finished first, in one piece.
//  X9. A transaction has let something escape if it wrote a journal record, took from the queue of finalizers or added
//      to it, or made a userdata whose __gc is still to come. If it has not, nothing older refers to what it made, and
//      commit(ReleaseUnescaped) releases all of it as a rollback would: there is nothing else to undo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <arenite/transaction_status.h>

#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"
#include "heap/payload_view.h"
#include "heap/pending_concat.h"
#include "heap/table_growth.h"
#include "txn/card_map.h"
#include "txn/journal.h"
#include "txn/writable.h"

namespace arenite {

enum class TxnState : std::uint8_t { Idle, Active, Committed, RolledBack };
/// What a native has under way that the transaction does not know (X10).
class WorkUnderWay {
public:
    /// Gives it up. Needs no memory.
    virtual void cancel() = 0;
    /// What hangs on it, and on nothing else.
    virtual void mark(Collector& collector) const = 0;
    /// A payload block that it holds; null for none.
    [[nodiscard]] virtual const void* block() const = 0;
    [[nodiscard]] virtual std::size_t block_bytes() const = 0;

protected:
    ~WorkUnderWay() = default;
};

class Transaction final : private RootSource {
public:
    /// X11: while one of these exists, the machine runs; or, where it is not `on`, does what it must with scopes
    /// itself.
    class Hold {
    public:
        explicit Hold(Transaction& transaction, bool on = true) : held_(transaction.held_), before_(held_) {
            held_ = on;
        }
        ~Hold() { held_ = before_; }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

    private:
        bool& held_;
        const bool before_;
    };

    static constexpr std::uint32_t kSmallTable = 48;  ///< words: array slots plus three per node
    static constexpr std::uint32_t kCardValues = 16;
    static constexpr std::uint32_t kCardNodes = 8;
    /// From here on begin() restarts epochs, which visits every object once; and from the second limit on no
    /// savepoint is opened, so that epochs never wrap.
    static constexpr std::uint32_t kEpochRestart = 0x8000'0000;
    static constexpr std::uint32_t kEpochLimit = 0xF000'0000;

    explicit Transaction(Heap& heap);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // --- Life -------------------------------------------------------------------------------------------------------
    [[nodiscard]] TxnState state() const { return state_; }
    [[nodiscard]] bool active() const { return state_ == TxnState::Active; }
    /// NotActive when this or another transaction of the heap is running.
    TxnStatus begin();
    /// Counts the transactions that began here, so that one can be told from what came after it.
    [[nodiscard]] std::uint64_t number() const { return number_; }
    /// Ends the transaction; nothing is undone.
    /// Cost: a constant for each scope, journal record and page claimed, whatever the number of objects. With
    /// ReleaseUnescaped and nothing escaped it is that of a rollback: of PageHeap::undo_scope().
    TxnStatus commit(CommitMode mode = CommitMode::Keep);
    /// Whether something made in the active transaction may be referred to by something older (X9).
    [[nodiscard]] bool has_escapes() const;
    TxnStatus rollback() ARENITE_MOVES_PAYLOADS;
    /// Opens a nested scope; its number is given to release() (keep) or rollback_to() (undo), which end it and all
    /// scopes opened after it.
    [[nodiscard]] TxnStatus savepoint(std::size_t& number);
    TxnStatus release(std::size_t number);
    TxnStatus rollback_to(std::size_t number) ARENITE_MOVES_PAYLOADS;
    /// Whether threads that ran when they were saved are dead once rollback_to() has restored them, as the run they
    /// were part of has ended.
    void set_runs_end(bool on) { runs_end_ = on; }
    /// rollback_to() the innermost scope in slices (X12), as far as `budget` goes, which is charged: first what was
    /// changed in it, then what was born in it. False: not yet, the next call goes on.
    [[nodiscard]] bool undo_changes_resumable(std::int64_t& budget) ARENITE_MOVES_PAYLOADS;
    /// After that. True: the scope has ended.
    [[nodiscard]] bool undo_births_resumable(std::int64_t& budget) ARENITE_MOVES_PAYLOADS;
    /// The rest of both in one piece; nothing where nothing is being undone.
    void finish_undo() ARENITE_MOVES_PAYLOADS;
    /// Whether a scope is being undone in slices.
    [[nodiscard]] bool undoing() const { return undoing_ != Undoing::Nothing; }
    [[nodiscard]] std::size_t depth() const { return scopes_.size(); }
    /// The epoch of an open savepoint, which no other scope of the heap has had since; 0 when there is none of this
    /// number.
    [[nodiscard]] std::uint32_t epoch_of(std::size_t number) const {
        return number != 0 && number < scopes_.size() ? scopes_[number].pages.epoch : 0;
    }
    [[nodiscard]] const Journal& journal() const { return journal_; }
    /// Whether undoing the scope that record `i` belongs to skips it (X8).
    [[nodiscard]] bool is_redundant(std::size_t i) const;
    /// Bytes charged as overhead.
    [[nodiscard]] std::size_t overhead_bytes() const;

    // --- Tables -----------------------------------------------------------------------------------------------------
    /// t[key] = value without metamethods.
    [[nodiscard]] TableStatus raw_set(Table& t, Value key, Value value) ARENITE_MOVES_PAYLOADS;
    /// The same for the interpreter: where new parts are due for a large table, it does a slice or more of them, as far
    /// as `budget` goes, which it charges, and answers Unfinished until they are in place. Called with the same
    /// arguments again, it goes on. What has been done so far cannot be observed. After OutOfMemory the caller may
    /// collect and call it again, once: that goes on, too (TG6), and StillOutOfMemory ends it. Who gives up instead
    /// calls cancel_long_work().
    [[nodiscard]] TableStatus raw_set_resumable(Table& t, Value key, Value value,
                                                std::int64_t& budget) ARENITE_MOVES_PAYLOADS {
        if (__builtin_expect(!is_large(t) && !growth_.active(), 1)) {
            return raw_set(t, key, value);
        }
        return raw_set_large(t, key, value, budget);
    }
    /// Makes a large table that is older than the innermost scope as writable as a new one, in slices like
    /// raw_set_resumable(); nothing is done for others, nor for one that is read-only.
    [[nodiscard]] TableStatus move_resumable(Table& t, std::int64_t& budget) ARENITE_MOVES_PAYLOADS;
    /// The text that an instruction is putting together (X10).
    [[nodiscard]] PendingConcat& text() { return text_; }
    /// Whether large blocks of nested scopes that were undone are still to be returned to the system, and that for a
    /// piece of 256 KiB: it takes about 20 us.
    [[nodiscard]] bool gives_back() const { return heap_.pages_.has_doomed(); }
    void give_back_piece() { heap_.pages_.release_some(); }
    /// Before a collection for want of memory: gives up what holds memory and may be begun again, but not the growth
    /// that waits for this collection (TG6).
    void make_room() {
        if (!growth_.waits()) growth_.cancel(heap_);
        text_.cancel(heap_);
        heap_.strings_.finish_giving_back(heap_);
    }
    /// Gives up what instructions have begun (X10): it holds memory.
    void cancel_long_work() {
        if (growth_.active()) growth_.cancel(heap_);
        text_.cancel(heap_);
        if (copy_.stack) cancel_copy();
        if (work_) work_->cancel();
        heap_.strings_.finish_giving_back(heap_);
    }
    [[nodiscard]] const TableGrowth& growth() const { return growth_; }
    /// Says whose work is to be cancelled and marked as well; null for nobody's.
    void set_work(WorkUnderWay* work) { work_ = work; }
    [[nodiscard]] const WorkUnderWay* work() const { return work_; }
    [[nodiscard]] TableStatus raw_set_integer(Table& t, std::int64_t key, Value value) ARENITE_MOVES_PAYLOADS {
        return raw_set(t, Value::number(static_cast<double>(key)), value);
    }
    [[nodiscard]] TableStatus set_metatable(Table& t, Value metatable) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] TableStatus set_read_only(Table& t, bool on) ARENITE_MOVES_PAYLOADS;
    /// Makes room for an array part of `size` slots.
    [[nodiscard]] TableStatus reserve_array(Table& t, std::uint32_t size) ARENITE_MOVES_PAYLOADS;
    /// The same in slices, like raw_set_resumable().
    [[nodiscard]] TableStatus reserve_array_resumable(Table& t, std::uint32_t size,
                                                      std::int64_t& budget) ARENITE_MOVES_PAYLOADS;

    /// The witness that `object` may be written to at once (O2, txn/writable.h); none: what writes to it has work to do
    /// first, which the functions above do.
    template <class T>
    [[nodiscard, gnu::always_inline]] std::optional<Writable<T>> writable(T& object) const {
        return witness(heap_, object, object.self);
    }
    /// The same of what `v` names, if it is a live T; for the interpreter, which has the base of the heap at hand.
    template <class T>
    [[nodiscard, gnu::always_inline]] static std::optional<Writable<T>> writable(const Heap& heap, HeapBase base,
                                                                                 Value v) {
        ARENITE_REQUIRE(base == heap.base(), "W1: the base is that of another heap");
        if (__builtin_expect(!v.is<T>(), 0)) return std::nullopt;
        return witness(heap, *deref<T>(base, v.bits), v.bits);
    }
    /// Whether insert_absent() would find a place at once, and no part of a table that has grown waits to be released.
    [[nodiscard]] bool has_room(const WritableTable& t, Value key) {
        constexpr std::uint32_t kMaxProbes = 64;
        return !growth_.gives_back(*t) && t.object().room_for({}, heap_, key, kMaxProbes) == Room::Some;
    }
    /// A new key, not nil and no NaN, that the table does not have; its value is not nil. OutOfMemory: nothing has
    /// changed.
    [[nodiscard]] TableStatus insert_absent(const WritableTable& t, Value key, Value value) ARENITE_MOVES_PAYLOADS {
        return t.object().insert({}, heap_, key, value);
    }
    /// t[n + 1] = value, not nil, for an array part of n slots, of a table that has no hash part. False: nothing has
    /// changed, raw_set() does it.
    [[nodiscard]] bool append(const WritableTable& t, Value value) ARENITE_MOVES_PAYLOADS {
        return t.object().append({}, heap_, value);
    }

    // --- Other objects ----------------------------------------------------------------------------------------------
    [[nodiscard]] TxnStatus set_cell(Cell& c, Value v);
    [[nodiscard]] TxnStatus set_upvalue(Closure& c, std::uint32_t i, Value v);
    [[nodiscard]] TxnStatus set_upvalue(NativeFunction& f, std::uint32_t i, Value v) {
        if (__builtin_expect(!active() || !is_writable_by(&f, f.self, heap_.txn_key()), 0)) {
            return set_upvalue_of_other(f, i, v);
        }
        f.upvalues_[i] = v;
        return TxnStatus::Ok;
    }
    [[nodiscard]] TxnStatus set_environment(Closure& c, Value table);
    [[nodiscard]] TxnStatus set_environment(NativeFunction& f, Value table);
    [[nodiscard]] TxnStatus set_environment(Userdata& u, Value table);
    [[nodiscard]] TxnStatus set_environment(Thread& t, Value table);
    [[nodiscard]] TxnStatus set_metatable(Userdata& u, Value metatable) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] TxnStatus set_type_metatable(LuaType type, Value metatable);
    [[nodiscard]] TxnStatus set_globals(Value table) { return set_root(heap_.globals_, table); }
    [[nodiscard]] TxnStatus set_registry(Value table) { return set_root(heap_.registry_, table); }
    [[nodiscard]] TxnStatus set_name(Metamethod m, Value string) {
        return set_root(heap_.names_[static_cast<unsigned>(m)], string);
    }
    /// Names the weak table that scripts cannot read (C10).
    [[nodiscard]] TxnStatus set_private_weak(Handle<Table> table);
    /// Takes the userdata whose __gc is due next from the queue; nil when there is none. A rollback puts it back; what
    /// is taken outside of a transaction is taken for good.
    [[nodiscard]] Value take_finalizer() { return heap_.collector_->take_finalizer(Badge<Transaction>{}); }
    /// Queues every remaining userdata with __gc (closing the VM).
    void queue_all_finalizers() { heap_.collector_->queue_all_finalizers(Badge<Transaction>{}); }
    /// Epoch at which the innermost scope began: what is younger was born or saved in it.
    [[nodiscard]] std::uint32_t innermost_epoch() const { return heap_.pages_.scope_epoch(); }
    /// Saves a thread older than the innermost scope before it runs in it (moves it to copies of its arrays).
    [[nodiscard]] TxnStatus checkpoint_thread(Thread& t) ARENITE_MOVES_PAYLOADS;
    /// The same in slices, as far as `budget` goes, which is charged; the thread must not run meanwhile. Empty: not
    /// yet, the next call goes on.
    [[nodiscard]] std::optional<TxnStatus> checkpoint_resumable(Thread& t, std::int64_t& budget) ARENITE_MOVES_PAYLOADS;
    /// Whether checkpoint_resumable() is under way for it.
    [[nodiscard]] bool copies(const Thread& t) const { return copy_.stack != nullptr && copy_.thread == t.self; }
    /// The bytes of a long string that was made in savepoint `number`, which then outlive its undoing; to be given to
    /// adopt_text() when it is undone. Null: the string is older, or so short that its bytes are better copied.
    [[nodiscard]] char* carry_text(Value text, std::size_t number);
    [[nodiscard]] Value adopt_text(char* bytes, std::size_t size) {
        return ObjectFactory::adopt_long_string(heap_, bytes, size);
    }

    // --- Buffers ----------------------------------------------------------------------------------------------------
    [[nodiscard]] TxnStatus append(Buffer& b, std::string_view bytes) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] TxnStatus append_fill(Buffer& b, std::size_t count, char c) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] TxnStatus resize(Buffer& b, std::size_t size) ARENITE_MOVES_PAYLOADS;
    /// Makes room for `size` bytes, so that what is appended up to there needs no memory and moves nothing.
    [[nodiscard]] TxnStatus reserve(Buffer& b, std::size_t size) ARENITE_MOVES_PAYLOADS;
    /// Empties it and gives its block back. Nothing is done for a buffer that would have to be saved first.
    void free_data(Buffer& b) ARENITE_MOVES_PAYLOADS;
    /// Makes it `size` bytes of no particular value, to be written before anything reads them.
    [[nodiscard]] TxnStatus assign_unset(Buffer& b, std::size_t size) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] TxnStatus writable_data(Buffer& b, char*& data) ARENITE_MOVES_PAYLOADS;
    /// Takes the bytes out as a string (without a copy after assign_unset()); the buffer is empty afterwards. nil when
    /// memory is out.
    [[nodiscard]] Value finish(Buffer& b) ARENITE_MOVES_PAYLOADS;

    [[nodiscard]] Heap& heap() { return heap_; }

private:
    struct Scope {
        PageHeap::ScopeMark pages;
        std::size_t journal = 0;
        std::uint32_t outer_epoch = 0;
        std::size_t userdata = 0;
        std::uint64_t userdata_sequence = 0;
        Collector::FinalizerMark finalizers;
        CardMap* cards = nullptr;  ///< owned; made when needed
    };

    void mark_roots(Collector& collector, bool atomic) override;
    /// The journal's records.
    [[nodiscard]] bool mark_list(Collector& collector, bool restart, std::size_t& work) override;
    void mark_record(Collector& collector, const Journal::Record& r);
    /// The scope in which a record was made or to which it was kept.
    [[nodiscard]] std::size_t scope_of_record(std::size_t i) const;
    /// Tells the collector which scopes are open.
    void note_scopes();
    /// Frees what was born in the outermost scope; records are undone or there are none.
    void undo_outermost();
    [[nodiscard]] bool push_scope();
    void pop_scope();
    void undo_records(const Scope& scope) { (void)undo_records(scope, static_cast<std::size_t>(-1)); }
    /// Undoes the newest `count` of them at most; answers what they cost, in units of work.
    std::int64_t undo_records(const Scope& scope, std::size_t count);
    /// Restores the lists that belong to a scope whose records are undone.
    void restore_lists(const Scope& scope);
    struct EpochEraser;
    void restart_epochs();
    [[nodiscard]] bool mark_saved(Collector& collector, const Journal::Record& r);
    [[nodiscard]] std::uint32_t scope_epoch() const { return scopes_.back().pages.epoch; }
    template <class T>
    void barrier(const T& object) {
        if (heap_.collector_->marking()) heap_.collector_->changed_again(object.self);
    }
    /// Before a table changes that may not be written freely (MC1, TG2).
    void note_write(Table& t) {
        growth_.forget(t);
        if (__builtin_expect(!t.watched_, 1)) return;
        t.watched_ = false;
        heap_.methods_.forget();
    }
    template <class T>
    void make_writable(T& object) {
        object.wkey = object.self ^ heap_.txn_key();
    }
    template <class T>
    [[nodiscard, gnu::always_inline]] static std::optional<Writable<T>> witness(const Heap& heap, T& object,
                                                                                std::uint64_t bits) {
        if (__builtin_expect(!is_writable_by(&object, bits, heap.txn_key()), 0)) return std::nullopt;
        return std::optional<Writable<T>>(std::in_place, Badge<Transaction>{}, heap, object);
    }
    [[nodiscard]] bool is_writable(const Table& t) const { return is_writable_by(&t, t.self, heap_.txn_key()); }
    /// Makes `t` writable, or journals the card of `slot` (an existing slot of it, which may move: it is updated).
    [[nodiscard]] TableStatus prepare_slot(Table& t, const Value*& slot, Value incoming);
    [[nodiscard]] TableStatus prepare_structure(Table& t);
    [[nodiscard]] TableStatus move_whole(Table& t);
    [[nodiscard]] TableStatus save_card(Table& t, const Value* slot);
    /// Whether new parts for it are long work. A node costs about as much as four array slots.
    [[nodiscard]] bool is_large(const Table& t) const {
        return t.array_size() + std::uint64_t{4} * t.node_count() > heap_.slice_sizes.slots;
    }
    [[nodiscard]] TableStatus raw_set_large(Table& t, Value key, Value value, std::int64_t& budget);
    /// The end of a growth of `t`: gives old parts back. Ok when all of them are.
    [[nodiscard]] TableStatus release_resumable(std::int64_t& budget);
    /// Makes new parts for `t`, or some of them. Ok when they are in place.
    [[nodiscard]] TableStatus grow(Table& t, TableGrowth::Kind kind, Value key, std::int64_t& budget);
    [[nodiscard]] TableStatus insert_by_cards(Table& t, Value key, Value value);
    /// Inserts into a large table whose write key the collector wants to stay as it is (Collector, C1).
    [[nodiscard]] TableStatus insert_black(Table& t, Value key, Value value);
    /// What is saved of a table in the innermost scope; null when memory is out.
    [[nodiscard]] Cards* cards_of(Table& t);
    [[nodiscard]] bool save_header(Table& t, Cards& cards);
    [[nodiscard]] TxnStatus set_root(Value& root, Value v);
    [[nodiscard]] TxnStatus save_words(std::uint64_t owner, void* address, std::size_t bytes);
    /// Makes a function writable: its body and upvalues go to the journal once per scope.
    template <class T>
    [[nodiscard]] TxnStatus prepare_function(T& f);
    [[nodiscard]] TxnStatus set_upvalue_of_other(NativeFunction& f, std::uint32_t i, Value v);
    [[nodiscard]] TxnStatus prepare_userdata(Userdata& u);
    [[nodiscard]] TxnStatus prepare_buffer(Buffer& b, std::size_t capacity);

    Heap& heap_;
    Journal journal_;
    CountedVector<Scope> scopes_;
    std::size_t marked_records_ = 0;  ///< of the journal, in the collector's cycle
    std::size_t marked_slots_ = 0;    ///< of what the next record has saved
    TxnState state_ = TxnState::Idle;
    bool held_ = false;  ///< X11
    bool runs_end_ = false;
    enum class Undoing : std::uint8_t { Nothing, Changes, Births };
    void end_undoing();
    Undoing undoing_ = Undoing::Nothing;  ///< of the innermost scope (X12)
    std::uint64_t number_ = 0;
    TableGrowth growth_;
    PendingConcat text_;
    /// Copies of the arrays of a thread, under construction: of what is there (X10).
    struct {
        std::uint64_t thread = 0;
        const Value* from = nullptr;
        const Frame* frame = nullptr;
        Value* stack = nullptr;
        Frame* frames = nullptr;
        std::size_t stack_bytes = 0;
        std::size_t frame_bytes = 0;
        std::size_t slots = 0;  ///< copied
        std::size_t done = 0;   ///< frames copied
    } copy_;
    void cancel_copy();
    /// Puts copies of its arrays into the thread, the old ones being the backup.
    [[nodiscard]] TxnStatus install_copies(Thread& t, Value* stack, Frame* frames);
    WorkUnderWay* work_ = nullptr;
};

}  // namespace arenite

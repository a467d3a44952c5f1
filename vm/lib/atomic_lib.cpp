// arenite.atomic(f, ...): like pcall, but what f changed is undone when it fails.
//
//  AT1. atomic(f, ...) calls f(...) in a savepoint of its own. When f returns, its changes stay (until an outer
//       savepoint or the whole run is undone) and the results are true and those of f. When f raises an error, the heap
//       is as it was before the call, and the results are false and the error.
//  AT2. An error value that was made inside is undone with the rest. Strings are made again; so is a table, with those
//       of its first 256 entries (and its metatable) that are no objects made inside, or strings; any other object is
//       replaced by a message that names its type.
//  AT3. What runs inside cannot yield to the outside: that is an error ("attempt to yield across an atomic block").
//       Coroutines that are resumed inside yield as ever; those that are older are as they were when the block fails.
//  AT5. A block is undone in slices, each of which is charged; nothing else of the script runs meanwhile. A kill, or a
//       host that opens or ends a scope, has the rest undone in one piece.
//  AT4. Nested blocks end from the inside out. A kill, the deadline or the work limit ends all of them.
#include <boost/container/pmr/polymorphic_allocator.hpp>
#include <boost/container/pmr/vector.hpp>

#include <new>
#include <optional>
#include <string>

#include "heap/factory.h"
#include "vm/counted_resource.h"
#include "vm/lib/lib.h"
#include "vm/machine.h"

namespace arenite {

namespace {

/// An error value on its way out of the savepoint in which it was made (AT2).
class CarriedError {
public:
    /// Of the block whose savepoint has that number.
    CarriedError(Machine& machine, std::size_t savepoint)
        : txn_(machine.txn()),
          savepoint_(savepoint),
          memory_(machine.heap().budget),
          parts_(&memory_),
          bytes_(&memory_) {}

    /// What it has taken over, and what it names, lives until restore().
    void mark(Collector& collector, const Heap& heap) const {
        const auto mark_one = [&](const Part& part) {
            if (part.carried) collector.mark_payload(part.carried, part.size + 1);
            if (heap.alive(part.value)) collector.mark_value(part.value);
        };
        mark_one(error_);
        for (const Part& part : parts_) mark_one(part);
        if (heap.alive(metatable_)) collector.mark_value(metatable_);
    }
    /// Bytes charged.
    [[nodiscard]] std::size_t bytes() const { return memory_.bytes(); }
    /// False: memory is out.
    [[nodiscard]] bool save(const Heap& heap, Value error) {
        constexpr std::uint64_t kLookedAt = 65536;  // slots, in which the entries are
        try {
            error_ = part_of(heap, error);
            const Table* table = heap.get<Table>(error);
            if (!table) return true;
            metatable_ = table->metatable();
            Value key = Value::nil();
            Value value = Value::nil();
            for (std::uint64_t i = 0;
                 parts_.size() < 2 * kMaxEntries && i < kLookedAt && table->next_entry(i, key, value, kLookedAt);) {
                parts_.push_back(part_of(heap, key));
                parts_.push_back(part_of(heap, value));
            }
            return true;
        } catch (const std::bad_alloc&) {
            return false;
        }
    }
    /// After the savepoint was undone. Nil with `ok` false: memory is out.
    [[nodiscard]] Value restore(Machine& machine, bool& ok) const {
        Heap& heap = machine.heap();
        ok = true;
        if (!error_.value.is<Table>() || heap.alive(error_.value)) return restore(machine, error_, ok);
        const Handle<Table> fresh = machine.make_table(0, static_cast<std::uint32_t>(parts_.size() / 2));
        Table* table = heap.get(fresh);
        ok = table != nullptr;
        for (std::size_t i = 0; ok && i + 1 < parts_.size(); i += 2) {
            if (!survives(heap, parts_[i]) || !survives(heap, parts_[i + 1])) continue;
            const Value key = restore(machine, parts_[i], ok);
            const Value value = ok ? restore(machine, parts_[i + 1], ok) : Value::nil();
            ok = ok && machine.txn().raw_set(*table, key, value) == TableStatus::Ok;
        }
        if (ok && metatable_.is<Table>() && heap.alive(metatable_)) {
            ok = machine.txn().set_metatable(*table, metatable_) == TableStatus::Ok;
        }
        return ok ? Value::object(fresh) : Value::nil();
    }

private:
    static constexpr std::size_t kMaxEntries = 256;

    struct Part {
        Value value = Value::nil();
        std::size_t offset = 0;  ///< of a string's bytes in bytes_
        std::size_t size = 0;
        char* carried = nullptr;  ///< or these, which outlive the block
    };

    Part part_of(const Heap& heap, Value v) {
        Part part{v, bytes_.size(), 0};
        if (v.is_string()) {
            const std::string_view text = heap.string(v);
            part.size = text.size();
            part.carried = txn_.carry_text(v, savepoint_);
            if (!part.carried) bytes_.append(text.data(), text.size());
        }
        return part;
    }
    [[nodiscard]] static bool survives(const Heap& heap, const Part& part) {
        return part.value.is_string() || heap.alive(part.value);
    }
    [[nodiscard]] Value restore(Machine& machine, const Part& part, bool& ok) const {
        if (machine.heap().alive(part.value)) return part.value;
        Value v;
        if (part.carried) {
            v = machine.txn().adopt_text(part.carried, part.size);
        } else if (part.value.is_string()) {
            v = machine.make_string({bytes_.data() + part.offset, part.size});
        } else {
            v = machine.make_string(std::string("error object was undone with its atomic block (a ") +
                                    type_name(part.value.type()) + " value)");
        }
        ok = !v.is_nil();
        return v;
    }

    Transaction& txn_;
    std::size_t savepoint_;
    CountedResource memory_;
    boost::container::pmr::vector<Part> parts_;
    // (Boost 1.74's own string needs std::unary_function, which libc++ has no longer.)
    std::basic_string<char, std::char_traits<char>, boost::container::pmr::polymorphic_allocator<char>> bytes_;
    Part error_;
    Value metatable_ = Value::nil();
};

}  // namespace

/// What of a block that is being undone outlives it.
struct UndoneBlock {
    std::optional<CarriedError> error;
    bool saved = false;   ///< the error; otherwise memory was out
    bool raises = false;  ///< it is raised, not answered
};

/// What the block of a script is made of: a savepoint of the transaction, a checkpoint of the running thread, and what
/// the extensions do. Its locals: 0 the savepoint's number, 1 the state of the random numbers (a
/// string).
struct Machine::AtomicBlock {
    static constexpr std::uint32_t kLocals = 3;

    /// Opens it. False: memory is out.
    [[nodiscard]] static bool begin(NativeContext& cx) {
        Machine& machine = library(cx).machine();
        const Transaction::Hold own(machine.txn_, false);
        std::size_t number = 0;
        Value random = Value::nil();
        if (!machine.undone_) machine.undone_.reset(new (std::nothrow) UndoneBlock);
        if (!machine.undone_ || !machine.atomic_threads_.reserve(machine.atomic_depth_ + std::size_t{1})) return false;
        if (!cx.new_string(machine.random_sequence_.state(), random)) return false;
        if (machine.txn_.savepoint(number) != TxnStatus::Ok) return false;
        cx.set_local_number(0, static_cast<double>(number));
        cx.set_local(1, random);
        return true;
    }
    /// Then moves the running thread to copies of its arrays, the old ones being what undo() goes back to. Nothing else
    /// may run before that is done. Empty: not yet; false: memory is out, and the block is gone.
    [[nodiscard]] static std::optional<bool> enter(NativeContext& cx) {
        Machine& machine = library(cx).machine();
        const Transaction::Hold own(machine.txn_, false);
        Thread& t = *machine.thread_;
        t.top = cx.base_ + cx.nargs_ + cx.nlocals_;
        const auto offset = cx.base_ - t.stack;
        const std::optional<TxnStatus> saved = machine.txn_.checkpoint_resumable(t, machine.budget_);
        if (!saved) return std::nullopt;
        cx.base_ = t.stack + offset;
        const bool entered = *saved == TxnStatus::Ok && open_extensions(machine);
        if (entered) {
            machine.atomic_threads_.truncate(machine.atomic_depth_++);
            (void)machine.atomic_threads_.push_back(t.self);  // there is room
        } else {
            (void)machine.txn_.rollback_to(static_cast<std::size_t>(cx.local_number(0)));
        }
        machine.set_thread(&t);
        cx.base_ = t.stack + offset;
        return entered;
    }
    /// Keeps what was done, and answers true and the results of the call.
    static NativeResult keep(NativeContext& cx) {
        Machine& machine = library(cx).machine();
        const Transaction::Hold own(machine.txn_, false);
        --machine.atomic_depth_;
        for (auto it = machine.extensions_.rbegin(); it != machine.extensions_.rend(); ++it)
            it->second->savepoint_released(*machine.facade_);
        (void)machine.txn_.release(static_cast<std::size_t>(cx.local_number(0)));
        cx.set_local(2, Value::boolean(true));  // just below the results
        cx.out_ = cx.base_ + cx.nargs_ + 2;
        return {NativeResult::Done, cx.nresults_ + 1};
    }
    /// Begins to undo it (AT5); its error is to be raised (`raises`) or answered then.
    static void begin_undo(NativeContext& cx, Value error, bool raises) {
        Machine& machine = library(cx).machine();
        --machine.atomic_depth_;
        UndoneBlock& undone = *machine.undone_;
        undone.error.emplace(machine, static_cast<std::size_t>(cx.local_number(0)));
        undone.saved = undone.error->save(machine.heap(), error);
        undone.raises = raises;
        machine.random_sequence_.restore(cx.string(cx.local(1)));
        for (auto it = machine.extensions_.rbegin(); it != machine.extensions_.rend(); ++it) {
            it->second->savepoint_rolled_back(*machine.facade_);
        }
        machine.undoes_block_ = true;
        const Transaction::Hold own(machine.txn_, false);
        const auto number = static_cast<std::size_t>(cx.local_number(0));
        if (number + 1 != machine.txn_.depth()) {
            (void)machine.txn_.rollback_to(number);  // a host has opened one within
        } else {
            std::int64_t begun = -1;
            (void)machine.txn_.undo_changes_resumable(begun);
        }
    }
    [[nodiscard]] static bool is_undoing(const NativeContext& cx) { return cx.machine_->undoes_block_; }
    /// Goes on with that, as far as the budget goes. True: it is undone, and the native's frame is as when enter() was
    /// called.
    [[nodiscard]] static bool undo_resumable(NativeContext& cx) {
        Machine& machine = library(cx).machine();
        const Transaction::Hold own(machine.txn_, false);
        // A host that has opened a scope since has had all of it finished.
        const bool finished = !machine.txn_.undoing();
        if (!finished && !machine.txn_.undo_changes_resumable(machine.budget_)) return false;
        machine.set_thread(machine.thread_);  // its arrays are those of the begin
        cx.base_ = machine.thread_->frame->base;
        cx.nlocals_ = 0;
        cx.nresults_ = 0;
        if (!finished && !machine.txn_.undo_births_resumable(machine.budget_)) return false;
        machine.undoes_block_ = false;
        machine.tell_of_rollback();
        return true;
    }
    /// What its error has become; empty: memory was out.
    [[nodiscard]] static std::optional<Value> take_error(NativeContext& cx, bool& raises) {
        UndoneBlock& undone = *library(cx).machine().undone_;
        raises = undone.raises;
        bool ok = undone.saved;
        const Value error = ok ? undone.error->restore(library(cx).machine(), ok) : Value::nil();
        undone.error.reset();
        return ok ? std::optional(error) : std::nullopt;
    }
    [[nodiscard]] static Value recorded_error(const NativeContext& cx) { return cx.error_; }

private:
    [[nodiscard]] static bool open_extensions(Machine& machine) {
        for (auto it = machine.extensions_.begin(); it != machine.extensions_.end(); ++it) {
            if (it->second->savepoint_opened(*machine.facade_)) continue;
            while (it != machine.extensions_.begin()) (--it)->second->savepoint_rolled_back(*machine.facade_);
            return false;
        }
        return true;
    }
};

namespace lib {

namespace {
NativeResult undo_block(NativeContext& cx) {
    enum : std::uint32_t { kUndoing = 3 };
    if (!Machine::AtomicBlock::undo_resumable(cx)) return cx.suspend(kUndoing);
    bool raises = false;
    const std::optional<Value> error = Machine::AtomicBlock::take_error(cx, raises);
    if (!error) return cx.out_of_memory();
    return raises ? cx.raise(*error) : cx.done(Value::boolean(false), *error);
}
}  // namespace

NativeResult atomic_fn(NativeContext& cx) {
    enum : std::uint32_t { kCall, kEntering, kReturned };
    // Before its state: the frame may be that of the block's begin already.
    if (Machine::AtomicBlock::is_undoing(cx)) return undo_block(cx);
    bool ok = true;
    if (cx.state() == kCall) {
        if (!cx.check_any(0) || !cx.reserve(Machine::AtomicBlock::kLocals)) return cx.failed();
        if (!Machine::AtomicBlock::begin(cx)) return cx.out_of_memory();
    }
    if (cx.state() != kReturned) {
        const std::optional<bool> entered = Machine::AtomicBlock::enter(cx);
        if (!entered) return cx.suspend(kEntering);
        if (!*entered) return cx.out_of_memory();
        ok = cx.begin_call(cx.arg(0));
        for (std::uint32_t i = 1; ok && i < cx.arg_count(); ++i) ok = cx.push(cx.arg(i));
        if (ok) return cx.call_pushed_catching(kReturned);
        Machine::AtomicBlock::begin_undo(cx, Machine::AtomicBlock::recorded_error(cx), true);
        return undo_block(cx);
    }
    if (!cx.caught()) return Machine::AtomicBlock::keep(cx);
    Machine::AtomicBlock::begin_undo(cx, cx.result(0), false);
    return undo_block(cx);
}

void open_atomic(LibraryBuilder& b) {
    b.library("arenite");
    b.function("atomic", atomic_fn);
}

}  // namespace lib

void DropUndoneBlock::operator()(UndoneBlock* undone) const {
    delete undone;
}

void Machine::forget_undone() {
    undoes_block_ = false;
    if (undone_) undone_->error.reset();
}

void Machine::mark_undone(Collector& collector) const {
    if (undone_ && undone_->error) undone_->error->mark(collector, heap_);
}

std::size_t Machine::undone_bytes() const {
    return undone_ && undone_->error ? undone_->error->bytes() : 0;
}

bool Machine::inside_atomic(const Thread& t) {
    budget_ -= atomic_depth_ / 4;
    for (std::uint32_t i = atomic_depth_; i-- > 0;) {
        if (atomic_threads_[i] == t.self) return true;
    }
    return false;
}

}  // namespace arenite

// arenite.atomic(f, ...): like pcall, but what f changed is undone when it fails.
//
//  AT1. atomic(f, ...) calls f(...) in a savepoint of its own. When f returns, its changes stay (until an outer savepoint
//       or the whole run is undone) and the results are true and those of f. When f raises an error, the heap is as it
//       was before the call, and the results are false and the error.
//  AT2. An error value that was made inside is undone with the rest. Strings are made anew; so is a table, with those of
//       its first 256 entries (and its metatable) that are no objects made inside, or strings; any other object is
//       replaced by a message that names its type.
//  AT3. What runs inside cannot yield to the outside: that is an error ("attempt to yield across an atomic block").
//       Coroutines that are resumed inside yield as ever; those that are older are as they were when the block fails.
//  AT4. Nested blocks end from the inside out. A kill, the deadline or the work limit ends all of them.
#include <boost/container/pmr/string.hpp>
#include <boost/container/pmr/vector.hpp>

#include <new>
#include <optional>

#include "heap/factory.h"
#include "vm/counted_resource.h"
#include "vm/interpreter.h"
#include "vm/lib/lib.h"
#include "vm/vm.h"

namespace arenite {

namespace {

/// An error value on its way out of the savepoint in which it was made (AT2).
class CarriedError {
public:
    /// Of the block whose savepoint has that number.
    CarriedError(Vm& vm, std::size_t savepoint)
        : txn_(vm.txn()), savepoint_(savepoint), memory_(vm.heap().budget), parts_(&memory_), bytes_(&memory_) {}

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
    [[nodiscard]] Value restore(Vm& vm, bool& ok) const {
        Heap& heap = vm.heap();
        ok = true;
        if (!error_.value.is<Table>() || heap.alive(error_.value)) return restore(vm, error_, ok);
        const Handle<Table> fresh = vm.make_table(0, static_cast<std::uint32_t>(parts_.size() / 2));
        Table* table = heap.get(fresh);
        ok = table != nullptr;
        for (std::size_t i = 0; ok && i + 1 < parts_.size(); i += 2) {
            if (!survives(heap, parts_[i]) || !survives(heap, parts_[i + 1])) continue;
            const Value key = restore(vm, parts_[i], ok);
            const Value value = ok ? restore(vm, parts_[i + 1], ok) : Value::nil();
            ok = ok && vm.txn().raw_set(*table, key, value) == TableStatus::Ok;
        }
        if (ok && metatable_.is<Table>() && heap.alive(metatable_)) {
            ok = vm.txn().set_metatable(*table, metatable_) == TableStatus::Ok;
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
    [[nodiscard]] Value restore(Vm& vm, const Part& part, bool& ok) const {
        if (vm.heap().alive(part.value)) return part.value;
        Value v;
        if (part.carried) {
            v = vm.txn().adopt_text(part.carried, part.size);
        } else if (part.value.is_string()) {
            v = vm.make_string({bytes_.data() + part.offset, part.size});
        } else {
            v = vm.make_string(std::string("error object was undone with its atomic block (a ") +
                               type_name(part.value.type()) + " value)");
        }
        ok = !v.is_nil();
        return v;
    }

    Transaction& txn_;
    std::size_t savepoint_;
    CountedResource memory_;
    boost::container::pmr::vector<Part> parts_;
    boost::container::pmr::string bytes_;
    Part error_;
    Value metatable_ = Value::nil();
};

}  // namespace

/// What the block of a script is made of: a savepoint of the transaction, a checkpoint of the running thread, and what the
/// extensions do. Its locals: 0 the savepoint's number, 1 the state of the random numbers (a
/// string).
struct AtomicBlock {
    static constexpr std::uint32_t kLocals = 3;

    /// Opens it. False: memory is out.
    [[nodiscard]] static bool begin(NativeContext& cx) {
        Vm& vm = cx.vm();
        const Transaction::Hold own(vm.txn_, false);
        std::size_t number = 0;
        Value random = Value::nil();
        if (!vm.atomic_threads_.reserve(vm.atomic_depth_ + std::size_t{1})) return false;
        if (!cx.new_string(vm.random_sequence_.state(), random)) return false;
        if (vm.txn_.savepoint(number) != TxnStatus::Ok) return false;
        cx.set_local_number(0, static_cast<double>(number));
        cx.set_local(1, random);
        return true;
    }
    /// Then moves the running thread to copies of its arrays, the old ones being what undo() goes back to. Nothing else may
    /// run before that is done. Empty: not yet; false: memory is out, and the block is gone.
    [[nodiscard]] static std::optional<bool> enter(NativeContext& cx) {
        Vm& vm = cx.vm();
        const Transaction::Hold own(vm.txn_, false);
        Thread& t = *vm.thread_;
        t.top = cx.base_ + cx.nargs_ + cx.nlocals_;
        const auto offset = cx.base_ - t.stack;
        const std::optional<TxnStatus> saved = vm.txn_.checkpoint_slice(t, vm.budget_);
        if (!saved) return std::nullopt;
        cx.base_ = t.stack + offset;
        const bool entered = *saved == TxnStatus::Ok && open_extensions(vm);
        if (entered) {
            vm.atomic_threads_.truncate(vm.atomic_depth_++);
            (void)vm.atomic_threads_.push_back(t.self);  // there is room
        } else {
            (void)vm.txn_.rollback_to(static_cast<std::size_t>(cx.local_number(0)));
        }
        Interpreter::set_thread(vm, &t);
        cx.base_ = t.stack + offset;
        return entered;
    }
    /// Keeps what was done, and answers true and the results of the call.
    static NativeResult keep(NativeContext& cx) {
        Vm& vm = cx.vm();
        const Transaction::Hold own(vm.txn_, false);
        --vm.atomic_depth_;
        for (auto it = vm.extensions_.rbegin(); it != vm.extensions_.rend(); ++it) it->second->savepoint_released(vm);
        (void)vm.txn_.release(static_cast<std::size_t>(cx.local_number(0)));
        cx.set_local(2, Value::boolean(true));  // just below the results
        cx.out_ = cx.base_ + cx.nargs_ + 2;
        return {NativeResult::Done, cx.nresults_ + 1};
    }
    /// The native's frame is then as when open() was called.
    static void undo(NativeContext& cx) {
        Vm& vm = cx.vm();
        const Transaction::Hold own(vm.txn_, false);
        --vm.atomic_depth_;
        const auto number = static_cast<std::size_t>(cx.local_number(0));
        vm.random_sequence_.restore(cx.string(cx.local(1)));
        for (auto it = vm.extensions_.rbegin(); it != vm.extensions_.rend(); ++it) {
            it->second->savepoint_rolled_back(vm);
        }
        (void)vm.undo_to(number);
        Interpreter::set_thread(vm, vm.thread_);
        cx.base_ = vm.thread_->frame->base;
        cx.nlocals_ = 0;
        cx.nresults_ = 0;
    }
    [[nodiscard]] static Value recorded_error(const NativeContext& cx) { return cx.error_; }

private:
    [[nodiscard]] static bool open_extensions(Vm& vm) {
        for (auto it = vm.extensions_.begin(); it != vm.extensions_.end(); ++it) {
            if (it->second->savepoint_opened(vm)) continue;
            while (it != vm.extensions_.begin()) (--it)->second->savepoint_rolled_back(vm);
            return false;
        }
        return true;
    }
};

namespace lib {

namespace {
/// Undoes the block and answers what its error has become; nil with `ok` false when memory is out.
Value undo_block(NativeContext& cx, Value error, bool& ok) {
    CarriedError carried(cx.vm(), static_cast<std::size_t>(cx.local_number(0)));
    const bool saved = carried.save(cx.vm().heap(), error);
    AtomicBlock::undo(cx);
    ok = saved;
    return saved ? carried.restore(cx.vm(), ok) : Value::nil();
}
}  // namespace

NativeResult atomic_fn(NativeContext& cx) {
    enum : std::uint32_t { kCall, kEntering, kReturned };
    bool ok = true;
    if (cx.state() == kCall) {
        if (!cx.check_any(0) || !cx.reserve(AtomicBlock::kLocals)) return cx.failed();
        if (!AtomicBlock::begin(cx)) return cx.out_of_memory();
    }
    if (cx.state() != kReturned) {
        const std::optional<bool> entered = AtomicBlock::enter(cx);
        if (!entered) return cx.suspend(kEntering);
        if (!*entered) return cx.out_of_memory();
        ok = cx.begin_call(cx.arg(0));
        for (std::uint32_t i = 1; ok && i < cx.arg_count(); ++i) ok = cx.push(cx.arg(i));
        if (ok) return cx.call_pushed_catching(kReturned);
        const Value error = undo_block(cx, AtomicBlock::recorded_error(cx), ok);
        return ok ? cx.raise(error) : cx.out_of_memory();
    }
    if (!cx.caught()) return AtomicBlock::keep(cx);
    const Value error = undo_block(cx, cx.result(0), ok);
    return ok ? cx.done(Value::boolean(false), error) : cx.out_of_memory();
}

void open_atomic(LibraryBuilder& b) {
    b.library("arenite");
    b.function("atomic", atomic_fn);
}

}  // namespace lib

bool Interpreter::inside_atomic(Vm& vm, const Thread& t) {
    vm.budget_ -= vm.atomic_depth_ / 4;
    for (std::uint32_t i = vm.atomic_depth_; i-- > 0;) {
        if (vm.atomic_threads_[i] == t.self) return true;
    }
    return false;
}

}  // namespace arenite

// Savepoint: a part of a host's transaction that can be undone by itself.
//
//     vm.begin();
//     {
//         Savepoint attempt(vm);
//         if (attempt.open() && vm.call(function, args) == RunStatus::Finished) attempt.keep();
//     }                                       // undone, unless it was kept
//     vm.commit();
//
// Invariants
//  SP1. An open Savepoint that is destroyed is undone: the heap and the random numbers to come are what they were when it
//       was made. Undoing allocates nothing and cannot fail.
//  SP2. Savepoints nest. Ending one, or the transaction, ends those that were opened after it; they are not open from
//       then on, and ending them does nothing. What an inner one has kept, an outer one still undoes.
//  SP3. A run that is Suspended or Yielded when a savepoint is undone is killed first. One that was over keeps neither
//       results nor error value.
//
// It refers to its Vm, which must outlive it, and is used by the thread that uses the Vm. State beside the heap is told by
// VmExtension::after_rollback. For scripts there is arenite.atomic; for one call, a Task that joins the transaction.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/lib/random_sequence.h"
#include "vm/vm.h"

namespace arenite {

class Savepoint {
public:
    /// Opens one in the active transaction of `vm`. Not open() afterwards: no transaction is active, or memory is out.
    explicit Savepoint(Vm& vm) : vm_(vm), random_(vm.random_sequence()) {
        if (vm.txn().savepoint(number_) != TxnStatus::Ok) number_ = 0;
        epoch_ = vm.txn().epoch_of(number_);
    }
    ~Savepoint() { undo(); }
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;

    [[nodiscard]] bool open() const { return number_ != 0 && vm_.txn().epoch_of(number_) == epoch_; }
    /// Ends it; its changes are those of what is around it. False: it was not open.
    bool keep() {
        const bool was_open = open();
        if (was_open) (void)vm_.txn().release(number_);
        number_ = 0;
        return was_open;
    }
    /// Ends it and takes its changes back. False: it was not open.
    bool undo() {
        const bool was_open = open();
        if (was_open) {
            (void)vm_.rollback_to(number_);
            vm_.random_sequence() = random_;
        }
        number_ = 0;
        return was_open;
    }

private:
    Vm& vm_;
    RandomSequence random_;
    std::size_t number_ = 0;   ///< of the transaction's scope; 0: not open
    std::uint32_t epoch_ = 0;  ///< of that scope, to know it by: numbers are used again
};

}  // namespace arenite

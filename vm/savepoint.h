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
//       results nor error value. The coroutines that it was in are dead, as after any kill.
//
// It refers to its Vm, and is not open when that is gone. It is used by the thread that uses the Vm, and not within a run:
// there, none can be opened, kept or undone (Vm, VM5). State beside the heap is told by VmExtension::after_rollback. For scripts there is arenite.atomic; for one call, a Task that joins the transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "vm/lib/random_sequence.h"
#include "vm/vm.h"

namespace arenite {

class Savepoint {
public:
    /// Opens one in the active transaction of `vm`. Not open() afterwards: no transaction is active, or memory is out.
    explicit Savepoint(Vm& vm) : vm_(vm.token()), random_(vm.random_sequence()) {
        if (vm.txn().savepoint(number_) != TxnStatus::Ok) number_ = 0;
        epoch_ = vm.txn().epoch_of(number_);
        transaction_ = vm.txn().number();
    }
    ~Savepoint() { undo(); }
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;

    [[nodiscard]] bool open() const {
        if (number_ == 0 || vm_->vm == nullptr) return false;
        const Transaction& transaction = vm_->vm->txn();
        return transaction.number() == transaction_ && transaction.epoch_of(number_) == epoch_;
    }
    /// Ends it; its changes are those of what is around it. False: it was not open, or the Vm runs.
    bool keep() {
        if (!open()) return false;
        return ended(vm_->vm->txn().release(number_));
    }
    /// Ends it and takes its changes back. False: it was not open, or the Vm runs.
    bool undo() {
        if (!open() || !ended(vm_->vm->rollback_to(number_))) return false;
        vm_->vm->random_sequence() = random_;
        return true;
    }

private:
    bool ended(TxnStatus status) {
        if (status == TxnStatus::Ok) number_ = 0;
        return status == TxnStatus::Ok;
    }

    std::shared_ptr<VmToken> vm_;
    RandomSequence random_;
    std::size_t number_ = 0;         ///< of the transaction's scope; 0: not open
    std::uint32_t epoch_ = 0;        ///< of that scope, to know it by: numbers are used again
    std::uint64_t transaction_ = 0;  ///< Transaction::number(): so are epochs, in the end
};

}  // namespace arenite

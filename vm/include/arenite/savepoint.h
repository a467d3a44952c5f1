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
// It refers to its Vm, and is not open when that is gone. It is used by the thread that uses the Vm, and not within a
// run: there, none can be opened, kept or undone (Vm, VM1). For scripts there is arenite.atomic; for one call, a Task
// that joins the transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <arenite/vm.h>

namespace arenite {

struct VmToken;

class Savepoint {
public:
    /// Opens one in the active transaction of `vm`. Not open() afterwards: no transaction is active, or memory is out.
    explicit Savepoint(Vm& vm);
    ~Savepoint() { undo(); }
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;

    [[nodiscard]] bool open() const;
    /// Ends it; its changes are those of what is around it. False: it was not open, or the Vm runs.
    bool keep();
    /// Ends it and takes its changes back. False: it was not open, or the Vm runs.
    bool undo();

private:
    bool ended(TxnStatus status);

    std::shared_ptr<VmToken> vm_;
    alignas(8) unsigned char random_[128];  ///< the state of the random numbers
    std::uint32_t epoch_ = 0;               ///< of the scope, to know it by: numbers are used again
    std::size_t number_ = 0;                ///< of the transaction's scope; 0: not open
    std::uint64_t transaction_ = 0;         ///< Transaction::number(): so are epochs, in the end
};

}  // namespace arenite

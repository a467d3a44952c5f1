#include <arenite/savepoint.h>

#include <cstring>

#include "vm/embed/host.h"

namespace arenite {

Savepoint::Savepoint(Vm& vm) : vm_(vm.host().token()) {
    const std::string_view random = vm.machine().random_sequence().state();
    static_assert(sizeof random_ == sizeof(RandomSequence));
    std::memcpy(random_, random.data(), random.size());
    if (vm.txn().savepoint(number_) != TxnStatus::Ok) number_ = 0;
    epoch_ = vm.txn().epoch_of(number_);
    transaction_ = vm.txn().number();
}

bool Savepoint::open() const {
    if (number_ == 0 || vm_->host == nullptr) return false;
    const Transaction& transaction = vm_->host->txn();
    return transaction.number() == transaction_ && transaction.epoch_of(number_) == epoch_;
}

bool Savepoint::keep() {
    if (!open()) return false;
    return ended(vm_->host->txn().release(number_));
}

bool Savepoint::undo() {
    if (!open() || !ended(vm_->host->rollback_to(number_))) return false;
    vm_->host->random_sequence().restore({reinterpret_cast<const char*>(random_), sizeof random_});
    return true;
}

bool Savepoint::ended(TxnStatus status) {
    if (status == TxnStatus::Ok) number_ = 0;
    return status == TxnStatus::Ok;
}

}  // namespace arenite

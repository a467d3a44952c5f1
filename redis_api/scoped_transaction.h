// ScopedTransaction: a transaction of the VM that is rolled back at the end of a block, however that is left, unless it
// was committed.
#pragma once

#include <arenite/vm.h>

namespace arenite::redis {

class ScopedTransaction {
public:
    explicit ScopedTransaction(Vm& vm) : vm_(vm), open_(vm.begin() == TxnStatus::Ok) {}
    ~ScopedTransaction() {
        if (open_) vm_.rollback();
    }
    ScopedTransaction(const ScopedTransaction&) = delete;
    ScopedTransaction& operator=(const ScopedTransaction&) = delete;

    /// False: another one is active, or memory is out.
    [[nodiscard]] bool open() const { return open_; }
    void commit() {
        open_ = false;
        vm_.commit();
    }

private:
    Vm& vm_;
    bool open_;
};

}  // namespace arenite::redis

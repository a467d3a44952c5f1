// Machine::Running: that the machine runs.
#pragma once

#include "vm/machine.h"

namespace arenite {

class Machine::Running {
public:
    explicit Running(Machine& machine) : machine_(machine), before_(machine.running_), hold_(machine.txn_) {
        machine.running_ = true;
    }
    ~Running() { machine_.running_ = before_; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    Machine& machine_;
    const bool before_;
    const Transaction::Hold hold_;
};

}  // namespace arenite

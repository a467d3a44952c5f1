#include <arenite/task.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <utility>

#include "vm/embed/host.h"

namespace arenite {

RunStatus Task::status() const {
    return has_lost_vm() ? RunStatus::Failed : status_;
}

bool Task::has_lost_vm() const {
    return !is_over(status_) && vm_->host == nullptr;
}

bool Task::is_within_run() const {
    return vm_->host != nullptr && vm_->host->running();
}

bool Task::has_lost_run() const {
    return vm_->host->run_number() != run_;
}

void Task::interrupt() noexcept {
    vm_->interrupted.store(true, std::memory_order_relaxed);
}

Task::Task(Vm& of, Value function, std::span<const Value> arguments, const TaskOptions& options)
    : vm_(of.host().token()), options_(options), work_left_(options.work_limit) {
    Host& vm = of.host();
    if (vm.running()) {
        refuse("the Vm is running");
        return;
    }
    if (options_.join) {
        if (!vm.txn().active() || vm.status() == RunStatus::Suspended || vm.status() == RunStatus::Yielded) {
            refuse("there is no transaction to join, or another run is in it");
            return;
        }
        if (options_.on_failure == OnFailure::RollBack) {
            if (vm.txn().savepoint(savepoint_) != TxnStatus::Ok) {
                failure_.set(Failure::Kind::Memory, "not enough memory");
                return;
            }
            savepoint_epoch_ = vm.txn().epoch_of(savepoint_);
        }
    } else if (vm.begin() != TxnStatus::Ok) {
        refuse("the Vm is busy with another transaction");
        return;
    }
    open_ = true;
    transaction_ = vm.txn().number();
    depth_ = vm.txn().depth();
    vm.clear_interrupt();
    vm.set_deadline(options_.deadline);
    status_ = RunStatus::Suspended;
    run_ = vm.run_number() + 1;  // start() counts it
    do_part([&] {
        const bool started = vm.start(function, arguments, options_.yieldable, options_.message_handler);
        vm.claim_run();
        return started ? vm.status() : RunStatus::Failed;
    });
}

Task::~Task() {
    if (over()) return;
    if (is_within_run()) {
        std::fputs("arenite: a Task was destroyed by what it runs\n", stderr);
        std::abort();  // there is nothing left to return to
    }
    kill("the task was dropped");
}

RunStatus Task::step(std::uint64_t budget) {
    if (is_within_run()) return RunStatus::Failed;
    if (!can_go_on(RunStatus::Suspended)) return status_;
    if (work_left_) budget = std::min(budget, *work_left_);
    do_part([&] {
        const RunStatus status = vm_->host->step(budget);
        if (work_left_) *work_left_ -= budget;
        return status;
    });
    if (status_ == RunStatus::Suspended && work_left_ && *work_left_ == 0) {
        vm_->host->kill("work limit exceeded", Failure::Kind::WorkLimit);
        settle(RunStatus::Failed);
    }
    return status_;
}

RunStatus Task::run() {
    if (is_within_run()) return RunStatus::Failed;
    while (status_ == RunStatus::Suspended) step(std::uint64_t{1} << 40);
    return status_;
}

bool Task::resume(std::span<const Value> values) {
    if (is_within_run() || !can_go_on(RunStatus::Yielded)) return false;
    bool ok = false;
    do_part([&] {
        ok = vm_->host->resume(values);
        return vm_->host->status();
    });
    return ok;
}

void Task::kill(std::string_view reason) {
    if (is_within_run()) return interrupt();
    if (!can_go_on(status_) || over()) return;
    vm_->host->kill(reason, Failure::Kind::Killed);
    settle(RunStatus::Failed);
}

std::span<const Value> Task::values() const {
    const bool there = status_ == RunStatus::Finished || status_ == RunStatus::Yielded;
    return there && vm_->host != nullptr && !has_lost_run() ? vm_->host->results() : std::span<const Value>{};
}

const Failure& Task::failure() const {
    static const Failure kGone{Failure::Kind::Killed, "the Vm is gone", true, LuaType::String, {}};
    return has_lost_vm() ? kGone : failure_;
}

bool Task::can_go_on(RunStatus wanted) {
    if (has_lost_vm()) {
        failure_.set(Failure::Kind::Killed, "the Vm is gone");
        open_ = false;
        status_ = RunStatus::Failed;
    } else if (!is_over(status_) && has_lost_run()) {
        failure_.set(Failure::Kind::Killed, "another run was started");
        settle(RunStatus::Failed);
    }
    return status_ == wanted;
}

bool Task::has_transaction() const {
    const Transaction& transaction = vm_->host->txn();
    if (!transaction.active() || transaction.number() != transaction_) return false;
    return savepoint_ == 0 || transaction.epoch_of(savepoint_) == savepoint_epoch_;
}

template <class Part>
void Task::do_part(Part&& part) {
    RunStatus status = RunStatus::Failed;
    try {
        status = part();
    } catch (...) {
        settle(RunStatus::Failed);
        throw;
    }
    settle(status);
}

void Task::settle(RunStatus status) {
    status_ = status;
    if (!is_over(status_) || !open_) return;
    open_ = false;
    Host& vm = *vm_->host;
    const bool lost = has_lost_run();
    if (!lost) {
        vm.set_deadline({});
        exit_code_ = vm.exit_code();
        if (status_ == RunStatus::Failed) {
            try {
                failure_ = vm.failure();
            } catch (const std::bad_alloc&) {
                failure_ = vm.take_failure();
            }
        }
    }
    if (!has_transaction()) return;  // TK5
    if (status_ == RunStatus::Failed) {
        options_.join ? fail_joined() : fail_own();
    } else if (!options_.join) {
        vm.commit(CommitMode::Keep);
    } else if (options_.on_failure == OnFailure::RollBack) {
        (void)vm.txn().release(savepoint_);
    }
}

void Task::fail_own() {
    Host& vm = *vm_->host;
    if (options_.on_failure == OnFailure::RollBack) {
        vm.rollback();
        return;
    }
    // The savepoints above its own scope are those of open atomic blocks.
    if (vm.txn().depth() > depth_) (void)vm.rollback_to(depth_);
    vm.commit(CommitMode::Keep);
}

void Task::fail_joined() {
    Host& vm = *vm_->host;
    if (options_.on_failure == OnFailure::RollBack) {
        (void)vm.rollback_to(savepoint_);
    } else if (options_.on_failure == OnFailure::Keep && vm.txn().depth() > depth_) {
        (void)vm.rollback_to(depth_);
    }
}

void Task::refuse(std::string_view why) {
    failure_.set(Failure::Kind::Runtime, why);
}

}  // namespace arenite

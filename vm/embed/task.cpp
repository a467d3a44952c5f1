#include <arenite/task.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <utility>

#include "vm/embed/host.h"

namespace arenite {

/// What a Task does out of its host's sight.
struct TaskWork {
    static bool is_over(RunStatus status) { return status != RunStatus::Suspended && status != RunStatus::Yielded; }
    static bool has_lost_vm(const Task& task) { return !is_over(task.status_) && task.vm_->host == nullptr; }
    /// TK6
    static bool is_within_run(const Task& task) { return task.vm_->host != nullptr && task.vm_->host->running(); }
    /// Whether the Vm has another run now.
    static bool has_lost_run(const Task& task) { return task.vm_->host->run_number() != task.run_; }
    /// Whether something can be done with it that is for tasks of this status; finds out what it has lost.
    static bool can_go_on(Task& task, RunStatus wanted) {
        if (has_lost_vm(task)) {
            task.failure_.set(Failure::Kind::Killed, "the Vm is gone");
            task.open_ = false;
            task.status_ = RunStatus::Failed;
        } else if (!is_over(task.status_) && has_lost_run(task)) {
            task.failure_.set(Failure::Kind::Killed, "another run was started");
            settle(task, RunStatus::Failed);
        }
        return task.status_ == wanted;
    }
    /// Whether the transaction that it began or joined is there still, and the savepoint of one that has joined.
    static bool has_transaction(const Task& task) {
        const Transaction& transaction = task.vm_->host->txn();
        if (!transaction.active() || transaction.number() != task.transaction_) return false;
        return task.savepoint_ == 0 || transaction.epoch_of(task.savepoint_) == task.savepoint_epoch_;
    }
    template <class Part>
    static void do_part(Task& task, Part&& part) {
        RunStatus status = RunStatus::Failed;
        try {
            status = part();
        } catch (...) {
            settle(task, RunStatus::Failed);
            throw;
        }
        settle(task, status);
    }
    static void settle(Task& task, RunStatus status) {
        task.status_ = status;
        if (!is_over(task.status_) || !task.open_) return;
        task.open_ = false;
        Host& vm = *task.vm_->host;
        const bool lost = has_lost_run(task);
        if (!lost) {
            vm.set_deadline({});
            task.exit_code_ = vm.exit_code();
            if (task.status_ == RunStatus::Failed) {
                try {
                    task.failure_ = vm.failure();
                } catch (const std::bad_alloc&) {
                    task.failure_ = vm.take_failure();
                }
            }
        }
        if (!has_transaction(task)) return;  // TK5
        if (task.status_ == RunStatus::Failed) {
            task.options_.join ? fail_joined(task) : fail_own(task);
        } else if (!task.options_.join) {
            vm.commit(CommitMode::Keep);
        } else if (task.options_.on_failure == OnFailure::RollBack) {
            (void)vm.txn().release(task.savepoint_);
        }
    }
    static void fail_own(Task& task) {
        Host& vm = *task.vm_->host;
        if (task.options_.on_failure == OnFailure::RollBack) {
            vm.rollback();
            return;
        }
        // The savepoints above its own scope are those of open atomic blocks.
        if (vm.txn().depth() > task.depth_) (void)vm.rollback_to(task.depth_);
        vm.commit(CommitMode::Keep);
    }
    static void fail_joined(Task& task) {
        Host& vm = *task.vm_->host;
        if (task.options_.on_failure == OnFailure::RollBack) {
            (void)vm.rollback_to(task.savepoint_);
        } else if (task.options_.on_failure == OnFailure::Keep && vm.txn().depth() > task.depth_) {
            (void)vm.rollback_to(task.depth_);
        }
    }
    static void refuse(Task& task, std::string_view why) { task.failure_.set(Failure::Kind::Runtime, why); }
};

RunStatus Task::status() const {
    return TaskWork::has_lost_vm(*this) ? RunStatus::Failed : status_;
}

bool Task::over() const {
    return TaskWork::is_over(status());
}

void Task::interrupt() noexcept {
    vm_->interrupted.store(true, std::memory_order_relaxed);
}

Task::Task(Vm& of, Value function, std::span<const Value> arguments, const TaskOptions& options)
    : vm_(of.host().token()), options_(options), work_left_(options.work_limit) {
    Host& vm = of.host();
    if (vm.running()) {
        TaskWork::refuse(*this, "the Vm is running");
        return;
    }
    if (options_.join) {
        if (!vm.txn().active() || vm.status() == RunStatus::Suspended || vm.status() == RunStatus::Yielded) {
            TaskWork::refuse(*this, "there is no transaction to join, or another run is in it");
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
        TaskWork::refuse(*this, "the Vm is busy with another transaction");
        return;
    }
    open_ = true;
    transaction_ = vm.txn().number();
    depth_ = vm.txn().depth();
    vm.clear_interrupt();
    vm.set_deadline(options_.deadline);
    status_ = RunStatus::Suspended;
    run_ = vm.run_number() + 1;  // start() counts it
    TaskWork::do_part(*this, [&] {
        const bool started = vm.start(function, arguments, options_.yieldable, options_.message_handler);
        vm.claim_run();
        return started ? vm.status() : RunStatus::Failed;
    });
}

Task::~Task() {
    if (over()) return;
    if (TaskWork::is_within_run(*this)) {
        std::fputs("arenite: a Task was destroyed by what it runs\n", stderr);
        std::abort();  // there is nothing left to return to
    }
    kill("the task was dropped");
}

RunStatus Task::step(std::uint64_t budget) {
    if (TaskWork::is_within_run(*this)) return RunStatus::Failed;
    if (!TaskWork::can_go_on(*this, RunStatus::Suspended)) return status_;
    if (work_left_) budget = std::min(budget, *work_left_);
    TaskWork::do_part(*this, [&] {
        const RunStatus status = vm_->host->step(budget);
        if (work_left_) *work_left_ -= budget;
        return status;
    });
    if (status_ == RunStatus::Suspended && work_left_ && *work_left_ == 0) {
        vm_->host->kill("work limit exceeded", Failure::Kind::WorkLimit);
        TaskWork::settle(*this, RunStatus::Failed);
    }
    return status_;
}

RunStatus Task::run() {
    if (TaskWork::is_within_run(*this)) return RunStatus::Failed;
    while (status_ == RunStatus::Suspended) step(std::uint64_t{1} << 40);
    return status_;
}

bool Task::resume(std::span<const Value> values) {
    if (TaskWork::is_within_run(*this) || !TaskWork::can_go_on(*this, RunStatus::Yielded)) return false;
    bool ok = false;
    TaskWork::do_part(*this, [&] {
        ok = vm_->host->resume(values);
        return vm_->host->status();
    });
    return ok;
}

void Task::kill(std::string_view reason) {
    if (TaskWork::is_within_run(*this)) return interrupt();
    if (!TaskWork::can_go_on(*this, status_) || over()) return;
    vm_->host->kill(reason, Failure::Kind::Killed);
    TaskWork::settle(*this, RunStatus::Failed);
}

std::span<const Value> Task::values() const {
    const bool there = status_ == RunStatus::Finished || status_ == RunStatus::Yielded;
    return there && vm_->host != nullptr && !TaskWork::has_lost_run(*this) ? vm_->host->results()
                                                                           : std::span<const Value>{};
}

const Failure& Task::failure() const {
    static const Failure kGone{Failure::Kind::Killed, "the Vm is gone", true, LuaType::String, {}};
    return TaskWork::has_lost_vm(*this) ? kGone : failure_;
}

}  // namespace arenite

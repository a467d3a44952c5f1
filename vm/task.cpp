#include "vm/task.h"

#include <algorithm>

namespace arenite {

Task::Task(Vm& vm, Value function, std::span<const Value> arguments, const TaskOptions& options)
    : vm_(vm), options_(options), work_left_(options.work_limit) {
    if (options_.join) {
        if (!vm_.txn().active() || vm_.status() == RunStatus::Suspended || vm_.status() == RunStatus::Yielded) {
            refuse("there is no transaction to join, or another run is in it");
            return;
        }
        if (options_.on_failure == OnFailure::RollBack && vm_.txn().savepoint(savepoint_) != TxnStatus::Ok) {
            refuse("not enough memory");
            failure_.kind = Failure::Kind::Memory;
            return;
        }
    } else if (vm_.begin() != TxnStatus::Ok) {
        refuse("the Vm is busy with another transaction");
        return;
    }
    open_ = true;
    depth_ = vm_.txn().depth();
    vm_.clear_interrupt();
    vm_.set_deadline(options_.deadline);
    status_ = RunStatus::Suspended;
    if (!vm_.start(function, arguments, options_.yieldable, options_.message_handler)) settle(RunStatus::Failed);
}

Task::~Task() {
    if (!over()) kill("the task was dropped");
}

RunStatus Task::step(std::uint64_t budget) {
    if (status_ != RunStatus::Suspended) return status_;
    if (work_left_) budget = std::min(budget, *work_left_);
    const RunStatus status = vm_.step(budget);
    if (work_left_) *work_left_ -= budget;
    settle(status);
    if (status_ == RunStatus::Suspended && work_left_ && *work_left_ == 0) {
        vm_.kill("work limit exceeded", Failure::Kind::WorkLimit);
        settle(RunStatus::Failed);
    }
    return status_;
}

RunStatus Task::run() {
    while (status_ == RunStatus::Suspended) step(std::uint64_t{1} << 40);
    return status_;
}

bool Task::resume(std::span<const Value> values) {
    if (status_ != RunStatus::Yielded) return false;
    const bool ok = vm_.resume(values);
    settle(vm_.status());
    return ok;
}

void Task::kill(std::string_view reason) {
    if (over()) return;
    vm_.kill(reason, Failure::Kind::Killed);
    settle(RunStatus::Failed);
}

std::span<const Value> Task::values() const {
    return status_ == RunStatus::Finished || status_ == RunStatus::Yielded ? vm_.results() : std::span<const Value>{};
}

void Task::settle(RunStatus status) {
    status_ = status;
    if (!over() || !open_) return;
    open_ = false;
    vm_.set_deadline({});
    if (status_ == RunStatus::Failed) {
        failure_ = vm_.failure();
        options_.join ? fail_joined() : fail_own();
    } else if (!options_.join) {
        vm_.commit();
    } else if (options_.on_failure == OnFailure::RollBack) {
        (void)vm_.txn().release(savepoint_);
    }
}

void Task::fail_own() {
    if (options_.on_failure == OnFailure::RollBack) {
        vm_.rollback();
        return;
    }
    // The savepoints above its own scope are those of open atomic blocks.
    if (vm_.txn().depth() > depth_) (void)vm_.rollback_to(depth_);
    vm_.commit();
}

void Task::fail_joined() {
    if (options_.on_failure == OnFailure::RollBack) {
        (void)vm_.rollback_to(savepoint_);
    } else if (options_.on_failure == OnFailure::Keep && vm_.txn().depth() > depth_) {
        (void)vm_.rollback_to(depth_);
    }
}

void Task::refuse(std::string_view why) {
    failure_.kind = Failure::Kind::Runtime;
    failure_.message = why;
    failure_.has_message = true;
    failure_.type = LuaType::String;
    status_ = RunStatus::Failed;
}

}  // namespace arenite

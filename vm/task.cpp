#include "vm/task.h"

#include <algorithm>

namespace arenite {

Task::Task(Vm& vm, Value function, std::span<const Value> arguments, const TaskOptions& options)
    : vm_(vm), options_(options), work_left_(options.work_limit) {
    if (vm_.begin() != TxnStatus::Ok) {
        refuse("the Vm is busy with another transaction");
        return;
    }
    owner_ = true;
    vm_.clear_interrupt();
    vm_.set_deadline(options_.deadline);
    status_ = RunStatus::Suspended;
    if (!vm_.start(function, arguments, options_.yieldable)) settle(RunStatus::Failed);
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
    if (!over() || !owner_) return;
    owner_ = false;
    vm_.set_deadline({});
    if (status_ != RunStatus::Failed) {
        vm_.commit();
        return;
    }
    failure_ = vm_.failure();
    if (options_.on_failure == OnFailure::Keep) {
        if (vm_.txn().depth() > 1) (void)vm_.rollback_to(1);
        vm_.commit();
    } else {
        vm_.rollback();
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

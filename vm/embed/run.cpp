#include <arenite/run.h>

#include "vm/embed/host.h"

namespace arenite {

RunResult Vm::run(std::string_view text) {
    return run(text, {});
}

RunResult Vm::run(std::string_view text, const RunOptions& options) {
    RunResult result;
    result.vm_ = this;
    const auto fails = [&](const Failure& why) {
        result.failure_ = why;
        result.status_ = RunStatus::Failed;
        lua::detail::complete_message(result.failure_);
    };
    if (running()) return fails(lua::detail::failure("the Vm is running")), result;
    lua::detail::Scope scope(*this);
    Value function = Value::nil();
    if (!load(text, options.name, function, options.binary_allowed)) return fails(failure()), result;
    const lua::Object held(*this, function);
    std::vector<Value> args;
    for (const Argument& argument : options.args) {
        if (argument.to(*this, args.emplace_back(Value::nil()))) continue;
        return fails(lua::detail::out_of_memory()), result;
    }
    TaskOptions as;
    as.on_failure = options.on_error ? OnFailure::Leave : options.on_failure;
    as.deadline = options.deadline;
    as.work_limit = options.work_limit;
    as.join = true;
    std::size_t savepoint = 0;
    if (options.on_error && txn().savepoint(savepoint) != TxnStatus::Ok)
        return fails(lua::detail::out_of_memory()), result;
    Task task(*this, function, args, as);
    result.status_ = task.run();
    result.exit_code_ = task.exit_code();
    for (const Value v : task.values()) {
        if (!result.results_.emplace_back(*this, v).stale()) continue;
        fails(lua::detail::out_of_memory());
        result.results_.clear();
        break;
    }
    if (task.status() == RunStatus::Failed) fails(task.failure());
    if (options.on_error) {
        if (!result.ok()) options.on_error(lua::Object(*this, error()));
        const bool undone = !result.ok() && options.on_failure == OnFailure::RollBack;
        (void)(undone ? rollback_to(savepoint) : txn().release(savepoint));
    }
    if (result.ok() || options.on_failure != OnFailure::RollBack) scope.keep();
    return result;
}

lua::Field Vm::operator[](std::string_view global) {
    const Value name = make_string(global);
    if (name.is_nil()) return {*this, lua::detail::out_of_memory(), {}};
    return {*this, lua::Object(*this, globals()), lua::Object(*this, name)};
}

}  // namespace arenite

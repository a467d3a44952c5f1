#include "redis_api/atomic_scopes.h"

#include <new>

namespace arenite::redis {
namespace {

ScriptEnvironment& environment_of(const Vm& vm) {
    return *static_cast<ScriptEnvironment*>(vm.host_data);
}

}  // namespace

bool AtomicScopes::savepoint_opened(const Vm& vm) {
    ScriptEnvironment& environment = environment_of(vm);
    try {
        marks_.push_back({environment.call, environment.replication, environment.random});
    } catch (const std::bad_alloc&) {
        return false;
    }
    try {
        environment.host->begin_undo();
    } catch (const std::bad_alloc&) {
        marks_.pop_back();
        return false;
    } catch (...) {
        marks_.pop_back();
        throw;
    }
    environment.kill.block_opens();
    return true;
}

void AtomicScopes::savepoint_released(const Vm& vm) {
    ScriptEnvironment& environment = environment_of(vm);
    const bool ended = environment.kill.block_ends([&] {
        environment.host->commit_undo();
        return environment.call.wrote;
    });
    if (ended) marks_.pop_back();
}

void AtomicScopes::savepoint_rolled_back(const Vm& vm) {
    undo(environment_of(vm));
}

void AtomicScopes::end_run(ScriptEnvironment& environment) {
    while (!marks_.empty()) undo(environment);
}

void AtomicScopes::undo(ScriptEnvironment& environment) {
    environment.host->rollback_undo();
    environment.kill.block_undone();
    const Mark& mark = marks_.back();
    environment.call = mark.call;
    environment.replication = mark.replication;
    environment.random = mark.random;
    marks_.pop_back();
}

}  // namespace arenite::redis

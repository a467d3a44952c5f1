// The globals of EVAL scripts, and their protection (Redis script_lua.c, eval.c scriptingInit).
//
// Invariants
//  PR1. The globals are exactly those of the allow list in profile.cpp; whatever else a library opens is removed.
//  PR2. Every table that a script can reach when it starts is read-only, metatables included, but KEYS and ARGV, which
//       are empty and are filled for each run in the run's own transaction.
//  PR3. Nothing that a script can reach loads bytecode or tells an address.
#pragma once

#include <arenite/vm.h>
#include "redis_api/script_environment.h"

namespace arenite::redis {

/// Fills a VM of Profile::Bare, in a transaction of its own, and the part of `environment` that names its objects; sets
/// Vm::host_data. False: memory is out.
[[nodiscard]] bool open_redis_profile(Vm& vm, ScriptEnvironment& environment);

}  // namespace arenite::redis

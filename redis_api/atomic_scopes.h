// What redis.atomic(f, ...) undoes beside the heap (vm/lib/atomic_lib.cpp, AT1 to AT4): the keyspace and the state of the
// run.
//
// Invariants
//  AB1. While a block is open, the command host has an undo scope of the block. It ends as the block does.
//  AB2. A block that failed leaves the state of the run as it found it: the database, the RESP version, whether the
//       script wrote, what redis.set_repl() chose, the random numbers to come.
//  AB3. Blocks that the end of the run cuts off (a kill, a limit) are undone by end_run(). So are those that would end
//       well when the script has been killed already: a script that is killed does not write.
#pragma once

#include <cstddef>
#include <vector>

#include <arenite/vm.h>
#include "redis_api/script_environment.h"

namespace arenite::redis {

class AtomicScopes final : public VmExtension {
public:
    [[nodiscard]] bool savepoint_opened(const Vm& vm) override;
    void savepoint_released(const Vm& vm) override;
    void savepoint_rolled_back(const Vm& vm) override;

    [[nodiscard]] bool has_open() const { return !marks_.empty(); }
    /// Undoes the blocks that are still open.
    void end_run(ScriptEnvironment& environment);

private:
    struct Mark {
        CallContext call;
        int replication;
        Lrand48 random;
    };
    void undo(ScriptEnvironment& environment);

    std::vector<Mark> marks_;  ///< of the open blocks
};

}  // namespace arenite::redis

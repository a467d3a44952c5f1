// The embedded keyspace: a command host without any server, of the commands that `arenite commands` lists. It can undo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <arenite/redis/command_host.h>

namespace arenite::redis {

struct KeyspaceOptions {
    int databases = 16;
    /// Seed of RANDOMKEY, SPOP and the like; 0 draws one.
    std::uint64_t random_seed = 0;
    /// Largest string (Redis proto-max-bulk-len).
    std::size_t longest_string = 512UL * 1024 * 1024;
    /// Most elements that SRANDMEMBER and the like return for a negative count. Redis has no limit.
    std::size_t most_repeated_elements = 16UL * 1024 * 1024;
};

class EmbeddedKeyspace : public CommandHost {
public:
    /// Examines about `most` keys, each call going on where the last one stopped, and removes those that are due; for
    /// hosts that want expiry without access. Returns how many went.
    virtual std::size_t expire_due_keys(std::size_t most) = 0;
    /// Frees parts of what was dropped, for about so many units of work (work_meter.h); for hosts that want the memory
    /// back without commands. False: there is nothing any more.
    [[nodiscard]] virtual bool free_dropped(std::uint64_t units) noexcept = 0;
    [[nodiscard]] virtual bool has_dropped() const noexcept = 0;
};

/// A new, empty one. Throws std::bad_alloc.
[[nodiscard]] std::shared_ptr<EmbeddedKeyspace> make_keyspace(const KeyspaceOptions& options = {});

}  // namespace arenite::redis

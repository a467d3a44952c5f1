// A live redis-server 7.0 as the oracle of the keyspace tests, and what is needed to compare.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/redis/reply.h>
#include "live_redis.h"
#include "redis_api/keyspace/keyspace.h"

namespace arenite::redis::testing {

using Words = std::vector<std::string>;

// Splits a line as redis-cli does: blanks separate, "..." may hold \n \r \t \\ \" \xHH.
Words split_line(std::string_view line);

// Reads one RESP2 or RESP3 reply at `at` and moves `at` after it.
Reply parse_resp(std::string_view bytes, std::size_t& at);

// How many seeds randomized tests run: the environment variable ARENITE_SEEDS, or this default.
int seed_count(int usual);

// Calls a host with words.
Reply call(CommandHost& host, const Words& words, CallContext& context);

// The live server (live_redis.h), with typed replies.
class RedisOracle {
public:
    // Null if there is no redis-server 7.
    static RedisOracle* get();

    // RESP 2 and 3 have connections of their own.
    Reply command(const Words& words, int version = 2);
    // Runs the command from a script, and gives what the script gets.
    Reply from_script(const Words& words, int version = 2);
    const std::string& socket_path() const { return server_.socket_path(); }

private:
    explicit RedisOracle(LiveRedis& server) : server_(server) {}

    LiveRedis& server_;
};

// Whether the keyspace may answer `ours` where Redis answers `theirs`: equal, or equal up to the
// order of elements, or of times, where that is not determined.
bool replies_agree(const Words& words, const Reply& ours, const Reply& theirs);

}  // namespace arenite::redis::testing

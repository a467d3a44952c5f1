// A live redis-server 7.0 as the oracle of the keyspace tests, and what is needed to compare.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redis_api/keyspace/keyspace.h"
#include "redis_api/reply.h"

namespace arenite::redis::testing {

using Words = std::vector<std::string>;

// Splits a line as redis-cli does: blanks separate, "..." may hold \n \r \t \\ \" \xHH.
Words split_line(std::string_view line);

// Reads one RESP2 or RESP3 reply at `at` and moves `at` behind it.
Reply parse_resp(std::string_view bytes, std::size_t& at);

// How many seeds randomized tests run: the environment variable ARENITE_SEEDS, or this default.
int seed_count(int usual);

// Calls a host with words.
Reply call(CommandHost& host, const Words& words, CallContext& context);

class RedisOracle {
public:
    // The server of this program, started at first use on a free port of 127.0.0.1, without
    // persistence, in a directory of its own; null if there is no redis-server.
    static RedisOracle* get();
    ~RedisOracle();

    // Both speak RESP `version` on connections of their own.
    Reply command(const Words& words, int version = 2);
    // Runs the command from a script, and gives what the script gets.
    Reply from_script(const Words& words, int version = 2);
    int port() const { return port_; }

private:
    RedisOracle() = default;
    bool start();
    int connection(int version);
    Reply read_reply(int socket);

    pid_t pid_ = -1;
    int port_ = 0;
    int sockets_[2] = {-1, -1};
    std::string directory_;
};

// Whether the keyspace may answer `ours` where Redis answers `theirs`: equal, or equal up to the
// order of elements, or of times, where that is not determined.
bool replies_agree(const Words& words, const Reply& ours, const Reply& theirs);

}  // namespace arenite::redis::testing

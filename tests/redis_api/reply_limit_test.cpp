// EngineOptions::reply_limit: the largest reply of a command, and of a script, in bytes of memory (script_meter.h, SM2).
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "redis_api/keyspace/keyspace.h"
#include "vm/embed/host.h"

namespace arenite::redis::testing {
namespace {

constexpr std::string_view kScriptTooLarge = "-ERR the reply of the script is too large\r\n";
constexpr std::string_view kErrorTooLarge = "-ERR the error of the script is too large\r\n";
constexpr std::string_view kCommandTooLarge = "-ERR the reply of the command is too large";

std::string eval(std::size_t limit, std::string_view script) {
    EngineOptions options;
    options.address_range = std::size_t{1} << 28;
    options.memory_limit = std::size_t{64} << 20;
    options.hash_seed = 1;
    options.reply_limit = limit;
    const std::unique_ptr<Engine> engine = Engine::create(std::move(options));
    return engine ? to_resp(engine->eval(script), 3) : "no engine";
}

/// The smallest limit at which it is not answered with `refusal`.
std::size_t least_limit(std::string_view script, std::string_view refusal) {
    std::size_t low = 0;
    std::size_t high = std::size_t{8} << 20;
    while (low + 1 < high) {
        const std::size_t middle = low + (high - low) / 2;
        (eval(middle, script).starts_with(refusal) ? low : high) = middle;
    }
    return high;
}

struct Growing {
    const char* name;
    const char* script;  ///< with N, which says how large its reply is
    std::string_view refusal;
    std::size_t bytes_each;  ///< that one more of N takes at least
    std::size_t bytes_most;
};

constexpr Growing kReplies[] = {
    // The script's own reply.
    {"Bulk", "return ('x'):rep(N)", kScriptTooLarge, 1, 1},
    {"Status", "return redis.status_reply(('x'):rep(N))", kScriptTooLarge, 1, 1},
    {"ErrorTable", "return {err = ('x'):rep(N)}", kScriptTooLarge, 1, 1},
    {"BigNumber", "redis.setresp(3) return {big_number = ('1'):rep(N)}", kScriptTooLarge, 1, 1},
    {"Verbatim", "redis.setresp(3) return {verbatim_string = {format = 'txt', string = ('1'):rep(N)}}", kScriptTooLarge,
     1, 1},
    {"Array", "local t = {} for i = 1, N do t[i] = i end return t", kScriptTooLarge, 16, 160},
    {"Map", "redis.setresp(3) local t = {} for i = 1, N do t[i] = i end return {map = t}", kScriptTooLarge, 32, 320},
    {"Set", "redis.setresp(3) local t = {} for i = 1, N do t[i] = true end return {set = t}", kScriptTooLarge, 16, 160},
    {"Nested", "local t = {} for i = 1, math.min(N, 7900) do t = {t, i} end return t", kScriptTooLarge, 64, 1000},
    {"SharedTables",
     "local a = {} for i = 1, N / 64 do a[i] = i end local b = {} for i = 1, 64 do b[i] = a end return b",
     kScriptTooLarge, 16, 160},
    {"ReplyOfACommand", "redis.call('SET', 'k', ('x'):rep(N)) return redis.call('GET', 'k')", kCommandTooLarge, 1, 3},
    // Replies of commands.
    {"Get", "redis.call('SET', 'k', ('x'):rep(N)) return #redis.call('GET', 'k')", kCommandTooLarge, 1, 3},
    {"GetInPcall", "redis.call('SET', 'k', ('x'):rep(N)) local r = redis.pcall('GET', 'k') return r.err and r or 1",
     kCommandTooLarge, 1, 3},
    {"Echo", "return #redis.call('ECHO', ('x'):rep(N))", kCommandTooLarge, 1, 3},
    {"Lrange", "for i = 1, N do redis.call('RPUSH', 'l', i) end return #redis.call('LRANGE', 'l', 0, -1)",
     kCommandTooLarge, 16, 160},
    {"Smembers", "for i = 1, N do redis.call('SADD', 's', i) end return #redis.call('SMEMBERS', 's')", kCommandTooLarge,
     16, 160},
    {"Srandmember", "redis.call('SADD', 's', 1) return #redis.call('SRANDMEMBER', 's', -N)", kCommandTooLarge, 16, 160},
    {"Hgetall", "for i = 1, N do redis.call('HSET', 'h', i, i) end return #redis.call('HGETALL', 'h')",
     kCommandTooLarge, 32, 320},
    {"Keys", "for i = 1, N do redis.call('SET', i, 1) end return #redis.call('KEYS', '*')", kCommandTooLarge, 16, 160},
    // Messages.
    {"Error", "error(('x'):rep(N))", kErrorTooLarge, 1, 2},
    {"ErrorOfATable", "error({err = ('x'):rep(N)})", kErrorTooLarge, 1, 2},
};

class ReplyLimit : public ::testing::TestWithParam<Growing> {
protected:
    static std::string script(std::size_t n) { return "local N = " + std::to_string(n) + " " + GetParam().script; }
};

TEST_P(ReplyLimit, HoldsToTheByte) {
    const Growing& reply = GetParam();
    const bool of_bytes = reply.bytes_each == 1;
    const std::size_t small = of_bytes ? 100'000 : 3'008;
    const std::size_t large = of_bytes ? 300'000 : 6'016;
    const std::size_t least = least_limit(script(small), reply.refusal);
    EXPECT_TRUE(eval(least - 1, script(small)).starts_with(reply.refusal));
    EXPECT_FALSE(eval(least, script(small)).starts_with(reply.refusal));
    EXPECT_FALSE(eval(least + 1, script(small)).starts_with(reply.refusal));
    EXPECT_GE(least, small * reply.bytes_each);
    EXPECT_LE(least, small * reply.bytes_most + 4096);
    // What it takes grows with the reply.
    const std::size_t more = least_limit(script(large), reply.refusal);
    EXPECT_GE(more - least, (large - small) * reply.bytes_each / 2);
}

INSTANTIATE_TEST_SUITE_P(Replies, ReplyLimit, ::testing::ValuesIn(kReplies),
                         [](const auto& info) { return std::string(info.param.name); });

// A refused reply is gone: it counts neither for the next command nor for the script, and the block of a failed one is undone.
TEST(ReplyLimits, CountEachReplyByItself) {
    const std::size_t limit = 100'000;
    EXPECT_EQ(
        eval(limit, "redis.call('SET', 'k', ('x'):rep(40000)) for i = 1, 100 do redis.call('GET', 'k') end return 1"),
        ":1\r\n");
    EXPECT_EQ(eval(limit,
                   "redis.call('SET', 'long', ('x'):rep(200000)) redis.call('SET', 'k', ('x'):rep(40000)) "
                   "for i = 1, 100 do assert(redis.pcall('GET', 'long').err) end return #redis.call('GET', 'k')"),
              ":40000\r\n");
    EXPECT_EQ(eval(limit,
                   "for i = 1, 3000 do redis.call('RPUSH', 'l', i) end assert(redis.pcall('LPOP', 'l', 3000).err) "
                   "return redis.call('LLEN', 'l')"),
              ":3000\r\n");
}

}  // namespace
}  // namespace arenite::redis::testing

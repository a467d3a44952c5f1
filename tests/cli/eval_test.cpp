// arenite eval: scripts in the Redis profile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/process.h"

namespace {

using namespace arenite::test;
using testing::HasSubstr;
using testing::StartsWith;

RunResult eval(std::vector<std::string> arguments, const RunOptions& options = {}) {
    arguments.insert(arguments.begin(), "eval");
    return run_arenite(arguments, options);
}

void expect_reply(const std::vector<std::string>& arguments, const std::string& reply) {
    const RunResult r = eval(arguments);
    EXPECT_EQ(r.out, reply) << r;
    EXPECT_EQ(r.err, "") << r;
    EXPECT_EQ(r.exit_code, 0) << r;
}

TEST(Eval, PrintsRepliesAsRedisCli) {
    expect_reply({"-e", "return 1"}, "(integer) 1\n");
    expect_reply({"--script", "return 'text'"}, "\"text\"\n");
    expect_reply({"-e", "return nil"}, "(nil)\n");
    expect_reply({"-e", "return {ok = 'FINE'}"}, "FINE\n");
    expect_reply({"-e", "return {1, 'b', {3}}"}, "1) (integer) 1\n2) \"b\"\n3) 1) (integer) 3\n");
    expect_reply({"-e", "return redis.call('SET', 'k', 'v')"}, "OK\n");
    expect_reply({"-e", "redis.call('SET', 'k', 'v') return redis.call('GET', 'k')"}, "\"v\"\n");
}

TEST(Eval, KeysAndArguments) {
    const std::string count = "return {#KEYS, #ARGV, KEYS[1] or '', ARGV[1] or ''}";
    const auto reply = [](const char* keys, const char* args, const char* key, const char* arg) {
        return std::string("1) (integer) ") + keys + "\n2) (integer) " + args + "\n3) \"" + key + "\"\n4) \"" + arg +
               "\"\n";
    };
    expect_reply({"-e", count}, reply("0", "0", "", ""));
    expect_reply({"-e", count, "a"}, reply("1", "0", "a", ""));
    expect_reply({"-e", count, "a", "b", ",", "c", ",", "d"}, reply("2", "3", "a", "c"));
    expect_reply({"-e", count, ",", "c"}, reply("0", "1", "", "c"));
    expect_reply({"-e", count, "a,", "b"}, reply("2", "0", "a,", ""));
    expect_reply({"-e", count, "--", "-e", ",", ""}, reply("1", "1", "-e", ""));
}

TEST(Eval, ScriptsFromFilesAndStandardInput) {
    const ScratchFolder folder;
    folder.write("a.lua", "return {KEYS[1], ARGV[1]}");
    const RunOptions options{"return 'from input ' .. KEYS[1]", folder.path(), {}};
    EXPECT_EQ(eval({"a.lua", "k", ",", "v"}, options).out, "1) \"k\"\n2) \"v\"\n");
    EXPECT_EQ(eval({"--", "a.lua", "k", ",", "v"}, options).out, "1) \"k\"\n2) \"v\"\n");
    EXPECT_EQ(eval({"-", "k"}, options).out, "\"from input k\"\n");
    // After the file everything is the script's.
    EXPECT_EQ(eval({"a.lua", "--resp3", ",", "-e"}, options).out, "1) \"--resp3\"\n2) \"-e\"\n");
    const RunResult missing = eval({"missing.lua"}, options);
    EXPECT_EQ(missing.err, "arenite: cannot open missing.lua: No such file or directory\n");
    EXPECT_EQ(missing.exit_code, 2);
}

TEST(Eval, ErrorRepliesExitWithOne) {
    for (const char* script :
         {"return redis.error_reply('ERR mine')", "return redis.call('NOSUCH')", "error('x')", "x ="}) {
        const RunResult r = eval({"-e", script});
        EXPECT_THAT(r.out, StartsWith("(error) ")) << r;
        EXPECT_EQ(r.err, "") << r;
        EXPECT_EQ(r.exit_code, 1) << r;
    }
    EXPECT_EQ(eval({"-e", "return redis.error_reply('ERR mine')"}).out, "(error) ERR mine\n");
    // An error within the reply is none of the script.
    EXPECT_EQ(eval({"-e", "return {redis.error_reply('ERR mine')}"}).exit_code, 0);
}

TEST(Eval, RawReplies) {
    expect_reply({"--resp2", "-e", "return {1, 'b', {ok = 'C'}}"}, "*3\r\n:1\r\n$1\r\nb\r\n+C\r\n");
    expect_reply({"--resp3", "-e", "return {1, 'b', {ok = 'C'}}"}, "*3\r\n:1\r\n$1\r\nb\r\n+C\r\n");
    expect_reply({"--resp2", "-e", "return false"}, "$-1\r\n");
    expect_reply({"--resp3", "-e", "return false"}, "_\r\n");
    expect_reply({"--resp3", "-e", "redis.setresp(3) return {double = 1.5}"}, ",1.5\r\n");
    expect_reply({"--resp2", "-e", "redis.setresp(3) return {double = 1.5}"}, "$3\r\n1.5\r\n");
    const RunResult error = eval({"--resp2", "-e", "return redis.error_reply('ERR mine')"});
    EXPECT_EQ(error.out, "-ERR mine\r\n") << error;
    EXPECT_EQ(error.exit_code, 1) << error;
}

TEST(Eval, Limits) {
    const RunResult budget = eval({"--budget", "100000", "-e", "while true do end"});
    EXPECT_THAT(budget.out, StartsWith("(error) ERR Script exceeded its work limit of 100000 units script: "))
        << budget;
    EXPECT_EQ(budget.err, "arenite: budget of 100000 units exceeded\n");
    EXPECT_EQ(budget.exit_code, 1) << budget;
    const RunResult memory =
        eval({"--memory", "16m", "-e", "local t = {} for i = 1, 1e9 do t[i] = 'text number ' .. i end"});
    EXPECT_THAT(memory.out, StartsWith("(error) ")) << memory;
    EXPECT_THAT(memory.out, HasSubstr("not enough memory")) << memory;
    EXPECT_EQ(memory.exit_code, 1) << memory;
    EXPECT_EQ(run_arenite({"--budget=100000", "eval", "-e", "return 1"}).out, "(integer) 1\n");
}

/// The smallest `--reply-limit` with which a text of `length` bytes is printed.
std::size_t least_limit(std::size_t length) {
    const std::string script = "return ('x'):rep(" + std::to_string(length) + ")";
    std::size_t low = length - 1;
    std::size_t high = length + 4096;
    while (low + 1 < high) {
        const std::size_t middle = low + (high - low) / 2;
        const RunResult r = eval({"--resp2", "--reply-limit", std::to_string(middle), "-e", script});
        (r.exit_code == 0 ? high : low) = middle;
    }
    return high;
}

// As EngineOptions::reply_limit, which redis_api/reply_limit_test.cpp tries; here, that the program passes it on to the byte.
TEST(Eval, RepliesEndAtTheirLimit) {
    const std::size_t beside = least_limit(100'000) - 100'000;  // what a reply takes beside its bytes
    EXPECT_LE(beside, 256u);
    struct Limit {
        const char* text;
        std::size_t bytes;
    };
    for (const Limit& limit : {Limit{"4096", 4096}, Limit{"64k", 65536}, Limit{"3m", std::size_t{3} << 20}}) {
        const std::size_t most = limit.bytes - beside;
        const std::string fits = "return ('x'):rep(" + std::to_string(most) + ")";
        const RunResult whole = eval({"--resp2", "--reply-limit", limit.text, "-e", fits});
        EXPECT_EQ(whole.exit_code, 0) << limit.text;
        EXPECT_TRUE(whole.out == "$" + std::to_string(most) + "\r\n" + std::string(most, 'x') + "\r\n") << limit.text;
        const std::string beyond = "return ('x'):rep(" + std::to_string(most + 1) + ")";
        const RunResult refused = eval({"--resp2", "--reply-limit", limit.text, "-e", beyond});
        EXPECT_EQ(refused.out, "-ERR the reply of the script is too large\r\n") << limit.text;
        EXPECT_EQ(refused.exit_code, 1) << limit.text;
    }
}

TEST(Eval, InterruptEndsTheScript) {
    RunOptions options;
    options.interrupt_after = "# begun\n";
    const RunResult r = eval({"-e", "redis.log(redis.LOG_WARNING, 'begun') while true do pcall(error) end"}, options);
    EXPECT_EQ(r.err, "# begun\narenite: interrupted!\n") << r;
    EXPECT_THAT(r.out, StartsWith("(error) ERR Script interrupted by its host script: ")) << r;
    EXPECT_EQ(r.exit_code, 1) << r;
}

TEST(Eval, LogGoesToStandardError) {
    const RunResult r =
        eval({"-e", "redis.log(redis.LOG_NOTICE, 'said') redis.log(redis.LOG_DEBUG, 'unsaid') return 1"});
    EXPECT_EQ(r.err, "* said\n");
    EXPECT_EQ(r.out, "(integer) 1\n");
}

}  // namespace

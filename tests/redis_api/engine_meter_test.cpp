// Commands and replies within the limits of a script: kill, deadline, work, memory and reply_limit are seen while a
// command runs and while replies are converted (redis_api/script_meter.h, ME1 and ME2; work_meter.h, WM1 to WM3).
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "failing_allocations.h"
#include "redis_api/keyspace/dump.h"
#include "redis_api/keyspace/keyspace.h"

namespace arenite::redis::testing {
namespace {

using namespace std::chrono_literals;

class EngineMeter : public ::testing::Test {
protected:
    void make(EngineOptions options) {
        options.address_range = std::size_t{1} << 30;
        options.host = keyspace_;
        engine_ = Engine::create(std::move(options));
        ASSERT_NE(engine_, nullptr);
    }
    std::string eval(std::string_view script) { return to_resp(engine_->eval(script), 2); }
    RunEnd end() const { return engine_->last_run().end; }
    std::string dump() const { return dump_keyspace(*keyspace_); }

    /// Elements of `key`, which are numbers from 1 on, made without limits.
    void fill(const char* command, const char* key, int count) {
        CallContext context;
        for (int i = 1; i <= count; ++i) {
            const std::string number = std::to_string(i);
            const std::string_view words[] = {command, key, number};
            (void)keyspace_->call(words, context);
        }
    }
    void set(const char* key, const std::string& value) {
        CallContext context;
        const std::string_view words[] = {"SET", key, value};
        (void)keyspace_->call(words, context);
    }

    std::shared_ptr<Keyspace> keyspace_ = std::make_shared<Keyspace>();
    std::unique_ptr<Engine> engine_;
};

/// Work that takes minutes, in one command each, were it not charged.
constexpr const char* kLongCommands[] = {
    "for i = 1, 1e5 do redis.call('SORT', 'list', 'LIMIT', 0, 1) end",
    "for i = 1, 1e3 do redis.call('LCS', 'text', 'text', 'LEN') end",
    "for i = 1, 1e6 do redis.call('LREM', 'list', 0, 'none') end",
    "for i = 1, 1e6 do redis.call('BITCOUNT', 'bits') end",
    "for i = 1, 1e6 do redis.call('BITOP', 'NOT', 'bits2', 'bits') end",
    "for i = 1, 1e6 do redis.call('SUNIONSTORE', 'set2', 'set') end",
    "for i = 1, 1e6 do redis.call('SORT', 'list', 'STORE', 'list2') end",
    "for i = 1, 1e6 do redis.call('LRANGE', 'list', 0, -1) end",
    "for i = 1, 1e6 do redis.call('SCAN', 0, 'COUNT', 1000000, 'MATCH', '*x*y') end",
    "for i = 1, 1e6 do redis.call('GETRANGE', 'bits', 0, -1) end",
};

class LongCommands : public EngineMeter, public ::testing::WithParamInterface<const char*> {
protected:
    void prepare(EngineOptions options) {
        fill("RPUSH", "list", 20000);
        fill("SADD", "set", 20000);
        for (int i = 0; i < 1000; ++i) set(("key" + std::to_string(i)).c_str(), "1");
        set("text", std::string(3000, 'a') + std::string(3000, 'b'));
        set("bits", std::string(1 << 20, 'x'));
        make(std::move(options));
    }
};

TEST_P(LongCommands, AreChargedByTheirWork) {
    EngineOptions options;
    options.step_limit = 3'000'000;
    prepare(std::move(options));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(engine_->eval(GetParam()).is_error());
    EXPECT_EQ(end(), RunEnd::WorkLimit);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);  // a second even under sanitizers
}

TEST_P(LongCommands, EndAtTheDeadline) {
    EngineOptions options;
    options.time_limit = 50ms;
    prepare(std::move(options));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(engine_->eval(GetParam()).is_error());
    EXPECT_EQ(end(), RunEnd::TimeLimit);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

INSTANTIATE_TEST_SUITE_P(Commands, LongCommands, ::testing::ValuesIn(kLongCommands));

/// One command that would take long: it is ended midway, and has changed nothing then.
class OneCommand : public EngineMeter {
protected:
    void prepare(EngineOptions options) {
        fill("SADD", "set", 100000);
        set("text", std::string(10000, 'a') + std::string(1000, 'b'));
        make(std::move(options));
    }
    /// About 400 ms of work.
    static constexpr const char* kLcs = "return redis.call('LCS', 'text', 'text', 'LEN')";
    static constexpr const char* kStore = "return redis.call('SUNIONSTORE', 'new', 'set')";
};

TEST_F(OneCommand, IsEndedByTheWorkLimitAndUndone) {
    EngineOptions options;
    options.step_limit = 500'000;
    prepare(std::move(options));
    const std::string before = dump();
    for (const char* script : {kLcs, kStore}) {
        EXPECT_TRUE(engine_->eval(script).is_error());
        EXPECT_EQ(end(), RunEnd::WorkLimit) << script;
        EXPECT_FALSE(engine_->last_run().wrote);
        EXPECT_EQ(dump(), before);
    }
    engine_->set_step_limit(100'000'000);
    EXPECT_EQ(eval(kStore), ":100000\r\n");
}

TEST_F(OneCommand, IsEndedByTheHost) {
    int asked = 0;
    EngineOptions options;
    options.poll = [&asked] { return ++asked == 3; };
    prepare(std::move(options));
    EXPECT_TRUE(engine_->eval(kLcs).is_error());
    EXPECT_EQ(end(), RunEnd::Interrupted);
    EXPECT_EQ(asked, 3);
    EXPECT_EQ(engine_->last_run().slices, 1u);
}

/// From another thread, and by the host that is asked within the command: a kill does not wait for it to end.
TEST_F(OneCommand, IsKilled) {
    Engine* engine = nullptr;
    bool killing = false;
    EngineOptions options;
    options.poll = [&] {
        if (killing) EXPECT_FALSE(engine->script_kill().is_error());
        return false;
    };
    prepare(std::move(options));
    engine = engine_.get();
    killing = true;
    EXPECT_TRUE(engine_->eval(kLcs).is_error());
    EXPECT_EQ(end(), RunEnd::Killed);
    killing = false;

    const std::string before = dump();
    std::atomic<bool> over{false};
    std::thread killer([&] {
        while (!over.load()) {
            (void)engine->script_kill();
            std::this_thread::yield();
        }
    });
    for (int i = 0; i < 200; ++i) {
        const Reply reply = engine_->eval("return redis.call('SADD', 'set', 'x', 'y')");
        // It has run, or not; and only what has not run was killed.
        if (end() == RunEnd::Killed) {
            ASSERT_EQ(dump(), before);
        } else {
            ASSERT_EQ(to_resp(reply, 2), ":2\r\n");
            (void)engine_->host().call(std::vector<std::string_view>{"SREM", "set", "x", "y"},
                                       *std::make_unique<CallContext>());
        }
    }
    over = true;
    killer.join();
}

/// A command that was ended within a block is undone with it, and what comes after the run works.
TEST_F(OneCommand, IsEndedInABlock) {
    EngineOptions options;
    options.step_limit = 500'000;
    prepare(std::move(options));
    const std::string before = dump();
    EXPECT_TRUE(engine_
                    ->eval("redis.atomic(function() redis.call('SADD', 'set', 'x') redis.call('SUNIONSTORE', 'new', "
                           "'set') end)")
                    .is_error());
    EXPECT_EQ(end(), RunEnd::WorkLimit);
    EXPECT_EQ(dump(), before);
    EXPECT_EQ(eval("return redis.call('SISMEMBER', 'set', '7')"), ":1\r\n");
}

// --- Memory. --------------------------------------------------------------------------------------------------------

/// The command was refused, or its reply was too much for the table that it was to become.
bool says_memory(std::string_view reply) {
    return reply.starts_with("-ERR the command does not fit into the memory limit of the script") ||
           (reply.starts_with('-') && reply.ends_with(", not enough memory\r\n"));
}

/// Commands whose replies, or what they need to make them, are larger than the memory of the script.
TEST_F(EngineMeter, RepliesOfCommandsCountTowardsTheMemoryLimit) {
    EngineOptions options;
    options.memory_limit = std::size_t{16} << 20;
    fill("RPUSH", "list", 200'000);
    fill("SADD", "set", 200'000);
    set("text", std::string(4000, 'a'));
    set("long", std::string(std::size_t{20} << 20, 'x'));
    CallContext context;
    for (int i = 0; i < 100; ++i) {
        const std::string words[] = {"HSET", "hash", std::to_string(i), std::string(300'000, 'x')};
        (void)keyspace_->call(std::vector<std::string_view>(std::begin(words), std::end(words)), context);
    }
    make(std::move(options));
    const PeakOfBytes peak;
    for (const char* command :
         {"'SRANDMEMBER', 'set', -16777216", "'SRANDMEMBER', 'set', -400000", "'LRANGE', 'list', 0, -1",
          "'SMEMBERS', 'set'", "'HGETALL', 'hash'", "'GET', 'long'", "'SORT', 'list', 'LIMIT', 0, 1",
          "'LCS', 'text', 'text', 'LEN'", "'SUNION', 'set', 'list2'", "'ZUNION', 1, 'set'", "'KEYS', '*'"}) {
        const std::string reply = eval(std::string("return redis.pcall(") + command + ")");
        if (std::string_view(command) != "'KEYS', '*'") EXPECT_TRUE(says_memory(reply)) << command << reply;
        EXPECT_LT(peak.bytes(), 18 << 20) << command;
    }
    EXPECT_EQ(eval("return redis.call('LLEN', 'list')"), ":200000\r\n");
}

TEST_F(EngineMeter, RepliesOfCommandsHaveALimitOfTheirOwn) {
    EngineOptions options;
    options.reply_limit = std::size_t{1} << 20;
    fill("RPUSH", "list", 50'000);
    make(std::move(options));
    EXPECT_TRUE(
        eval("return redis.pcall('LRANGE', 'list', 0, -1)").starts_with("-ERR the reply of the command is too large"));
    EXPECT_EQ(eval("return #redis.call('LRANGE', 'list', 0, 4999)"), ":5000\r\n");
    // A pop that does not fit has popped nothing.
    EXPECT_TRUE(
        eval("return redis.pcall('LPOP', 'list', 50000)").starts_with("-ERR the reply of the command is too large"));
    EXPECT_EQ(eval("return redis.call('LLEN', 'list')"), ":50000\r\n");
}

/// Where garbage is in the way, it goes, and the command runs once more: the first time has been undone.
TEST_F(EngineMeter, GarbageMakesRoomForReplies) {
    EngineOptions options;
    options.memory_limit = std::size_t{8} << 20;
    make(std::move(options));
    for (int round = 0; round < 20; ++round) {
        fill("RPUSH", "list", 20'000);
        EXPECT_EQ(eval("collectgarbage('stop') local s = ('x'):rep(1000) "
                       "for i = 1, " +
                       std::to_string(3000 + round * 200) +
                       " do local t = s .. i end "
                       "return #redis.call('LPOP', 'list', 20000)"),
                  ":20000\r\n")
            << round;
    }
}

TEST_F(EngineMeter, TheScriptsOwnReplyCountsTowardsTheMemoryLimit) {
    EngineOptions options;
    options.memory_limit = std::size_t{16} << 20;
    make(std::move(options));
    const PeakOfBytes peak;
    EXPECT_EQ(eval("local s = ('x'):rep(1000) local t = {} for i = 1, 100000 do t[i] = s end return t"),
              "-ERR the reply of the script does not fit into its memory limit\r\n");
    EXPECT_EQ(eval("local a = {} for i = 1, 10 do a[i] = a end return a"),
              "-ERR the reply of the script does not fit into its memory limit\r\n");
    EXPECT_LT(peak.bytes(), 18 << 20);
    EXPECT_TRUE(engine_->last_run().failed);
    EXPECT_EQ(engine_->eval("local t = {} for i = 1, 50000 do t[i] = i end return t").size(), 50'000u);
}

TEST_F(EngineMeter, TheScriptsOwnReplyIsChargedAndEnded) {
    EngineOptions options;
    options.reply_limit = std::size_t{8} << 30;
    options.memory_limit = 0;
    options.step_limit = 5'000'000;
    make(std::move(options));
    const std::string endless = "local a = {} for i = 1, 50 do a[i] = a end redis.call('SET', 'k', 'v') return a";
    EXPECT_TRUE(engine_->eval(endless).is_error());
    EXPECT_EQ(end(), RunEnd::WorkLimit);
    engine_->set_step_limit(0);
    int asked = 0;
    EngineOptions with_poll;
    with_poll.reply_limit = std::size_t{8} << 30;
    with_poll.memory_limit = 0;
    with_poll.time_limit = 30ms;
    with_poll.undo = UndoPolicy::RollBack;
    with_poll.poll = [&asked] { return ++asked < 0; };
    make(std::move(with_poll));
    const std::string before = dump();
    EXPECT_TRUE(engine_->eval("redis.call('DEL', 'k') " + endless).is_error());
    EXPECT_EQ(end(), RunEnd::TimeLimit);
    EXPECT_TRUE(engine_->last_run().undone);
    EXPECT_EQ(dump(), before);
}

/// A long reply takes several steps of the VM to become a table, and is the same whatever the budget.
TEST_F(EngineMeter, ConversionsGoInSlices) {
    fill("RPUSH", "list", 30'000);
    set("long", std::string(5 << 20, 'y'));
    make({});
    EXPECT_EQ(
        eval("local t = redis.call('LRANGE', 'list', 0, -1) for i = 1, #t do assert(t[i] == tostring(i)) end "
             "local m = redis.call('MGET', 'long', 'none', 'long') assert(m[1] == m[3] and #m[1] == 5 * 1024 * 1024) "
             "return {#t, m[2] == false and 1 or 0}"),
        "*2\r\n:30000\r\n:1\r\n");
    EXPECT_GT(engine_->last_run().slices, 3u);
}

}  // namespace
}  // namespace arenite::redis::testing

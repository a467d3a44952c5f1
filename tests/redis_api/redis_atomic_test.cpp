// redis.atomic: blocks of a script whose writes are undone when they fail (redis_api/atomic_scopes.h, AB1 to AB3).
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "failing_allocations.h"
#include "keyspace_generator.h"
#include "redis_api/keyspace/dump.h"
#include "redis_api/keyspace/keyspace.h"
#include "vm/embed/host.h"

namespace arenite::redis::testing {
namespace {

/// A keyspace that scripts can ask to compare itself with what it was: ECHO @push keeps a dump, ECHO @same compares
/// with the last one and drops it, ECHO @drop drops it.
class WatchedKeyspace final : public CommandHost {
public:
    Reply call(std::span<const std::string_view> args, CallContext& context) override {
        if (args.size() == 2 && args[0] == "echo" && args[1] == "@push") {
            dumps_.push_back(dump_keyspace(keyspace));
        } else if (args.size() == 2 && args[0] == "echo" && (args[1] == "@same" || args[1] == "@drop")) {
            if (args[1] == "@same") {
                ++compared;
                EXPECT_EQ(dump_keyspace(keyspace), dumps_.back());
            }
            dumps_.pop_back();
        }
        return keyspace.call(args, context);
    }
    bool knows_command(std::span<const std::string_view> args) const override { return keyspace.knows_command(args); }
    bool can_undo() const noexcept override { return true; }
    void begin_undo() override {
        keyspace.begin_undo();
        ++depth;
    }
    void commit_undo() noexcept override {
        keyspace.commit_undo();
        --depth;
    }
    void rollback_undo() noexcept override {
        keyspace.rollback_undo();
        --depth;
    }
    void set_clock(std::optional<std::int64_t> frozen_ms) override { keyspace.set_clock(frozen_ms); }

    Keyspace keyspace;
    int compared = 0;
    int depth = 0;

private:
    std::vector<std::string> dumps_;
};

class RedisAtomic : public ::testing::Test {
protected:
    void SetUp() override { make({}); }
    void make(EngineOptions options) {
        options.address_range = std::size_t{1} << 30;
        if (!options.host) {
            watched_ = std::make_shared<WatchedKeyspace>();
            options.host = watched_;
        }
        engine_ = Engine::create(std::move(options));
        ASSERT_NE(engine_, nullptr);
    }
    std::string eval(std::string_view script) {
        const std::string reply = to_resp(engine_->eval(script), 2);
        EXPECT_TRUE(!watched_ || watched_->depth == 0) << script;
        EXPECT_EQ(engine_->vm().verify(), std::nullopt) << script;
        return reply;
    }
    std::string dump() const { return dump_keyspace(watched_->keyspace); }

    std::shared_ptr<WatchedKeyspace> watched_;
    std::unique_ptr<Engine> engine_;
};

TEST_F(RedisAtomic, KeepsWhatReturnsAndUndoesWhatFails) {
    EXPECT_EQ(eval("return {redis.atomic(function(a, b) redis.call('set', 'k', a) return a, b end, 'v', 7)} "),
              "*3\r\n:1\r\n$1\r\nv\r\n:7\r\n");
    const std::string before = dump();
    EXPECT_EQ(
        eval("local t = {1} local ok, e = redis.atomic(function() redis.call('set', 'k', 'new') t[1] = 2 t.x = {} "
             "redis.call('rpush', 'l', 1, 2) error('no') end) return {tostring(ok), e, t[1], tostring(t.x)}"),
        "*4\r\n$5\r\nfalse\r\n$17\r\nuser_script:1: no\r\n:1\r\n$3\r\nnil\r\n");
    EXPECT_EQ(dump(), before);
}

TEST_F(RedisAtomic, AnErrorOfACommandUndoesTheBlock) {
    eval("redis.call('set', 'k', 'text')");
    const std::string before = dump();
    EXPECT_EQ(eval("local ok, e = redis.atomic(function() redis.call('del', 'k') redis.call('set', 'k', 'x') "
                   "redis.call('incr', 'k') end) return {tostring(ok), type(e), e.err}"),
              "*3\r\n$5\r\nfalse\r\n$5\r\ntable\r\n$43\r\nERR value is not an integer or out of range\r\n");
    EXPECT_EQ(dump(), before);
    // One that pcall catches inside undoes nothing: the block goes on.
    EXPECT_EQ(eval("return redis.atomic(function() redis.call('set', 'k', 'y') redis.pcall('incr', 'k') "
                   "pcall(redis.call, 'incr', 'k') end)"),
              ":1\r\n");
    EXPECT_EQ(eval("return redis.call('get', 'k')"), "$1\r\ny\r\n");
}

TEST_F(RedisAtomic, NestsAndWorksInCoroutinesAndInPcall) {
    EXPECT_EQ(eval(R"lua(
        local function set(k) redis.call('set', k, '1') end
        redis.atomic(function()
            set('outer')
            redis.atomic(function() set('kept') end)
            redis.atomic(function() set('undone') redis.call('del', 'outer') error('inner') end)
            pcall(function()
                redis.atomic(function() set('kept in pcall') end)
                set('of the failed pcall')
                error('x')
            end)
            local w = coroutine.wrap(function()
                redis.atomic(function() set('undone in a coroutine') error('x') end)
                redis.atomic(set, 'kept in a coroutine')
                coroutine.yield()
            end)
            w() w()
        end)
        redis.atomic(function()
            redis.atomic(function() redis.atomic(set, 'deep') end)
            error('all of it')
        end)
        local keys = redis.call('keys', '*') table.sort(keys) return table.concat(keys, ',')
    )lua"),
              "$64\r\nkept,kept in a coroutine,kept in pcall,of the failed pcall,outer\r\n");
    EXPECT_EQ(
        eval("return coroutine.wrap(function() return select(2, redis.atomic(function() redis.call('set', 'y', 1) "
             "coroutine.yield() end)) end)()"),
        "$39\r\nattempt to yield across an atomic block\r\n");
    EXPECT_EQ(eval("return redis.call('exists', 'y')"), ":0\r\n");
}

TEST_F(RedisAtomic, AB2_TheStateOfTheRunComesBack) {
    EXPECT_EQ(eval("redis.atomic(function() redis.call('select', 3) redis.setresp(3) error() end) "
                   "redis.call('set', 'k', 1) return redis.call('get', 'nosuch') == false"),
              ":1\r\n");
    EXPECT_EQ(watched_->keyspace.keys(0).size(), 1u);
    EXPECT_EQ(
        eval("math.randomseed(7) local a = math.random(1e6) math.randomseed(7) "
             "redis.atomic(function() math.random() math.randomseed(1) error() end) return a == math.random(1e6)"),
        ":1\r\n");
    eval("redis.atomic(function() redis.call('set', 'k', 2) error() end)");
    EXPECT_FALSE(engine_->last_run().wrote);
    eval("redis.atomic(function() redis.call('set', 'k', 2) end)");
    EXPECT_TRUE(engine_->last_run().wrote);
    eval("redis.call('set', 'k', 2) redis.atomic(function() redis.call('set', 'k', 3) error() end)");
    EXPECT_TRUE(engine_->last_run().wrote);
}

TEST_F(RedisAtomic, RandomDrawsOfAFailedBlockComeAgain) {
    eval("for i = 1, 100 do redis.call('sadd', 's', 'm' .. i) redis.call('set', i, i) end");
    EXPECT_EQ(eval(R"lua(
        local function draw() return redis.call('randomkey') .. table.concat(redis.call('srandmember', 's', 5)) end
        local _, e = redis.atomic(function() local d = draw() redis.call('spop', 's', 50) redis.call('flushall') error(d, 0) end)
        return e == draw())lua"),
              ":1\r\n");
}

TEST_F(RedisAtomic, WithTheRollbackOfTheWholeScript) {
    EngineOptions options;
    options.undo = UndoPolicy::RollBack;
    make(std::move(options));
    eval("redis.call('set', 'k', 'old')");
    const std::string before = dump();
    eval(
        "redis.call('set', 'k', 1) redis.atomic(function() redis.call('set', 'k', 2) redis.call('set', 'j', 2) end) "
        "redis.atomic(function() redis.call('del', 'k', 'j') error() end) error('x')");
    EXPECT_TRUE(engine_->last_run().undone);
    EXPECT_EQ(dump(), before);
    EXPECT_EQ(eval("redis.call('set', 'k', 1) redis.atomic(function() redis.call('incr', 'k') end) return "
                   "redis.call('get', 'k')"),
              "$1\r\n2\r\n");
}

TEST_F(RedisAtomic, AB3_ALimitUndoesTheOpenBlocksOnly) {
    EngineOptions options;
    options.step_limit = 200'000;
    make(std::move(options));
    const std::string reply = eval(
        "redis.call('set', 'before', 1) redis.atomic(function() redis.call('set', 'a', 1) "
        "redis.atomic(function() redis.call('set', 'b', 1) end) "
        "redis.atomic(function() redis.call('set', 'c', 1) while true do pcall(error) end end) end)");
    EXPECT_TRUE(reply.starts_with("-ERR Script exceeded its work limit of 200000 units script: ")) << reply;
    EXPECT_EQ(eval("return redis.call('keys', '*')"), "*1\r\n$6\r\nbefore\r\n")
        << "as Redis keeps the writes of a killed script";
}

// What a script has written inside a block can be undone, so SCRIPT KILL ends it there.
TEST_F(RedisAtomic, AB3_AScriptThatWroteInsideABlockOnlyCanBeKilled) {
    for (int round = 0; round < 30; ++round) {
        std::atomic<bool> done{false};
        std::thread killer([&] {
            while (!done && engine_->script_kill().kind() != ReplyKind::Status) std::this_thread::yield();
        });
        const std::string reply = eval(
            "while true do redis.atomic(function() redis.call('set', 'a', 1) "
            "redis.atomic(redis.call, 'incr', 'n') error('x') end) end");
        done = true;
        killer.join();
        EXPECT_TRUE(reply.starts_with("-ERR Script killed by user with SCRIPT KILL...")) << reply;
        EXPECT_EQ(dump(), "");
    }
}

// A kill may come while a block ends: either it is too late (UNKILLABLE), or nothing is written.
TEST_F(RedisAtomic, AB3_AKillAndTheEndOfABlockExcludeOneAnother) {
    int killed = 0;
    for (int round = 0; round < 200; ++round) {
        std::atomic<bool> done{false};
        std::string answer;
        std::thread killer([&] {
            do answer = to_resp(engine_->script_kill(), 2);
            while (!done && answer.starts_with("-NOTBUSY"));
        });
        const std::string reply = eval("redis.atomic(function() redis.call('set', 'a', 1) end) return 'done'");
        done = true;
        killer.join();
        const bool wrote = dump() != "";
        if (answer == "+OK\r\n" && reply.starts_with("-ERR Script killed")) {
            EXPECT_FALSE(wrote);
            ++killed;
        } else {
            EXPECT_EQ(reply, "$4\r\ndone\r\n");
            EXPECT_TRUE(wrote);
        }
        eval("redis.call('flushall')");
    }
    RecordProperty("killed", killed);
}

TEST_F(RedisAtomic, AHostThatCannotUndoIsRefused) {
    class Plain final : public CommandHost {
    public:
        Reply call(std::span<const std::string_view>, CallContext&) override { return Reply::ok(); }
    };
    EngineOptions options;
    options.host = std::make_shared<Plain>();
    watched_ = nullptr;
    make(std::move(options));
    const std::string reply = eval("return redis.atomic(function() end)");
    EXPECT_TRUE(reply.starts_with("-ERR redis.atomic() needs a command host that can undo commands")) << reply;
}

TEST_F(RedisAtomic, DeepNesting) {
    EXPECT_EQ(eval("local function f(level) redis.call('incr', 'n') redis.call('rpush', 'l', level) "
                   "if level < 1500 then redis.atomic(f, level + 1) end if level % 1000 == 2 then error() end end "
                   "redis.atomic(f, 1) return {redis.call('get', 'n'), redis.call('lrange', 'l', 0, -1)}"),
              "*2\r\n$1\r\n1\r\n*1\r\n$1\r\n1\r\n")
        << "level 1002 is undone with what is below it, and then level 2";
}

// --- At random. -----------------------------------------------------------------------------------------------------

/// A Lua string of any bytes.
std::string lua_quoted(std::string_view bytes) {
    std::string text = "'";
    for (const char c : bytes) {
        const auto code = static_cast<unsigned char>(c);
        if (code >= 32 && code < 127 && c != '\'' && c != '\\') {
            text += c;
        } else {
            const std::string digits = std::to_string(code);
            text += '\\' + std::string(3 - digits.size(), '0') + digits;
        }
    }
    return text + "'";
}

/// A block of random commands and blocks, which ends well or with an error. Where it fails, the keyspace is compared
/// with what it was.
void write_block(std::string& script, CommandGenerator& generator, std::mt19937_64& random, int depth) {
    static constexpr const char* kEnds[] = {
        "", "error('x')", "error({err = 'ERR mine'})", "redis.call('nosuch')", "coroutine.yield()", "local x = nil + 1",
        ""};
    script += "redis.call('echo', '@push')\n";
    const bool coroutine = random() % 4 == 0;
    script += coroutine ? "ok = coroutine.wrap(function() return (redis.atomic(function()\n"
                        : "ok = redis.atomic(function()\n";
    for (std::uint64_t n = 1 + random() % 6; n > 0; --n) {
        if (depth > 0 && random() % 3 == 0) {
            const bool caught = random() % 4 == 0;
            script += caught ? "pcall(function() local ok\n" : "do local ok\n";
            write_block(script, generator, random, depth - 1);
            script += caught ? "error('y') end)\n" : "end\n";
            continue;
        }
        script += "redis.pcall(";
        const Words words = generator.next();
        for (std::size_t i = 0; i < words.size(); ++i) script += (i == 0 ? "" : ", ") + lua_quoted(words[i]);
        script += ")\n";
    }
    const std::uint64_t end = random() % std::size(kEnds);
    script += kEnds[coroutine && end == 4 ? 1 : end];
    script += coroutine ? "\nend)) end)()\n" : "\nend)\n";
    script += "redis.call('echo', ok and '@drop' or '@same')\n";
}

std::string random_script(std::uint64_t seed, int depth) {
    std::mt19937_64 random(seed);
    GeneratorOptions options;
    options.drawn = true;
    CommandGenerator generator(seed, options);
    std::string script = "local ok\n";
    for (int i = 0; i < 4; ++i) write_block(script, generator, random, depth);
    return script + "return 1";
}

TEST_F(RedisAtomic, RandomBlocksUndoExactly) {
    for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(seed_count(40)) * 5; ++seed) {
        const std::string script = random_script(seed, 3);
        ASSERT_EQ(eval(script), ":1\r\n") << script;
        if (HasFailure()) FAIL() << script;
    }
    EXPECT_GT(watched_->compared, 200);
}

// Memory of the script's heap, or of the keyspace, ends at the Nth allocation inside of a block.
TEST_F(RedisAtomic, FailuresOfMemoryUndoTheBlock) {
    const auto make_undoing = [&] {  // as the script may fail after its block, too
        EngineOptions options;
        options.undo = UndoPolicy::RollBack;
        make(std::move(options));
    };
    make_undoing();
    eval(
        "for i = 1, 20 do redis.call('rpush', 'l', i) redis.call('hset', 'h', i, i) redis.call('zadd', 'z', i, i) end");
    const std::string before = dump();
    const std::string script = R"lua(return {redis.atomic(function()
        local t = {}
        redis.call('rpush', 'l', 'a', 'b') redis.call('lpop', 'l') redis.call('linsert', 'l', 'before', '5', 'x')
        redis.call('hset', 'h', 'f', 'v', '3', 'w') redis.call('hdel', 'h', '4')
        redis.atomic(function() redis.call('zadd', 'z', 100, '3', 7, 'new') redis.call('zrem', 'z', '9') end)
        redis.call('set', 's', ('x'):rep(2000)) redis.call('setrange', 's', 10, 'y') redis.call('append', 's', 'z')
        for i = 1, 20 do t[i] = {redis.call('lrange', 'l', 0, -1)} end
        redis.call('flushdb') redis.call('set', 'end', 1)
    end)})lua";
    engine_->script_load(script);
    int undone = 0;
    for (const bool of_the_heap : {true, false}) {
        engine_->vm().heap().pacing().single_slot_claims = of_the_heap;
        for (std::uint64_t n = 1; n < 10'000; ++n) {
            Reply reply;
            bool failed = false;
            if (of_the_heap) {
                constexpr std::uint64_t kNone = 0;
                engine_->vm().heap().budget.fail_charge(n);
                reply = engine_->eval(script);
                failed = engine_->vm().heap().budget.charges_until_fault() == kNone;
                engine_->vm().heap().budget.fail_charge(kNone);
            } else {
                const FailingAllocation failing(n);
                reply = engine_->eval(script);
                failed = FailingAllocation::happened();
            }
            ASSERT_EQ(watched_->depth, 0) << n;
            ASSERT_FALSE(engine_->vm().txn().active()) << n;
            const bool kept = !reply.is_error() && reply.size() == 1;
            if (!kept) {
                ++undone;
                ASSERT_EQ(dump(), before) << n;
            } else {
                ASSERT_NE(dump(), before);
                make_undoing();
                eval(
                    "for i = 1, 20 do redis.call('rpush', 'l', i) redis.call('hset', 'h', i, i) redis.call('zadd', "
                    "'z', i, i) end");
                ASSERT_EQ(dump(), before);
                engine_->script_load(script);
                engine_->vm().heap().pacing().single_slot_claims = of_the_heap;
            }
            if (!failed) break;
        }
    }
    EXPECT_GT(undone, 70);
}

}  // namespace
}  // namespace arenite::redis::testing

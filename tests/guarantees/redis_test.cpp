// The Redis profile: scripts that write inside of redis.atomic are killed at every instruction, and starved at every
// allocation. Then the keyspace and the heap are what they were before (redis_api/atomic_scopes.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "corpus.h"
#include "redis_api/keyspace/dump.h"
#include "redis_api/keyspace/keyspace.h"
#include "vm/embed/host.h"

namespace arenite::guarantees {
namespace {

using redis::Engine;
using redis::EngineOptions;
using redis::RunEnd;
using redis::UndoPolicy;

std::vector<Script> redis_corpus() {
    std::vector<Script> scripts;
    for (const auto& entry : std::filesystem::directory_iterator(folder() + "/redis_corpus")) {
        std::ifstream stream(entry.path(), std::ios::binary);
        Script s;
        s.name = entry.path().stem();
        s.text = {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
        scripts.push_back(std::move(s));
    }
    std::sort(scripts.begin(), scripts.end(), [](const Script& a, const Script& b) { return a.name < b.name; });
    return scripts;
}

/// An engine whose keyspace has old values.
class RedisWorld {
public:
    explicit RedisWorld(UndoPolicy undo) : keyspace_(std::make_shared<redis::Keyspace>()) {
        EngineOptions options;
        options.hash_seed = 1;
        options.address_range = std::size_t{1} << 30;
        options.memory_limit = std::size_t{8} << 20;
        options.host = keyspace_;
        options.undo = undo;
        engine = Engine::create(std::move(options));
        EXPECT_NE(engine, nullptr);
        fill();
    }
    void fill() {
        engine->set_step_limit(0);
        const redis::Reply reply = engine->eval(R"lua(
            redis.call('flushall')
            redis.call('mset', 'text', 'old', 'number', 1, 'bits', ('b'):rep(5000))
            redis.call('set', 'dies', 1, 'PXAT', 88888888888888)
            redis.call('rpush', 'list', 'a', 'b', 'c', 'd', 'e', 'c')
            redis.call('hset', 'hash', 'f1', 1, 'f2', 2)
            redis.call('sadd', 'set', 1, 2, 3)
            redis.call('zadd', 'zset', 1, 'm1', 2, 'm2', 3, 'm3')
            redis.call('select', 2) redis.call('set', 'other', 'database')
            return 1)lua");
        EXPECT_FALSE(reply.is_error()) << reply.text();
    }
    [[nodiscard]] std::string dump() const { return dump_keyspace(*keyspace_); }
    [[nodiscard]] std::uint64_t heap() const {
        EXPECT_EQ(engine->vm().verify(), std::nullopt);
        return engine->vm().state_hash();
    }

    std::unique_ptr<Engine> engine;

private:
    std::shared_ptr<redis::Keyspace> keyspace_;
};

class RedisForAll : public EachScript {};

/// The whole script is undone when it is killed: nothing of it is left, wherever that is.
TEST_P(RedisForAll, KilledAtTheNthInstruction) {
    RedisWorld world(UndoPolicy::RollBack);
    Engine& engine = *world.engine;
    const std::string before = world.dump();
    engine.vm().set_exact(true);
    engine.set_step_limit(1);
    (void)engine.eval(GetParam().text);  // it is in the cache now
    const std::uint64_t heap = world.heap();
    const auto ends = [&](std::uint64_t n) {
        engine.set_step_limit(n);
        const redis::Reply reply = engine.eval(GetParam().text);
        EXPECT_TRUE(engine.last_run().end == RunEnd::WorkLimit || engine.last_run().end == RunEnd::Returned)
            << reply.text();
        return engine.last_run().end == RunEnd::Returned;
    };
    std::uint64_t total = 1;
    while (!ends(total) && !HasFailure()) total *= 2;
    world.fill();
    ASSERT_EQ(world.dump(), before);
    std::uint64_t tried = 0;
    for (const std::uint64_t n : sample(total, GetParam())) {
        if (ends(n)) break;
        ASSERT_EQ(world.dump(), before) << "killed at instruction " << n;
        ASSERT_EQ(world.heap(), heap) << "killed at instruction " << n;
        ++tried;
    }
    EXPECT_GT(tried, 0u);
    count_tried("kills of Redis scripts", tried);
}

/// As Redis keeps what a killed script wrote, only the block is undone. It is all that the script is made of.
TEST_P(RedisForAll, KilledInsideABlock) {
    RedisWorld world(UndoPolicy::KeepWrites);
    Engine& engine = *world.engine;
    const std::string script = "return redis.atomic(function() " + GetParam().text + " end)";
    const std::string before = world.dump();
    engine.vm().set_exact(true);
    engine.set_step_limit(1);
    (void)engine.eval(script);
    const std::uint64_t heap = world.heap();
    engine.set_step_limit(0);
    (void)engine.eval(script);
    const std::string after = world.dump();
    ASSERT_NE(after, before);
    world.fill();
    std::uint64_t total = 1;
    for (; engine.last_run().end != RunEnd::Returned || world.dump() != after; total *= 2) {
        engine.set_step_limit(total);
        (void)engine.eval(script);
    }
    world.fill();
    std::uint64_t tried = 0;
    bool kept = false;
    for (const std::uint64_t n : sample(total, GetParam())) {
        engine.set_step_limit(n);
        (void)engine.eval(script);
        const std::string now = world.dump();
        ASSERT_EQ(world.heap(), heap) << n;
        ++tried;
        if (now == before) {
            ASSERT_FALSE(kept) << n;
            ASSERT_EQ(engine.last_run().end, RunEnd::WorkLimit);
            continue;
        }
        ASSERT_EQ(now, after) << "killed at instruction " << n << ": a part of the block is left";
        kept = true;
        world.fill();
    }
    EXPECT_TRUE(kept);
    count_tried("kills of Redis scripts inside a block", tried);
}

TEST_P(RedisForAll, NthAllocationFails) {
    RedisWorld world(UndoPolicy::RollBack);
    Engine& engine = *world.engine;
    (void)engine.eval(GetParam().text);
    world.fill();
    const std::string before = world.dump();
    const std::uint64_t heap = world.heap();
    engine.vm().heap().pacing().single_slot_claims = true;
    auto& budget = engine.vm().heap().budget;
    constexpr std::uint64_t kMany = std::uint64_t{1} << 40;
    budget.fail_charge(kMany);
    (void)engine.eval(GetParam().text);
    const std::uint64_t total = kMany - budget.charges_until_fault();
    budget.fail_charge(0);
    world.fill();
    std::uint64_t tried = 0;
    for (const std::uint64_t n : sample(total, GetParam())) {
        budget.fail_charge(n);
        (void)engine.eval(GetParam().text);
        budget.fail_charge(0);
        if (engine.last_run().failed) {
            ASSERT_EQ(world.dump(), before) << n;
        } else {
            world.fill();  // a block has failed, and the script went on
        }
        ASSERT_EQ(world.heap(), heap) << n;
        ++tried;
    }
    count_tried("failures of the Nth allocation of Redis scripts", tried);
}

INSTANTIATE_TEST_SUITE_P(Corpus, RedisForAll, testing::ValuesIn(redis_corpus()), script_name);

}  // namespace
}  // namespace arenite::guarantees

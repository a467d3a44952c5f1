// What commands and undo scopes drop is freed in pieces (redis_api/keyspace/free_queue.h): how much memory a command
// releases, and what it charges for that, is bounded; nothing waits forever.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/redis/engine.h>
#include "counting_meter.h"
#include "failing_allocations.h"
#include "redis_api/keyspace/dump.h"
#include "redis_api/keyspace/keyspace.h"

namespace arenite::redis::testing {
namespace {

constexpr std::int64_t kElements = 20'000;
constexpr std::int64_t kMebibyte = 1 << 20;
// Blocks of memory that a command may free for others: for some 300 units, with up to two blocks for each.
constexpr std::int64_t kFewBlocks = 600;

using Words = std::vector<std::string>;

class Dropped : public ::testing::Test {
protected:
    Reply run(const Words& words) {
        std::vector<std::string_view> views(words.begin(), words.end());
        CallContext context;
        context.meter = &meter_;
        meter_.reset();
        Reply reply = keyspace_->call(views, context);
        EXPECT_FALSE(reply.is_error()) << words[0] << ": " << reply.text();
        return reply;
    }
    void ping() { (void)run({"EXISTS", "none"}); }

    void fill(std::string_view command, const std::string& key, std::int64_t count = kElements) {
        for (std::int64_t i = 0; i < count;) {
            Words words{std::string(command), key};
            for (std::int64_t end = std::min(count, i + 1000); i < end; ++i) {
                const std::string text = "an element that needs a block of its own " + std::to_string(i);
                if (command == "ZADD") words.push_back(std::to_string(i));
                words.push_back(text);
                if (command == "HSET") words.push_back(text);
            }
            (void)run(words);
        }
    }
    void fill_all() {
        fill("RPUSH", "list");
        fill("SADD", "set");
        fill("HSET", "hash");
        fill("ZADD", "zset");
        (void)run({"SET", "text", std::string(8 * kMebibyte, 'x')});
        (void)run({"SET", "small", "1"});
        (void)run({"SADD", "small set", "1"});
        (void)run({"ZADD", "small zset", "1", "a"});
        while (keyspace_->free_dropped(UINT64_MAX)) continue;
    }
    /// Commands that do nothing, until nothing waits; how many there were.
    int work_off() {
        int commands = 0;
        for (; keyspace_->has_dropped() && commands < 100'000; ++commands) {
            const std::int64_t before = live_blocks();
            ping();
            EXPECT_LE(before - live_blocks(), kFewBlocks) << "command " << commands;
            EXPECT_LE(meter_.units(), 1'000U + free_cost::kSlice) << "command " << commands;
            if (HasFailure()) break;
        }
        return commands;
    }

    CountingMeter meter_;
    std::unique_ptr<Keyspace> keyspace_ = std::make_unique<Keyspace>();
};

struct Drop {
    const char* name;
    std::vector<Words> commands;  // the last one drops a value of kElements elements
    std::int64_t fewest_units;    // of freeing it
};

const std::vector<Drop>& drops() {
    static const std::vector<Drop> all{
        {"DelList", {{"DEL", "list"}}, kElements},
        {"DelSet", {{"DEL", "set"}}, 4 * kElements},
        {"DelHash", {{"DEL", "hash"}}, 4 * kElements},
        {"DelZset", {{"DEL", "zset"}}, 8 * kElements},
        {"DelText", {{"DEL", "text"}}, 8'000},
        {"UnlinkZset", {{"UNLINK", "zset"}}, 8 * kElements},
        {"SetOver", {{"SET", "zset", "1"}}, 8 * kElements},
        {"SetOverText", {{"SET", "text", "1"}}, 8'000},
        {"Getset", {{"GETSET", "text", "1"}}, 8'000},
        {"RenameOver", {{"RENAME", "small", "zset"}}, 8 * kElements},
        {"CopyOver", {{"COPY", "small", "set", "REPLACE"}}, 4 * kElements},
        {"ExpireInThePast", {{"EXPIRE", "zset", "-1"}}, 8 * kElements},
        {"StoreOverSet", {{"SUNIONSTORE", "set", "small set"}}, 4 * kElements},
        {"StoreOverZset", {{"ZUNIONSTORE", "zset", "1", "small zset"}}, 8 * kElements},
        {"StoreNothing", {{"SINTERSTORE", "set", "none", "small set"}}, 4 * kElements},
        {"SortStore", {{"SORT", "small set", "STORE", "list"}}, kElements},
        {"RangeStore", {{"ZRANGESTORE", "zset", "small zset", "0", "-1"}}, 8 * kElements},
        {"Flushall", {{"FLUSHALL"}}, 15 * kElements},
        {"Flushdb", {{"FLUSHDB"}}, 15 * kElements},
        {"RemoveRange", {{"ZREMRANGEBYRANK", "zset", "0", "-2"}}, 7 * kElements},
        {"Trim", {{"LTRIM", "list", "0", "0"}}, kElements / 2},
        {"UnionThatIsShown", {{"SUNION", "set", "small set"}}, 4 * kElements},
    };
    return all;
}

class EachDrop : public Dropped, public ::testing::WithParamInterface<Drop> {};

TEST_P(EachDrop, IsFreedInPiecesThatAreCharged) {
    fill_all();
    const Drop& drop = GetParam();
    const std::int64_t before = live_blocks();
    for (const Words& words : drop.commands) (void)run(words);
    EXPECT_TRUE(keyspace_->has_dropped());
    EXPECT_LE(before - live_blocks(), kFewBlocks);
    ping();  // what the command itself has worked for
    (void)work_off();
    EXPECT_FALSE(keyspace_->has_dropped());
}

TEST_P(EachDrop, IsPaidFor) {
    fill_all();
    const Drop& drop = GetParam();
    for (const Words& words : drop.commands) (void)run(words);
    std::uint64_t units = 0;
    for (int i = 0; keyspace_->has_dropped() && i < 100'000; ++i) {
        ping();
        units += meter_.units();
    }
    EXPECT_GE(units, static_cast<std::uint64_t>(drop.fewest_units));
}

INSTANTIATE_TEST_SUITE_P(Commands, EachDrop, ::testing::ValuesIn(drops()),
                         [](const auto& drop) { return std::string(drop.param.name); });

TEST_F(Dropped, WhatARolledBackScopeMadeIsFreedInPieces) {
    const std::string before = dump_keyspace(*keyspace_);
    keyspace_->begin_undo();
    fill_all();
    (void)run({"SADD", "set", "one more"});
    const std::int64_t full = live_blocks();
    keyspace_->rollback_undo();
    EXPECT_EQ(dump_keyspace(*keyspace_), before);
    EXPECT_LE(full - live_blocks(), kFewBlocks);
    EXPECT_GT(work_off(), 100);
}

TEST_F(Dropped, WhatACommittedScopeKeptIsFreedInPieces) {
    fill_all();
    keyspace_->begin_undo();
    (void)run({"ZREMRANGEBYRANK", "zset", "0", "-2"});
    (void)run({"SPOP", "set", std::to_string(kElements - 1)});
    (void)run({"LTRIM", "list", "0", "0"});
    (void)run({"SETRANGE", "text", "0", std::string(4 * kMebibyte, 'y')});
    const std::int64_t before = live_blocks();
    keyspace_->commit_undo();
    EXPECT_LE(before - live_blocks(), kFewBlocks);
    ping();
    (void)work_off();
    EXPECT_FALSE(keyspace_->has_dropped());
}

TEST_F(Dropped, AllOfItIsFreedBeforeMemoryIsSaidToBeOut) {
    fill_all();
    (void)run({"DEL", "zset"});
    ASSERT_TRUE(keyspace_->has_dropped());
    const std::string_view words[] = {"SET", "a key that is long enough", "v"};
    CallContext context;
    Reply reply;
    bool happened = false;
    {
        const FailingAllocation failing(1);
        reply = keyspace_->call(words, context);
        happened = FailingAllocation::happened();
    }
    EXPECT_TRUE(happened);
    EXPECT_FALSE(reply.is_error()) << reply.text();
    EXPECT_FALSE(keyspace_->has_dropped());
    {
        const FailingAllocation failing(1);
        reply = keyspace_->call(words, context);
    }
    EXPECT_TRUE(reply.is_error()) << "nothing waits: it is out";
}

TEST_F(Dropped, DoesNotPileUp) {
    const std::int64_t empty = live_bytes();
    fill("ZADD", "zset");
    const std::int64_t once = live_bytes() - empty;
    const PeakOfBytes peak;
    for (int i = 0; i < 10; ++i) {
        (void)run({"DEL", "zset"});
        fill("ZADD", "zset");
        (void)run({"COPY", "zset", "copy", "REPLACE"});
        (void)run({"ZUNIONSTORE", "copy", "1", "zset"});
    }
    EXPECT_LT(peak.bytes(), 3 * once);
}

TEST_F(Dropped, IsAllFreedAtTheEnd) {
    keyspace_.reset();
    const std::int64_t before = live_bytes();
    keyspace_ = std::make_unique<Keyspace>();
    fill_all();
    keyspace_->begin_undo();
    (void)run({"ZREMRANGEBYRANK", "zset", "0", "-2"});
    (void)run({"FLUSHALL"});
    keyspace_.reset();
    EXPECT_EQ(live_bytes(), before);
}

// Values that are in the queue for what they have dropped can still be used, changed, dropped and undone.
TEST_F(Dropped, ValuesThatWaitAreUsed) {
    fill_all();
    (void)run({"ZREMRANGEBYRANK", "zset", "0", "9999"});
    (void)run({"SPOP", "set", "10000"});
    const std::string before = dump_keyspace(*keyspace_);
    keyspace_->begin_undo();
    (void)run({"ZREMRANGEBYRANK", "zset", "0", "4999"});
    (void)run({"DEL", "set"});
    fill("SADD", "set", 100);
    keyspace_->rollback_undo();
    EXPECT_EQ(dump_keyspace(*keyspace_), before);
    EXPECT_EQ(run({"ZCARD", "zset"}).integer_value(), 10'000);
    (void)run({"DEL", "zset", "set"});
    (void)work_off();
    EXPECT_FALSE(keyspace_->has_dropped());
}

}  // namespace
}  // namespace arenite::redis::testing

// Commands are all or nothing (keyspace.h): whatever allocation fails in one, and wherever its meter ends it, the
// keyspace is what it was before, and every command works on it.
#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <set>
#include <string>
#include <vector>

#include <arenite/redis/reply_text.h>
#include "counting_meter.h"
#include "failing_allocations.h"
#include "keyspace_oracle.h"
#include "keyspace_state.h"
#include "redis_api/keyspace/command_table.h"

namespace arenite::redis::testing {
namespace {

// LONG stands for a text that is not short in any encoding.
constexpr const char* kFill[] = {
    "SET s some-text-that-takes-memory-of-its-own",
    "SET n 41",
    "SET f 1.5",
    "SET bits LONG",
    "SET dies 1 PXAT 88888888888888",
    "RPUSH l a b c LONG b c d",
    "RPUSH l1 LONG",
    "RPUSH numbers 3 1 2",
    "HSET h f1 1 f2 2 n 5 LONG LONG",
    "HSET h1 only LONG",
    "SADD set 1 2 3 4 5 6",
    "SADD set2 2 3 LONG",
    "SADD one LONG",
    "ZADD z 1 a 2 b 3 c 4 LONG",
    "ZADD z2 1 a 5 x",
    "ZADD z1 1 LONG",
    "ZADD zl 0 a 0 b 0 c 0 d",
    "SELECT 1",
    "SET other LONG",
    "SELECT 0",
};

// Each write command, on keys of all kinds: where it adds, changes, empties, replaces, and makes a key.
constexpr const char* kWrites[] = {
    "APPEND s LONG",
    "APPEND new LONG",
    "DECR n",
    "DECRBY n 3",
    "GETDEL s",
    "GETEX s PX 100000",
    "GETEX dies PERSIST",
    "GETSET s LONG",
    "INCR n",
    "INCR new",
    "INCRBY n 100",
    "INCRBYFLOAT f 0.25",
    "INCRBYFLOAT new 0.125",
    "MSET new1 LONG s LONG l LONG new2 1",
    "MSETNX new1 LONG new2 LONG",
    "PSETEX s 100000 LONG",
    "SET s LONG",
    "SET new LONG EX 100",
    "SET s LONG GET",
    "SETEX new 100 LONG",
    "SETNX new LONG",
    "SETRANGE s 5 LONG",
    "SETRANGE new 5000 LONG",
    "BITFIELD bits SET u8 0 255 INCRBY u8 #20000 7",
    "BITFIELD new SET u8 0 255 GET u8 0",
    "BITOP XOR new bits s",
    "BITOP NOT s bits",
    "BITOP AND s none none2",
    "SETBIT bits 90000 1",
    "SETBIT new 3 1",
    "HDEL h f1 LONG n",
    "HDEL h1 only",
    "HINCRBY h n 10",
    "HINCRBY new n 1",
    "HINCRBYFLOAT h n 1.5",
    "HINCRBYFLOAT new n 1.5",
    "HMSET h f1 LONG x LONG",
    "HSET h f1 LONG x LONG y LONG",
    "HSET new LONG LONG",
    "HSETNX h x LONG",
    "HSETNX new x LONG",
    "BLMPOP 0 2 none l LEFT COUNT 3",
    "LINSERT l BEFORE b LONG",
    "LINSERT l AFTER d LONG",
    "LMOVE l numbers LEFT RIGHT",
    "LMOVE l new LEFT RIGHT",
    "LMOVE l1 new LEFT RIGHT",
    "LMOVE l l LEFT RIGHT",
    "LMPOP 2 none l RIGHT COUNT 9",
    "LPOP l",
    "LPOP l 3",
    "LPOP l1",
    "LPOP l 100",
    "LPUSH l LONG x LONG",
    "LPUSH new LONG x",
    "LPUSHX l LONG",
    "LREM l 0 c",
    "LREM l1 0 LONG",
    "LSET l 1 LONG",
    "LTRIM l 1 2",
    "LTRIM l 5 4",
    "RPOP l",
    "RPOP l1 1",
    "RPOPLPUSH l l",
    "RPOPLPUSH l1 new",
    "RPUSH l LONG x LONG a b c d e f g",
    "RPUSH new LONG",
    "RPUSHX l LONG",
    "SADD set 7 LONG 8",
    "SADD new LONG x",
    "SDIFFSTORE new set set2",
    "SDIFFSTORE set set set",
    "SINTERSTORE l set set2",
    "SMOVE set set2 1",
    "SMOVE set new 1",
    "SMOVE one new LONG",
    "SPOP set",
    "SPOP set 2",
    "SPOP set 100",
    "SPOP one",
    "SREM set 1 2 3",
    "SREM one LONG",
    "SUNIONSTORE new set set2",
    "SUNIONSTORE set set one",
    "BZMPOP 0 2 none z MIN COUNT 2",
    "ZADD z 9 a 1 x 2 LONGER",
    "ZADD new 1 LONG 2 x",
    "ZADD z INCR 5 a",
    "ZDIFFSTORE new 2 z z2",
    "ZINCRBY z 5 a",
    "ZINCRBY new 5 LONG",
    "ZINTERSTORE z 2 z z2",
    "ZMPOP 2 none z1 MAX",
    "ZPOPMAX z",
    "ZPOPMAX z 3",
    "ZPOPMIN z 100",
    "ZPOPMIN z1",
    "ZRANGESTORE new z 0 2",
    "ZRANGESTORE z2 z 5 9",
    "ZREM z a LONG",
    "ZREM z1 LONG",
    "ZREMRANGEBYLEX zl [b [c",
    "ZREMRANGEBYRANK z 0 -1",
    "ZREMRANGEBYSCORE z 2 3",
    "ZUNIONSTORE new 2 z z2 WEIGHTS 2 3",
    "ZUNIONSTORE z2 2 z set",
    "COPY s new",
    "COPY h new",
    "COPY l new",
    "COPY set new",
    "COPY z s REPLACE",
    "COPY s new DB 1",
    "DEL s l h none",
    "UNLINK z set",
    "EXPIRE s 100",
    "EXPIRE s -1",
    "EXPIREAT s 33177117420",
    "FLUSHALL",
    "FLUSHDB",
    "MOVE s 1",
    "PERSIST dies",
    "PEXPIRE s 100000",
    "PEXPIREAT s 33177117420123",
    "RENAME s new",
    "RENAME l1 h",
    "RENAMENX s new",
    "SORT l ALPHA STORE new",
    "SORT numbers DESC STORE s",
    "SORT l BY none* GET # GET h->f1 STORE new",
    "SORT z1 ALPHA",
    "SORT none STORE s",
    "SWAPDB 0 1",
};

constexpr const char* kReads[] = {
    "GET s",
    "GETRANGE s 0 -1",
    "SUBSTR s 0 3",
    "LCS s bits",
    "MGET s n l",
    "STRLEN s",
    "BITCOUNT bits",
    "BITPOS bits 1",
    "BITFIELD_RO bits GET u8 3",
    "GETBIT bits 7",
    "HEXISTS h f1",
    "HGET h f1",
    "HGETALL h",
    "HKEYS h",
    "HLEN h",
    "HMGET h f1 f2",
    "HRANDFIELD h 3 WITHVALUES",
    "HRANDFIELD h",
    "HSCAN h 0",
    "HSTRLEN h f1",
    "HVALS h",
    "LINDEX l 0",
    "LLEN l",
    "LPOS l c",
    "LRANGE l 0 -1",
    "SCARD set",
    "SDIFF set set2",
    "SINTER set set2",
    "SINTERCARD 2 set set2",
    "SISMEMBER set 1",
    "SMEMBERS set",
    "SMISMEMBER set 1 9",
    "SRANDMEMBER set",
    "SRANDMEMBER set -3",
    "SRANDMEMBER one 1",
    "SSCAN set 0",
    "SUNION set set2",
    "ZCARD z",
    "ZCOUNT z 1 3",
    "ZDIFF 2 z z2",
    "ZINTER 2 z z2",
    "ZINTERCARD 2 z z2",
    "ZLEXCOUNT zl - +",
    "ZMSCORE z a q",
    "ZRANDMEMBER z",
    "ZRANDMEMBER z -3 WITHSCORES",
    "ZRANGE z 0 -1",
    "ZRANGEBYLEX zl - +",
    "ZRANGEBYSCORE z 1 9",
    "ZRANK z b",
    "ZREVRANGE z 0 -1",
    "ZREVRANGEBYLEX zl + -",
    "ZREVRANGEBYSCORE z 9 1",
    "ZREVRANK z b",
    "ZSCAN z 0",
    "ZSCORE z a",
    "ZUNION 2 z z2",
    "DBSIZE",
    "EXISTS s l",
    "EXPIRETIME dies",
    "KEYS *",
    "KEYS *[a-z]*",
    "OBJECT ENCODING s",
    "OBJECT FREQ s",
    "OBJECT IDLETIME s",
    "OBJECT REFCOUNT s",
    "PEXPIRETIME dies",
    "PTTL dies",
    "RANDOMKEY",
    "SCAN 0 COUNT 100",
    "SORT_RO l ALPHA",
    "TOUCH s",
    "TTL dies",
    "TYPE s",
    // What has read through null where a collection was empty.
    "LPOP l",
    "RPOP l1",
    "SPOP set",
    "SPOP one",
    "ZPOPMIN z",
    "ZPOPMAX z1",
    "LPOP new",
    "RPOP new",
    "SPOP new",
    "SPOP new 1",
    "SRANDMEMBER new",
    "SRANDMEMBER new -2",
    "HRANDFIELD new",
    "HRANDFIELD new -2",
    "ZRANDMEMBER new",
    "ZRANDMEMBER new -2",
    "ZPOPMIN new",
    "LMOVE new l LEFT LEFT",
    "LRANGE new 0 -1",
    "SMEMBERS new",
    "HGETALL new",
};

Words words_of(std::string line) {
    const std::string long_text(70, 'x');
    for (std::size_t at = line.find("LONG"); at != std::string::npos; at = line.find("LONG")) {
        line.replace(at, 4, long_text);
    }
    return split_line(line);
}

class AllOrNothing : public ::testing::TestWithParam<bool> {
protected:
    void SetUp() override {
        for (const char* line : kReads) reads_.push_back(words_of(line));
    }
    static bool in_block() { return GetParam(); }

    void make() {
        keyspace_ = std::make_unique<Keyspace>(KeyspaceOptions{.random_seed = 5});
        context_ = {};
        for (const char* line : kFill) ASSERT_FALSE(call(*keyspace_, words_of(line), context_).is_error()) << line;
        // In a block its objects have been opened, and some are new, when a command fails.
        if (!in_block()) return;
        at_begin_ = state(*keyspace_);
        keyspace_->begin_undo();
        for (const char* line : {"APPEND s more", "RPUSH l more", "HSET h more 1", "SADD set more", "ZADD z 7 more",
                                 "SREM set more", "RPUSH block 1 2 3", "SET n 42"}) {
            ASSERT_FALSE(call(*keyspace_, words_of(line), context_).is_error()) << line;
        }
    }

    /// That a failed command has left nothing behind, and that all commands work.
    void expect_as_before(const std::string& before, const std::string& what) {
        ASSERT_EQ(state(*keyspace_), before) << what;
        ASSERT_EQ(empty_collection(*keyspace_), "") << what;
        ASSERT_FALSE(context_.wrote) << what;
        keyspace_->begin_undo();
        for (const Words& words : reads_) (void)call(*keyspace_, words, context_);
        keyspace_->rollback_undo();
        ASSERT_EQ(state(*keyspace_), before) << what;
        context_.wrote = false;
    }

    /// Runs it until `attempt(words, n)` says that nothing of it was stopped, for n = 1, 2, ...; how many were.
    template <class Attempt>
    std::uint64_t for_all(const Words& words, const std::string& what, Attempt&& attempt) {
        make();
        const std::string before = state(*keyspace_);
        context_.wrote = false;
        std::uint64_t n = 1;
        for (; !HasFatalFailure() && attempt(words, n); ++n) {
            expect_as_before(before, what + text_of(words) + std::to_string(n));
        }
        if (in_block()) {
            keyspace_->rollback_undo();
            EXPECT_EQ(state(*keyspace_), at_begin_) << what << text_of(words);
        }
        return n - 1;
    }

    static std::string text_of(const Words& words) {
        std::string text;
        for (const std::string& word : words) text += quote_text(word) + ' ';
        return text;
    }

    std::unique_ptr<Keyspace> keyspace_;
    CallContext context_;
    std::string at_begin_;  // of the block
    std::vector<Words> reads_;
};

TEST_P(AllOrNothing, NthAllocationFails) {
    std::uint64_t tried = 0;
    for (const char* line : kWrites) {
        for (std::uint64_t in_a_row = 1; in_a_row <= 5; ++in_a_row) {
            const auto attempt = [&](const Words& words, std::uint64_t n) {
                std::vector<std::string_view> views(words.begin(), words.end());
                const FailingAllocation failing(n, in_a_row);
                try {
                    const Reply reply = keyspace_->call(views, context_);
                    // What fails when room is released does not matter.
                    return FailingAllocation::happened() && reply.is_error();
                } catch (const std::bad_alloc&) {  // of the reply that says so
                    return true;
                }
            };
            tried += for_all(words_of(line), std::to_string(in_a_row) + " in a row: ", attempt);
            if (HasFatalFailure()) return;
        }
    }
    EXPECT_GT(tried, 1500u);
}

TEST_P(AllOrNothing, EndedByTheMeter) {
    CountingMeter meter;
    std::uint64_t tried = 0;
    for (const char* line : kWrites) {
        const auto attempt = [&](const Words& words, std::uint64_t n) {
            context_.meter = &meter;
            meter.reset(n);
            (void)call(*keyspace_, words, context_);
            context_.meter = nullptr;
            EXPECT_EQ(meter.held(), 0u);
            return meter.end() != WorkMeter::End::None;
        };
        tried += for_all(words_of(line), "", attempt);
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(tried, 800u);
}

/// Read commands, too, end where the meter says so, and hold nothing then.
TEST_P(AllOrNothing, ReadsEndedByTheMeter) {
    make();
    CountingMeter meter;
    const std::string before = state(*keyspace_);
    for (const Words& words : reads_) {
        for (std::uint64_t n = 1;; ++n) {
            keyspace_->begin_undo();
            context_.meter = &meter;
            meter.reset(n);
            (void)call(*keyspace_, words, context_);
            context_.meter = nullptr;
            keyspace_->rollback_undo();
            ASSERT_EQ(meter.held(), 0u) << text_of(words);
            ASSERT_EQ(state(*keyspace_), before) << text_of(words);
            if (meter.end() == WorkMeter::End::None) break;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Scopes, AllOrNothing, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "InABlock" : "Plain"; });

/// The lists above have every command that the table has.
TEST(AllOrNothingLists, NameEveryCommand) {
    std::set<const Command*> named;
    const auto add = [&named](const char* line) {
        const Words words = words_of(line);
        const std::vector<std::string_view> views(words.begin(), words.end());
        named.insert(find_command(views));
    };
    for (const char* line : kWrites) add(line);
    for (const char* line : kReads) add(line);
    for (const Command& command : all_commands()) {
        const bool matters = command.has(CommandFlag::Write) || command.has(CommandFlag::ReadOnly);
        if (matters && command.handler != nullptr) EXPECT_TRUE(named.contains(&command)) << command.name;
    }
}

/// Should there ever be an empty collection, popping and drawing from it does no harm.
TEST(EmptyCollections, AreHarmless) {
    ListValue list;
    EXPECT_EQ(list.pop(ListEnd::Left), "");
    list.begin_undo();
    EXPECT_EQ(list.pop(ListEnd::Right), "");
    list.drop(ListEnd::Left, 3);
    list.rollback_undo();
    EXPECT_EQ(list.size(), 0u);
    RandomSource random(1);
    EXPECT_EQ(SetValue().random(random), nullptr);
    EXPECT_EQ(HashValue().random(random), nullptr);
    EXPECT_EQ(SortedSet().random(random), nullptr);
    EXPECT_FALSE(SetValue().erase(""));
    EXPECT_FALSE(SortedSet().erase(""));

    Keyspace keyspace;
    keyspace.put(0, "l", make_object<ListValue>(keyspace.free_queue()));
    keyspace.put(0, "h", make_object<HashValue>(keyspace.free_queue()));
    keyspace.put(0, "s", make_object<SetValue>(keyspace.free_queue()));
    keyspace.put(0, "z", make_object<SortedSet>(keyspace.free_queue()));
    EXPECT_EQ(empty_collection(keyspace), "l");
    for (const char* line : {"LMOVE l new LEFT RIGHT",
                             "LPOP l",
                             "LMPOP 1 l LEFT",
                             "LPOP l 2",
                             "LRANGE l 0 -1",
                             "LTRIM l 0 1",
                             "LREM l 0 x",
                             "SRANDMEMBER s",
                             "SRANDMEMBER s -2",
                             "SRANDMEMBER s 2",
                             "SPOP s 2",
                             "SPOP s",
                             "SMEMBERS s",
                             "SSCAN s 0",
                             "HRANDFIELD h",
                             "HRANDFIELD h -2",
                             "HRANDFIELD h 2 WITHVALUES",
                             "HGETALL h",
                             "ZRANDMEMBER z",
                             "ZRANDMEMBER z -2",
                             "ZPOPMIN z",
                             "ZPOPMAX z 2",
                             "ZRANGE z 0 -1",
                             "ZMPOP 1 z MIN",
                             "ZRANGEBYSCORE z 0 1",
                             "SORT z",
                             "ZRANK z a"}) {
        CallContext context;
        keyspace.begin_undo();
        (void)call(keyspace, words_of(line), context);
        keyspace.rollback_undo();
    }
}

}  // namespace
}  // namespace arenite::redis::testing

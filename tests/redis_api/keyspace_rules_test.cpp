// What happens before a command runs: unknown commands, wrong numbers of arguments, commands that
// scripts may not call, writes in read-only scripts; and what a call tells its context.
#include <gtest/gtest.h>

#include <set>

#include <arenite/redis/reply_text.h>
#include "keyspace_oracle.h"
#include "redis_api/keyspace/command_table.h"
#include "redis_api/keyspace/text.h"

namespace arenite::redis::testing {
namespace {

// The words that call a command with so many arguments, all of them "0".
Words words_for(const Command& command, std::size_t count) {
    Words words;
    const std::string name(command.name);
    const auto bar = name.find('|');
    words.push_back(name.substr(0, bar));
    if (bar != std::string::npos) words.push_back(name.substr(bar + 1));
    if (count < words.size()) words.resize(count);
    while (words.size() < count) words.emplace_back("0");
    return words;
}

// Numbers of arguments around the arity.
std::set<std::size_t> counts_around(const Command& command) {
    const auto fewest = static_cast<std::size_t>(std::abs(command.arity));
    std::set<std::size_t> counts{fewest, fewest + 1};
    if (fewest > 1) counts.insert(fewest - 1);
    return counts;
}

bool has_text(const Reply& reply, std::string_view text) {
    return reply.is_error() && reply.text().find(text) != std::string_view::npos;
}

Reply in_script(const Words& words, bool read_only = false) {
    Keyspace keyspace;
    CallContext context;
    context.read_only = read_only;
    return call(keyspace, words, context);
}

class KeyspaceRules : public ::testing::Test {
protected:
    void SetUp() override {
        oracle_ = RedisOracle::get();
        if (oracle_ == nullptr) GTEST_SKIP() << "no redis-server: nothing to compare with";
    }
    RedisOracle* oracle_ = nullptr;
};

TEST_F(KeyspaceRules, ScriptsMeetTheSameRefusals) {
    for (const Command& command : all_commands()) {
        for (const std::size_t count : counts_around(command)) {
            const Words words = words_for(command, count);
            const Reply ours = in_script(words);
            const Reply theirs = oracle_->from_script(words);
            for (const char* refusal : {"Unknown Redis command", "Wrong number of args", "not allowed"}) {
                EXPECT_EQ(has_text(ours, refusal), has_text(theirs, refusal))
                    << print_reply(Reply::bulk(words[0])) << command.name << ' ' << count << '\n'
                    << print_reply(ours) << print_reply(theirs);
            }
            if (command.handler == nullptr) {
                EXPECT_EQ(print_reply(ours), print_reply(theirs));
            }
        }
    }
}

TEST_F(KeyspaceRules, ClientsMeetTheSameArityErrors) {
    for (const Command& command : all_commands()) {
        if (command.handler == nullptr || command.arity == -1) continue;
        for (const std::size_t count : counts_around(command)) {
            const bool wrong = command.arity > 0 ? count != static_cast<std::size_t>(command.arity)
                                                 : count < static_cast<std::size_t>(-command.arity);
            if (!wrong) continue;
            const Words words = words_for(command, count);
            Keyspace keyspace;
            CallContext context;
            context.from_script = false;
            EXPECT_EQ(print_reply(call(keyspace, words, context)), print_reply(oracle_->command(words)));
        }
    }
}

TEST_F(KeyspaceRules, ReadOnlyScriptsMeetTheSameRefusals) {
    for (const Command& command : all_commands()) {
        if (command.handler == nullptr) continue;
        const Words words = words_for(command, static_cast<std::size_t>(std::abs(command.arity)));
        Words eval{"EVAL_RO", "return redis.pcall(unpack(ARGV))", "0"};
        eval.insert(eval.end(), words.begin(), words.end());
        const Reply ours = in_script(words, true);
        const Reply theirs = oracle_->command(eval);
        EXPECT_EQ(has_text(ours, "read-only scripts"), has_text(theirs, "read-only scripts"))
            << command.name << '\n'
            << print_reply(ours) << print_reply(theirs);
    }
}

TEST_F(KeyspaceRules, UnknownCommands) {
    const Words calls[] = {{"nope"},
                           {"nope", "a", "b c"},
                           {"object", "nope"},
                           {"object|encoding"},
                           {"config", "nope"},
                           {"config"},
                           {"object"},
                           {"get|x", "a"},
                           {std::string(300, 'x'), std::string(300, 'y'), "z"}};
    for (const Words& words : calls) {
        EXPECT_EQ(print_reply(in_script(words)), print_reply(oracle_->from_script(words))) << words[0];
        if (words[0] == "config") continue;  // of which the keyspace has nothing for clients
        Keyspace keyspace;
        CallContext context;
        context.from_script = false;
        EXPECT_EQ(print_reply(call(keyspace, words, context)), print_reply(oracle_->command(words)));
    }
}

TEST_F(KeyspaceRules, KeyPositionsAreThoseOfRedis) {
    const char* const kCalls[] = {"GET a",
                                  "MSET a 1 b 2",
                                  "BITOP AND d a b",
                                  "ZUNIONSTORE d 2 a b WEIGHTS 1 2",
                                  "ZUNION 2 a b",
                                  "LMPOP 2 a b LEFT",
                                  "SORT a BY w* STORE d",
                                  "OBJECT ENCODING a",
                                  "RENAME a b",
                                  "SINTERCARD 3 a b c LIMIT 1",
                                  "ZRANGESTORE d a 0 1",
                                  "LMOVE a b LEFT LEFT",
                                  "BLMPOP 0 1 a LEFT",
                                  "DEL a b c",
                                  "HSET h f v",
                                  "SDIFFSTORE d a b",
                                  "COPY a b"};
    for (const char* const line : kCalls) {
        const Words words = split_line(line);
        const std::vector<std::string_view> args(words.begin(), words.end());
        const Command* command = find_command(args);
        ASSERT_NE(command, nullptr) << line;
        std::multiset<std::string> ours;
        for (const std::size_t at : key_positions(*command, args)) ours.insert(words[at]);
        Words question{"COMMAND", "GETKEYS"};
        question.insert(question.end(), words.begin(), words.end());
        const Reply theirs = oracle_->command(question);
        std::multiset<std::string> expected;
        for (const Reply& key : theirs.items()) expected.emplace(key.text());
        EXPECT_EQ(ours, expected) << line;
    }
}

TEST(KeyspaceContext, WroteIsSetByWriteCommandsAlone) {
    Keyspace keyspace;
    CallContext context;
    call(keyspace, {"GET", "a"}, context);
    call(keyspace, {"PUBLISH", "a", "b"}, context);
    call(keyspace, {"SET"}, context);
    call(keyspace, {"BLPOP", "a", "0"}, context);
    EXPECT_FALSE(context.wrote);
    context.read_only = true;
    call(keyspace, {"SET", "a", "b"}, context);
    EXPECT_FALSE(context.wrote);
    context.read_only = false;
    call(keyspace, {"DEL", "missing"}, context);  // changes nothing, and yet counts (script.c)
    EXPECT_TRUE(context.wrote);
}

TEST(KeyspaceContext, SelectChangesTheContextOnly) {
    Keyspace keyspace;
    CallContext one;
    CallContext other;
    call(keyspace, {"SELECT", "5"}, one);
    call(keyspace, {"SET", "a", "b"}, one);
    EXPECT_EQ(one.db, 5);
    EXPECT_EQ(call(keyspace, {"GET", "a"}, one).text(), "b");
    EXPECT_TRUE(call(keyspace, {"GET", "a"}, other).is_null());
    other.db = 16;
    EXPECT_TRUE(call(keyspace, {"GET", "a"}, other).is_error());
}

TEST(KeyspaceContext, KnowsItsCommands) {
    const Keyspace keyspace;
    const auto knows = [&keyspace](const Words& words) {
        const std::vector<std::string_view> args(words.begin(), words.end());
        return keyspace.knows_command(args);
    };
    EXPECT_TRUE(knows({"gEt"}));
    EXPECT_TRUE(knows({"blpop"}));
    EXPECT_TRUE(knows({"object", "encoding"}));
    EXPECT_FALSE(knows({"object", "nope"}));
    EXPECT_FALSE(knows({"nope"}));
    EXPECT_FALSE(knows({}));
}

// Keys disappear when the clock passes their time, and not before; a frozen clock stands still.
TEST(KeyspaceClock, DecidesExpiry) {
    Keyspace keyspace;
    CallContext context;
    keyspace.set_clock(1000000);
    call(keyspace, {"SET", "a", "1", "PX", "100"}, context);
    call(keyspace, {"SET", "b", "1", "PX", "200"}, context);
    EXPECT_EQ(call(keyspace, {"PTTL", "a"}, context).integer_value(), 100);
    keyspace.set_clock(1000100);
    EXPECT_EQ(call(keyspace, {"PTTL", "a"}, context).integer_value(), 0);
    EXPECT_EQ(call(keyspace, {"EXISTS", "a"}, context).integer_value(), 1);
    keyspace.set_clock(1000101);
    EXPECT_EQ(call(keyspace, {"DBSIZE"}, context).integer_value(), 2);  // not removed yet
    EXPECT_EQ(call(keyspace, {"KEYS", "*"}, context).size(), 1U);
    EXPECT_TRUE(call(keyspace, {"GET", "a"}, context).is_null());
    EXPECT_EQ(call(keyspace, {"DBSIZE"}, context).integer_value(), 1);
    keyspace.set_clock(1000500);
    EXPECT_EQ(call(keyspace, {"DBSIZE"}, context).integer_value(), 1);
    EXPECT_EQ(keyspace.expire_due_keys(1000), 1U);
    EXPECT_EQ(call(keyspace, {"DBSIZE"}, context).integer_value(), 0);
    keyspace.set_clock(std::nullopt);
    call(keyspace, {"SET", "a", "1", "PXAT", "1000501"}, context);
    EXPECT_TRUE(call(keyspace, {"GET", "a"}, context).is_null());
}

TEST(KeyspaceLimits, CountsOfDrawnElementsAreBounded) {
    Keyspace keyspace;
    CallContext context;
    call(keyspace, {"SADD", "s", "a", "b"}, context);
    EXPECT_EQ(call(keyspace, {"SRANDMEMBER", "s", "-1000"}, context).size(), 1000U);
    EXPECT_EQ(call(keyspace, {"SRANDMEMBER", "s", "-9223372036854775807"}, context).text(),
              "ERR value is out of range");
}

}  // namespace
}  // namespace arenite::redis::testing

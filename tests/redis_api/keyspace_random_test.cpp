// Random commands, run on the keyspace and on a live redis-server, reply by reply, and from time to
// time the whole content.
#include <gtest/gtest.h>

#include <deque>
#include <functional>

#include <arenite/redis/reply_text.h>
#include "keyspace_generator.h"
#include "keyspace_oracle.h"
#include "redis_api/keyspace/dump.h"
#include "redis_api/keyspace/text.h"

namespace arenite::redis::testing {
namespace {

std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += quote_text(word) + ' ';
    return text;
}

class KeyspaceRandom : public ::testing::TestWithParam<int> {
protected:
    void SetUp() override {
        oracle_ = RedisOracle::get();
        if (oracle_ == nullptr) GTEST_SKIP() << "no redis-server: nothing to compare with";
    }

    void run(std::uint64_t seed, int version, GeneratorOptions options, int steps) {
        Keyspace keyspace;
        CallContext context;
        context.resp = version;
        context.from_script = false;
        context_ = &context;
        keyspace_ = &keyspace;
        version_ = version;
        oracle_->command({"SELECT", "0"}, version);
        oracle_->command({"FLUSHALL"}, version);
        // Resets the errno that SORT in Redis reads without clearing it.
        both({"ZADD", "k0", "1", "a"});
        CommandGenerator generator(seed, options);
        std::mt19937_64 filling(seed);
        for (int step = 0; step < steps; ++step) {
            if (fill_ && step % 60 == 0) both(fill_(filling));
            const Words words = generator.next();
            ASSERT_NO_FATAL_FAILURE(both(words)) << "seed " << seed << " step " << step << history();
            if (step % 25 == 0) {
                ASSERT_NO_FATAL_FAILURE(compare_content()) << "seed " << seed << " step " << step << history();
            }
        }
    }

    void both(const Words& words) {
        recent_.push_back(joined(words));
        if (recent_.size() > 30) recent_.pop_front();
        const Reply theirs = oracle_->command(words, version_);
        Reply ours = call(*keyspace_, words, *context_);
        if (version_ == 3 && ours.is_null()) ours = Reply::null();
        if (to_lower(words[0]) == "spop" && !theirs.is_error() && !theirs.is_null()) {
            ASSERT_EQ(ours.kind(), theirs.kind()) << joined(words);
            ASSERT_EQ(ours.size(), theirs.size()) << joined(words);
            exchange_popped(words[1], ours, theirs);
            // Where most members go, the encoding depends on which ones stay: make it the same.
            both({"SADD", words[1], "text"});
            both({"SREM", words[1], "text"});
            return;
        }
        ASSERT_TRUE(replies_agree(words, ours, theirs))
            << joined(words) << "\nours:   " << print_reply(ours) << "theirs: " << print_reply(theirs);
    }

    // Which members are popped is a matter of luck: make ours those that Redis popped.
    void exchange_popped(const std::string& key, const Reply& ours, const Reply& theirs) {
        for (const auto& [reply, name] : {std::pair(&ours, "SADD"), std::pair(&theirs, "SREM")}) {
            if (!reply->is_aggregate()) {
                call(*keyspace_, {name, key, std::string(reply->text())}, *context_);
            }
            for (const Reply& item : reply->items()) {
                call(*keyspace_, {name, key, std::string(item.text())}, *context_);
            }
        }
    }

    void compare_content() {
        const Reply keys = oracle_->command({"KEYS", "*"}, version_);
        both({"DBSIZE"});
        for (const Reply& item : keys.items()) {
            const std::string key(item.text());
            both({"TYPE", key});
            both({"OBJECT", "ENCODING", key});
            both({"TTL", key});
            const std::string type(oracle_->command({"TYPE", key}, version_).text());
            if (type == "string") both({"GET", key});
            if (type == "list") both({"LRANGE", key, "0", "-1"});
            if (type == "set") both({"SMEMBERS", key});
            if (type == "zset") both({"ZRANGE", key, "0", "-1", "WITHSCORES"});
            if (type == "hash") compare_hash(key);
        }
    }

    void compare_hash(const std::string& key) {
        const Reply theirs = oracle_->command({"HGETALL", key}, version_);
        const Reply ours = call(*keyspace_, {"HGETALL", key}, *context_);
        if (oracle_->command({"OBJECT", "ENCODING", key}, version_).text() == "listpack") {
            ASSERT_EQ(print_reply(ours), print_reply(theirs));  // the order counts
        } else {
            ASSERT_TRUE(replies_agree({"HGETALL", key}, ours, theirs));
        }
    }

    std::string history() const {
        std::string text = "\nlast commands:\n";
        for (const std::string& line : recent_) text += line + '\n';
        return text;
    }

    RedisOracle* oracle_ = nullptr;
    Keyspace* keyspace_ = nullptr;
    CallContext* context_ = nullptr;
    int version_ = 2;
    std::deque<std::string> recent_;
    std::function<Words(std::mt19937_64&)> fill_;
};

TEST_P(KeyspaceRandom, SmallAlphabets) {
    run(static_cast<std::uint64_t>(GetParam()), GetParam() % 2 + 2, {}, 4000);
}

// Few keys, so that operations on several keys often meet the same one.
TEST_P(KeyspaceRandom, TwoKeys) {
    GeneratorOptions options;
    options.keys = 2;
    options.whole_databases = false;
    options.databases = 1;
    run(static_cast<std::uint64_t>(GetParam()) + 1000, GetParam() % 2 + 2, options, 2000);
}

// Collections beyond their compact encodings, of one type at a time.
TEST_P(KeyspaceRandom, LargeCollections) {
    static const struct {
        const char* only;
        const char* add;
        bool values_first;
        bool values;
    } kTypes[] = {{"Z", "ZADD", true, true},
                  {"H", "HSET", false, true},
                  {"S", "SADD", false, false},
                  {"L", "RPUSH", false, false}};
    const auto& type = kTypes[GetParam() % 4];
    GeneratorOptions options;
    options.keys = 3;
    options.members = 1200;
    options.lex_ranges = false;
    options.whole_databases = false;
    options.databases = 1;
    options.only = type.only;
    fill_ = [&type](std::mt19937_64& random) {
        Words words{type.add, "k" + std::to_string(random() % 3)};
        for (int i = 0; i < 400; ++i) {
            const std::string member = "m" + std::to_string(random() % 1200);
            const std::string value = std::to_string(random() % 50);
            if (type.values_first) words.push_back(value);
            words.push_back(member);
            if (type.values && !type.values_first) words.push_back(value);
        }
        return words;
    };
    run(static_cast<std::uint64_t>(GetParam()) + 2000, GetParam() % 2 + 2, options, 1500);
}

// Ranges by member over a large sorted set of equal scores.
TEST_P(KeyspaceRandom, LargeLexRanges) {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    Keyspace keyspace;
    CallContext context;
    context.from_script = false;
    keyspace_ = &keyspace;
    context_ = &context;
    both({"SELECT", "0"});
    both({"FLUSHALL"});
    const auto bound = [&random] {
        const std::string member = std::to_string(random() % 3000);
        const char* const forms[] = {"[", "(", "[", "("};
        return random() % 8 == 0 ? std::string(random() % 2 == 0 ? "-" : "+") : forms[random() % 4] + member;
    };
    for (int step = 0; step < 3000; ++step) {
        Words words;
        switch (random() % 8) {
            case 0: words = {"ZREM", "z", std::to_string(random() % 3000)}; break;
            case 1: words = {"ZLEXCOUNT", "z", bound(), bound()}; break;
            case 2: words = {"ZRANGEBYLEX", "z", bound(), bound(), "LIMIT", "3", "9"}; break;
            case 3: words = {"ZREVRANGEBYLEX", "z", bound(), bound(), "LIMIT", "0", "20"}; break;
            case 4: words = {"ZRANK", "z", std::to_string(random() % 3000)}; break;
            case 5:
                words = {"ZREMRANGEBYLEX", "z", "[" + std::to_string(random() % 3000),
                         "(" + std::to_string(random() % 3000)};
                if (random() % 4 != 0) words = {"ZCARD", "z"};
                break;
            default:
                words = {"ZADD", "z"};
                for (int i = 0; i < 20; ++i) {
                    words.insert(words.end(), {"0", std::to_string(random() % 3000)});
                }
        }
        ASSERT_NO_FATAL_FAILURE(both(words)) << "step " << step;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeyspaceRandom, ::testing::Range(1, 1 + seed_count(8)));

}  // namespace
}  // namespace arenite::redis::testing

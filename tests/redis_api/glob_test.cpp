// Glob patterns, tried and compiled (redis_api/keyspace/glob.h, GL1 to GL3), against the KEYS of a live redis-server, and what
// they cost.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include <arenite/redis/reply_text.h>
#include "counting_meter.h"
#include "keyspace_oracle.h"
#include "redis_api/keyspace/glob.h"
#include "redis_api/keyspace/glob_program.h"

namespace arenite::redis::testing {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
    CountingMeter meter;
    const bool tried = Glob(pattern, meter).matches(text);
    if (!text.empty()) {
        EXPECT_EQ(GlobProgram(pattern, meter).matches(text), tried) << quote_text(pattern) << ' ' << quote_text(text);
    }
    EXPECT_EQ(meter.held(), 0u);
    return tried;
}

TEST(Glob, Matches) {
    EXPECT_TRUE(matches("a*c", "abbbc"));
    EXPECT_TRUE(matches("*", "x"));
    EXPECT_FALSE(matches("*", ""));  // as in Redis, where KEYS treats "*" by itself
    EXPECT_TRUE(matches("", ""));
    EXPECT_FALSE(matches("", "x"));
    EXPECT_TRUE(matches("[\x80-\xff]", "\x90"));
    EXPECT_FALSE(matches("\\", ""));
    EXPECT_TRUE(matches("\\", "\\"));
    EXPECT_TRUE(matches("*aab*aab*", "aaabaaab"));
    EXPECT_FALSE(matches("*ab*ba", "xaba"));
    EXPECT_TRUE(matches(std::string_view("a\0*", 3), std::string_view("a\0b", 3)));
}

/// A text of a few characters, many of which mean something in a pattern.
std::string random_text(std::mt19937_64& random, std::string_view alphabet, std::size_t longest) {
    std::string text(1 + random() % longest, '\0');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    return text;
}

TEST(Glob, RandomPatternsMatchWhatRedisMatches) {
    RedisOracle* const oracle = RedisOracle::get();
    if (oracle == nullptr) GTEST_SKIP() << "no redis-server: nothing to compare with";
    std::mt19937_64 random(11);
    constexpr std::string_view kTexts("ab-]^\\*\x80\xff\0", 10);
    constexpr std::string_view kPatterns("aabb**??[[]]^--\\\\\x80\xff\0", 20);
    std::size_t matched = 0;
    for (int round = 0; round < 8 * seed_count(1); ++round) {
        (void)oracle->command({"FLUSHALL"});
        std::set<std::string> keys{""};
        while (keys.size() < 300) keys.insert(random_text(random, round % 2 == 0 ? kTexts : "ab", 8));
        for (const std::string& key : keys) (void)oracle->command({"SET", key, "1"});
        for (int i = 0; i < 400; ++i) {
            std::string pattern = random_text(random, kPatterns, 10);
            if (pattern == "*") pattern += '*';
            std::set<std::string> theirs;
            const Reply reply = oracle->command({"KEYS", pattern});
            for (const Reply& key : reply.items()) theirs.emplace(key.text());
            for (const std::string& key : keys) {
                ASSERT_EQ(matches(pattern, key), theirs.contains(key)) << quote_text(pattern) << ' ' << quote_text(key);
            }
            matched += theirs.size();
        }
    }
    EXPECT_GT(matched, 10'000u);
    (void)oracle->command({"FLUSHALL"});
}

/// Longer ones of few characters, tried against compiled: with what is left over of a word, with pieces over several words.
TEST(Glob, TriedAndCompiledAgree) {
    std::mt19937_64 random(12);
    std::size_t matched = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text(random() % 600 + 1, 'a');
        for (char& c : text) c = random() % 4 == 0 ? 'b' : 'a';
        // A piece of the text, made vague; now and then spoilt.
        std::string pattern;
        for (std::size_t at = random() % 3; at < text.size(); ++at) {
            switch (random() % 40) {
                case 0: pattern += '*', at += random() % 20; break;
                case 1: pattern += '?'; break;
                case 2: pattern += "[^x-z]"; break;
                case 3: pattern += "[b-a]"; break;
                case 4: pattern += random() % 8 == 0 ? std::string("b") : std::string(1, text[at]); break;
                default: pattern += text[at];
            }
        }
        if (random() % 2 == 0) pattern = '*' + pattern + '*';
        matched += matches(pattern, text) ? 1 : 0;
    }
    EXPECT_GT(matched, 100u);
}

struct Hostile {
    std::string pattern;
    std::string text;
};

/// Patterns that take time with the product of the lengths, or worse, where they are tried.
std::vector<Hostile> hostile(std::size_t n) {
    const std::string as(n, 'a');
    std::string stars;
    std::string vague;
    for (std::size_t i = 0; i < n / 4; ++i) stars += "a*";
    for (std::size_t i = 0; i < n / 4; ++i) vague += "a?";
    return {{"*" + as.substr(n / 2) + "b", as},
            {"*" + as.substr(n / 2) + "b*", as},
            {stars + "b", as},
            {"*" + as.substr(n / 2) + "b" + as.substr(n / 2) + "*", as},
            {"*" + vague + "b", as},
            {"*" + vague + "b*", as},
            {"*[" + as.substr(n / 2) + "]b", as},
            {"*[^" + as.substr(n / 2) + "]b*", as},
            {"*" + std::string(n / 2, '?') + "b*", as}};
}

TEST(Glob, WorkIsLinearOrDividedBy64) {
    constexpr std::size_t n = 40'000;
    for (const Hostile& one : hostile(n)) {
        CountingMeter meter;
        EXPECT_FALSE(Glob(one.pattern, meter).matches(one.text));
        EXPECT_LT(meter.units(), 20 * n + n * n / 2 / 64) << one.pattern.substr(0, 20);
        EXPECT_GT(meter.units(), n / 8);
        EXPECT_LT(meter.most_held(), 128 * n);
        EXPECT_EQ(meter.held(), 0u);
    }
}

/// The meter is asked so often that a kill is soon seen, and a refusal leaves nothing held.
TEST(Glob, CanBeEndedAnywhere) {
    for (const Hostile& one : hostile(2000)) {
        CountingMeter meter;
        (void)Glob(one.pattern, meter).matches(one.text);
        const std::uint64_t looks = meter.looks();
        EXPECT_LT(meter.units() / looks, 5000u);
        for (std::uint64_t n = 1; n <= looks; n += 1 + looks / 50) {
            meter.reset(n);
            EXPECT_THROW((void)Glob(one.pattern, meter).matches(one.text), CommandEnded) << n;
            EXPECT_EQ(meter.held(), 0u);
        }
    }
}

}  // namespace
}  // namespace arenite::redis::testing

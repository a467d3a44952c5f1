// Elements drawn with a positive count are different ones, whichever way they are drawn: of a few among many, each draw is
// looked for among those before it; of most of them, all are taken first.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "keyspace_oracle.h"

namespace arenite::redis::testing {
namespace {

constexpr std::size_t kElements = 3000;

class DifferentDraws : public ::testing::TestWithParam<std::size_t> {
protected:
    void SetUp() override {
        Words set{"SADD", "set"};
        Words hash{"HSET", "hash"};
        Words zset{"ZADD", "zset"};
        for (std::size_t i = 0; i < kElements; ++i) {
            const std::string name = "element:" + std::to_string(i);
            all_.insert(name);
            set.push_back(name);
            hash.insert(hash.end(), {name, "v"});
            zset.insert(zset.end(), {std::to_string(i), name});
        }
        for (const Words& words : {set, hash, zset}) (void)run(words);
    }
    Reply run(const Words& words) { return call(keyspace_, words, context_); }

    // As many as were asked for, all of them elements, and none twice.
    void expect_different(const Words& words) {
        const Reply reply = run(words);
        ASSERT_EQ(reply.size(), GetParam()) << words[0];
        std::set<std::string> drawn;
        for (const Reply& item : reply.items()) {
            EXPECT_TRUE(all_.contains(std::string(item.text()))) << words[0] << " gave " << item.text();
            EXPECT_TRUE(drawn.emplace(item.text()).second) << words[0] << " gave " << item.text() << " twice";
        }
    }

    Keyspace keyspace_;
    CallContext context_;
    std::set<std::string> all_;
};

TEST_P(DifferentDraws, AreDifferent) {
    const std::string count = std::to_string(GetParam());
    expect_different({"SRANDMEMBER", "set", count});
    expect_different({"HRANDFIELD", "hash", count});
    expect_different({"ZRANDMEMBER", "zset", count});
    if (HasFailure()) return;  // SPOP would read what it has freed
    expect_different({"SPOP", "set", count});
    EXPECT_EQ(run({"SCARD", "set"}).integer_value(), static_cast<std::int64_t>(kElements - GetParam()));
}

// A third is the most that is drawn one by one.
INSTANTIATE_TEST_SUITE_P(Counts, DifferentDraws, ::testing::Values(1, 2, 7, 64, 999, 1000, 1001, 2999, 3000));

}  // namespace
}  // namespace arenite::redis::testing

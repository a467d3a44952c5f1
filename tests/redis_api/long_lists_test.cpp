// Commands that move many elements of a list check the meter while they do (item_ring.h). Wherever they are ended, the list is
// what it was.
#include <gtest/gtest.h>

#include <string>

#include <arenite/redis/reply_text.h>
#include "counting_meter.h"
#include "keyspace_oracle.h"

namespace arenite::redis::testing {
namespace {

constexpr int kElements = 6000;

class EachMove : public ::testing::TestWithParam<Words> {
protected:
    void SetUp() override {
        Words push{"RPUSH", "list"};
        for (int i = 0; i < kElements; ++i) push.push_back(i % 7 == 0 ? "same" : "element " + std::to_string(i));
        (void)run(push);
    }
    Reply run(const Words& words) { return call(keyspace_, words, context_); }
    Reply elements() { return run({"LRANGE", "list", "0", "-1"}); }

    Keyspace keyspace_;
    CallContext context_;
};

TEST_P(EachMove, EndedAnywhereLeavesTheList) {
    const Reply before = elements();
    CountingMeter meter;
    std::uint64_t stop_at = 0;
    for (bool ended = true; ended;) {
        meter.reset(++stop_at);
        context_.meter = &meter;
        (void)run(GetParam());
        context_.meter = nullptr;
        ended = meter.end() != WorkMeter::End::None;
        if (ended) ASSERT_EQ(elements(), before) << "ended by check " << stop_at;
    }
    EXPECT_GT(stop_at, std::uint64_t{3 + kElements / 1024});  // those of LINSERT are for pieces that move
    EXPECT_FALSE(elements() == before);
}

INSTANTIATE_TEST_SUITE_P(Commands, EachMove,
                         ::testing::Values(Words{"LINSERT", "list", "BEFORE", "element 1", "new"},
                                           Words{"LREM", "list", "0", "same"}, Words{"LREM", "list", "3", "same"},
                                           Words{"LREM", "list", "-3", "same"}));

}  // namespace
}  // namespace arenite::redis::testing

// Fixed sequences of commands, run on the keyspace and on a live redis-server, reply by reply.
#include <gtest/gtest.h>

#include <sstream>

#include <arenite/redis/reply_text.h>
#include "keyspace_oracle.h"
#include "keyspace_table.h"

namespace arenite::redis::testing {
namespace {

class KeyspaceTable : public ::testing::TestWithParam<Sequence> {
protected:
    void SetUp() override {
        oracle_ = RedisOracle::get();
        if (oracle_ == nullptr) GTEST_SKIP() << "no redis-server: nothing to compare with";
    }

    // `script`: through redis.pcall on the oracle, with its texts and conversions.
    void run(int version, bool script) {
        Keyspace keyspace;
        CallContext context;
        context.resp = version;
        context.from_script = script;
        oracle_->command({"SELECT", "0"}, version);
        oracle_->command({"FLUSHALL"}, version);
        std::istringstream lines(GetParam().lines);
        for (std::string line; std::getline(lines, line);) {
            const Words words = split_line(line);
            if (words.empty()) continue;
            if (script && words[0] == "SELECT") oracle_->command(words, version);
            // What clients would wait for, scripts do not.
            if (!script && words[0][0] == 'B' && words[0].ends_with("MPOP")) continue;
            const Reply theirs = script ? oracle_->from_script(words, version) : oracle_->command(words, version);
            Reply ours = call(keyspace, words, context);
            if (script) ours = as_script_result(std::move(ours));
            // One null for both in RESP3.
            if (version == 3 && ours.is_null()) ours = Reply::null();
            ASSERT_TRUE(replies_agree(words, ours, theirs))
                << line << "\nours:   " << print_reply(ours) << "theirs: " << print_reply(theirs);
        }
        oracle_->command({"SELECT", "0"}, version);
    }

    // What a reply is after it went through Lua and back: a null array is a null, and integers are
    // doubles.
    static Reply as_script_result(Reply reply) {
        if (reply.kind() == ReplyKind::NullArray) return Reply::null();
        if (reply.kind() == ReplyKind::Integer) {
            const auto through_lua = static_cast<double>(reply.integer_value());
            if (through_lua >= 0x1p63) return Reply::integer(INT64_MIN);
            return Reply::integer(static_cast<std::int64_t>(through_lua));
        }
        if (reply.kind() == ReplyKind::Array) {
            for (Reply& item : reply.mutable_items()) item = as_script_result(std::move(item));
        }
        return reply;
    }

    RedisOracle* oracle_ = nullptr;
};

std::string sequence_name(const ::testing::TestParamInfo<Sequence>& info) {
    return info.param.name;
}

TEST_P(KeyspaceTable, SameRepliesAsRedisInResp2) {
    run(2, false);
}
TEST_P(KeyspaceTable, SameRepliesAsRedisInResp3) {
    run(3, false);
}
TEST_P(KeyspaceTable, SameRepliesAsRedisFromScripts) {
    run(2, true);
}

INSTANTIATE_TEST_SUITE_P(Strings, KeyspaceTable, ::testing::ValuesIn(strings_sequences()), sequence_name);
INSTANTIATE_TEST_SUITE_P(Collections, KeyspaceTable, ::testing::ValuesIn(collections_sequences()), sequence_name);
INSTANTIATE_TEST_SUITE_P(Zsets, KeyspaceTable, ::testing::ValuesIn(zsets_sequences()), sequence_name);
INSTANTIATE_TEST_SUITE_P(Keys, KeyspaceTable, ::testing::ValuesIn(keys_sequences()), sequence_name);

}  // namespace
}  // namespace arenite::redis::testing

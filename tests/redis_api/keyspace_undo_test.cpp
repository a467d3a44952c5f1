// Undo: after a rollback the whole keyspace is what it was before, in content, order, encodings and
// expiry; after a commit it is what the commands made of it.
#include <gtest/gtest.h>

#include <arenite/redis/reply_text.h>
#include "keyspace_generator.h"
#include "keyspace_twins.h"
#include "redis_api/keyspace/dump.h"

namespace arenite::redis::testing {
namespace {

class KeyspaceUndo : public ::testing::TestWithParam<int> {
protected:
    void run(CommandGenerator& generator, int steps) {
        for (int i = 0; i < steps; ++i) call(keyspace_, generator.next(), context_);
    }

    void expect_unchanged(const std::string& before, const std::string& what) {
        ASSERT_EQ(dump_keyspace(keyspace_), before) << what;
    }

    Keyspace keyspace_;
    CallContext context_;
};

// Scopes of one to forty commands on a keyspace that goes on changing between them.
TEST_P(KeyspaceUndo, RollbackRestoresEverything) {
    CommandGenerator generator(static_cast<std::uint64_t>(GetParam()), all_kinds());
    for (int round = 0; round < 300; ++round) {
        run(generator, 20);
        const std::string before = dump_keyspace(keyspace_);
        keyspace_.begin_undo();
        run(generator, 1 + round % 40);
        keyspace_.rollback_undo();
        ASSERT_NO_FATAL_FAILURE(expect_unchanged(before, "round " + std::to_string(round)));
    }
}

// A single command per scope, so that a failure names its command.
TEST_P(KeyspaceUndo, RollbackOfEachCommandRestoresEverything) {
    CommandGenerator generator(static_cast<std::uint64_t>(GetParam()) + 100, all_kinds());
    for (int round = 0; round < 3000; ++round) {
        const std::string before = dump_keyspace(keyspace_);
        const Words words = generator.next();
        keyspace_.begin_undo();
        call(keyspace_, words, context_);
        keyspace_.rollback_undo();
        ASSERT_NO_FATAL_FAILURE(expect_unchanged(before, text_of(words)));
        call(keyspace_, words, context_);
    }
}

// The same commands with and without committed scopes give the same keyspace. (The same seed makes
// drawn elements the same.)
TEST_P(KeyspaceUndo, CommitKeepsEverything) {
    Twins twins;
    GeneratorOptions options;
    CommandGenerator generator(static_cast<std::uint64_t>(GetParam()) + 200, options);
    for (int round = 0; round < 200; ++round) {
        twins.scoped.begin_undo();
        for (int i = 0; i < 1 + round % 30; ++i) {
            const Words words = generator.next();
            ASSERT_NO_FATAL_FAILURE(twins.call_both(words));
        }
        twins.scoped.commit_undo();
        ASSERT_EQ(dump_keyspace(twins.plain), dump_keyspace(twins.scoped));
    }
}

// Collections beyond their compact encodings, with many changes in one scope.
TEST_P(KeyspaceUndo, RollbackOfLargeCollections) {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    for (int i = 0; i < 2000; ++i) {
        const std::string member = std::to_string(random() % 1500);
        call(keyspace_, {"ZADD", "k0", std::to_string(random() % 100), member}, context_);
        call(keyspace_, {"HSET", "k1", member, std::to_string(i)}, context_);
        call(keyspace_, {"SADD", "k2", "m" + member}, context_);
        call(keyspace_, {"RPUSH", "k3", member}, context_);
    }
    GeneratorOptions options = all_kinds();
    options.keys = 4;
    options.members = 1500;
    CommandGenerator generator(static_cast<std::uint64_t>(GetParam()) + 300, options);
    const std::string before = dump_keyspace(keyspace_);
    for (int round = 0; round < 20; ++round) {
        keyspace_.begin_undo();
        run(generator, 200);
        keyspace_.rollback_undo();
        ASSERT_NO_FATAL_FAILURE(expect_unchanged(before, "round " + std::to_string(round)));
        context_.db = 0;
    }
}

// Replies after a rollback, too, are those of a keyspace that was never touched.
TEST_P(KeyspaceUndo, RolledBackKeyspaceAnswersAsBefore) {
    Keyspace twin;
    CallContext twin_context;
    keyspace_.set_clock(1000);
    twin.set_clock(1000);
    GeneratorOptions options;
    CommandGenerator generator(static_cast<std::uint64_t>(GetParam()) + 400, options);
    CommandGenerator noise(static_cast<std::uint64_t>(GetParam()) + 500, all_kinds());
    for (int round = 0; round < 1000; ++round) {
        CallContext noisy = context_;
        keyspace_.begin_undo();
        for (int i = 0; i < 10; ++i) call(keyspace_, noise.next(), noisy);
        keyspace_.rollback_undo();
        const Words words = generator.next();
        if (words[0] == "SPOP" || words[0] == "TIME") continue;
        const Reply ours = call(keyspace_, words, context_);
        const Reply theirs = call(twin, words, twin_context);
        ASSERT_TRUE(replies_agree(words, ours, theirs)) << words[0] << '\n' << print_reply(ours) << print_reply(theirs);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeyspaceUndo, ::testing::Range(1, 1 + seed_count(6)));

TEST(KeyspaceUndoScope, RestoresExpiredKeys) {
    Keyspace keyspace;
    CallContext context;
    keyspace.set_clock(1000);
    call(keyspace, {"SET", "a", "1", "PX", "10"}, context);
    const std::string before = dump_keyspace(keyspace);
    keyspace.set_clock(2000);
    keyspace.begin_undo();
    EXPECT_TRUE(call(keyspace, {"GET", "a"}, context).is_null());
    call(keyspace, {"SET", "a", "2"}, context);
    keyspace.rollback_undo();
    EXPECT_EQ(dump_keyspace(keyspace), before);
}

TEST(KeyspaceUndoScope, EndsMayComeTwiceOrWithoutBegin) {
    Keyspace keyspace;
    CallContext context;
    keyspace.rollback_undo();
    keyspace.commit_undo();
    keyspace.begin_undo();
    call(keyspace, {"SET", "a", "1"}, context);
    keyspace.commit_undo();
    keyspace.rollback_undo();
    EXPECT_EQ(call(keyspace, {"GET", "a"}, context).text(), "1");
}

// A keyspace may go while a scope is open.
TEST(KeyspaceUndoScope, DestructionInsideAScope) {
    Keyspace keyspace;
    CallContext context;
    call(keyspace, {"HSET", "h", "a", "1"}, context);
    call(keyspace, {"ZADD", "z", "1", "a"}, context);
    keyspace.begin_undo();
    call(keyspace, {"HDEL", "h", "a"}, context);
    call(keyspace, {"ZADD", "z", "2", "a"}, context);
    call(keyspace, {"FLUSHALL"}, context);
    call(keyspace, {"HSET", "h", "a", "2"}, context);
}

}  // namespace
}  // namespace arenite::redis::testing

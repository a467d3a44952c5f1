// Undo scopes of the keyspace that nest, and memory that ends inside them. What a rollback has to bring back is the
// dump of the keyspace, and the order in which SCAN and RANDOMKEY go through it.
#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include <arenite/redis/reply_text.h>
#include "failing_allocations.h"
#include "keyspace_generator.h"
#include "keyspace_state.h"
#include "keyspace_twins.h"
#include "redis_api/keyspace/dump.h"

namespace arenite::redis::testing {
namespace {

class NestedUndo : public ::testing::TestWithParam<int> {
protected:
    std::uint64_t seed() const { return static_cast<std::uint64_t>(GetParam()); }
    Keyspace keyspace_;
    CallContext context_;
};

// Scopes open and end at random; each rollback brings back what was there when its scope began.
TEST_P(NestedUndo, EachScopeRestoresItsBegin) {
    std::mt19937_64 random(seed());
    GeneratorOptions options = all_kinds();
    options.members = 8 + GetParam() % 3 * 300;  // some of the collections leave their compact encodings
    CommandGenerator generator(seed() + 1000, options);
    std::vector<std::string> begins;
    int rolled_back = 0;
    for (int step = 0; step < 6000; ++step) {
        switch (random() % 12) {
            case 0:
            case 1:
                if (begins.size() >= 9) break;
                begins.push_back(state(keyspace_));
                keyspace_.begin_undo();
                break;
            case 2:
                if (begins.empty()) break;
                keyspace_.commit_undo();
                begins.pop_back();
                break;
            case 3: {
                if (begins.empty()) break;
                const CountedAllocations allocations;
                keyspace_.rollback_undo();
                ASSERT_EQ(allocations.count(), 0u);
                ASSERT_EQ(state(keyspace_), begins.back()) << "step " << step << ", depth " << begins.size();
                begins.pop_back();
                ++rolled_back;
                break;
            }
            default: call(keyspace_, generator.next(), context_);
        }
    }
    EXPECT_GT(rolled_back, 200);
    while (!begins.empty()) {
        keyspace_.rollback_undo();
        ASSERT_EQ(state(keyspace_), begins.back());
        begins.pop_back();
    }
}

// Committed scopes make no difference to what commands do.
TEST_P(NestedUndo, CommitKeepsEverything) {
    Twins twins;
    std::mt19937_64 random(seed());
    CommandGenerator generator(seed() + 2000, {});
    int depth = 0;
    for (int step = 0; step < 3000; ++step) {
        const std::uint64_t kind = random() % 8;
        if (kind == 0 && depth < 6) {
            twins.scoped.begin_undo();
            ++depth;
        } else if (kind == 1 && depth > 0) {
            twins.scoped.commit_undo();
            --depth;
        }
        const Words words = generator.next();
        ASSERT_NO_FATAL_FAILURE(twins.call_both(words));
        if (step % 10 != 0) continue;
        ASSERT_EQ(dump_keyspace(twins.plain), dump_keyspace(twins.scoped)) << text_of(words);
    }
}

// The same keys and members drawn after a rollback as without the scope.
TEST_P(NestedUndo, RandomDrawsComeAgain) {
    CommandGenerator generator(seed() + 3000, all_kinds());
    for (int i = 0; i < 200; ++i) call(keyspace_, generator.next(), context_);
    context_.db = 0;
    const auto drawn = [&] {
        std::string all;
        for (int i = 0; i < 8; ++i) all += print_reply(call(keyspace_, {"RANDOMKEY"}, context_));
        return all;
    };
    keyspace_.begin_undo();
    const std::string first = drawn();
    for (int i = 0; i < 50; ++i) call(keyspace_, generator.next(), context_);
    keyspace_.rollback_undo();
    context_.db = 0;
    EXPECT_EQ(drawn(), first);
}

// The Nth allocation fails, in the middle of a command or where a scope begins.
TEST_P(NestedUndo, MemoryEndsAtTheNthAllocation) {
    CommandGenerator generator(seed() + 4000, all_kinds());
    std::uint64_t failures = 0;
    for (int round = 0; round < 60; ++round) {
        for (int i = 0; i < 15; ++i) call(keyspace_, generator.next(), context_);
        std::vector<Words> commands;
        for (int i = 0; i < 6; ++i) commands.push_back(generator.next());
        const std::string before = state(keyspace_);
        for (std::uint64_t n = 1;; ++n) {
            CallContext context = context_;
            int depth = 0;
            bool failed = false;
            {
                const FailingAllocation failing(n);
                try {
                    for (std::size_t i = 0; i < commands.size(); ++i) {
                        if (i % 2 == 0) {
                            keyspace_.begin_undo();
                            ++depth;
                        }
                        call(keyspace_, commands[i], context);
                        if (i == 3) {
                            keyspace_.commit_undo();
                            --depth;
                        }
                    }
                } catch (const std::bad_alloc&) {  // of begin_undo, or of the reply that says so
                }
                failed = FailingAllocation::happened();
            }
            for (; depth > 0; --depth) keyspace_.rollback_undo();
            std::string what;
            for (const Words& words : commands) what += text_of(words) + '\n';
            ASSERT_EQ(state(keyspace_), before) << "allocation " << n << "\n" << what;
            if (!failed) break;
            ++failures;
        }
    }
    EXPECT_GT(failures, 800u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, NestedUndo, ::testing::Range(1, 1 + seed_count(6)));

// The parts by themselves, against copies.
TEST(ListValueScopes, EachRestoresItsBegin) {
    std::mt19937_64 random(5);
    WorkMeter unmetered;
    ListValue list;
    std::deque<std::string> model;
    std::vector<std::deque<std::string>> begins;
    for (int step = 0; step < 60000; ++step) {
        const std::string item = std::to_string(random() % 6);
        const std::size_t at = model.empty() ? 0 : random() % model.size();
        const bool left = random() % 2 == 0;
        const ListEnd end = left ? ListEnd::Left : ListEnd::Right;
        const std::uint64_t kind = random() % 32;
        if (kind < 3) {
            if (begins.size() > 6) continue;
            begins.push_back(model);
            list.begin_undo();
        } else if (kind < 5) {
            if (begins.empty()) continue;
            list.commit_undo();
            begins.pop_back();
        } else if (kind == 5) {
            if (begins.empty()) continue;
            list.rollback_undo();
            model = begins.back();
            begins.pop_back();
        } else if (kind < 16 || model.empty()) {
            if (model.size() > 60) continue;
            list.push(end, item);
            model.insert(left ? model.begin() : model.end(), item);
        } else if (kind < 26) {
            ASSERT_EQ(list.pop(end), left ? model.front() : model.back());
            model.erase(left ? model.begin() : model.end() - 1);
        } else if (kind < 29) {
            list.store(at, item);
            model[at] = item;
        } else if (kind < 31) {
            list.insert(at, item, unmetered);
            model.insert(model.begin() + static_cast<std::ptrdiff_t>(at), item);
        } else {
            ASSERT_EQ(list.remove([&item](const std::string& other) { return other == item; }, 0, end, unmetered),
                      static_cast<std::size_t>(std::erase(model, item)));
        }
        ASSERT_TRUE(std::equal(model.begin(), model.end(), list.items().begin(), list.items().end())) << step;
    }
}

// The journals stay as small as what they restore, however many scopes are committed into an outer one.
TEST(KeyspaceScopes, CommittedScopesDoNotPileUp) {
    Keyspace keyspace;
    CallContext context;
    call(keyspace, {"HSET", "h", "n", "0"}, context);
    call(keyspace, {"ZADD", "z", "0", "n"}, context);
    call(keyspace, {"RPUSH", "l", "a", "b", "c"}, context);
    call(keyspace, {"SET", "s", "0"}, context);
    const std::string before = dump_keyspace(keyspace);
    const auto round = [&] {
        keyspace.begin_undo();
        call(keyspace, {"HINCRBY", "h", "n", "1"}, context);
        call(keyspace, {"HSET", "h", "new", "1"}, context);
        call(keyspace, {"ZINCRBY", "z", "1", "n"}, context);
        call(keyspace, {"ZADD", "z", "1", "new"}, context);
        call(keyspace, {"LMOVE", "l", "l", "LEFT", "RIGHT"}, context);
        call(keyspace, {"INCR", "s"}, context);
        keyspace.commit_undo();
        keyspace.begin_undo();
        call(keyspace, {"HDEL", "h", "new"}, context);
        call(keyspace, {"ZREM", "z", "new"}, context);
        keyspace.commit_undo();
    };
    keyspace.begin_undo();
    for (int i = 0; i < 100; ++i) round();
    const std::int64_t bytes = live_bytes();
    for (int i = 0; i < 20000; ++i) round();
    EXPECT_LT(live_bytes(), bytes + 4096);
    keyspace.rollback_undo();
    EXPECT_EQ(dump_keyspace(keyspace), before);
}

}  // namespace
}  // namespace arenite::redis::testing

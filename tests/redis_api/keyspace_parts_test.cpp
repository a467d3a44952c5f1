// The parts of the keyspace by themselves, without a server to compare with.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "keyspace_oracle.h"
#include "redis_api/format_double.h"
#include "redis_api/keyspace/dict.h"
#include "redis_api/keyspace/list_value.h"
#include "redis_api/keyspace/number_format.h"
#include "redis_api/keyspace/sorted_set.h"
#include "redis_api/keyspace/string_value.h"

namespace arenite::redis::testing {
namespace {

TEST(NumberFormat, ParsesIntegersAsString2ll) {
    EXPECT_EQ(parse_integer("0"), 0);
    EXPECT_EQ(parse_integer("-1"), -1);
    EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(parse_integer("-9223372036854775808"), INT64_MIN);
    for (const char* bad : {"", "-", "+1", "01", "-0", " 1", "1 ", "1.0", "9223372036854775808", "-9223372036854775809",
                            "0x1", "99999999999999999999999"}) {
        EXPECT_FALSE(parse_integer(bad)) << bad;
    }
}

TEST(NumberFormat, FormatsAsRedis) {
    EXPECT_EQ(format_double(3), "3");
    EXPECT_EQ(format_double(0.1), "0.10000000000000001");
    EXPECT_EQ(format_double(1e17), "1e+17");
    EXPECT_EQ(format_double(-INFINITY), "-inf");
    EXPECT_EQ(format_double(-0.0), "-0");
    EXPECT_EQ(format_score(1e17), "100000000000000000");
    EXPECT_EQ(format_human(10.6L), "10.6");
    EXPECT_EQ(format_human(-1e-18L), "0");
    EXPECT_EQ(format_human(200), "200");
}

// A dictionary against std::map, with undo scopes that end either way.
TEST(Dict, BehavesAsAMap) {
    std::mt19937_64 random(7);
    Dict<int> dict;
    std::vector<std::pair<std::string, int>> model;  // in order of insertion
    const auto contents = [&dict] {
        std::vector<std::pair<std::string, int>> all;
        for (auto* node = dict.first(); node != nullptr; node = node->next()) {
            all.emplace_back(node->key(), node->value());
        }
        return all;
    };
    for (int round = 0; round < 400; ++round) {
        const auto saved = model;
        const bool scope = random() % 4 != 0;
        const bool keep = random() % 2 == 0;
        if (scope) dict.begin_undo();
        for (std::uint64_t i = random() % 200; i > 0; --i) {
            const std::string key = std::to_string(random() % (round % 7 == 0 ? 1000 : 60));
            const int value = static_cast<int>(random() % 1000);
            const auto at =
                std::find_if(model.begin(), model.end(), [&key](const auto& each) { return each.first == key; });
            auto* node = dict.find(key);
            ASSERT_EQ(node != nullptr, at != model.end());
            if (node == nullptr) {
                dict.insert(key, value);
                model.emplace_back(key, value);
            } else if (random() % 2 == 0) {
                dict.assign(node, value);
                at->second = value;
            } else {
                dict.erase(node);
                model.erase(at);
            }
        }
        if (scope && keep) dict.commit_undo();
        if (scope && !keep) {
            dict.rollback_undo();
            model = saved;
        }
        ASSERT_EQ(contents(), model);
        ASSERT_EQ(dict.size(), model.size());
        for (const auto& [key, value] : model) ASSERT_EQ(dict.find(key)->value(), value);
    }
}

// Elements that stay are visited by a scan, however the table grows and shrinks meanwhile.
TEST(Dict, ScanVisitsWhatStays) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 50; ++round) {
        Dict<int> dict;
        for (int i = 0; i < 500; ++i) dict.insert("stay" + std::to_string(i), i);
        std::set<std::string> seen;
        std::uint64_t cursor = 0;
        int calls = 0;
        do {
            cursor = dict.scan(cursor, [&seen](const auto& node) { seen.insert(node.key()); });
            if (++calls % 10 == 0) {
                const bool grow = random() % 2 == 0;
                for (int i = 0; i < 1500; ++i) {
                    const std::string key = "come" + std::to_string(i);
                    if (grow && !dict.contains(key)) dict.insert(key, i);
                    if (!grow) dict.erase(key);
                }
            }
        } while (cursor != 0);
        for (int i = 0; i < 500; ++i) ASSERT_TRUE(seen.contains("stay" + std::to_string(i)));
    }
}

TEST(Dict, DrawsUniformly) {
    Dict<int> dict;
    for (int i = 0; i < 10; ++i) dict.insert(std::to_string(i), i);
    RandomSource random(99);
    std::map<int, int> counts;
    for (int i = 0; i < 100000; ++i) ++counts[dict.random(random)->value()];
    for (const auto& [value, count] : counts) {
        EXPECT_GT(count, 9500) << value;
        EXPECT_LT(count, 10500) << value;
    }
}

// Ranks, neighbours and ranges against a sorted vector, with undo scopes.
TEST(SortedSet, BehavesAsASortedVector) {
    std::mt19937_64 random(13);
    SortedSet set;
    std::map<std::string, double> model;
    for (int round = 0; round < 300; ++round) {
        const auto saved = model;
        const bool scope = random() % 3 != 0;
        const bool keep = random() % 2 == 0;
        if (scope) set.begin_undo();
        for (std::uint64_t i = random() % 60; i > 0; --i) {
            const std::string member = std::to_string(random() % 300);
            if (random() % 3 == 0) {
                ASSERT_EQ(set.erase(member), model.erase(member) == 1);
            } else {
                const double score = static_cast<double>(random() % 20);
                ASSERT_EQ(set.set(member, score), !model.contains(member));
                model[member] = score;
            }
        }
        if (scope && keep) set.commit_undo();
        if (scope && !keep) {
            set.rollback_undo();
            model = saved;
        }
        std::vector<std::pair<double, std::string>> sorted;
        for (const auto& [member, score] : model) sorted.emplace_back(score, member);
        std::sort(sorted.begin(), sorted.end());
        ASSERT_EQ(set.size(), sorted.size());
        const SortedSet::Node* previous = nullptr;
        const SortedSet::Node* node = set.first();
        for (std::size_t rank = 0; rank < sorted.size(); ++rank) {
            ASSERT_NE(node, nullptr);
            ASSERT_EQ(node->member(), sorted[rank].second);
            ASSERT_EQ(node->score(), sorted[rank].first);
            ASSERT_EQ(node->previous(), previous);
            ASSERT_EQ(set.at_rank(rank), node);
            ASSERT_EQ(set.rank(node->member()), rank);
            previous = node;
            node = node->next();
        }
        ASSERT_EQ(node, nullptr);
        ASSERT_EQ(set.last(), previous);
        const ScoreRange range{static_cast<double>(random() % 20), static_cast<double>(random() % 20),
                               random() % 2 == 0, random() % 2 == 0};
        const auto inside = [&range](const auto& each) {
            return range.above_min(each.first) && range.below_max(each.first);
        };
        const auto low = std::find_if(sorted.begin(), sorted.end(), inside);
        const auto high = std::find_if(sorted.rbegin(), sorted.rend(), inside);
        const auto* first = set.first_in(range);
        const auto* last = set.last_in(range);
        ASSERT_EQ(first != nullptr, low != sorted.end());
        ASSERT_EQ(last != nullptr, high != sorted.rend());
        if (first != nullptr) {
            ASSERT_EQ(first->member(), low->second);
            ASSERT_EQ(last->member(), high->second);
        }
    }
}

TEST(ListValue, UndoRestoresEveryMixOfChanges) {
    std::mt19937_64 random(17);
    WorkMeter unmetered;
    ListValue list;
    std::deque<std::string> model;
    for (int round = 0; round < 2000; ++round) {
        const auto saved = model;
        const bool keep = random() % 3 == 0;
        list.begin_undo();
        for (std::uint64_t i = random() % 12; i > 0; --i) {
            const std::string item = std::to_string(random() % 5);
            const std::size_t at = model.empty() ? 0 : random() % model.size();
            const ListEnd end = random() % 2 == 0 ? ListEnd::Left : ListEnd::Right;
            const std::uint64_t kind = random() % 12;
            if (kind < 5 || model.empty()) {
                list.push(end, item);
                if (end == ListEnd::Left)
                    model.push_front(item);
                else
                    model.push_back(item);
            } else if (kind < 8) {
                const std::string popped = end == ListEnd::Left ? model.front() : model.back();
                ASSERT_EQ(list.pop(end), popped);
                if (end == ListEnd::Left)
                    model.pop_front();
                else
                    model.pop_back();
            } else if (kind < 10) {
                list.store(at, item);
                model[at] = item;
            } else if (kind == 10) {
                list.insert(at, item, unmetered);
                model.insert(model.begin() + static_cast<std::ptrdiff_t>(at), item);
            } else {
                const auto removed =
                    list.remove([&item](const std::string& other) { return other == item; }, 0, end, unmetered);
                ASSERT_EQ(removed, static_cast<std::size_t>(std::erase(model, item)));
            }
        }
        if (keep) {
            list.commit_undo();
        } else {
            list.rollback_undo();
            model = saved;
        }
        ASSERT_TRUE(std::equal(model.begin(), model.end(), list.items().begin(), list.items().end()));
    }
}

TEST(StringValue, UndoRestoresEveryMixOfChanges) {
    std::mt19937_64 random(19);
    StringValue string(std::string("start"));
    std::string model = "start";
    WorkMeter meter;
    for (int round = 0; round < 2000; ++round) {
        const std::string saved = model;
        const StringEncoding encoding = string.encoding();
        const bool keep = random() % 3 == 0;
        string.begin_undo();
        for (std::uint64_t i = random() % 6; i > 0; --i) {
            const std::string bytes(random() % 1500, static_cast<char>('a' + random() % 26));
            switch (random() % 5) {
                case 0:
                    string.replace(bytes, StringEncoding::Raw);
                    model = bytes;
                    break;
                case 1:
                    if (model.size() > 20000) break;
                    string.append(bytes, meter);
                    model += bytes;
                    break;
                default: {
                    const std::size_t offset = random() % 5000;
                    string.grow(random() % (offset + bytes.size() + 1), meter);
                    string.overwrite(offset, bytes);
                    if (model.size() < offset + bytes.size()) model.resize(offset + bytes.size());
                    model.replace(offset, bytes.size(), bytes);
                }
            }
            ASSERT_EQ(string.bytes(), model);
        }
        if (keep) {
            string.commit_undo();
        } else {
            string.rollback_undo();
            model = saved;
            ASSERT_EQ(string.encoding(), encoding);
        }
        ASSERT_EQ(string.bytes(), model);
    }
}

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The cost of a scope follows what is written, not how large the keys are: one change and its
// rollback take no longer for a hundred thousand elements than for the copy of a few.
TEST(KeyspaceUndoCost, DoesNotDependOnTheSizeOfKeys) {
    Keyspace keyspace;
    CallContext context;
    for (int i = 0; i < 100000; ++i) {
        const std::string n = std::to_string(i);
        call(keyspace, {"ZADD", "z", n, n}, context);
        call(keyspace, {"HSET", "h", n, n}, context);
        call(keyspace, {"RPUSH", "l", n}, context);
        call(keyspace, {"SADD", "s", "m" + n}, context);
    }
    call(keyspace, {"SETRANGE", "b", "10000000", "x"}, context);
    const double took = seconds_of([&] {
        for (int i = 0; i < 1000; ++i) {
            keyspace.begin_undo();
            call(keyspace, {"ZADD", "z", "5", "50000"}, context);
            call(keyspace, {"HSET", "h", "50000", "x"}, context);
            call(keyspace, {"LPUSH", "l", "x"}, context);
            call(keyspace, {"LSET", "l", "50000", "x"}, context);
            call(keyspace, {"SREM", "s", "m50000"}, context);
            call(keyspace, {"SETBIT", "b", "7777", "1"}, context);
            call(keyspace, {"DEL", "z", "h"}, context);
            keyspace.rollback_undo();
        }
    });
    EXPECT_LT(took, 20.0);  // copies would take minutes
    EXPECT_EQ(call(keyspace, {"ZSCORE", "z", "50000"}, context).text(), "50000");
}

}  // namespace
}  // namespace arenite::redis::testing

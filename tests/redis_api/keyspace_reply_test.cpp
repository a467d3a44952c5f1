// Replies as values, as RESP and as redis-cli prints them.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>

#include <arenite/redis/reply_text.h>
#include "keyspace_oracle.h"

namespace arenite::redis::testing {
namespace {

template <class... Replies>
Reply::Items items(Replies&&... replies) {
    Reply::Items made;
    (made.push_back(std::forward<Replies>(replies)), ...);
    return made;
}

TEST(Reply, HoldsWhatItWasGiven) {
    EXPECT_EQ(Reply().kind(), ReplyKind::Null);
    EXPECT_EQ(Reply::integer(-5).integer_value(), -5);
    EXPECT_EQ(Reply::bulk(std::string("a\0b", 3)).text(), std::string_view("a\0b", 3));
    EXPECT_EQ(Reply::real(1.5).double_value(), 1.5);
    EXPECT_TRUE(Reply::boolean(true).boolean_value());
    EXPECT_EQ(Reply::verbatim("txt", "x:y").text(), "x:y");
    EXPECT_EQ(Reply::verbatim("m", "x").verbatim_format(), "m  ");
    EXPECT_EQ(Reply::verbatim("markdown", "x").verbatim_format(), "mar");
    EXPECT_EQ(Reply::map(items(Reply::bulk("k"), Reply::null())).size(), 1U);
    // Accessors of another kind give nothing.
    EXPECT_EQ(Reply::integer(1).text(), "");
    EXPECT_EQ(Reply::bulk("1").integer_value(), 0);
    EXPECT_TRUE(Reply::bulk("1").items().empty());
}

TEST(Reply, MovesLeaveAnEmptyOne) {
    Reply from = Reply::array(items(Reply::integer(1)));
    const Reply to = std::move(from);
    EXPECT_EQ(to.size(), 1U);
    EXPECT_TRUE(from.items().empty());  // NOLINT: a moved-from reply is valid
    // A child may replace its parent.
    Reply parent = Reply::array(items(Reply::array(items(Reply::integer(7)))));
    parent = std::move(parent.mutable_items()[0]);
    EXPECT_EQ(parent.items()[0].integer_value(), 7);
}

Reply nested(int depth) {
    Reply reply = Reply::integer(1);
    for (int i = 0; i < depth; ++i) reply = Reply::array(items(std::move(reply), Reply::map({})));
    return reply;
}

// A million levels: destruction, comparison and writing do not recurse.
TEST(Reply, DepthDoesNotUseTheStack) {
    constexpr int kDepth = 1000000;
    const Reply reply = nested(kDepth);
    EXPECT_TRUE(reply == nested(kDepth));
    EXPECT_FALSE(reply == nested(kDepth - 1));
    EXPECT_EQ(to_resp(reply, 2).size(), kDepth * 8U + 4);
    EXPECT_NE(print_reply(nested(2000)).find("(integer) 1"), std::string::npos);
}

TEST(RespWriter, WritesBothVersions) {
    struct Case {
        Reply reply;
        std::string resp2;
        std::string resp3;
    };
    std::vector<Case> cases;
    const auto add = [&cases](Reply reply, std::string resp2, std::string resp3) {
        cases.push_back({std::move(reply), std::move(resp2), std::move(resp3)});
    };
    add(Reply::ok(), "+OK\r\n", "+OK\r\n");
    add(Reply::error("ERR x"), "-ERR x\r\n", "-ERR x\r\n");
    add(Reply::integer(-7), ":-7\r\n", ":-7\r\n");
    add(Reply::bulk("a\r\n"), "$3\r\na\r\n\r\n", "$3\r\na\r\n\r\n");
    add(Reply::null(), "$-1\r\n", "_\r\n");
    add(Reply::null_array(), "*-1\r\n", "_\r\n");
    add(Reply::array(items(Reply::integer(1), Reply::array())), "*2\r\n:1\r\n*0\r\n", "*2\r\n:1\r\n*0\r\n");
    add(Reply::real(3.5), "$3\r\n3.5\r\n", ",3.5\r\n");
    add(Reply::real(0.1), "$19\r\n0.10000000000000001\r\n", ",0.10000000000000001\r\n");
    add(Reply::real(INFINITY), "$3\r\ninf\r\n", ",inf\r\n");
    add(Reply::boolean(true), ":1\r\n", "#t\r\n");
    add(Reply::boolean(false), ":0\r\n", "#f\r\n");
    add(Reply::big_number("12\r\n3"), "$5\r\n12  3\r\n", "(12  3\r\n");
    add(Reply::verbatim("txt", "x"), "$1\r\nx\r\n", "=5\r\ntxt:x\r\n");
    add(Reply::map(items(Reply::bulk("a"), Reply::integer(1))), "*2\r\n$1\r\na\r\n:1\r\n", "%1\r\n$1\r\na\r\n:1\r\n");
    add(Reply::set(items(Reply::bulk("a"))), "*1\r\n$1\r\na\r\n", "~1\r\n$1\r\na\r\n");
    for (const Case& each : cases) {
        EXPECT_EQ(to_resp(each.reply, 2), each.resp2);
        EXPECT_EQ(to_resp(each.reply, 3), each.resp3);
    }
}

// CVE-2025-67733: an error text must not start a reply of its own.
TEST(RespWriter, LinesCannotBeBroken) {
    EXPECT_EQ(to_resp(Reply::error("X\r\n+INJECTED"), 2), "-X  +INJECTED\r\n");
    EXPECT_EQ(to_resp(Reply::status("a\nb"), 3), "+a b\r\n");
}

/// The pieces of what a writer passes on, which are short.
template <class Write>
std::string in_pieces(Write&& write) {
    std::string text;
    write([&text](std::string_view piece) {
        EXPECT_LE(piece.size(), 100'000U);
        text += piece;
    });
    return text;
}

// What goes to a stream goes in pieces, and is the same.
TEST(ReplyPieces, AreTheWholeText) {
    for (const std::size_t size : {1U, 32'766U, 32'767U, 32'768U, 32'769U, 65'536U, 500'000U}) {
        std::string text(size, 'x');
        text.back() = '\n';
        Reply::Items nested_items;
        for (std::size_t i = 0; i < size / 100; ++i)
            nested_items.push_back(Reply::map(items(Reply::integer(1), Reply::bulk("v"))));
        const Reply reply = Reply::array(
            items(Reply::bulk(text), Reply::map(items(Reply::bulk(text), Reply::bulk(text))),
                  Reply::verbatim("txt", text), Reply::error(text), nested(20), Reply::array(std::move(nested_items))));
        for (const int version : {2, 3}) {
            EXPECT_TRUE(in_pieces([&](const TextSink& sink) { write_resp(reply, version, sink); }) ==
                        to_resp(reply, version))
                << size;
        }
        EXPECT_TRUE(in_pieces([&](const TextSink& sink) { print_reply(reply, sink); }) == print_reply(reply)) << size;
    }
}

TEST(ReplyPrinter, QuotesAsRedisCli) {
    EXPECT_EQ(quote_text(std::string_view("a\0\x7f\xff\n\r\t\a\b\"\\", 11)), R"("a\x00\x7f\xff\n\r\t\a\b\"\\")");
}

TEST(ReplyPrinter, PrintsKindsThatScriptsCannotMake) {
    EXPECT_EQ(print_reply(Reply::verbatim("txt", "a \"b\"")), "a \"b\"\n");
    EXPECT_EQ(print_reply(Reply::set({})), "(empty set)\n");
    EXPECT_EQ(print_reply(Reply::map({})), "(empty hash)\n");
    EXPECT_EQ(print_reply(Reply::null_array()), "(nil)\n");
}

// Scripts whose replies redis-cli and print_reply must show alike.
TEST(ReplyPrinter, PrintsAsRedisCliDoes) {
    RedisOracle* oracle = RedisOracle::get();
    if (oracle == nullptr) GTEST_SKIP() << "no redis-server: nothing to compare with";
    const char* const kScripts[] = {"return 1",
                                    "return 'a\\0b\"\\\\'",
                                    "return {ok='fine'}",
                                    "return {err='MY error'}",
                                    "return false",
                                    "return {}",
                                    "return {1,{2,{3,'x'},{}},false,{{{4}}}}",
                                    "local t={} for i=1,12 do t[i]={i,'v'} end return t",
                                    "redis.setresp(3) return {double=3.25}",
                                    "redis.setresp(3) return {double=1/0}",
                                    "redis.setresp(3) return {double=0.1}",
                                    "redis.setresp(3) return true",
                                    "redis.setresp(3) return {map={a=1}}",
                                    "redis.setresp(3) return {map={a={1,2}}}",
                                    "redis.setresp(3) return {map={a={{1}}}}",
                                    "redis.setresp(3) return {map={a={}}}",
                                    "redis.setresp(3) return {map={a={map={b={1,2,3}}}}}",
                                    "redis.setresp(3) return {{map={a={set={x=true}}}},{set={y=true}}}",
                                    "redis.setresp(3) return {set={a=true}}",
                                    "redis.setresp(3) return {map={}}",
                                    "redis.setresp(3) return {verbatim_string={string='a b',format='txt'}}"};
    for (const char* const script : kScripts) {
        for (const int version : {2, 3}) {
            const std::string command = "redis-cli --no-raw -s " + oracle->socket_path() + " -" +
                                        std::to_string(version) + " eval \"$ARENITE_SCRIPT\" 0";
            setenv("ARENITE_SCRIPT", script, 1);
            FILE* pipe = popen(command.c_str(), "r");
            ASSERT_NE(pipe, nullptr);
            std::string shown;
            std::array<char, 4096> buffer{};
            while (fgets(buffer.data(), buffer.size(), pipe) != nullptr) shown += buffer.data();
            ASSERT_EQ(pclose(pipe), 0);
            // For errors, redis-cli adds an empty line when not on a terminal.
            const Reply reply = oracle->command({"EVAL", script, "0"}, version);
            if (reply.is_error() && shown.ends_with("\n\n")) shown.pop_back();
            EXPECT_EQ(print_reply(reply), shown) << script;
        }
    }
}

}  // namespace
}  // namespace arenite::redis::testing

// Memory that is out while a script calls a command: the native is invoked again after a collection, but a command that has
// run does not run once more (redis_api/lib/redis_lib.cpp, kAnswered).
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "failing_allocations.h"
#include "vm/embed/host.h"

namespace arenite::redis::testing {
namespace {

/// Counts its calls. When it has made the reply of one, `after` decides what becomes of the memory for its values.
class CountingHost final : public CommandHost {
public:
    Reply call(std::span<const std::string_view> args, CallContext& context) override {
        ++calls;
        words += args.size();
        context.wrote = true;
        Reply reply = answer();
        if (after) after();
        return reply;
    }
    std::function<Reply()> answer = [] { return Reply::ok(); };
    std::function<void()> after;
    int calls = 0;
    std::size_t words = 0;
};

class CommandMemory : public ::testing::Test {
protected:
    void SetUp() override {
        EngineOptions options;
        options.host = host_;
        engine_ = Engine::create(std::move(options));
        ASSERT_TRUE(engine_);
        engine_->vm().heap().pacing().single_slot_claims = true;  // so that each object is a charge
    }
    std::string eval(std::string_view script) { return to_resp(engine_->eval(script), 2); }
    ByteBudget& budget() { return engine_->vm().heap().budget; }

    /// Lets each charge that the script makes for the values of a reply fail once. How many there were.
    int fail_each(std::string_view script, std::string_view expected) {
        engine_->script_load(script);
        int failed = 0;
        for (std::uint64_t n = 1; n < 1000; ++n) {
            host_->calls = 0;
            host_->after = [&] { budget().fail_charge(n); };
            EXPECT_EQ(eval(script), expected) << n;
            const bool happened = budget().charges_until_fault() == 0;
            budget().fail_charge(0);
            EXPECT_EQ(host_->calls, 1) << "charge " << n;
            if (!happened || HasFailure()) break;
            ++failed;
        }
        return failed;
    }
    std::shared_ptr<CountingHost> host_ = std::make_shared<CountingHost>();
    std::unique_ptr<Engine> engine_;
};

Reply long_reply() {
    Reply::Items items;
    for (int i = 0; i < 8; ++i) items.push_back(Reply::bulk(std::string(60, static_cast<char>('a' + i))));
    return Reply::array(std::move(items));
}

TEST_F(CommandMemory, ACommandThatHasRunDoesNotRunAgain) {
    host_->answer = long_reply;
    EXPECT_GT(fail_each("local t = redis.call('x') t = #t * 100 + #t[8] return t", ":860\r\n"), 10);
    EXPECT_GT(fail_each("local t = redis.pcall('x') t = #t * 100 + #t[8] return t", ":860\r\n"), 10);
}

TEST_F(CommandMemory, NorDoesOneThatAnsweredAnError) {
    host_->answer = [] { return Reply::error("OH " + std::string(60, 'x')); };
    EXPECT_GT(fail_each("local e = redis.pcall('x') return #e.err", ":63\r\n"), 2);
    EXPECT_GT(fail_each("local ok, e = pcall(redis.call, 'x') return {ok and 1 or 0, #e}", "*2\r\n:0\r\n:63\r\n"), 2);
}

/// Where a collection does not help there is an error, and the reply is gone: the next command has its own.
TEST_F(CommandMemory, AReplyThatHasNoRoomIsDropped) {
    Vm& vm = engine_->vm();
    const std::size_t limit = budget().limit();
    host_->answer = [&, n = 0]() mutable {
        budget().set_limit(n == 0 ? budget().committed() + 64 * 1024 : limit);
        return n++ == 0 ? Reply::bulk(std::string(1 << 20, 'x')) : Reply::integer(7);
    };
    EXPECT_EQ(eval("local ok, e = pcall(redis.call, 'x') return {ok and 1 or 0, tostring(e), redis.call('y')}"),
              "*3\r\n:0\r\n$17\r\nnot enough memory\r\n:7\r\n");
    EXPECT_EQ(host_->calls, 2);
    EXPECT_EQ(vm.verify(), std::nullopt);
}

/// The words of a command count towards the limit of the script's memory.
TEST_F(CommandMemory, WordsAreCounted) {
    const std::string script =
        "local t = {} for i = 1, 7000 do t[i] = i end redis.call(unpack(t)) redis.acl_check_cmd(unpack(t)) return 1";
    EXPECT_EQ(eval(script), ":1\r\n");
    const PeakOfBytes peak;
    EXPECT_EQ(eval(script), ":1\r\n");
    EXPECT_LT(peak.bytes(), 32 * 1024);
    EXPECT_EQ(host_->words, 14000u);
}

/// When there is no memory for them, garbage goes first, and the command has not run until then.
TEST_F(CommandMemory, WordsAreWorthACollection) {
    const std::string script =
        "local t = {} for i = 1, 2000 do t[i] = i end t[1] = redis.call('ready') redis.call(unpack(t)) return #t";
    engine_->script_load(script);
    for (std::uint64_t n = 1; n < 40; ++n) {
        host_->calls = 0;
        host_->after = [&] { budget().fail_charge(n); };
        host_->answer = [] { return Reply::bulk("word"); };
        EXPECT_EQ(eval(script), ":2000\r\n") << n;
        budget().fail_charge(0);
        EXPECT_EQ(host_->calls, 2) << n;
    }
}

}  // namespace
}  // namespace arenite::redis::testing

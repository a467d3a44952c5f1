// What the host's own functions may do to an Engine that runs a script (engine.h, EN5 and EN6): call it again, each member
// from each callback, and throw, each callback in each policy. Nothing is disturbed, and nothing stays open.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arenite/redis/engine.h>
#include "redis_api/keyspace/keyspace.h"
#include "vm/embed/host.h"

namespace arenite::redis {
namespace {

/// A keyspace that tells of what it is asked for, and counts what is open.
class TellingHost final : public CommandHost {
public:
    Reply call(std::span<const std::string_view> args, CallContext& context) override {
        Reply reply = keys.call(args, context);
        if (on_call) on_call();
        return reply;
    }
    bool can_undo() const noexcept override { return true; }
    void begin_undo() override {
        if (on_begin_undo) on_begin_undo();
        keys.begin_undo();
        ++open_scopes;
    }
    void commit_undo() noexcept override {
        keys.commit_undo();
        --open_scopes;
        if (on_end_undo) on_end_undo();
    }
    void rollback_undo() noexcept override {
        keys.rollback_undo();
        --open_scopes;
        if (on_end_undo) on_end_undo();
    }
    void set_clock(std::optional<std::int64_t> frozen_ms) override {
        keys.set_clock(frozen_ms);
        frozen = frozen_ms.has_value();
        if (on_clock) on_clock(frozen);
    }

    Keyspace keys;
    std::function<void()> on_call;
    std::function<void()> on_begin_undo;
    std::function<void()> on_end_undo;
    std::function<void(bool)> on_clock;
    int open_scopes = 0;
    bool frozen = false;
};

class Reentry : public testing::TestWithParam<UndoPolicy> {
protected:
    void SetUp() override {
        EngineOptions options;
        host = std::make_shared<TellingHost>();
        options.host = host;
        options.undo = GetParam();
        options.address_range = std::size_t{1} << 30;
        options.poll = [this] { return on_poll && on_poll(); };
        options.log = [this](LogLevel, std::string_view) {
            if (on_log) on_log();
        };
        engine = Engine::create(std::move(options));
        ASSERT_TRUE(engine);
        ASSERT_FALSE(engine->script_load(kCached).is_error());
    }
    void TearDown() override {
        if (engine) expect_sound();
    }
    void clear() {
        host->on_call = host->on_begin_undo = host->on_end_undo = {};
        host->on_clock = {};
        on_poll = {};
        on_log = {};
    }
    void expect_sound() {
        clear();
        EXPECT_EQ(host->open_scopes, 0);
        EXPECT_FALSE(host->frozen);
        EXPECT_FALSE(engine->vm().txn().active());
        EXPECT_EQ(engine->vm().verify(), std::nullopt);
        EXPECT_FALSE(engine->busy());
        EXPECT_EQ(engine->script_kill().text(), "NOTBUSY No scripts in execution right now.");
        EXPECT_EQ(engine->eval("redis.call('incr', KEYS[1]) return {KEYS[1], ARGV[1]}", {"n"}, {"a"}).items().size(),
                  2u);
        EXPECT_EQ(engine->eval(kCached).text(), "cached");
    }
    Reply get(std::string_view key) {
        CallContext context;
        const std::string_view words[] = {"get", key};
        return host->keys.call(words, context);
    }
    static constexpr std::string_view kCached = "return 'cached'";
    static constexpr std::string_view kBusy = "ERR the engine is busy";

    /// Every member that uses the VM, each of which is busy.
    void expect_all_busy() {
        const Reply sha = Reply::bulk("e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
        const std::string_view shas[] = {sha.text()};
        EXPECT_EQ(engine->eval("return 1").text(), kBusy);
        EXPECT_EQ(engine->eval(kCached).text(), kBusy);
        EXPECT_EQ(engine->eval_ro("return 1").text(), kBusy);
        EXPECT_EQ(engine->evalsha(sha.text()).text(), kBusy);
        EXPECT_EQ(engine->evalsha_ro(sha.text()).text(), kBusy);
        EXPECT_EQ(engine->script_load("return 1").text(), kBusy);
        EXPECT_EQ(engine->script_exists(shas).text(), kBusy);
        EXPECT_EQ(engine->script_flush().text(), kBusy);
        EXPECT_EQ(engine->cached_scripts(), cached);
        (void)engine->last_run();
        (void)engine->busy();
        (void)Engine::busy_reply();
        EXPECT_EQ(engine->encode(Reply::ok()), "+OK\r\n");
        ++asked;
    }
    void expect_vm_refuses() {
        EXPECT_NE(engine->vm().begin(), TxnStatus::Ok);
        EXPECT_EQ(engine->vm().call(engine->vm().globals(), {}), RunStatus::Failed);
    }

    static constexpr std::string_view kScript =
        "redis.call('set', 'k', '1') redis.log(redis.LOG_WARNING, 'text') local n = 0 for i = 1, 300000 do n = n + 1 "
        "end "
        "local ok = redis.atomic(function() redis.call('set', 'b', '2') end) redis.call('set', 'l', '3') return "
        "{KEYS[1], n, ok}";
    void expect_undisturbed() {
        cached = engine->cached_scripts() + 1;
        const Reply reply = engine->eval(kScript, {"key"});
        ASSERT_EQ(reply.items().size(), 3u) << reply.text();
        EXPECT_EQ(reply.items()[0].text(), "key");
        EXPECT_EQ(reply.items()[1].integer_value(), 300000);
        EXPECT_EQ(engine->last_run().end, RunEnd::Returned);
        EXPECT_TRUE(engine->last_run().wrote);
        EXPECT_EQ(get("l").text(), "3");
        EXPECT_EQ(get("b").text(), "2");
        EXPECT_GT(asked, 0);
    }

    std::shared_ptr<TellingHost> host;
    std::function<bool()> on_poll;
    std::function<void()> on_log;
    std::unique_ptr<Engine> engine;
    std::size_t cached = 0;
    int asked = 0;
};
INSTANTIATE_TEST_SUITE_P(Policies, Reentry, testing::Values(UndoPolicy::KeepWrites, UndoPolicy::RollBack),
                         [](const auto& info) {
                             return info.param == UndoPolicy::RollBack ? "RollBack" : "KeepWrites";
                         });

TEST_P(Reentry, EN6_FromACommand) {
    host->on_call = [this] {
        expect_all_busy();
        expect_vm_refuses();
        EXPECT_EQ(engine->script_kill().text(), kBusy) << "once a deadlock";
    };
    expect_undisturbed();
}

TEST_P(Reentry, EN6_FromTheLog) {
    on_log = [this] {
        expect_all_busy();
        expect_vm_refuses();
    };
    expect_undisturbed();
}

TEST_P(Reentry, EN6_FromPoll) {
    on_poll = [this] {
        expect_all_busy();
        expect_vm_refuses();
        return false;
    };
    expect_undisturbed();
}

TEST_P(Reentry, EN6_FromTheUndoScopes) {
    host->on_begin_undo = host->on_end_undo = [this] { expect_all_busy(); };
    expect_undisturbed();
    ++cached;
    EXPECT_EQ(engine->eval("return redis.atomic(function() error('x') end)").kind(), ReplyKind::Null);
    ++cached;
    EXPECT_TRUE(engine->eval("redis.atomic(function() while true do error({}) end end) error('x')").is_error());
}

TEST_P(Reentry, EN6_AKillFromTheEndOfABlockIsBusy) {
    host->on_end_undo = [this] {
        const Reply reply = engine->script_kill();
        EXPECT_TRUE(reply.text() == kBusy || reply.text().starts_with("NOTBUSY")) << reply.text();
    };
    EXPECT_EQ(engine->eval("return redis.atomic(function() return 1 end) and 'went on'").text(), "went on");
}

TEST_P(Reentry, EN6_FromTheClock) {
    host->on_clock = [this](bool) { expect_all_busy(); };
    expect_undisturbed();
}

TEST_P(Reentry, EN6_TheLogAndPollMayKill) {
    on_log = [this] { EXPECT_EQ(engine->script_kill().text(), "OK"); };
    EXPECT_TRUE(engine->eval("pcall(function() redis.log(3, 'x') while true do end end) return 1")
                    .text()
                    .starts_with("ERR Script killed by user"));
    on_log = {};
    on_poll = [this] {
        EXPECT_EQ(engine->script_kill().text(), "OK");
        return false;
    };
    EXPECT_TRUE(engine->eval("while true do end").text().starts_with("ERR Script killed by user"));
    EXPECT_EQ(engine->last_run().end, RunEnd::Killed);
}

TEST_P(Reentry, EN6_AVmLeftInATransactionIsBusy) {
    ASSERT_EQ(engine->vm().begin(), TxnStatus::Ok);
    cached = engine->cached_scripts();
    expect_all_busy();
    EXPECT_TRUE(engine->vm().txn().active());
    EXPECT_EQ(engine->vm().rollback(), TxnStatus::Ok);
}

TEST_P(Reentry, EN6_WrongUseFromAnotherThreadIsBusy) {
    host->on_call = [this] { std::thread([this] { expect_all_busy(); }).join(); };
    cached = 1;
    host->on_call = [this] {
        std::thread([this] { EXPECT_EQ(engine->eval("return 1").text(), kBusy); }).join();
        ++asked;
    };
    expect_undisturbed();
}

TEST_P(Reentry, EN6_ToDestroyTheEngineFromWithinEndsTheProgram) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    host->on_call = [this] { engine.reset(); };
    EXPECT_DEATH((void)engine->eval("redis.call('get', 'k')"), "an Engine was destroyed by what it runs");
}

// --- EN5 -----------------------------------------------------------------------------------------------------------------

TEST_P(Reentry, EN5_ExceptionsOfTheHostEndTheRunAndGoOn) {
    const bool undone = GetParam() == UndoPolicy::RollBack;
    const auto throws = [] { throw std::runtime_error("of the host"); };
    struct Callback {
        const char* name;
        std::function<void()> set;
        bool written;  // before it throws
    };
    const Callback callbacks[] = {
        {"command", [&] { host->on_call = throws; }, true},
        {"log", [&] { on_log = throws; }, true},
        {"poll",
         [&] {
             on_poll = [&]() -> bool {
                 throws();
                 return false;
             };
         },
         true},
        {"begin_undo", [&] { host->on_begin_undo = throws; }, !undone},
        {"clock",
         [&] {
             host->on_clock = [&](bool freezes) {
                 if (freezes) throws();
             };
         },
         false},
    };
    for (const Callback& callback : callbacks) {
        SCOPED_TRACE(callback.name);
        EXPECT_EQ(engine->eval("return redis.call('del', 'k', 'b', 'l') and 'ok'").text(), "ok");
        callback.set();
        EXPECT_THROW(engine->eval(kScript, {"key"}), std::runtime_error);
        EXPECT_EQ(host->open_scopes, 0);
        EXPECT_FALSE(host->frozen);
        EXPECT_FALSE(engine->vm().txn().active());
        EXPECT_TRUE(engine->last_run().failed);
        EXPECT_EQ(engine->last_run().wrote, callback.written);
        clear();
        EXPECT_EQ(get("k").is_null(), undone || !callback.written);
        expect_sound();
    }
}

TEST_P(Reentry, EN5_NoScriptCatchesThem) {
    on_log = [] { throw 42; };
    EXPECT_THROW(engine->eval("pcall(redis.log, 3, 'x') redis.call('set', 'caught', 1)"), int);
    EXPECT_TRUE(get("caught").is_null());
    host->on_call = [] { throw 42; };
    EXPECT_THROW(engine->eval("redis.pcall('get', 'k') redis.pcall('set', 'caught', 1)"), int);
    EXPECT_THROW(engine->eval("redis.atomic(function() pcall(redis.call, 'get', 'k') end)"), int);
}

TEST_P(Reentry, EN5_AnExceptionAtTheEndOfTheClockIsNotTold) {
    host->on_clock = [](bool freezes) {
        if (!freezes) throw 42;
    };
    EXPECT_EQ(engine->eval("return 'x'").text(), "x");
}

TEST_P(Reentry, EN5_BadAllocOfACommandIsAnErrorOfTheScript) {
    host->on_call = [] { throw std::bad_alloc(); };
    EXPECT_EQ(engine->eval("return {pcall(redis.call, 'get', 'k')}").items().size(), 2u);
    const Reply reply = engine->eval("return redis.call('get', 'k')");
    EXPECT_NE(reply.text().find("not enough memory"), std::string_view::npos) << reply.text();
    on_poll = []() -> bool { throw std::bad_alloc(); };
    EXPECT_EQ(engine->eval("while true do end").text(), "ERR not enough memory");
    host->on_call = {};
    host->on_clock = [](bool freezes) {
        if (freezes) throw std::bad_alloc();
    };
    EXPECT_EQ(engine->eval("return 1").text(), "ERR not enough memory");
}

}  // namespace
}  // namespace arenite::redis

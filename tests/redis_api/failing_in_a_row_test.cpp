// One to five allocations of C++ in a row fail, from every one on: in the Engine, its keyspace, a Task, and the libraries.
// Nothing is thrown, nothing stays open, and what has failed is used again afterwards.
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <arenite/redis/engine.h>
#include <arenite/ref.h>
#include <arenite/savepoint.h>
#include <arenite/task.h>
#include "failing_allocations.h"
#include "redis_api/keyspace/keyspace.h"
#include "vm/embed/host.h"

namespace arenite::redis::testing {
namespace {

constexpr std::uint64_t kMostInARow = 5;
constexpr std::uint64_t kMostAllocations = 20'000;

/// Calls attempt(n, in_a_row), which answers whether an allocation has failed, until none does. `at_least` of them have to.
void for_all_failures(const std::function<bool(std::uint64_t, std::uint64_t)>& attempt, std::uint64_t at_least = 1) {
    for (std::uint64_t in_a_row = 1; in_a_row <= kMostInARow; ++in_a_row) {
        std::uint64_t n = 1;
        while (n < kMostAllocations && attempt(n, in_a_row) && !::testing::Test::HasFatalFailure()) ++n;
        ASSERT_LT(n, kMostAllocations);
        ASSERT_GE(n, at_least + (at_least != 0)) << "it is not tried";
    }
}

// --- Engine ---------------------------------------------------------------------------------------------------------------

class CountingHost final : public CommandHost {
public:
    Reply call(std::span<const std::string_view> args, CallContext& context) override {
        return keys.call(args, context);
    }
    bool knows_command(std::span<const std::string_view> args) const override { return keys.knows_command(args); }
    bool can_undo() const noexcept override { return true; }
    void begin_undo() override {
        keys.begin_undo();
        ++open_scopes;
    }
    void commit_undo() noexcept override {
        keys.commit_undo();
        --open_scopes;
    }
    void rollback_undo() noexcept override {
        keys.rollback_undo();
        --open_scopes;
    }
    void set_clock(std::optional<std::int64_t> frozen_ms) override {
        keys.set_clock(frozen_ms);
        frozen = frozen_ms.has_value();
    }
    Keyspace keys;
    int open_scopes = 0;
    bool frozen = false;
};

class EngineInARow : public ::testing::TestWithParam<UndoPolicy> {
protected:
    void SetUp() override {
        host_ = std::make_shared<CountingHost>();
        EngineOptions options;
        options.host = host_;
        options.undo = GetParam();
        options.address_range = std::size_t{1} << 30;
        options.hash_seed = 7;
        options.step_limit = 1'000'000;
        options.log = [](LogLevel, std::string_view) {};
        engine_ = Engine::create(std::move(options));
        ASSERT_TRUE(engine_);
    }
    /// Lets `use` fail in every way.
    void check(const std::function<Reply(Engine&)>& use, std::uint64_t at_least = 1) {
        for_all_failures(
            [&](std::uint64_t n, std::uint64_t in_a_row) {
                SCOPED_TRACE("allocation " + std::to_string(n) + ", " + std::to_string(in_a_row) + " in a row");
                bool failed = false;
                {
                    std::optional<Reply> reply;
                    const FailingAllocation failing(n, in_a_row);
                    EXPECT_NO_THROW(reply.emplace(use(*engine_)));
                    failed = FailingAllocation::happened();
                }
                EXPECT_EQ(host_->open_scopes, 0);
                EXPECT_FALSE(host_->frozen);
                EXPECT_FALSE(engine_->vm().txn().active());
                EXPECT_FALSE(engine_->busy());
                const Reply after = engine_->eval(
                    "redis.call('set', KEYS[1], ARGV[1]) return redis.call('get', KEYS[1])", {"after"}, {"x"});
                EXPECT_EQ(after.text(), "x");
                if (n % 16 == 1 || !failed) {
                    EXPECT_EQ(engine_->vm().verify(), std::nullopt);
                }
                EXPECT_EQ(engine_->script_flush().text(), "OK");
                return failed && !HasFailure();
            },
            at_least);
    }
    std::shared_ptr<CountingHost> host_;
    std::unique_ptr<Engine> engine_;
};
INSTANTIATE_TEST_SUITE_P(Policies, EngineInARow, ::testing::Values(UndoPolicy::KeepWrites, UndoPolicy::RollBack),
                         [](const auto& info) {
                             return info.param == UndoPolicy::RollBack ? "RollBack" : "KeepWrites";
                         });

TEST_P(EngineInARow, Scripts) {
    for (const std::string_view script : {
             "return {KEYS[1], ARGV[1], {1, 2, {3}}, 'text that is longer than a small string holds'}",
             "redis.call('rpush', 'l', 1, 2, 3) redis.call('hset', 'h', 'f', ('v'):rep(100)) return "
             "redis.call('lrange', "
             "'l', 0, -1)",
             "return redis.error_reply('a text that is longer than a small string holds')",
             "error('an error whose text is longer than a small string holds')",
             "error({err = 'an error whose text is longer than a small string holds'})",
             "return redis.call('get')",
             "return redis.pcall('nosuchcommand of a long name', 'x')",
             "local ok, e = pcall(error, {}) return tostring(e) .. tostring(ok) .. tostring(print)",
             "return redis.atomic(function() redis.call('set', 'k', 'v') return redis.atomic(function() "
             "redis.call('del', "
             "'k') error('undone by an error of some length') end) end)",
             "while true do pcall(function() while true do end end) end",
             "local t = {} for i = 1, 30 do t[i] = {tostring(i), i} end return "
             "cjson.encode(cjson.decode(cjson.encode(t)))",
             "return {cmsgpack.unpack(cmsgpack.pack({1, 'two', {3, four = 5}}, 'x'))}",
             "return struct.pack('>I4s', 7, 'some text') .. redis.sha1hex('x') .. bit.tohex(7)",
             "redis.log(redis.LOG_WARNING, 'a line that is longer than a small string holds', 1, 2) return "
             "redis.acl_check_cmd('get', 'x')",
             "return loadstring('return ' .. ('1 + '):rep(20) .. '1')() .. #tostring(loadstring('return ('))",
             "local s = ('a,b;c'):rep(20) return {s:gsub('%w', string.upper), s:find('(b)(;)'), "
             "('%5.1f|%q|%s'):format(1, s, s)}",
             "local co = coroutine.wrap(function() error('in a coroutine, of some length') end) return co()",
             "return nosuchglobal_of_a_name_that_is_long",
             "local t = setmetatable({}, {__index = function(t, k) error(k .. k .. ' is not there at all') end}) "
             "return t.abcdefgh",
             "return (",
             "#!lua flags=no-writes\nreturn redis.call('set', 'k', 'v')",
             "#!lua flags=nosuchflag\nreturn 1",
         }) {
        SCOPED_TRACE(script);
        check([&](Engine& e) {
            return e.eval(script, {"key of some length, so that it is not held in place"}, {"argument"});
        });
        if (HasFailure()) return;
    }
}

TEST_P(EngineInARow, OtherCommands) {
    const std::string_view shas[] = {"e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "x"};
    check([&](Engine& e) { return e.script_load("return 'a script that is longer than a small string holds'"); });
    check([&](Engine& e) { return e.script_exists(shas); });
    check([&](Engine& e) { return e.evalsha(shas[0]); });
    check([&](Engine& e) { return e.eval_ro("return redis.call('set', 'a', 'b')"); });
    check([&](Engine& e) {
        (void)e.script_load("return 1");
        return e.script_flush();
    });
    check([&](Engine& e) { return e.script_kill(); }, 0);
    check([&](Engine&) { return Engine::busy_reply(); }, 0);
}

TEST(EngineCreation, InARow) {
    for_all_failures([](std::uint64_t n, std::uint64_t in_a_row) {
        EngineOptions options;
        options.address_range = std::size_t{1} << 30;
        std::unique_ptr<Engine> engine;
        bool failed = false;
        {
            const FailingAllocation failing(n, in_a_row);
            EXPECT_NO_THROW(engine = Engine::create(std::move(options)));
            failed = FailingAllocation::happened();
        }
        if (engine) {
            EXPECT_EQ(engine->eval("return 'x'").text(), "x");
        }
        return failed;
    });
}

// --- Vm and Task -----------------------------------------------------------------------------------------------------------

class TaskInARow : public ::testing::Test {
protected:
    void SetUp() override { make(); }
    void make() {
        VmOptions options;
        options.output = [](std::string_view) {};
        vm_ = Vm::create(options);
        ASSERT_TRUE(vm_);
        ok_ = compile("return 'ok'");
    }
    Value compile(std::string_view source) {
        EXPECT_EQ(vm_->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        EXPECT_TRUE(vm_->load(source, "=t", f)) << vm_->failure().message;
        kept_.emplace_back(*vm_, f);
        EXPECT_EQ(vm_->commit(), TxnStatus::Ok);
        return f;
    }
    void check(const std::function<void(Vm&)>& use) {
        checked_ = true;
        for_all_failures(
            [&](std::uint64_t n, std::uint64_t in_a_row) {
                SCOPED_TRACE("allocation " + std::to_string(n) + ", " + std::to_string(in_a_row) + " in a row");
                bool failed = false;
                {
                    const FailingAllocation failing(n, in_a_row);
                    EXPECT_NO_THROW(use(*vm_));
                    failed = FailingAllocation::happened();
                }
                EXPECT_FALSE(vm_->running());
                if (vm_->txn().active()) {
                    EXPECT_EQ(vm_->rollback(), TxnStatus::Ok);
                }
                Task task(*vm_, ok_);
                EXPECT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
                if (n % 16 == 1 || !failed) {
                    EXPECT_EQ(vm_->verify(), std::nullopt);
                }
                failures_ += failed;
                return failed && !HasFailure();
            },
            0);
    }
    /// Some scripts have nothing from the C++ heap; all of a test together have.
    void TearDown() override { EXPECT_TRUE(failures_ > 0 || !checked_) << "it is not tried"; }
    void check_script(std::string_view source) {
        SCOPED_TRACE(source);
        const Value f = compile(source);
        check([&](Vm& vm) {
            Task task(vm, f, {}, {.work_limit = 300'000});
            while (task.step(1000) == RunStatus::Suspended) {
            }
            if (task.status() == RunStatus::Failed && task.failure().kind == Failure::Kind::Memory) {
                EXPECT_TRUE(task.failure().message == "not enough memory" || task.failure().message == "out of memory");
            }
            EXPECT_FALSE(vm.txn().active());
        });
    }
    std::unique_ptr<Vm> vm_;
    std::vector<Ref<Closure>> kept_;
    Value ok_ = Value::nil();
    std::uint64_t failures_ = 0;  ///< allocations that have failed
    bool checked_ = false;
};

TEST_F(TaskInARow, Ends) {
    check_script("error('an error whose text is longer than a small string holds')");
    check_script("local function f() error({}) end f()");
    check_script("while true do end");
    check_script("local t = nil; t.x.y = 1");
    const Value endless = compile("while true do end");
    check([&](Vm& vm) {
        Task task(vm, endless);
        (void)task.step(100);  // dropped: killed and rolled back
    });
    check([&](Vm& vm) {
        Task task(vm, endless);
        (void)task.step(100);
        task.kill("a reason that is longer than a small string holds");
        EXPECT_TRUE(task.over());
    });
    check([&](Vm& vm) {
        Task task(vm, endless);
        Task second(vm, endless);
        EXPECT_EQ(second.status(), RunStatus::Failed);
        EXPECT_EQ(vm.call(endless, {}), RunStatus::Failed);
    });
    check([&](Vm& vm) {
        Task task(vm, Value{0xFFF8'0000'1234'5678});
        EXPECT_EQ(task.run(), RunStatus::Failed);
    });
    check([&](Vm& vm) {
        (void)vm.begin();
        Savepoint savepoint(vm);
        Value f = Value::nil();
        (void)vm.load("return 1 + + this is no program, and the message has some length", "=a chunk of a long name", f);
        (void)vm.start(endless, {});
        (void)vm.step(100);
        (void)vm.rollback();
    });
}

TEST_F(TaskInARow, Libraries) {
    const std::string path = ::testing::TempDir() + "arenite_in_a_row";
    const std::string quoted = "'" + path + "'";
    for (const std::string& source : {
             std::string(
                 "local t = {} for i = 1, 20 do t[i] = ('x'):rep(i) end table.sort(t) return table.concat(t, ', ')"),
             std::string("return ('%s %q %d'):format('a', ('b'):rep(50), 3), tostring({}), tostring(print)"),
             std::string(
                 "return pcall(string.rep), pcall(setmetatable, 1), pcall(next, {}, 'a key that is not there')"),
             std::string("return load(function() return nil end), loadstring('return (', '=a chunk of a long name')"),
             std::string("return string.dump(function() return 1 end), debug.traceback('a message of some length')"),
             std::string("return debug.getinfo(1, 'nSlu'), pcall(require, 'a.module.that.is.not.there.at.all')"),
             std::string(
                 "return os.date('%A, %d %B %Y'), os.time({year = 2026, month = 11, day = 30}), os.getenv('HOME')"),
             std::string("return arenite.atomic(function() error({1, 2, 'text of some length, to be made anew'}) end)"),
             std::string("local co = coroutine.create(function() error('in a coroutine, of some length') end) return "
                         "coroutine.resume(co)"),
             std::string("print('to the output', 1, {}, nil) io.write('more', 2, '\\n')"),
             std::string("setfenv(1, setmetatable({}, {__index = _G})) x = 1 return x, getfenv(1) == _G"),
         }) {
        check_script(source);
        if (HasFailure()) return;
    }
    std::remove(path.c_str());
}

TEST_F(TaskInARow, Files) {
    const std::string path = ::testing::TempDir() + "arenite_in_a_row";
    const std::string quoted = "'" + path + "'";
    // Several files at once, so that the list of streams grows while it fails.
    check_script("local files = {} for i = 1, 20 do files[i] = assert(io.open(" + quoted +
                 ", 'w')) end for i = 1, 20 do files[i]:write(i, 'text') end "
                 "for i = 20, 1, -2 do files[i]:close() end return tostring(files[1]), io.type(files[2])");
    check_script("for l in io.lines(" + quoted + ") do end local f = io.open('/nonexistent/of/some/length') return f");
    check_script(
        "local p = io.popen('echo x') local s = p:read('*a') p:close() return s, io.tmpfile(), pcall(io.lines, "
        "'/nonexistent/of/some/length')");
    check_script(
        "return pcall(dofile, '/nonexistent/of/some/length'), loadfile('/nonexistent'), os.remove('/nonexistent')");
    std::remove(path.c_str());
}

TEST_F(TaskInARow, Creation) {
    for_all_failures([](std::uint64_t n, std::uint64_t in_a_row) {
        std::unique_ptr<Vm> vm;
        bool failed = false;
        {
            const FailingAllocation failing(n, in_a_row);
            EXPECT_NO_THROW(vm = Vm::create());
            failed = FailingAllocation::happened();
        }
        EXPECT_TRUE(vm || failed);
        return failed;
    });
}

// --- Keyspace --------------------------------------------------------------------------------------------------------------

TEST(KeyspaceInARow, CommandsThrowNothing) {
    Keyspace keys;
    CallContext context;
    const std::vector<std::vector<std::string_view>> commands = {
        {"set", "a key that is longer than a small string", "a value that is longer than a small string"},
        {"nosuchcommand of some length", "with an argument"},
        {"get"},
        {"rpush", "l", "a", "b", "c"},
        {"lrange", "l", "0", "-1"},
        {"hset", "h", "f", "v"},
        {"zadd", "z", "1", "a", "2", "b"},
        {"incr", "a key that is longer than a small string"},
        {"keys", "*"},
        {"xyz"},
        {"object", "help"},
    };
    for (const auto& words : commands) {
        for_all_failures(
            [&](std::uint64_t n, std::uint64_t in_a_row) {
                bool failed = false;
                {
                    const FailingAllocation failing(n, in_a_row);
                    EXPECT_NO_THROW((void)keys.call(words, context)) << words[0] << " " << n << " " << in_a_row;
                    failed = FailingAllocation::happened();
                }
                const std::string_view after[] = {"set", "after", "x"};
                EXPECT_EQ(keys.call(after, context).text(), "OK");
                return failed && !::testing::Test::HasFailure();
            },
            0);
    }
}

}  // namespace
}  // namespace arenite::redis::testing

// The engine by itself: what the oracle cannot show. Numbers such as EN1 are invariants of
// redis_api/include/arenite/redis/engine.h.
#include <arenite/redis/engine.h>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arenite/redis/reply_text.h>
#include "redis_api/sha1.h"
#include "vm/embed/host.h"
#include "vm/lib/lib.h"

namespace arenite::redis {
namespace {

EngineOptions small_options() {
    EngineOptions options;
    options.address_range = std::size_t{1} << 30;
    return options;
}

std::unique_ptr<Engine> make_engine(EngineOptions options = small_options()) {
    auto engine = Engine::create(std::move(options));
    EXPECT_NE(engine, nullptr);
    return engine;
}

std::string raw(const Reply& reply, int version = 2) {
    return to_resp(reply, version);
}

/// A host that answers with what a function makes.
class ScriptedHost final : public CommandHost {
public:
    using Answer = std::function<Reply(std::span<const std::string_view>, CallContext&)>;
    explicit ScriptedHost(Answer answer) : answer_(std::move(answer)) {}
    Reply call(std::span<const std::string_view> args, CallContext& context) override { return answer_(args, context); }

private:
    Answer answer_;
};

std::unique_ptr<Engine> engine_answering(ScriptedHost::Answer answer, EngineOptions options = small_options()) {
    options.host = std::make_shared<ScriptedHost>(std::move(answer));
    return make_engine(std::move(options));
}

// --- EN1: nothing remains. --------------------------------------------------------------------------------------

TEST(Engine, LeavesNothingInTheHeap) {
    const auto engine = make_engine();
    const std::vector<std::string> scripts{
        "local t = {} for i = 1, 1000 do t[i] = {tostring(i)} end KEYS[1] = t KEYS.x = 'y' return #t",
        "setmetatable(KEYS, {__index = function() return 'd' end}) return KEYS[5]",
        "error({err = 'X y', t = {1, 2, 3}})",
        "return redis.call('set', 'k', string.rep('x', 100000))",
        "local co = coroutine.wrap(function() coroutine.yield(1) end) return co()",
        "return loadstring('return {1,2,3}')()",
    };
    const std::vector<std::string_view> words{"a", "bb", std::string_view("\0\0", 2)};
    for (const std::string& script : scripts) engine->eval(script, words, words);  // fills the cache
    const std::uint64_t before = lib::bytes_in_use(engine->vm().machine());
    for (int round = 0; round < 50; ++round) {
        for (const std::string& script : scripts) engine->eval(script, words, words);
    }
    EXPECT_LE(lib::bytes_in_use(engine->vm().machine()), before + 1024);
    EXPECT_EQ(raw(engine->eval("return {#KEYS, KEYS.x == nil, getmetatable(KEYS) == nil}")),
              "*3\r\n:0\r\n:1\r\n:1\r\n");
    EXPECT_FALSE(engine->vm().txn().active());
}

TEST(Engine, RandomNumbersGoOnFromScriptToScript) {
    const auto engine = make_engine();
    EXPECT_EQ(raw(engine->eval("math.randomseed(1) return math.random(1000000)")), ":41631\r\n");
    const std::string second = raw(engine->eval("return math.random(1000000)"));
    EXPECT_EQ(raw(engine->eval("math.randomseed(1) math.random() return math.random(1000000)")), second);
}

// --- The cache. ------------------------------------------------------------------------------------------------------

TEST(Engine, CachesByShaAndText) {
    const auto engine = make_engine();
    EXPECT_EQ(raw(engine->eval("return 7")), ":7\r\n");
    EXPECT_EQ(engine->cached_scripts(), 1u);
    EXPECT_EQ(raw(engine->eval("return 7")), ":7\r\n");
    EXPECT_EQ(engine->cached_scripts(), 1u);
    EXPECT_EQ(raw(engine->evalsha(sha1_hex("return 7"))), ":7\r\n");
    EXPECT_TRUE(engine->eval("return (").is_error());
    EXPECT_EQ(engine->cached_scripts(), 1u);
    EXPECT_EQ(raw(engine->script_flush()), "+OK\r\n");
    EXPECT_EQ(engine->cached_scripts(), 0u);
    EXPECT_TRUE(engine->evalsha(sha1_hex("return 7")).is_error());
    EXPECT_EQ(raw(engine->eval("return 7")), ":7\r\n");
}

TEST(Engine, CachedFunctionsSurviveCollections) {
    const auto engine = make_engine();
    std::vector<std::string> shas;
    for (int i = 0; i < 300; ++i) {
        const Reply sha = engine->script_load("local t = {} return {'" + std::to_string(i) + "', t}");
        shas.emplace_back(sha.text());
    }
    engine->eval("for i = 1, 200 do local t = {} for j = 1, 500 do t[j] = {j} end end collectgarbage()");
    engine->vm().full_collect();
    for (int i = 0; i < 300; ++i) {
        const std::string text = std::to_string(i);
        EXPECT_EQ(raw(engine->evalsha(shas[static_cast<std::size_t>(i)])),
                  "*2\r\n$" + std::to_string(text.size()) + "\r\n" + text + "\r\n*0\r\n");
    }
    const std::uint64_t full = lib::bytes_in_use(engine->vm().machine());
    EXPECT_EQ(raw(engine->script_flush()), "+OK\r\n");
    engine->vm().full_collect();
    EXPECT_LT(lib::bytes_in_use(engine->vm().machine()), full / 2);
}

TEST(Engine, ShaOfKnownTexts) {
    EXPECT_EQ(sha1_hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(sha1_hex("return 1"), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    EXPECT_EQ(sha1_hex(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

// --- EN4 and limits. -------------------------------------------------------------------------------------------------

constexpr std::string_view kKilled = "ERR Script killed by user with SCRIPT KILL...";

TEST(Engine, TimeLimitEndsWhatCannotBeCaught) {
    EngineOptions options = small_options();
    options.time_limit = std::chrono::milliseconds(30);
    const auto engine = make_engine(std::move(options));
    for (const char* script : {
             "while true do end",
             "while true do pcall(function() while true do end end) end",
             "xpcall(function() while true do end end, function() while true do end end) return 'caught'",
             "while true do redis.call('get', 'k') end",
             "local co = coroutine.wrap(function() while true do end end) pcall(co) return 'caught'",
             "return string.find(('a'):rep(50000), ('a-'):rep(25) .. 'b')",
             "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do "
             "pcall(function() return t[1] end) end",
             "while true do loadstring('return 1') end",
             "local function f() return f() end f()",
             "while true do local s = redis.sha1hex(('x'):rep(1000)) end",
         }) {
        const auto start = std::chrono::steady_clock::now();
        const Reply reply = engine->eval(script);
        EXPECT_TRUE(reply.text().starts_with("ERR Script exceeded its time limit of 30 ms"))
            << script << " => " << raw(reply).substr(0, 200);
        EXPECT_TRUE(engine->last_run().killed);
        EXPECT_EQ(engine->last_run().end, RunEnd::TimeLimit);
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10)) << script;
        EXPECT_EQ(raw(engine->eval("return 'alive'")), "$5\r\nalive\r\n");
    }
}

TEST(Engine, KillTellsThePosition) {
    EngineOptions options = small_options();
    options.step_limit = 500'000;
    const auto engine = make_engine(std::move(options));
    const std::string script = "local x = 1\nwhile true do\n  x = x + 1\nend";
    const std::string reply = raw(engine->eval(script));
    const std::string expected =
        "-ERR Script exceeded its work limit of 500000 units script: " + sha1_hex(script) + ", on @user_script:";
    EXPECT_TRUE(reply.starts_with(expected)) << reply;
    EXPECT_EQ(engine->last_run().end, RunEnd::WorkLimit);
    EXPECT_LE(engine->last_run().slices, 10u);
    EXPECT_EQ(raw(engine->eval("return 1")), ":1\r\n");
}

TEST(Engine, PollKills) {
    EngineOptions options = small_options();
    int polls = 0;
    options.poll = [&] { return ++polls == 5; };
    const auto engine = make_engine(std::move(options));
    EXPECT_TRUE(engine->eval("while true do end").text().starts_with("ERR Script interrupted by its host script: "));
    EXPECT_EQ(engine->last_run().end, RunEnd::Interrupted);
    EXPECT_EQ(polls, 5);
    EXPECT_EQ(raw(engine->eval("return 1")), ":1\r\n");
    EXPECT_EQ(polls, 5);
}

TEST(Engine, ScriptKillFromAnotherThread) {
    const auto engine = make_engine();
    EXPECT_EQ(raw(engine->script_kill()), "-NOTBUSY No scripts in execution right now.\r\n");
    for (int round = 0; round < 20; ++round) {
        std::thread killer([&] {
            while (raw(engine->script_kill()) != "+OK\r\n") std::this_thread::yield();
        });
        EXPECT_TRUE(engine->eval("while true do redis.call('get', 'k') end").text().starts_with(kKilled));
        killer.join();
        EXPECT_EQ(raw(engine->eval("return 1")), ":1\r\n");
    }
}

TEST(Engine, AScriptThatHasWrittenIsUnkillable) {
    std::atomic<bool> stop{false};
    EngineOptions options = small_options();
    options.poll = [&] { return stop.load(); };
    const auto engine = make_engine(std::move(options));
    std::thread killer([&] {
        std::string answer;
        while (!answer.starts_with("-UNKILLABLE")) answer = raw(engine->script_kill());
        stop = true;
    });
    // Killed before it wrote, or not at all until poll says so.
    Reply reply;
    do {
        reply = engine->eval("redis.call('set', 'k', 'v') while true do end");
    } while (!stop);
    killer.join();
    EXPECT_EQ(engine->last_run().end, RunEnd::Interrupted) << reply.text();
    EXPECT_EQ(raw(engine->eval("return redis.call('get', 'k')")), "$1\r\nv\r\n");
}

// busy-reply-threshold: before it clients are not served; after it they are told so, and the script goes on.
TEST(Engine, BusyFromTheThresholdOn) {
    EngineOptions options = small_options();
    options.busy_threshold = std::chrono::milliseconds(40);
    const auto started = std::chrono::steady_clock::now();
    Engine* self = nullptr;
    int polls = 0;
    options.poll = [&] {
        EXPECT_TRUE(self->busy());
        EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(40));
        EXPECT_TRUE(Engine::busy_reply().text().starts_with("BUSY Redis is busy running a script."));
        ++polls;
        EXPECT_TRUE(polls != 3 || raw(self->script_kill()) == "+OK\r\n");
        return false;
    };
    const auto engine = make_engine(std::move(options));
    self = engine.get();
    EXPECT_FALSE(engine->busy());
    EXPECT_EQ(raw(engine->eval("return 1")), ":1\r\n");
    EXPECT_EQ(polls, 0);
    EXPECT_TRUE(engine->eval("while true do end").text().starts_with(kKilled));
    EXPECT_EQ(engine->last_run().end, RunEnd::Killed);
    EXPECT_EQ(polls, 3);
    EXPECT_FALSE(engine->busy());
}

TEST(Engine, MemoryLimitIsAnErrorThatMayBeCaught) {
    EngineOptions options = small_options();
    options.memory_limit = 8 << 20;
    const auto engine = make_engine(std::move(options));
    const std::string eater = "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end";
    EXPECT_EQ(raw(engine->eval(eater)), "-ERR Error running script " + sha1_hex(eater) + ", not enough memory\r\n");
    EXPECT_EQ(raw(engine->eval("local ok, e = pcall(function() " + eater + " end) return {tostring(ok), e}")),
              "*2\r\n$5\r\nfalse\r\n$17\r\nnot enough memory\r\n");
    EXPECT_EQ(raw(engine->eval("return 1")), ":1\r\n");
    const std::string huge(16 << 20, 'x');
    EXPECT_TRUE(engine->eval("return #ARGV[1]", {}, std::vector<std::string_view>{huge}).is_error());
    EXPECT_TRUE(engine->eval("return '" + huge + "'").is_error());
    EXPECT_EQ(raw(engine->eval("return 1")), ":1\r\n");
}

TEST(Engine, ReplyLimitStopsSharedTables) {
    EngineOptions options = small_options();
    options.reply_limit = 1 << 20;
    const auto engine = make_engine(std::move(options));
    EXPECT_EQ(raw(engine->eval("local a = {} for i = 1, 10 do a[i] = a end return a")),
              "-ERR the reply of the script is too large\r\n");
    EXPECT_EQ(raw(engine->eval("local s = ('x'):rep(1000) local a = {} for i = 1, 2000 do a[i] = s end return a")),
              "-ERR the reply of the script is too large\r\n");
    EXPECT_EQ(engine->eval("local a = {} for i = 1, 1000 do a[i] = i end return a").size(), 1000u);
}

// --- Undo. -----------------------------------------------------------------------------------------------------------

TEST(Engine, WritesOfAFailedScriptStayByDefault) {
    const auto engine = make_engine();
    EXPECT_TRUE(engine->eval("redis.call('set', 'k', 'v') error('x')").is_error());
    EXPECT_TRUE(engine->last_run().failed);
    EXPECT_TRUE(engine->last_run().wrote);
    EXPECT_FALSE(engine->last_run().undone);
    EXPECT_EQ(raw(engine->eval("return redis.call('get', 'k')")), "$1\r\nv\r\n");
}

TEST(Engine, WritesOfAFailedScriptCanBeUndone) {
    EngineOptions options = small_options();
    options.undo = UndoPolicy::RollBack;
    options.step_limit = 1'000'000;
    const auto engine = make_engine(std::move(options));
    EXPECT_EQ(raw(engine->eval("return redis.call('set', 'k', 'old')")), "+OK\r\n");
    for (const char* script :
         {"redis.call('set', 'k', 'new') redis.call('rpush', 'l', 1, 2) error('x')",
          "redis.call('set', 'k', 'new') while true do end", "redis.call('flushall') redis.call('nosuch')"}) {
        EXPECT_TRUE(engine->eval(script).is_error());
        EXPECT_TRUE(engine->last_run().undone);
        EXPECT_EQ(raw(engine->eval("return {redis.call('get', 'k'), redis.call('exists', 'l')}")),
                  "*2\r\n$3\r\nold\r\n:0\r\n");
    }
    // An error that is caught, or returned as a reply, is none of the script.
    EXPECT_TRUE(engine->eval("redis.call('set', 'k', 'new') return redis.pcall('incr', 'k')").is_error());
    EXPECT_FALSE(engine->last_run().failed);
    EXPECT_EQ(raw(engine->eval("return redis.call('get', 'k')")), "$3\r\nnew\r\n");
}

TEST(Engine, WithUndoAWritingScriptCanBeKilled) {
    EngineOptions options = small_options();
    options.undo = UndoPolicy::RollBack;
    const auto engine = make_engine(std::move(options));
    std::atomic<bool> done{false};
    std::thread killer([&] {
        while (!done) {
            if (engine->script_kill().kind() == ReplyKind::Status) break;
            std::this_thread::yield();
        }
    });
    const Reply reply = engine->eval("redis.call('set', 'k', 'v') while true do redis.call('incr', 'n') end");
    done = true;
    killer.join();
    EXPECT_TRUE(reply.text().starts_with(kKilled));
    EXPECT_EQ(raw(engine->eval("return redis.call('dbsize')")), ":0\r\n");
}

// --- redis.log. ------------------------------------------------------------------------------------------------------

TEST(Engine, LogsFromALevelOn) {
    std::vector<std::pair<LogLevel, std::string>> lines;
    EngineOptions options = small_options();
    options.log = [&](LogLevel level, std::string_view text) { lines.emplace_back(level, text); };
    const auto engine = make_engine(std::move(options));
    engine->eval("redis.log(redis.LOG_WARNING, 'a', 1.5, {}, true, 'b\\0c')");
    engine->eval("redis.log(redis.LOG_NOTICE, {}, 'x')");
    engine->eval("redis.log(redis.LOG_VERBOSE, 'quiet') redis.log(redis.LOG_DEBUG, 'quiet')");
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0], (std::pair{LogLevel::Warning, std::string("a 1.5 b\0c", 9)}));
    EXPECT_EQ(lines[1], (std::pair{LogLevel::Notice, std::string(" x")}));
}

// --- Hosts and conversion. -------------------------------------------------------------------------------------------

TEST(Engine, ConvertsEveryKindOfReply) {
    int asked_version = 0;
    const auto engine = engine_answering([&](std::span<const std::string_view> args, CallContext& context) {
        asked_version = context.resp;
        const std::string_view what = args[0];
        if (what == "double") return Reply::real(2.5);
        if (what == "bool") return Reply::boolean(true);
        if (what == "big") return Reply::big_number("123456789012345678901");
        if (what == "verbatim") return Reply::verbatim("mkd", "text");
        if (what == "nullarray") return Reply::null_array();
        Reply::Items items;
        items.push_back(Reply::bulk("k"));
        items.push_back(Reply::integer(1));
        if (what == "map") return Reply::map(std::move(items));
        if (what == "set") return Reply::set(std::move(items));
        return Reply::error("ODD no such thing");
    });
    EXPECT_EQ(raw(engine->eval("return redis.call('double').double == 2.5")), ":1\r\n");
    EXPECT_EQ(asked_version, 2);
    EXPECT_EQ(raw(engine->eval("redis.setresp(3) return redis.call('double')"), 3), ",2.5\r\n");
    EXPECT_EQ(asked_version, 3);
    EXPECT_EQ(raw(engine->eval("redis.setresp(3) return redis.call('bool')"), 3), "#t\r\n");
    EXPECT_EQ(raw(engine->eval("return type(redis.call('bool'))")), "$7\r\nboolean\r\n");
    EXPECT_EQ(raw(engine->eval("return redis.call('big')"), 3), "(123456789012345678901\r\n");
    EXPECT_EQ(raw(engine->eval("return redis.call('verbatim')"), 3), "=8\r\nmkd:text\r\n");
    EXPECT_EQ(raw(engine->eval("return redis.call('verbatim').verbatim_string.format")), "$3\r\nmkd\r\n");
    EXPECT_EQ(raw(engine->eval("return redis.call('map').map.k")), ":1\r\n");
    EXPECT_EQ(raw(engine->eval("local s = redis.call('set').set return {tostring(s.k), tostring(s[1])}")),
              "*2\r\n$4\r\ntrue\r\n$4\r\ntrue\r\n");
    EXPECT_EQ(raw(engine->eval("return tostring(redis.call('nullarray'))")), "$5\r\nfalse\r\n");
    EXPECT_EQ(raw(engine->eval("redis.setresp(3) return tostring(redis.call('nullarray'))")), "$3\r\nnil\r\n");
    EXPECT_EQ(raw(engine->eval("return redis.pcall('x')")), "-ODD no such thing\r\n");
}

TEST(Engine, ErrorsOfTheHostAreCounted) {
    const auto engine = make_engine();
    EXPECT_TRUE(engine->eval("return redis.call('nosuch')").is_error());
    EXPECT_TRUE(engine->last_run().error_counted);
    EXPECT_TRUE(engine->eval("error('own')").is_error());
    EXPECT_FALSE(engine->last_run().error_counted);
}

TEST(Engine, DeepRepliesOfAHostUseNoStack) {
    const auto engine = engine_answering([](std::span<const std::string_view>, CallContext&) {
        Reply reply = Reply::integer(7);
        for (int i = 0; i < 200'000; ++i) {
            Reply::Items items;
            items.push_back(std::move(reply));
            reply = Reply::array(std::move(items));
        }
        return reply;
    });
    EXPECT_EQ(raw(engine->eval("local r, n = redis.call('x'), 0 while type(r) == 'table' do r = r[1] n = n + 1 end "
                               "return {n, r}")),
              "*2\r\n:200000\r\n:7\r\n");
}

TEST(Engine, ContextOfTheHost) {
    std::vector<CallContext> seen;
    EngineOptions options = small_options();
    options.db = 5;
    const auto engine = engine_answering(
        [&](std::span<const std::string_view>, CallContext& context) {
            seen.push_back(context);
            context.wrote = true;
            context.db = 9;
            return Reply::ok();
        },
        std::move(options));
    engine->eval("redis.call('x') redis.setresp(3) redis.call('x')");
    engine->eval_ro("redis.call('x')");
    engine->eval("#!lua flags=no-writes\nredis.call('x')");
    ASSERT_EQ(seen.size(), 4u);
    EXPECT_EQ(seen[0].db, 5);
    EXPECT_EQ(seen[1].db, 9);
    EXPECT_EQ(seen[1].resp, 3);
    EXPECT_TRUE(seen[1].wrote);
    EXPECT_TRUE(seen[0].from_script);
    EXPECT_FALSE(seen[0].read_only);
    EXPECT_EQ(seen[2].resp, 2);
    EXPECT_EQ(seen[2].db, 5);
    EXPECT_FALSE(seen[2].wrote);
    EXPECT_TRUE(seen[2].read_only);
    EXPECT_TRUE(seen[3].read_only);
}

// --- Security. -----------------------------------------------------------------------------------------------------

TEST(Engine, ErrorsWithoutTextAreErrors) {
    const auto engine = make_engine();
    for (const char* script :
         {"error({})", "error({x = 1})", "error({err = {}})", "error(setmetatable({}, {__index = error}))",
          "error(setmetatable({}, {__index = function() error({}) end}))"}) {
        EXPECT_TRUE(engine->eval(script).text().starts_with("ERR ")) << script << raw(engine->eval(script));
    }
    const std::string script = "error({})";
    EXPECT_EQ(raw(engine->eval(script)), "-ERR unknown error script: " + sha1_hex(script) + ", on @user_script:1.\r\n");
}

TEST(Engine, NothingBreaksTheProtocol) {
    const auto engine = make_engine();
    for (const char* script :
         {"return redis.error_reply('X\\r\\n+INJ')", "error(redis.error_reply('X\\r\\n+INJ'))",
          "return {err = 'X\\r\\n+INJ'}", "return {ok = 'X\\r\\n+INJ'}", "error('X\\r\\n+INJ')",
          "#!lua \"a\\r\\n+INJ\"\nreturn 1", "return redis.call('X\\r\\n+INJ')",
          "error({err = 'X', source = '\\r\\n+INJ', line = '\\n+INJ'})", "return loadstring('x', '=\\r\\n+INJ')()"}) {
        const std::string bytes = raw(engine->eval(script));
        EXPECT_EQ(bytes.find("\r\n"), bytes.size() - 2) << script << bytes;
    }
}

TEST(Engine, BytecodeIsNeverLoaded) {
    const auto engine = make_engine();
    for (const char* script : {"return {loadstring('\\27LuaQ')}", "return {load(function() return '\\27Lua' end)}"}) {
        EXPECT_EQ(raw(engine->eval(script)), "*0\r\n") << script;
    }
    EXPECT_EQ(raw(engine->eval("return select(2, loadstring('\\27Lua', '=c'))")),
              "$38\r\nc:1: unexpected symbol near 'char(27)'\r\n");
    EXPECT_EQ(raw(engine->eval("\x1bLua")),
              "-ERR Error compiling script (new function): user_script:1: unexpected symbol near 'char(27)'\r\n");
}

TEST(Engine, EveryReachableTableIsReadOnly) {
    const auto engine = make_engine();
    EXPECT_EQ(raw(engine->eval(R"lua(
        local seen, writable, names = {}, {}, {}
        local function visit(name, v)
            if type(v) ~= 'table' or seen[v] then return end
            seen[v] = true
            if v ~= KEYS and v ~= ARGV then
                if pcall(rawset, v, 'probe', 1) then writable[#writable + 1] = name end
                if pcall(setmetatable, v, {}) then writable[#writable + 1] = name .. ' metatable' end
            end
            visit(name .. '(metatable)', getmetatable(v))
            for k, inner in pairs(v) do visit(name .. '.' .. tostring(k), inner) end
        end
        visit('_G', _G)
        visit('string', getmetatable(''))
        for _, v in ipairs{1, true, visit, coroutine.create(visit)} do visit('type', getmetatable(v)) end
        return writable)lua")),
              "*0\r\n");
}

}  // namespace
}  // namespace arenite::redis

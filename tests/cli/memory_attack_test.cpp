// The memory limit holds for the process: programs that try to make it hold more are run with --memory, and say themselves
// what they had resident at most (VmHWM).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "arena/poison.h"
#include "tests/cli/process.h"

namespace arenite::test {
namespace {

struct Attack {
    const char* name;
    const char* script;  ///< run in a pcall; LIMIT is the limit in bytes, used() what is counted
};

constexpr Attack kAttacks[] = {
    // Fragmentation: what survives is made to lie between what goes.
    {"holes_of_rising_sizes", R"(
        local big = ("x"):rep(LIMIT / 4) big = nil collectgarbage()
        local keep = {}
        for k = 1, 40 do
            local size, going = 20000 + k * 3000, {}
            while used() < LIMIT * 0.85 do
                going[#going + 1] = ("x"):rep(size) keep[#keep + 1] = ("y"):rep(2100)
            end
            going = nil collectgarbage()
        end)"},
    {"holes_of_large_blocks", R"(
        local keep = {}
        for k = 1, 20 do
            local going = {}
            while used() < LIMIT * 0.8 do
                going[#going + 1] = ("x"):rep(130000 + k * 7777) keep[#keep + 1] = ("y"):rep(5000)
            end
            going = nil collectgarbage()
        end)"},
    {"every_other_one", R"(
        for size = 2100, 250000, 9000 do
            local t = {}
            pcall(function() for i = 1, LIMIT / size do t[i] = ("x"):rep(size) .. i end end)
            for i = 1, #t, 2 do t[i] = false end collectgarbage()
            pcall(function() for i = 1, #t, 2 do t[i] = ("x"):rep(size + size / 8) .. i end end)
        end)"},
    {"tables_between_strings", R"(
        local keep = {}
        for k = 1, 30 do
            local going = {}
            while used() < LIMIT * 0.8 do
                local t = {} for i = 1, 300 + k * 40 do t[i] = i end
                going[#going + 1] = t
                if #going % 8 == 0 then keep[#keep + 1] = {("z"):rep(3000)} end
            end
            going = nil collectgarbage()
        end)"},
    {"pages_of_all_classes", R"(
        local keep = {}
        for k = 1, 30 do
            local going = {}
            while used() < LIMIT * 0.8 do
                going[#going + 1] = ("x"):rep(k * 60) .. #going
                if #going % 60 == 0 then keep[#keep + 1] = going[#going] end
            end
            going = nil collectgarbage()
        end)"},
    {"sizes_at_random", R"(
        local t = {}
        for i = 1, 30000 do
            local size = 2 ^ math.random(5, 18) + math.random(1, 2000)
            t[math.random(1, LIMIT / 60000)] = ("x"):rep(size)
            if i % 5000 == 0 then t = {} end
        end)"},
    // Strings.
    {"doubled", "local s = 'x' while true do s = s .. s end"},
    {"rep", "for n = 1, 200 do pcall(string.rep, 'x', LIMIT / 100 * n) end"},
    {"gsub", "local s = ('x'):rep(1000) while true do s = s:gsub('x', 'xx') end"},
    {"gsub_function", "local s = ('x'):rep(1000) while true do s = s:gsub('x', function() return 'xx' end) end"},
    {"format", "local s = ('x'):rep(1000) while true do s = ('%s%s%q'):format(s, s, s) end"},
    {"concat", "local t = {('x'):rep(1000)} while true do t[#t + 1] = table.concat(t) end"},
    {"upper", "local s = ('x'):rep(LIMIT * 0.4) for i = 1, 30 do pcall(string.upper, s) pcall(string.reverse, s) end"},
    {"interned", "for r = 1, 3 do local t = {} pcall(function() for i = 1, 1e9 do t[i] = r .. 'k' .. i end end) end"},
    {"numbers", "local t = {} for i = 1, 1e9 do t[tostring(i + 0.25)] = i end"},
    // Errors that carry much, and tracebacks.
    {"wrap", "local s = ('x'):rep(LIMIT * 0.9) for i = 1, 5 do pcall(coroutine.wrap(function() error(s, 0) end)) end"},
    {"wraps_of_wraps", R"(
        local s = ("x"):rep(LIMIT * 0.4)
        local function f(n) if n == 0 then error(s, 0) end coroutine.wrap(f)(n - 1) end
        for i = 1, 5 do pcall(f, 10) end)"},
    {"error_with_position", "local s = ('x'):rep(LIMIT * 0.45) for i = 1, 5 do pcall(error, s) pcall(error, s, 2) end"},
    {"xpcall", R"(
        local s = ("x"):rep(LIMIT * 0.45)
        for i = 1, 5 do xpcall(function() error(s, 0) end, function(e) return e .. "y" end) end)"},
    {"traceback", "local s = ('x'):rep(LIMIT * 0.45) for i = 1, 5 do pcall(debug.traceback, s) end"},
    {"long_names", R"(
        local n = ("n"):rep(LIMIT / 32)
        local f = assert(loadstring("local x = " .. n .. ".f"))
        for i = 1, 20 do pcall(f) end)"},
    {"tracebacks_of_long_names", R"(
        local n = ("n"):rep(LIMIT / 64)
        _G[n] = assert(loadstring("local i = ... if i > 0 then " .. n .. "(i - 1) else error('x') end return i"))
        for i = 1, 5 do xpcall(function() _G[n](30) end, debug.traceback) end)"},
    {"names_of_files", R"(
        local s = ("x"):rep(LIMIT * 0.4)
        for i = 1, 5 do pcall(io.open, s) pcall(os.remove, s) pcall(os.rename, s, s) pcall(io.lines, s) pcall(os.getenv, s) end)"},
    {"names_of_modules", "local s = ('x'):rep(LIMIT / 10) for i = 1, 5 do pcall(require, s) end"},
    {"assert", "local s = ('x'):rep(LIMIT * 0.9) for i = 1, 20 do pcall(assert, false, s) end"},
    // Stacks.
    {"recursion", "local function f(n) return 1 + f(n + 1) end for i = 1, 5 do pcall(f, 1) end"},
    {"recursion_pcall", "local function f() return pcall(f), 1 end for i = 1, 2 do f() end"},
    {"varargs", "loadstring('local function f(...) return f(' .. ('1, '):rep(240) .. '...) end f()')()"},
    {"unpack",
     "local t = {} for i = 1, 200000 do t[i] = i end for i = 1, 50 do pcall(function() return {unpack(t)} end) end"},
    {"coroutines", "local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end"},
    {"deep_coroutines", R"(
        local function down(n) if n == 0 then coroutine.yield() else down(n - 1) end return n end
        local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(down) t[i](2000) end)"},
    {"nested_coroutines", "local function f() coroutine.wrap(f)() end for i = 1, 3 do pcall(f) end"},
    // Tables.
    {"array", "local t = {} for i = 1, 1e9 do t[i] = i end"},
    {"arrays_by_turns", "local a, b, c = {}, {}, {} for i = 1, 1e9 do a[i] = i b[i] = i c[-i] = i end"},
    {"keys", "local t = {} for i = 1, 1e9 do t[i * 1.5] = true end"},
    {"filled_and_emptied", R"(
        local t = {}
        for r = 1, 4 do
            pcall(function() for i = 1, 1e9 do t[r .. i] = i end end)
            for k in pairs(t) do t[k] = nil end collectgarbage()
        end)"},
    {"small_tables", "local t for i = 1, 1e9 do t = {t} end"},
    {"closures", "local t = {} for i = 1, 1e9 do local n = i t[i] = function() n = n + 1 end end"},
    {"weak", R"(
        local w, keep = setmetatable({}, {__mode = "k"}), {}
        for i = 1, 1e9 do local k = {} if i % 4 > 0 then keep[#keep + 1] = k end w[k] = setmetatable({}, {__mode = "v"}) end)"},
    {"userdata",
     "local t, m = {}, newproxy(true) getmetatable(m).__gc = function() end for i = 1, 1e9 do t[i] = newproxy(m) end"},
    {"resurrected", R"(
        keep = {}
        local m = newproxy(true) getmetatable(m).__gc = function(p) if keep then keep[#keep + 1] = p end end
        for i = 1, 1e9 do newproxy(m) end)"},
    {"sorted", "local t = {} for i = 1, LIMIT / 24 do t[i] = LIMIT - i end table.sort(t)"},
    {"garbage_of_all_sizes",
     "for i = 1, 3000 do local x = ('x'):rep(2 ^ (i % 20)) local y = {} for k = 1, i % 2000 do y[k] = k end end"},
    // The journal, and blocks that are undone.
    {"journal", R"(
        local old = {} for i = 1, 2000 do local t = {} for k = 1, 60 do t[k] = k t["k" .. k] = k end old[i] = t end
        for r = 1, 10 do
            pcall(arenite.atomic, function()
                for i = 1, #old do for k = 1, 60, 7 do old[i][k] = {} end end
                local t = {} for i = 1, 1e9 do t[i] = {old} end
            end)
        end)"},
    {"savepoints", R"(
        local t = {} for i = 1, 5000 do t[i] = i end
        local function f(n) t[n] = {n} return arenite.atomic(f, n + 1) end
        for i = 1, 3 do pcall(f, 1) end)"},
    // Streams and code.
    {"reading", R"(
        for i = 1, 3 do
            local f = io.open("/dev/zero")
            for _, format in ipairs {"*a", LIMIT * 2, "*l"} do assert(not pcall(f.read, f, format)) end
            f:close()
        end)"},
    {"files", "local t = {} for i = 1, 1e9 do t[i] = assert(io.open('/dev/null', 'w')) t[i]:write('x') end"},
    {"files_read", R"(
        local name = os.tmpname() local f = io.open(name, "w") f:write(("line\n"):rep(10000)) f:close()
        local t = {}
        pcall(function() for i = 1, 1e9 do t[i] = assert(io.open(name)) t[i]:read() end end) os.remove(name))"},
    {"files_of_other_kinds", R"(
        local t = {}
        for i = 1, 1e9, 2 do t[i] = io.tmpfile() t[i + 1] = io.open("/dev/null", "w,ccs=UTF-16") t[i + 1]:write("x") end)"},
    {"files_with_buffers", R"(
        local t = {}
        for i = 1, 1e9 do
            t[i] = io.open("/dev/null", "w") t[i]:write("x")
            for _, mode in ipairs {"full", "no", "line", "full"} do t[i]:setvbuf(mode, 1e6) t[i]:write("x") end
        end)"},
    {"files_dropped", "for i = 1, 50000 do io.open('/dev/null', 'w'):write('x') end"},
    {"files_closed", "for i = 1, 50000 do local f = io.open('/dev/null', 'w') f:write('x') f:close() end"},
    {"pipes", "local t = {} for i = 1, 400 do t[i] = io.popen('true') end"},
    {"buffers",
     "local f = io.open('/dev/null', 'w') f:setvbuf('full', LIMIT * 4) for i = 1, 100 do f:write(('x'):rep(LIMIT / "
     "20)) end"},
    {"dump",
     "local t = {} local f = assert(loadstring(('x = y '):rep(5000))) for i = 1, 1e9 do t[i] = string.dump(f) .. i "
     "end"},
    // Long texts, of two thirds of the limit, and what is made of them.
    {"long_statements", R"lua(
        for _, s in ipairs {"x = 1 ", "f() ", "f(x, 'a', 1.5) ", "local a = 1 do local b = a end ", "x.y = {} ", "t[i] = t "} do
            pcall(loadstring, s:rep(LIMIT * 0.6 / #s)) collectgarbage()
        end)lua"},
    {"long_functions", R"lua(
        for _, s in ipairs {"function f() end ", "function a.b.c:d(...) return ... end ", "local f = function() return f end ",
                            "if a then b() elseif c then d() end ", "while a do break end ", "for i = 1, 2 do f(i) end "} do
            pcall(loadstring, s:rep(LIMIT * 0.6 / #s)) collectgarbage()
        end)lua"},
    {"long_expressions", R"lua(
        for _, s in ipairs {"1,", "{},", "a.b,", "'x',", "a = 1,", "[1] = 2,", "function() end,", "-1,", "not x,"} do
            pcall(function() loadstring("return {" .. s:rep(LIMIT * 0.3 / #s) .. "}") end) collectgarbage()
            pcall(function() loadstring("f(" .. s:rep(LIMIT * 0.3 / #s) .. "1)") end) collectgarbage()
        end
        for _, s in ipairs {"a+", "a..", "a and ", "a == ", "1 + ", "a^", "- ", "(", "{", "a.", "a[", "f(", "f{", "not "} do
            pcall(function() loadstring("return " .. s:rep(LIMIT * 0.3 / #s) .. "a") end) collectgarbage()
        end)lua"},
    {"long_tokens", R"lua(
        for _, ends in ipairs {{"--", ""}, {"--[[", "]]"}, {"return [[", "]]"}, {"return '", "'"}, {"return ", ""}, {"", " = 1"},
                               {"return 1", ""}, {"return 0x", ""}, {"--[==[", ""}, {"'", ""}, {"return [==[", "]]"}} do
            for _, c in ipairs {"x", "1", " "} do
                pcall(function() loadstring(ends[1] .. c:rep(LIMIT * 0.3) .. ends[2]) end) collectgarbage()
            end
        end)lua"},
    {"long_of_different", R"lua(
        for _, form in ipairs {"x%d = %d ", "local x%d = '%d' ", "f('%d', 'a%d') ", "x['k%d'] = %d "} do
            local t = {} pcall(function() for i = 1, LIMIT / 100 do t[i] = form:format(i, i) end end)
            pcall(function() local s = table.concat(t) t = nil loadstring(s) end) t = nil collectgarbage()
        end)lua"},
    {"long_pieces", R"lua(
        for _, s in ipairs {"x = 1 ", "f() ", "--", "'", "(", "{1},", "y"} do
            local n = 0
            s = s:rep(1000)
            pcall(load, function() n = n + #s return n < LIMIT * 8 and s or nil end) collectgarbage()
        end)lua"},
    {"long_dumps", R"lua(
        for _, s in ipairs {"x = 1 ", "f('a', 1.5) ", "function f() end ", "local f = function() return f end ", "x = {1, 2} "} do
            for n = 4, 40, 9 do
                pcall(function()
                    local f = assert(loadstring(s:rep(LIMIT / n / #s)))
                    for i = 1, 3 do f = assert(loadstring(string.dump(f))) end
                end)
                collectgarbage()
            end
        end)lua"},
    {"loaded",
     "local t = {} for i = 1, 1e9 do t[i] = assert(loadstring('local a = ' .. i .. ' return function() return a end')) "
     "end"},
};

class MemoryAttack : public ::testing::TestWithParam<Attack> {};

TEST_P(MemoryAttack, TheProcessKeepsTheLimit) {
#if defined(ARENITE_ASAN) || defined(ARENITE_STRESS)
    GTEST_SKIP() << "these builds have memory of their own";
#endif
    // The larger limit for some of them, or with ARENITE_GUARANTEES=full for all: a quarter keeps the suite short.
    const auto which = std::find_if(std::begin(kAttacks), std::end(kAttacks),
                                    [](const Attack& a) { return std::string_view(a.name) == GetParam().name; }) -
                       std::begin(kAttacks);
    const char* const guarantees = std::getenv("ARENITE_GUARANTEES");
    const bool full = guarantees != nullptr && std::string_view(guarantees) == "full";
    for (const long mib : {12L, 64L}) {
        if (mib == 64 && !full && which % 4 != 0) continue;
        SCOPED_TRACE(std::to_string(mib) + " MiB");
        const std::string limit = std::to_string(mib * 1024 * 1024);
        const std::string script =
            "local LIMIT = " + limit + " local function used() return collectgarbage('count') * 1024 end " +
            "pcall(function() " + GetParam().script + " end) keep = nil pcall(collectgarbage) " +
            R"lua(for l in io.lines("/proc/self/status") do local n = l:match("^VmHWM:%s*(%d+)") if n then print(n) end end)lua";
        const RunResult r = run_arenite({"--memory", limit, "-e", script}, {.time_limit = std::chrono::seconds(120)});
        ASSERT_EQ(r.exit_code, 0) << r;
        const long peak_kib = std::strtol(r.out.c_str(), nullptr, 10);
        ASSERT_GT(peak_kib, 1000) << r;
        RecordProperty("peak_mib_" + std::to_string(mib), static_cast<int>(peak_kib / 1024));
        EXPECT_LE(peak_kib / 1024.0, static_cast<double>(mib) * 1.1 + 10) << r;
    }
}

// Scripts whose replies, printed, are several times as long as in memory.
constexpr Attack kReplies[] = {
    {"bytes", "return ('\\0'):rep(20e6)"},
    {"lines", "return ('\\r\\n'):rep(10e6)"},
    {"numbers", "local t = {} for i = 1, 200000 do t[i] = i end return t"},
    {"shared", "local s = ('\\0'):rep(1e5) local t = {} for i = 1, 200 do t[i] = s end return t"},
    {"nested", "local t = {} for i = 1, 7000 do t = {t, 1} end return t"},
    {"of_a_command", "for i = 1, 100000 do redis.call('rpush', 'l', i) end return redis.call('lrange', 'l', 0, -1)"},
    {"error", "error(('\\1'):rep(20e6), 0)"},
    {"error_table", "error({err = ('\\1'):rep(20e6)})"},
    {"error_reply", "return redis.error_reply(('\\1'):rep(20e6))"},
    {"status_reply", "return redis.status_reply(('\\1'):rep(20e6))"},
};

class ReplyAttack : public ::testing::TestWithParam<Attack> {};

TEST_P(ReplyAttack, TheProcessKeepsTheLimit) {
#if defined(ARENITE_ASAN) || defined(ARENITE_STRESS)
    GTEST_SKIP() << "these builds have memory of their own";
#endif
    for (const char* form : {"--resp2", "--resp3", "--memory=64m"}) {
        const RunResult r = run_program("sh", {"-c", std::string(kArenite) + " eval --memory 64m " + form + " -e \"" +
                                                         GetParam().script + "\" > /dev/null"});
        EXPECT_GE(r.exit_code, 0) << r;
        EXPECT_LE(r.peak_kib / 1024.0, 64 * 1.1 + 10) << form;
    }
}

INSTANTIATE_TEST_SUITE_P(Scripts, ReplyAttack, ::testing::ValuesIn(kReplies),
                         [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(Programs, MemoryAttack, ::testing::ValuesIn(kAttacks),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace arenite::test

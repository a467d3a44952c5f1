// Where memory ends, a script does: each loop of the language and its libraries that takes memory comes to its end, or
// to "not enough memory", within an amount of work that grows with the limit only. Neither a retry after a collection
// (TG6, N4) nor collections near the limit (Collector, C13) may go on forever.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <arenite/vm.h>
#include "arena/poison.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

struct Loop {
    const char* name;
    const char* script;
};

// What takes memory and lets nothing go, or lets most of it go.
constexpr Loop kLoops[] = {
    // Table parts, by instruction and by each native that writes to a table.
    {"array", "local t = {} for i = 1, 1e9 do t[i] = i end"},
    {"array_backwards", "local t = {} for i = 1e9, 1, -1 do t[i] = i end"},
    {"array_of_length", "local t = {} while true do t[#t + 1] = true end"},
    {"hash_numbers", "local t = {} for i = 1, 1e9 do t[i + 0.5] = i end"},
    {"hash_strings", "local t = {} for i = 1, 1e9 do t['k' .. i] = i end"},
    {"hash_objects", "local t = {} for i = 1, 1e9 do t[{}] = i end"},
    {"globals", "for i = 1, 1e9 do _G['g' .. i] = i end"},
    {"array_and_hash", "local t = {} for i = 1, 1e9 do t[i] = i t[-i] = i end"},
    {"rawset", "local t = {} for i = 1, 1e9 do rawset(t, i, i) end"},
    {"rawset_keys", "local t = {} for i = 1, 1e9 do rawset(t, i + 0.5, i) end"},
    {"insert", "local t = {} for i = 1, 1e9 do table.insert(t, i) end"},
    {"insert_in_front", "local t = {} for i = 1, 300 do table.insert(t, 1, {}) end for i = 1, 1e9 do t[i] = {} end"},
    {"newindex_table", "local s = {} local t = setmetatable({}, {__newindex = s}) for i = 1, 1e9 do t[i] = i end"},
    {"newindex_function",
     "local s = {} local t = setmetatable({}, {__newindex = function(_, k, v) s[k] = v end}) "
     "for i = 1, 1e9 do t[i] = i end"},
    {"weak_keys", "local t = setmetatable({}, {__mode = 'k'}) for i = 1, 1e9 do t[i] = i end"},
    {"weak_values", "local t = setmetatable({}, {__mode = 'v'}) for i = 1, 1e9 do t[i] = i end"},
    {"weak_kept",
     "local t, k = setmetatable({}, {__mode = 'kv'}), {} for i = 1, 1e9 do local o = {} k[i] = o t[o] = o end"},
    {"with_metatables", "local t, m = {}, {} for i = 1, 1e9 do t[i] = setmetatable({}, m) end"},
    {"set_list", "local t = {} for i = 1, 1e9 do t[i] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, i} end"},
    {"old_table", "for i = 1, 1e9 do old[i] = i end"},
    {"old_keys", "for i = 1, 1e9 do old['k' .. i] = i end"},
    {"old_slots", "for r = 1, 1e9 do for i = 1, #old do old[i] = {r} end keep[r] = ('x'):rep(5000) .. r end"},
    {"old_insert", "for i = 1, 1e9 do table.insert(old, i) end"},
    // Objects.
    {"tables", "local t = {} for i = 1, 1e9 do t[i] = {} end"},
    {"chain", "local t for i = 1, 1e9 do t = {t} end"},
    {"fields", "local t = {} for i = 1, 1e9 do t[i] = {a = i, b = {}, c = 'x' .. i} end"},
    {"closures", "local t = {} for i = 1, 1e9 do t[i] = function() return i end end"},
    {"cells", "local t = {} for i = 1, 1e9 do local n = i t[i] = function() n = n + 1 return n end end"},
    {"coroutines", "local t = {} for i = 1, 1e9 do t[i] = coroutine.create(function() end) end"},
    {"suspended", "local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end"},
    {"userdata", "local t = {} for i = 1, 1e9 do t[i] = newproxy(true) end"},
    {"finalizers",
     "local m, t = newproxy(true), {} getmetatable(m).__gc = function() end for i = 1, 1e9 do t[i] = newproxy(m) end"},
    {"finalizers_that_keep",
     "keep = {} local m = newproxy(true) getmetatable(m).__gc = function(p) keep[#keep + 1] = {p} end "
     "for i = 1, 1e9 do newproxy(m) end"},
    {"arg", "local function f(...) return arg end local t = {} for i = 1, 1e9 do t[i] = f(i, i) end"},
    {"environments", "local t = {} for i = 1, 1e9 do t[i] = setfenv(function() return x end, {}) end"},
    // Strings.
    {"concat", "local s = 'x' while true do s = s .. s end"},
    {"concat_one", "local s, t = ('x'):rep(5000), {} for i = 1, 1e9 do s = s .. 'y' t[i] = s end"},
    {"concat_many", "local t, s = {}, ('x'):rep(3000) for i = 1, 1e9 do t[i] = s .. i .. s .. i .. s end"},
    {"concat_long", "local t, s = {}, ('x'):rep(200000) for i = 1, 1e9 do t[i] = s .. i .. s end"},
    {"numbers", "local t = {} for i = 1, 1e9 do t[i] = tostring(i / 3) end"},
    {"rep", "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(i) end"},
    {"rep_doubled", "local n = 1 while true do local s = ('x'):rep(n) n = n * 2 end"},
    {"upper", "local t, s = {}, ('x'):rep(2000) for i = 1, 1e9 do t[i] = (s .. i):upper() end"},
    {"reverse", "local t, s = {}, ('ab'):rep(50000) for i = 1, 1e9 do t[i] = s:reverse() end"},
    {"sub", "local t, s = {}, ('ab'):rep(5000) for i = 1, 1e9 do t[i] = s:sub(2) .. i end"},
    {"char", "local t = {} for i = 1, 1e9 do t[i] = string.char(i % 256, i / 256 % 256, i / 65536 % 256, 1) end"},
    {"format", "local t, s = {}, ('x'):rep(1000) for i = 1, 1e9 do t[i] = ('%s|%d|%q'):format(s, i, s) end"},
    {"format_wide", "local t = {} for i = 1, 1e9 do t[i] = ('%99s'):rep(50):format(unpack(args)) .. i end"},
    {"gsub_text", "local s = 'ab' while true do s = s:gsub('%w', '%0%0') end"},
    {"gsub_function",
     "local t, s = {}, ('ab '):rep(500) for i = 1, 1e9 do t[i] = s:gsub('%a+', function(w) return w .. i end) end"},
    {"gsub_table", "local t, s = {}, ('ab '):rep(500) for i = 1, 1e9 do t[i] = s:gsub('%a+', {ab = 'x' .. i}) end"},
    {"gmatch",
     "local t, s = {}, ('word '):rep(1000) for i = 1, 1e9 do for w in (s .. i):gmatch('%S+') do t[#t + 1] = {w} end "
     "end"},
    {"find", "local t = {} for i = 1, 1e9 do t[i] = {('key' .. i .. '=value'):find('(%w+)=(%w+)')} end"},
    {"table_concat", "local t = {'x', 'y'} while true do t[#t + 1] = table.concat(t) end"},
    {"dump", "local t = {} for i = 1, 1e9 do t[i] = string.dump(function() return i end) .. i end"},
    // Stacks.
    {"recursion", "local function f(n) return 1 + f(n + 1) end for i = 1, 20 do keep[i] = {pcall(f, 1)} end"},
    {"recursion_pcall",
     "local function f(n) local ok, r = pcall(f, n + 1) return ok, r end for i = 1, 3 do keep[i] = {f(1)} end"},
    {"recursion_varargs", "local function f(...) return (f(1, ...)) end for i = 1, 20 do keep[i] = {pcall(f)} end"},
    {"unpack", "local t = {} for i = 1, 7000 do t[i] = i end local k = {} for i = 1, 1e9 do k[i] = {unpack(t)} end"},
    {"varargs",
     "local function f(...) return {...}, select('#', ...) end local t = {} for i = 1, 1e9 do t[i] = f(unpack(args)) "
     "end"},
    {"coroutine_depth", "local function f() coroutine.wrap(f)() end for i = 1, 3 do keep[i] = {pcall(f)} end"},
    // Code.
    {"loadstring",
     "local t = {} for i = 1, 1e9 do t[i] = assert(loadstring('local a = ' .. i .. ' return function() return a end')) "
     "end"},
    {"load_pieces",
     "local t = {} for i = 1, 1e9 do local n = 0 t[i] = assert(load(function() n = n + 1 return n < 20 and 'x = ' .. "
     "i .. n .. ' ' or nil end)) end"},
    {"load_large", "local s = 'x = 1 ' while true do s = s .. s keep[#keep + 1] = assert(loadstring(s)) end"},
    // Errors.
    {"caught", "local t = {} for i = 1, 1e9 do t[i] = {pcall(error, 'error ' .. i)} end"},
    {"caught_of_memory", "for i = 1, 300 do pcall(string.rep, 'x', 1e9) keep[#keep + 1] = ('x'):rep(1e5) end"},
    {"tracebacks", "local t = {} for i = 1, 1e9 do t[i] = debug.traceback('x' .. i) end"},
    {"handlers", "local t = {} for i = 1, 1e9 do t[i] = {xpcall(function() error('x' .. i) end, debug.traceback)} end"},
    {"sort_callback",
     "local t = {} for i = 1, 100 do t[i] = i end table.sort(t, function(a, b) keep[#keep + 1] = {} return a < b end) "
     "for i = 1, 1e9 do keep[#keep + 1] = {} end"},
    {"foreach", "while true do table.foreach(args, function(k, v) keep[#keep + 1] = {k, v} end) end"},
    // Most is garbage, and what stays is what fills the memory.
    {"a_tenth_stays", "for i = 1, 1e9 do local x = {i, i} if i % 10 == 0 then keep[#keep + 1] = x end end"},
    {"strings_stay", "for i = 1, 1e9 do local x = ('x'):rep(i % 5000) if i % 10 == 0 then keep[#keep + 1] = x end end"},
    {"atomic",
     "for i = 1, 1e9 do assert(arenite.atomic(function() keep[#keep + 1] = {i} old[i % 100 + 1] = {} end)) end"},
};

class MemoryEnds : public testing::TestWithParam<Loop> {};

// The work that filling a MiB takes at most, about ten times what the dearest of these loops takes.
constexpr std::uint64_t kUnitsPerMiB = 60'000'000;
constexpr std::uint64_t kCyclesPerRun = 1500;

/// Sanitizers and the stress build take many times as long: there the smallest limits are enough.
#if defined(ARENITE_ASAN) || defined(ARENITE_STRESS)
constexpr bool kSlowBuild = true;
#else
constexpr bool kSlowBuild = false;
#endif

TEST_P(MemoryEnds, WithinBoundedWork) {
    // Each of the sizes for some of the loops; the smallest, and one with large tables, for all.
    constexpr std::size_t kMiB[] = {2, 3, 4, 6, 8, 12, 24, 32, 48, 64};
    const std::size_t which = static_cast<std::size_t>(
        std::find_if(std::begin(kLoops), std::end(kLoops),
                     [](const Loop& l) { return std::string_view(l.name) == GetParam().name; }) -
        std::begin(kLoops));
    for (const std::size_t mib : {std::size_t{1}, std::size_t{16}, kMiB[which % std::size(kMiB)]}) {
        if (kSlowBuild && mib > 2) continue;
        SCOPED_TRACE(std::to_string(mib) + " MiB");
        VmOptions options;
        options.profile = Profile::Full;
        options.heap.memory_limit = mib << 20;
        const std::unique_ptr<Vm> vm = Vm::create(options);
        ASSERT_TRUE(vm);
        Value function;
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        ASSERT_TRUE(vm->load(
            "keep, old, args = {}, {}, {} for i = 1, 3000 do old[i] = i end for i = 1, 50 do args[i] = 'x' end",
            "=setup", function));
        ASSERT_EQ(vm->call(function, {}), RunStatus::Finished) << vm->failure().message;
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);

        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        ASSERT_TRUE(vm->load(GetParam().script, "=loop", function)) << vm->failure().message;
        ASSERT_TRUE(vm->start(function, {}));
        constexpr std::uint64_t kStep = 200'000;
        std::uint64_t work = 0;
        for (; vm->status() == RunStatus::Suspended && work < kUnitsPerMiB * mib; work += kStep) vm->step(kStep);
        ASSERT_NE(vm->status(), RunStatus::Suspended) << "does not end; cycles: " << vm->heap().collector().cycles();
        if (vm->status() == RunStatus::Failed) {  // of loading, the message only
            EXPECT_TRUE(vm->failure().message.ends_with("not enough memory")) << vm->failure().message;
        }
        EXPECT_LT(vm->heap().collector().cycles(), kCyclesPerRun);
        RecordProperty("units_per_mib_" + std::to_string(mib), static_cast<int>(work / mib / 1000));
        RecordProperty("cycles_" + std::to_string(mib), static_cast<int>(vm->heap().collector().cycles()));
        ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
        EXPECT_EQ(vm->verify(), std::nullopt);
    }
}

INSTANTIATE_TEST_SUITE_P(Loops, MemoryEnds, testing::ValuesIn(kLoops),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace arenite

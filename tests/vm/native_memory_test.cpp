// Natives whose memory is out collect and try again (vm/include/arenite/native.h, N4): garbage fills the limit, and each of them succeeds.
#include <gtest/gtest.h>

#include <string>

#include <arenite/vm.h>
#include "heap/collector.h"
#include "tests/support/heap_access.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

struct Case {
    const char* name;
    const char* setup;   ///< makes what is needed, as globals
    const char* script;  ///< calls the native and returns whether its answer is right
};

constexpr Case kCases[] = {
    {"rep", "", "return #R('abc', 100000) == 300000"},
    {"rep_short", "", "local t = T for i = 1, 4000 do t[i] = R('x', 100) end return #t[4000] == 100"},
    {"upper", "S = R('a', 300000)", "return U(S) == R('A', 300000)"},
    {"lower", "S = R('A', 300000)", "return #string.lower(S) == 300000"},
    {"reverse", "S = R('ab', 150000)", "return string.reverse(S) == R('ba', 150000)"},
    {"sub", "S = R('ab', 150000)", "return #string.sub(S, 2) == 299999"},
    {"byte_and_char", "",
     "local t = T for i = 1, 4000 do t[i] = string.char(i % 256, i / 256, 1, 2, 3, 4, 5, 6, 7, 8) end "
     "return #t == 4000"},
    {"format", "S = R('a', 150000)", "return #string.format('%s%s', S, S) == 300000"},
    {"format_quoted", "S = R('a\\n', 100000)", "return #string.format('%q', S) == 300002"},
    {"gsub_string", "S = R('ab', 50000)", "return #string.gsub(S, 'a', 'xyz') == 200000"},
    {"gsub_function", "S = R('ab', 20000)", "return #string.gsub(S, 'a', function(c) return c .. c .. c end) == 80000"},
    {"gsub_table", "S = R('ab', 50000) M = {a = R('y', 5)}", "return #string.gsub(S, 'a', M) == 300000"},
    {"gsub_long_captures", "S = R('ab', 50000)", "return #string.gsub(S, '(.*)', function(x) return x end) == 100000"},
    {"match", "S = R('ab', 150000)", "return #string.match(S, '^a(.*)$') == 299999"},
    {"find_captures", "S = R('ab', 150000)", "return #select(3, string.find(S, '(b.*)')) == 299999"},
    {"gmatch", "S = R('abc ', 4000)",
     "local t = T for w in string.gmatch(S, '%w+ ?') do t[#t + 1] = w end return #t == 4000"},
    {"concat", "A = {} for i = 1, 20000 do A[i] = 'element' .. i % 100 end", "return #table.concat(A, ',') > 150000"},
    {"concat_long", "A = {} for i = 1, 10 do A[i] = S end S = R('q', 30000) for i = 1, 10 do A[i] = S end",
     "return #table.concat(A) == 300000"},
    {"loadstring", "S = R('x = 1 ', 4000)", "return type(loadstring(S)) == 'function'"},
    {"load", "S = R('x = 1 ', 300)",
     "local n = 0 return type(load(function() n = n + 1 return n < 10 and S or nil end)) == 'function'"},
    {"loadfile", "FILE = os.tmpname() local f = io.open(FILE, 'w') f:write(R('x = 1 ', 4000)) f:close()",
     "local f = loadfile(FILE) os.remove(FILE) return type(f) == 'function'"},
    {"require",
     "FILE = os.tmpname() local f = io.open(FILE, 'w') f:write(R('x = 1 ', 4000)) f:close() package.path = FILE",
     "local ok, v = pcall(require, 'm') os.remove(FILE) return ok and v == true"},
    {"require_name", "N = R('m', 60000) package.path, package.cpath = '?', '?'",
     "local ok, why = pcall(require, N) return not ok and #why > 180000"},
    {"module", "N = R('m.', 300) .. 'n'", "module(N) return true"},
    {"dump", "F = loadstring(R('x = 1 ', 10000))", "return #string.dump(F) > 10000"},
    {"unpack", "A = {} for i = 1, 7000 do A[i] = i end", "return select('#', unpack(A)) == 7000"},
    {"tostring", "", "local t = T for i = 1, 8000 do t[i] = tostring(i + 0.5) end return t[8000] == '8000.5'"},
    {"tostring_of_tables", "",
     "local t = T for i = 1, 4000 do t[i] = tostring(setmetatable({}, nil)) end return #t == 4000"},
    {"insert", "A = {} for i = 1, 16384 do A[i] = i end", "table.insert(A, 5) return #A == 16385"},
    {"insert_first", "A = {} for i = 1, 16384 do A[i] = i end",
     "table.insert(A, 1, 0) return #A == 16385 and A[1] == 0 and A[16385] == 16384 and A[9000] == 8999"},
    {"rawset", "A = {} for i = 1, 16384 do A[i] = i end", "rawset(A, 16385, 1) return #A == 16385"},
    {"setmetatable", "", "local t = T for i = 1, 4000 do t[i] = setmetatable({}, {}) end return #t == 4000"},
    {"coroutine_create", "function body() end",
     "local t = T for i = 1, 700 do t[i] = coroutine.create(body) end return #t == 700"},
    {"coroutine_wrap", "function body() end",
     "local t = T for i = 1, 700 do t[i] = coroutine.wrap(body) end return #t == 700"},
    {"newproxy", "", "local t = T for i = 1, 2000 do t[i] = newproxy(true) end return #t == 2000"},
    {"tonumber", "S = R('1', 100000)", "return tonumber(S) == math.huge"},
    {"traceback", "S = R('x', 200000)", "return #debug.traceback(S) > 200000"},
    {"error", "S = R('x', 200000)", "local ok, e = pcall(error, S) return not ok and #e >= 200000"},
};

/// What instructions make; the collector gets to it before there is an error.
constexpr Case kInstructions[] = {
    {"concat_short", "for i = 1, 8192 do T[i] = 0 end",
     "for i = 1, 8000 do T[i] = 'a' .. i end return T[8000] == 'a8000'"},
    {"concat_numbers", "", "for i = 1, 8000 do T[i] = i .. 5.5 end return T[8000] == '80005.5'"},
    {"arg_table", "function f(...) return arg end", "for i = 1, 1500 do T[i] = f(i, 2, 3) end return T[1500].n == 3"},
    {"stack", "function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end", "return f(10000) == 10000"},
    {"native_stack", "function f(n) if n == 0 then return 0 end local ok, s = pcall(f, n - 1) return 1 + s end",
     "return f(5000) == 5000"},
};

class NativeMemory : public testing::TestWithParam<Case> {};

struct Machine {
    Machine() { vm = Vm::create({.profile = Profile::Full}); }
    Value load(const std::string& source) {
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        return f;
    }
    void run(const std::string& source) {
        ASSERT_EQ(vm->call(load(source), {}), RunStatus::Finished) << vm->failure().message;
    }
    /// Fills the memory with garbage up to a few pages; then nothing is collected unless memory is out.
    void fill(std::size_t garbage, std::size_t left) {
        run("local t = {} for i = 1, " + std::to_string(garbage / 1000) + " do t[i] = R('g', 900 + i % 50) .. i end");
        Heap& heap = vm->heap();
        heap.flush_caches();
        HeapTestAccess::pages(heap).trim(0);
        heap.pacing().gc_due = false;
        heap.pacing().gc_threshold = static_cast<std::uint64_t>(-1);
        heap.collector().stopped = true;
        ASSERT_TRUE(HeapTestAccess::reserve_claims(heap, 64));
        heap.budget.set_limit(heap.budget.committed() + left);
    }
    std::unique_ptr<Vm> vm;
};

constexpr const char* kShortNames =
    "R, U = string.rep, string.upper T = {} for i = 1, 8192 do T[i] = i end for i = 1, 8192 do T[i] = nil end ";

TEST_P(NativeMemory, GarbageMakesRoom) {
    for (const std::uint64_t step : {std::uint64_t{1} << 40, std::uint64_t{50}}) {
        Machine m;
        Vm& vm = *m.vm;
        ASSERT_EQ(vm.begin(), TxnStatus::Ok);
        m.run(std::string(kShortNames) + GetParam().setup);
        m.run(std::string("function test() ") + GetParam().script + " end");
        m.fill(4'000'000, 48 * 1024);
        const Value test = vm.get_field(vm.heap().globals().as<Table>(), "test");
        ASSERT_TRUE(vm.start(test, {})) << vm.failure().message;
        while (vm.status() == RunStatus::Suspended) vm.step(step);
        ASSERT_EQ(vm.status(), RunStatus::Finished) << vm.failure().message;
        ASSERT_EQ(vm.results().size(), 1u);
        EXPECT_TRUE(vm.results()[0].truthy());
        EXPECT_EQ(vm.verify(), std::nullopt);
        EXPECT_LE(vm.heap().budget.committed(), vm.heap().budget.limit());
        ASSERT_EQ(vm.rollback(), TxnStatus::Ok);
    }
}

INSTANTIATE_TEST_SUITE_P(Natives, NativeMemory, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });
INSTANTIATE_TEST_SUITE_P(Instructions, NativeMemory, testing::ValuesIn(kInstructions),
                         [](const auto& info) { return std::string(info.param.name); });

/// Says in upvalue-free state how often it ran: fails for want of memory each time.
int invocations = 0;
NativeResult hopeless(NativeContext& cx) {
    ++invocations;
    cx.restartable();
    return cx.out_of_memory();
}
NativeResult not_restartable(NativeContext& cx) {
    ++invocations;
    return cx.out_of_memory();
}

TEST(NativeMemoryRestart, OnceOnlyAndOnlyWhereTheNativeSaysSo) {
    Machine m;
    Vm& vm = *m.vm;
    ASSERT_EQ(vm.begin(), TxnStatus::Ok);
    const auto globals = vm.heap().globals().as<Table>();
    ASSERT_TRUE(vm.set_field(globals, "hopeless", vm.make_native(hopeless, "hopeless")));
    ASSERT_TRUE(vm.set_field(globals, "once", vm.make_native(not_restartable, "once")));
    invocations = 0;
    m.run("local ok, e = pcall(hopeless, 1) assert(not ok and e == 'not enough memory')");
    EXPECT_EQ(invocations, 2);
    invocations = 0;
    m.run("local ok, e = pcall(once) assert(not ok and e == 'not enough memory')");
    EXPECT_EQ(invocations, 1);
    // An error that only reads like that is none of memory.
    m.run("local n = 0 local ok, e = pcall(function() n = n + 1 error('not enough memory', 0) end) assert(n == 1)");
    ASSERT_EQ(vm.rollback(), TxnStatus::Ok);
}

// Without garbage the memory error comes, and all is as before.
TEST(NativeMemoryRestart, WhereThereIsNoRoomTheErrorComes) {
    Machine m;
    Vm& vm = *m.vm;
    ASSERT_EQ(vm.begin(), TxnStatus::Ok);
    m.run(std::string(kShortNames) + "S = R('a', 100000)");
    vm.full_collect();
    HeapTestAccess::pages(vm.heap()).trim(0);
    vm.heap().budget.set_limit(vm.heap().budget.committed() + 64 * 1024);
    m.run(
        "for _, f in ipairs{function() return R(S, 3) end, function() return S:upper() end, "
        "function() return ('%s%s'):format(S, S) end, function() return (S:gsub('a', 'bb')) end, "
        "function() return table.concat{S, S} end, function() return S:match('(.*)a') end, "
        "function() return assert(loadstring('x = 1 ' .. S)) end} do "
        "local ok, e = pcall(f) assert(not ok and e == 'not enough memory', e) end");
    EXPECT_EQ(vm.verify(), std::nullopt);
    ASSERT_EQ(vm.rollback(), TxnStatus::Ok);
}

}  // namespace
}  // namespace arenite

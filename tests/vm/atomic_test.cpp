// arenite.atomic (vm/lib/atomic_lib.cpp, AT1 to AT4).
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>

#include "tests/vm/task_scripts.h"

namespace arenite {
namespace {

/// What a savepoint does, counted.
class Counting final : public VmExtension {
public:
    bool savepoint_opened(const Vm&) override {
        if (refuse) return false;
        log += '(';
        return true;
    }
    void savepoint_released(const Vm&) override { log += ')'; }
    void savepoint_rolled_back(const Vm&) override { log += '!'; }
    std::string log;
    bool refuse = false;
};

class AtomicTest : public test::TaskScripts {};

TEST_F(AtomicTest, AT1_SuccessKeepsAndAnswersLikePcall) {
    EXPECT_EQ(run("x = 1 return arenite.atomic(function(...) x = 2 return select('#', ...), ... end, 'a', nil, 'b')"),
              "true 3 a nil b");
    EXPECT_EQ(run("return x"), "2");
    EXPECT_EQ(run("return arenite.atomic(function() end)"), "true");
    EXPECT_EQ(run("return arenite.atomic(print and math.max, 3, 9)"), "true 9");
}

TEST_F(AtomicTest, AT1_FailureUndoesEverything) {
    EXPECT_EQ(run(R"(
        big = {} for i = 1, 1000 do big[i] = i big["k" .. i] = i end
        small = {1, 2, x = 3}
        env = {} fun = setfenv(function() return v end, env)
        function counter() n = (n or 0) + 1 return n end
        do local c = 0 function bump() c = c + 1 return c end end
        weak = setmetatable({}, {__mode = "k"}) weak[small] = 1
        co = coroutine.create(function(a) while true do a = coroutine.yield(a + 1) end end)
        coroutine.resume(co, 1) bump() counter()
        before = {tostring(big), #big, small[1], getmetatable(small)}
        local ok, why = arenite.atomic(function()
            for i = 1, 1000 do big[i] = nil big["k" .. i] = {i} end
            for i = 1, 500 do big["new" .. i] = i end
            small[1], small[2], small.x, small[3] = nil, "two", nil, 3
            setmetatable(small, {__index = function() return "meta" end})
            setfenv(fun, _G) v = 9
            counter() bump() bump() coroutine.resume(co, 10) weak[small] = 2 weak[{}] = 3
            string.extra = 1 math.pi = 3 co2 = coroutine.wrap(function() end)
            table.sort(big) collectgarbage() new_global = {}
            error("undone", 0)
        end)
        local sum, named = 0, 0
        for i = 1, 1000 do sum = sum + big[i] named = named + big["k" .. i] end
        local _, resumed = coroutine.resume(co, 5)
        return ok, why, sum, named, #small, small[2], small.x, small.y, fun(), counter(), bump(), resumed, weak[small],
               string.extra, math.pi > 3, co2, new_global, v, big.new1
    )"),
              "false undone 500500 500500 2 2 3 nil nil 2 2 6 1 nil true nil nil nil nil");
}

TEST_F(AtomicTest, AT1_FailureRestoresTheRandomNumbers) {
    EXPECT_EQ(run("math.randomseed(3) local a, b = math.random(), math.random() math.randomseed(3) "
                  "assert(math.random() == a) "
                  "arenite.atomic(function() for i = 1, 10 do math.random() end error('undone') end) "
                  "return math.random() == b"),
              "true");
    EXPECT_EQ(run("math.randomseed(3) local a, b = math.random(), math.random() math.randomseed(3) "
                  "arenite.atomic(function() math.random() end) "
                  "return math.random() == b"),
              "true")
        << "a block that succeeds has drawn its numbers";
}

TEST_F(AtomicTest, AT2_ErrorsAreCarriedOut) {
    EXPECT_EQ(run("local ok, e = arenite.atomic(function() error(('long'):rep(50), 0) end) return ok, #e"),
              "false 200");
    EXPECT_EQ(
        run("local mt = {__tostring = function() return 'mine' end} "
            "local ok, e = arenite.atomic(function() error(setmetatable({code = 7, ('k'):rep(60), t = {}}, mt)) end) "
            "return type(e), e.code, #e[1], e.t, tostring(e)"),
        "table 7 60 nil mine");
    EXPECT_EQ(
        run("local old = {} local ok, e = arenite.atomic(function() old.x = 1 error(old) end) return e == old, old.x"),
        "true nil");
    EXPECT_EQ(run("return arenite.atomic(function() error(function() end) end)"),
              "false error object was undone with its atomic block (a function value)");
    EXPECT_EQ(run("return arenite.atomic(error)"), "false nil");
    EXPECT_EQ(run("return arenite.atomic(error, true)"), "false true");
    EXPECT_EQ(run("local n = 0 local ok, e = arenite.atomic(function() local t = {} for i = 1, 1000 do t[i] = i end "
                  "error(t) end) for _ in pairs(e) do n = n + 1 end return n"),
              "256");
    EXPECT_EQ(run("return arenite.atomic(nil)"), "false attempt to call a nil value");
    EXPECT_EQ(run("arenite.atomic()"), "failed: t:1: bad argument #1 to 'atomic' (value expected)");
}

TEST_F(AtomicTest, AT3_NoYieldOut) {
    EXPECT_EQ(
        run("x = 1 return coroutine.wrap(function() return arenite.atomic(function() x = 2 coroutine.yield() end) "
            "end)()"),
        "false attempt to yield across an atomic block");
    EXPECT_EQ(run("return x"), "1");
    EXPECT_EQ(run("return arenite.atomic(function() local w = coroutine.wrap(function() coroutine.yield(4) end) "
                  "return w() end)"),
              "true 4")
        << "inside";
    EXPECT_EQ(run("local w = coroutine.wrap(function() arenite.atomic(function() end) coroutine.yield(5) end) "
                  "return w()"),
              "5")
        << "after it";
    EXPECT_EQ(run("local w w = coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end) w() "
                  "return arenite.atomic(function() return w() end)"),
              "true 2")
        << "an older coroutine";
}

TEST_F(AtomicTest, AT4_Nested) {
    EXPECT_EQ(run(R"(
        t = {0}
        local log = {}
        local function level(n)
            t[1] = t[1] + 1
            if n > 0 then
                log[#log + 1] = tostring((arenite.atomic(level, n - 1)))
                if n % 2 == 0 then error("even") end
            end
        end
        local ok = arenite.atomic(level, 51)
        return ok, t[1], #log
    )"),
              "true 1 1")
        << "each even level undoes itself and all below it; level 51 stays";
    EXPECT_EQ(run("local depth = 0 local function f() depth = depth + 1 assert(arenite.atomic(f)) end "
                  "return (arenite.atomic(f))"),
              "false")
        << "unbounded nesting ends with an error";
}

TEST_F(AtomicTest, StackMovesAndDeepRecursionInside) {
    EXPECT_EQ(run(R"(
        local keep = {}
        local function deep(n) local a, b, c = n, n, n if n == 0 then error("bottom", 0) end return deep(n - 1) + a end
        local a, b = "a", "b"
        for i = 1, 20 do
            local ok, e = arenite.atomic(deep, 10000 + i)
            assert(not ok and e == "bottom" and a == "a" and b == "b")
            collectgarbage()
        end
        local function sum(n) if n == 0 then return 0 end return sum(n - 1) + n end
        local ok, s = arenite.atomic(sum, 10000)
        return ok, s, a, b
    )"),
              "true 50005000 a b");
}

TEST_F(AtomicTest, SameResultWithSmallSteps) {
    constexpr std::string_view kSource = R"(
        local t = {} for i = 1, 100 do t[i] = i end
        for i = 1, 50 do
            arenite.atomic(function()
                table.sort(t, function(a, b) if i % 7 == 0 and a == 50 then error("x") end return a > b end)
                t[i] = -t[i]
                if i % 3 == 0 then error("y") end
            end)
        end
        return table.concat(t, ",")
    )";
    const std::string whole = run(kSource);
    EXPECT_EQ(run(kSource, 1), whole);
    EXPECT_EQ(run(kSource, 37), whole);
}

TEST_F(AtomicTest, ExtensionsHearOfIt) {
    auto& counting = vm->extension<Counting>();
    EXPECT_EQ(run("arenite.atomic(function() arenite.atomic(error) arenite.atomic(print) end) "
                  "arenite.atomic(function() arenite.atomic(function() end) error() end)"),
              "");
    EXPECT_EQ(counting.log, "((!())(()!");
    counting.refuse = true;
    EXPECT_EQ(run("x = 1 return pcall(arenite.atomic, function() x = 2 end)"), "false not enough memory");
    EXPECT_EQ(run("return x"), "1");
}

TEST_F(AtomicTest, MemoryErrorInsideIsUndone) {
    EXPECT_EQ(
        run("t = {} local ok, e = arenite.atomic(function() while true do t[#t + 1] = {} end end) return ok, e, #t"),
        "false not enough memory 0");
    // At every allocation of the opening.
    EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    Value f = Value::nil();
    ASSERT_TRUE(vm->load("t.x = 1 return arenite.atomic(function() t.x = 2 t.y = {} error('e') end)", "=t", f));
    const Ref<Closure> function(*vm, f);
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
    int failures = 0;
    for (std::uint64_t n = 1; n < 200; ++n) {
        vm->heap().pacing().single_slot_claims = true;
        const std::uint64_t hash = vm->content_hash();
        Task task(*vm, f);
        vm->heap().budget.fail_charge(n);
        const RunStatus end = task.run();
        vm->heap().budget.fail_charge(0);
        if (end == RunStatus::Failed) {
            ++failures;
            EXPECT_EQ(vm->content_hash(), hash) << n;
        } else {
            EXPECT_EQ(run("return t.x, t.y"), "1 nil") << n;
            EXPECT_EQ(run("t.x = nil"), "");
            EXPECT_EQ(vm->verify(), std::nullopt);
        }
    }
    EXPECT_GE(failures, 3);
}

// Streams live beside the heap: what a failed block opened is closed, with its userdata gone.
TEST_F(AtomicTest, StreamsOpenedInAFailedBlockAreClosed) {
    const std::string path = testing::TempDir() + "arenite-atomic-" + std::to_string(::getpid());
    const auto open_descriptors = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                             std::filesystem::directory_iterator());
    };
    run("path = '" + path + "' kept = assert(io.open(path, 'w')) registry = setmetatable({}, {__mode = 'k'})");
    const auto before = open_descriptors();
    EXPECT_EQ(run(R"(
        local before = collectgarbage('count')
        for i = 1, 50 do
            local ok, e = arenite.atomic(function()
                local files = {}
                for j = 1, 10 do files[j] = assert(io.open(path)) registry[files[j]] = true end
                leaked = files[1]
                io.input(files[2])
                files[3]:close()
                local pipe = io.popen('true')
                arenite.atomic(function() inner = assert(io.open(path)) end)
                arenite.atomic(function() assert(io.open(path)) error('inner') end)
                kept:write('bytes stay, ')
                error(files[4])
            end)
            assert(not ok and e == 'error object was undone with its atomic block (a userdata value)', e)
        end
        kept:flush()
        return leaked, inner, next(registry), io.input() == io.stdin, io.type(kept)
    )"),
              "nil nil nil true file");
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(vm->verify(), std::nullopt);  // what open streams take is accounted for
    EXPECT_EQ(run("local f = io.open(path) local s = f:read('*a') f:close() return #s"), "600")
        << "what was written stays";
    // A file that a failed block has closed stays closed, as a write stays written.
    EXPECT_EQ(run("arenite.atomic(function() kept:close() error() end) return io.type(kept)"), "closed file");
    EXPECT_EQ(open_descriptors(), before - 1);
    // A block that ends well keeps its file; a kill closes those of the block that it cuts off.
    run("arenite.atomic(function() kept = assert(io.open(path)) end)");
    EXPECT_EQ(run("return io.type(kept)"), "file");
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    Value f = Value::nil();
    ASSERT_TRUE(vm->load("arenite.atomic(function() local f = io.open(path) while true do end end)", "=t", f));
    const Ref<Closure> function(*vm, f);
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
    for (const OnFailure on_failure : {OnFailure::RollBack, OnFailure::Keep}) {
        Task task(*vm, f, {}, {.on_failure = on_failure, .work_limit = 100'000});
        EXPECT_EQ(task.run(), RunStatus::Failed);
        EXPECT_EQ(open_descriptors(), before) << static_cast<int>(on_failure);
    }
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace arenite

// Task: stop, go on, kill and limit (vm/include/arenite/task.h, TK1 to TK4).
#include <gtest/gtest.h>

#include <time.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <arenite/ref.h>
#include <arenite/task.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Of this thread: what it takes however busy the machine is.
std::chrono::nanoseconds processor_time() {
    timespec t{};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

class TaskTest : public testing::Test {
protected:
    void SetUp() override {
        VmOptions options;
        options.heap.memory_limit = std::size_t{1} << 30;
        options.output = [this](std::string_view bytes) { printed += bytes; };
        vm = Vm::create(options);
        ASSERT_TRUE(vm);
    }
    /// A function of the text, made in a transaction of its own.
    Value compile(std::string_view source) {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        keep.push_back(Ref<Closure>(*vm, f));
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        return f;
    }
    /// What a one-line expression is, after whatever happened.
    std::string look(std::string_view expression) {
        const Value f = compile("return tostring(" + std::string(expression) + ")");
        Task task(*vm, f);
        if (task.run() != RunStatus::Finished) return task.failure().message;
        return vm->to_display(task.values()[0]);
    }
    struct State {
        std::uint64_t hash;
        std::size_t bytes;
        bool operator==(const State&) const = default;
    };
    State state() { return {vm->content_hash(), vm->heap().pages().exact_used()}; }

    std::string printed;
    std::unique_ptr<Vm> vm;
    std::vector<Ref<Closure>> keep;
};

TEST_F(TaskTest, TK1_FinishedIsCommitted) {
    const Value f = compile("x = ... return x, x + 1");
    const Value arguments[] = {Value::number(41)};
    Task task(*vm, f, arguments);
    EXPECT_EQ(task.status(), RunStatus::Suspended);
    ASSERT_EQ(task.run(), RunStatus::Finished);
    EXPECT_TRUE(task.over());
    ASSERT_EQ(task.values().size(), 2u);
    EXPECT_EQ(task.values()[1], Value::number(42));
    EXPECT_FALSE(vm->txn().active());
    EXPECT_EQ(look("x"), "41");
}

TEST_F(TaskTest, TK1_FailedIsRolledBackAndSaysWhy) {
    const Value f = compile("x = {} y = 1 error('oh')");
    const State before = state();
    {
        Task task(*vm, f);
        EXPECT_EQ(task.run(), RunStatus::Failed);
        EXPECT_EQ(task.failure().kind, Failure::Kind::Runtime);
        EXPECT_EQ(task.failure().message, "t:1: oh");
        EXPECT_TRUE(task.values().empty());
    }
    EXPECT_EQ(state(), before);
    EXPECT_EQ(look("x"), "nil");
}

TEST_F(TaskTest, TK1_KeepLeavesWhatWasDone) {
    const Value f = compile("x = 5 arenite.atomic(function() x = 6 y = 7 while true do end end)");
    Task task(*vm, f, {}, {.on_failure = OnFailure::Keep, .work_limit = 50'000});
    EXPECT_EQ(task.run(), RunStatus::Failed);
    EXPECT_EQ(task.failure().kind, Failure::Kind::WorkLimit);
    EXPECT_EQ(task.failure().message, "work limit exceeded");
    EXPECT_EQ(look("x"), "5") << "the atomic block is undone";
    EXPECT_EQ(look("y"), "nil");
    EXPECT_EQ(vm->verify(), std::nullopt);
}

TEST_F(TaskTest, TK1_KeepForgetsAnErrorThatWasMadeInsideAnAtomicBlock) {
    const Value f = compile("arenite.atomic(function() while true do end end)");
    Task task(*vm, f, {}, {.on_failure = OnFailure::Keep});
    ASSERT_EQ(task.step(1000), RunStatus::Suspended);
    task.kill("a text that is longer than what is interned, so that it is made anew");
    EXPECT_EQ(vm->verify(), std::nullopt);
    EXPECT_TRUE(vm->check(vm->error()));
}

TEST_F(TaskTest, StepsAreSuspendedAndGoOn) {
    const Value f = compile("local n = 0 for i = 1, 100000 do n = n + i end return n");
    Task task(*vm, f);
    int steps = 0;
    while (task.step(1000) == RunStatus::Suspended) ++steps;
    ASSERT_EQ(task.status(), RunStatus::Finished);
    EXPECT_GT(steps, 100);
    EXPECT_EQ(task.values()[0], Value::number(5000050000.0));
    EXPECT_EQ(task.step(1000), RunStatus::Finished) << "a task that is over stays so";
}

TEST_F(TaskTest, TheSmallestStepMakesProgress) {
    // A call that finds its stack too small is charged once, not again for each way that it tries.
    const Value f = compile(
        "local function down(n) if n == 0 then return 0 end return 1 + down(n - 1) end "
        "return coroutine.wrap(function() return down(300) end)()");
    Task task(*vm, f);
    int steps = 0;
    while (task.step(1) == RunStatus::Suspended && steps < 100'000) ++steps;
    ASSERT_EQ(task.status(), RunStatus::Finished);
    EXPECT_EQ(task.values()[0], Value::number(300));
}

TEST_F(TaskTest, TheHostMayCollectBetweenAnyTwoInstructions) {
    const Value f = compile(
        "local function make(i) local t = {i} local s = 'text ' .. i return function() return t[1], s end end "
        "local n = 0 for i = 1, 20 do local a, b = make(i)() n = n + a + #b end "
        "return n, arenite.atomic(function() local t = {{1}, {2}} for i = 1, 9 do t[i] = {t[1]} end error(#t) end)");
    Task task(*vm, f);
    while (task.step(1) == RunStatus::Suspended) {
        vm->full_collect();
        ASSERT_EQ(vm->verify(), std::nullopt);
    }
    ASSERT_EQ(task.status(), RunStatus::Finished) << task.failure().message;
    EXPECT_EQ(task.values()[0], Value::number(341));
    EXPECT_EQ(vm->to_display(task.values()[2]), "t:1: 9");
}

TEST_F(TaskTest, NativesPayWhatTheyHaveDoneBeyondTheirBudget) {
    const Value f = compile("local t = {} for i = 1, 3000 do t[i] = i * 7919 % 3001 end table.sort(t) return t[1]");
    std::uint64_t whole = 0;
    {
        Task task(*vm, f);
        while (task.step(50'000) == RunStatus::Suspended) ++whole;
        ASSERT_EQ(task.status(), RunStatus::Finished);
    }
    std::uint64_t small = 0;
    Task task(*vm, f);
    while (task.step(50) == RunStatus::Suspended) ++small;
    ASSERT_EQ(task.status(), RunStatus::Finished);
    EXPECT_GT(small, whole * 500) << "the work done by all steps is what was granted";
}

// What a native has done beyond the budget is paid before what stands after its protected call.
TEST_F(TaskTest, TheEndOfAProtectedCallIsLookedAt) {
    for (const std::string call : {"string.rep, 'x', 10000", "string.upper, S", "string.reverse, S"}) {
        Task task(*vm, compile("S = ('x'):rep(5000) coroutine.yield() reached = 1 pcall(" + call + ") reached = 2"), {},
                  {.yieldable = true});
        while (task.step(100) == RunStatus::Suspended) {
        }
        ASSERT_EQ(task.status(), RunStatus::Yielded);
        ASSERT_TRUE(task.resume());
        const Handle<Table> globals = vm->globals().as<Table>();
        EXPECT_EQ(task.step(100), RunStatus::Suspended);
        EXPECT_EQ(vm->get_field(globals, "reached"), Value::number(1)) << call;
        while (task.step(100) == RunStatus::Suspended) {
        }
        EXPECT_EQ(task.status(), RunStatus::Finished);
        EXPECT_EQ(vm->get_field(globals, "reached"), Value::number(2));
    }
}

TEST_F(TaskTest, YieldsToTheHost) {
    const Value f = compile(
        "local a = coroutine.yield(1, 2) local b = coroutine.yield(a + 1) "
        "return pcall(function() return coroutine.yield() + b end)");
    Task task(*vm, f, {}, {.yieldable = true});
    ASSERT_EQ(task.run(), RunStatus::Yielded);
    ASSERT_EQ(task.values().size(), 2u);
    EXPECT_EQ(task.values()[1], Value::number(2));
    EXPECT_EQ(task.step(100), RunStatus::Yielded) << "only resume() goes on";
    const Value ten[] = {Value::number(10)};
    ASSERT_TRUE(task.resume(ten));
    EXPECT_FALSE(task.resume(ten)) << "it is Suspended now";
    ASSERT_EQ(task.run(), RunStatus::Yielded);
    EXPECT_EQ(task.values()[0], Value::number(11));
    ASSERT_TRUE(task.resume(ten));
    ASSERT_EQ(task.run(), RunStatus::Yielded);
    EXPECT_TRUE(task.values().empty());
    vm->full_collect();
    ASSERT_TRUE(task.resume(ten));
    ASSERT_EQ(task.run(), RunStatus::Finished);
    EXPECT_EQ(task.values()[1], Value::number(20));
}

TEST_F(TaskTest, CoroutinesNestUpToTheirLimit) {
    VmOptions options;
    options.heap.memory_limit = std::size_t{16} << 20;
    options.max_resume_depth = 20;
    vm = Vm::create(options);
    ASSERT_TRUE(vm);
    keep.clear();
    EXPECT_EQ(look("(function() local depth = 0 "
                   "local function nest() depth = depth + 1 return coroutine.resume(coroutine.create(nest)) end "
                   "local results = {nest()} return depth .. ' ' .. results[#results] end)()"),
              "21 C stack overflow");
    EXPECT_EQ(look("(function() local depth = 0 "
                   "local function nest() depth = depth + 1 return coroutine.wrap(nest)() end "
                   "return select(2, pcall(nest)):match('C stack overflow') .. depth end)()"),
              "C stack overflow21");
}

TEST_F(TaskTest, OnlyAYieldableTaskYields) {
    const Value f = compile("coroutine.yield(1)");
    Task task(*vm, f);
    EXPECT_EQ(task.run(), RunStatus::Failed);
    EXPECT_EQ(task.failure().message, "attempt to yield across metamethod/C-call boundary");
}

// Every way a script may try to live on.
constexpr const char* kUnkillable[] = {
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "local function f() return pcall(f) end while true do f() end",
    "while true do coroutine.wrap(function() while true do coroutine.yield() end end)() end",
    "coroutine.wrap(function() pcall(function() while true do end end) after = 1 end)() after = 2",
    "local t = setmetatable({}, {__index = function(t, k) while true do end end}) while true do pcall(function() "
    "return t.x end) end",
    "table.sort({3, 2, 1}, function(a, b) while true do end end)",
    "string.gsub(('x'):rep(1000), '.', function() while true do end end)",
    "local u = newproxy(true) getmetatable(u).__gc = function() while true do end end u = nil collectgarbage() while "
    "true do end",
    "string.find(('a'):rep(40), ('.-'):rep(25) .. 'b')",
    "arenite.atomic(function() arenite.atomic(function() while true do end end) end) after = 1",
    "error(setmetatable({}, {__tostring = function() while true do end end})) while true do end",
    "load(function() while true do end end)",
    "for _ in (function() while true do end end) do end",
    "local t = {} for i = 1, 1e9 do t[i] = nil end while true do end",
    "pcall(string.rep, 'x', 2e8) while true do end",
};

TEST_F(TaskTest, TK2_KilledAtOnce) {
    for (const char* source : kUnkillable) {
        const Value f = compile(source);
        const State before = state();
        {
            Task task(*vm, f);
            int steps = 0;
            while (task.step(997) == RunStatus::Suspended && steps < 50) ++steps;
            if (task.status() == RunStatus::Failed) continue;  // the error() one
            ASSERT_EQ(task.status(), RunStatus::Suspended) << source;
            task.kill("no more");
            EXPECT_EQ(task.status(), RunStatus::Failed);
            EXPECT_EQ(task.failure().kind, Failure::Kind::Killed);
            EXPECT_EQ(task.failure().message, "no more");
        }
        EXPECT_EQ(state(), before) << source;
        EXPECT_EQ(vm->verify(), std::nullopt) << source;
    }
    EXPECT_EQ(look("after"), "nil");
}

TEST_F(TaskTest, TK2_InterruptedFromAnotherThread) {
    for (const char* source : kUnkillable) {
        const Value f = compile(source);
        const State before = state();
        {
            Task task(*vm, f);
            std::thread other([&] {
                std::this_thread::sleep_for(2ms);
                task.interrupt();
            });
            EXPECT_EQ(task.run(), RunStatus::Failed) << source;
            other.join();
        }
        EXPECT_EQ(state(), before) << source;
    }
}

TEST_F(TaskTest, TK2_DeadlineIsSeenInTime) {
    for (const char* source : kUnkillable) {
        const Value f = compile(source);
        const auto start = Clock::now();
        const auto work = processor_time();
        Task task(*vm, f, {}, {.deadline = start + 5ms});
        EXPECT_EQ(task.run(), RunStatus::Failed) << source;
        if (task.failure().kind == Failure::Kind::Runtime) continue;  // the error() one
        EXPECT_EQ(task.failure().kind, Failure::Kind::Deadline) << source;
        EXPECT_EQ(task.failure().message, "deadline exceeded");
        EXPECT_GE(Clock::now() - start, 5ms) << source;
        EXPECT_LT(processor_time() - work, 200ms) << source;
    }
}

TEST_F(TaskTest, WorkLimit) {
    const Value f = compile("n = 0 while true do n = n + 1 end");
    Task task(*vm, f, {}, {.work_limit = 10'000});
    EXPECT_EQ(task.run(), RunStatus::Failed);
    EXPECT_EQ(task.failure().kind, Failure::Kind::WorkLimit);
    EXPECT_EQ(look("n"), "nil");
}

TEST_F(TaskTest, TK3_DroppedIsRolledBack) {
    const Value f = compile("x = 1 while true do end");
    const State before = state();
    {
        Task task(*vm, f);
        task.step(1000);
    }
    EXPECT_FALSE(vm->txn().active());
    EXPECT_EQ(state(), before);
    {
        const Value g = compile("x = 1 coroutine.yield()");
        Task task(*vm, g, {}, {.yieldable = true});
        EXPECT_EQ(task.run(), RunStatus::Yielded);
    }
    EXPECT_EQ(look("x"), "nil");
}

TEST_F(TaskTest, TK4_OneAtATime) {
    const Value f = compile("x = (x or 0) + 1 for i = 1, 1000 do end return x");
    Task first(*vm, f);
    first.step(10);
    {
        Task second(*vm, f);
        EXPECT_EQ(second.status(), RunStatus::Failed);
        EXPECT_EQ(second.failure().message, "the Vm is busy with another transaction");
        second.kill("nothing");
    }
    EXPECT_EQ(first.run(), RunStatus::Finished);
    EXPECT_EQ(look("x"), "1");
}

TEST_F(TaskTest, ForeignAndStaleHandlesAreRefused) {
    const auto other = Vm::create();
    ASSERT_EQ(other->begin(), TxnStatus::Ok);
    Value f = Value::nil();
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(other->load("return 1", "=o", f));
    {
        Task task(*vm, f);
        EXPECT_EQ(task.status(), RunStatus::Failed);
        EXPECT_EQ(task.failure().message, "stale or foreign handle");
    }
    EXPECT_FALSE(vm->txn().active());
    const Value g = compile("return coroutine.yield()");
    Task task(*vm, g, {}, {.yieldable = true});
    ASSERT_EQ(task.run(), RunStatus::Yielded);
    EXPECT_FALSE(task.resume({&f, 1}));
    EXPECT_EQ(task.status(), RunStatus::Yielded) << "nothing happened";
    EXPECT_TRUE(task.resume());
    EXPECT_EQ(task.run(), RunStatus::Finished);
}

// As in lua5.1: a handler that is called when memory is out would need some.
TEST_F(TaskTest, MemoryErrorsPassMessageHandlersBy) {
    EXPECT_EQ(look("(function() local seen = 'unseen' "
                   "local ok, message = xpcall(function() return ('x'):rep(2^30) end, function() seen = 'seen' end) "
                   "return tostring(ok) .. ' ' .. tostring(message) .. ' ' .. seen end)()"),
              "false not enough memory unseen");
    EXPECT_EQ(
        look("(function() local seen = 'unseen' "
             "local ok, message = xpcall(function() error('other', 0) end, function(m) seen = 'seen' return m end) "
             "return tostring(ok) .. ' ' .. tostring(message) .. ' ' .. seen end)()"),
        "false other seen");
}

TEST_F(TaskTest, MemoryErrorsMayBeUncatchable) {
    VmOptions options;
    options.heap.memory_limit = 4 << 20;
    options.memory_errors_catchable = false;
    for (const bool catchable : {true, false}) {
        options.memory_errors_catchable = catchable;
        vm = Vm::create(options);
        keep.clear();
        const Value f = compile(
            "local ok, e = pcall(function() local t = {} while true do t[#t + 1] = {} end end) "
            "return ok, e");
        const State before = state();
        Task task(*vm, f);
        const RunStatus end = task.run();
        if (catchable) {
            ASSERT_EQ(end, RunStatus::Finished);
            EXPECT_EQ(vm->to_display(task.values()[1]), "not enough memory");
        } else {
            ASSERT_EQ(end, RunStatus::Failed);
            EXPECT_EQ(task.failure().kind, Failure::Kind::Memory);
            EXPECT_EQ(task.failure().message, "not enough memory");
            EXPECT_EQ(state(), before);
        }
        keep.clear();
    }
}

TEST_F(TaskTest, RandomStateIsRolledBack) {
    const Value seed = compile("math.randomseed(7)");
    const Value f = compile("r = math.random() error()");
    Task(*vm, seed).run();
    const std::string first = look("math.random()");
    Task(*vm, seed).run();
    EXPECT_EQ(Task(*vm, f).run(), RunStatus::Failed);
    EXPECT_EQ(look("math.random()"), first);
}

}  // namespace
}  // namespace arenite

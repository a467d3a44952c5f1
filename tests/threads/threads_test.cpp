// Many Vms and Engines on many threads: what they share (a pool of address ranges, nothing else), and what may be called from
// elsewhere (interrupt(), script_kill(), busy()). Made for the preset `tsan`; it passes in the others, too.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arenite/redis/engine.h>
#include <arenite/ref.h>
#include <arenite/savepoint.h>
#include <arenite/task.h>
#include "redis_api/keyspace/keyspace.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr unsigned kThreads = 4;
constexpr auto kTime = 6s;  // of each test
constexpr std::size_t kRange = std::size_t{1} << 30;

constexpr std::string_view kScripts[] = {
    "local t = {} for i = 1, 300 do t[i] = (i * 7919) % 1009 end table.sort(t, function(a, b) return a > b end) return "
    "t[1]",
    "local n = 0 for w in ('the quick brown fox '):rep(40):gmatch('%a+') do n = n + #w end return n",
    "local co = coroutine.wrap(function() for i = 1, 200 do coroutine.yield({i}) end end) for i = 1, 200 do co() end",
    "return os.date('%Y-%m-%d %H:%M:%S', 86400), os.time(), os.clock(), os.tmpname and 1, string.format('%.14g', 0.1)",
    "local f = io.tmpfile() f:write(('x'):rep(5000)) f:seek('set') local s = f:read('*a') f:close() return #s",
    "for i = 1, 30 do local u = newproxy(true) getmetatable(u).__gc = function() n = (n or 0) + 1 end end "
    "collectgarbage() return n",
    "return #string.dump(function(a) return a + 1 end), loadstring(string.dump(function() return 7 end))()",
    "x = {} for i = 1, 500 do x[i] = {tostring(i)} x['k' .. i] = i end arenite.atomic(function() x = nil error('undo') "
    "end) return #x",
    "local function f(n) if n == 0 then error('deep') end return f(n - 1) + 1 end return pcall(f, 500)",
    "return ('%a+'):rep(3), math.random(100), tostring({}):sub(1, 6), tonumber('0x1p4'), 2 ^ 0.5 .. ''",
    "while true do pcall(function() while true do end end) end",
    "local t = {} while true do t[#t + 1] = ('x'):rep(100) end",
};

/// Calls f(thread number) on each of some threads, and waits for all.
void on_threads(unsigned count, const std::function<void(unsigned)>& f) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; ++i) threads.emplace_back(f, i);
    for (std::thread& t : threads) t.join();
}

std::unique_ptr<Vm> make_vm(const std::shared_ptr<ReservationPool>& pool) {
    VmOptions options;
    options.heap.address_range = kRange;
    options.heap.memory_limit = std::size_t{8} << 20;
    options.heap.reservations = pool;
    return Vm::create(options);
}

/// Runs one of the scripts under limits. Answers whether it has ended as it should.
bool run_script(Vm& vm, std::size_t which) {
    if (vm.begin() != TxnStatus::Ok) return false;
    Value f = Value::nil();
    const bool loaded = vm.load(kScripts[which % std::size(kScripts)], "=t", f);
    const Ref<Closure> kept(vm, f);
    if (vm.commit() != TxnStatus::Ok || !loaded) return false;
    TaskOptions options;
    options.deadline = Clock::now() + 50ms;
    if (which % 3 == 0) options.work_limit = 2'000'000;
    Task task(vm, f, {}, options);
    while (task.step(50'000) == RunStatus::Suspended) {
    }
    return task.over() && !vm.txn().active();
}

TEST(Threads, VmsThatShareAPoolOfAddressRanges) {
    const auto pool = std::make_shared<ReservationPool>();
    const auto end = Clock::now() + kTime;
    std::atomic<std::uint64_t> runs{0};
    on_threads(kThreads, [&](unsigned thread) {
        for (std::size_t i = thread; Clock::now() < end; ++i) {
            const auto vm = make_vm(i % 2 == 0 ? pool : nullptr);
            ASSERT_TRUE(vm);
            for (std::size_t k = 0; k < 6; ++k) {
                EXPECT_TRUE(run_script(*vm, i * 6 + k));
                runs.fetch_add(1);
            }
            if (i % 8 == 0) {
                EXPECT_EQ(vm->verify(), std::nullopt);
            }
        }
    });
    EXPECT_GT(runs.load(), 20u);
}

TEST(Threads, InterruptsFromElsewhere) {
    const auto end = Clock::now() + kTime;
    std::atomic<std::uint64_t> killed{0};
    on_threads(2, [&](unsigned) {
        const auto vm = make_vm(nullptr);
        ASSERT_TRUE(vm);
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        ASSERT_TRUE(vm->load("n = 0 while true do n = n + 1 end", "=t", f));
        const Ref<Closure> kept(*vm, f);
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);
        while (Clock::now() < end) {
            Task task(*vm, f);
            std::atomic<bool> over{false};
            std::thread other([&] {
                std::this_thread::sleep_for(2ms);
                while (!over.load()) {
                    task.interrupt();
                    std::this_thread::yield();
                }
            });
            EXPECT_EQ(task.run(), RunStatus::Failed);
            EXPECT_EQ(task.failure().kind, Failure::Kind::Killed);
            over.store(true);
            other.join();
            killed.fetch_add(1);
        }
    });
    EXPECT_GT(killed.load(), 10u);
}

TEST(Threads, ATaskMayBeInterruptedWhileItsVmGoes) {
    for (int i = 0; i < 50; ++i) {
        auto vm = make_vm(nullptr);
        ASSERT_TRUE(vm);
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        ASSERT_TRUE(vm->load("while true do end", "=t", f));
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);
        Task task(*vm, f);
        (void)task.step(100);
        std::thread other([&] {
            for (int k = 0; k < 2000; ++k) task.interrupt();
        });
        vm.reset();
        other.join();
        EXPECT_EQ(task.status(), RunStatus::Failed);
    }
}

/// Vms that wait for whatever thread takes them next.
class Queue {
public:
    void put(std::unique_ptr<Vm> vm) {
        const std::lock_guard lock(mutex_);
        vms_.push_back(std::move(vm));
        ready_.notify_one();
    }
    std::unique_ptr<Vm> take() {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [&] { return !vms_.empty(); });
        auto vm = std::move(vms_.front());
        vms_.pop_front();
        return vm;
    }

private:
    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::unique_ptr<Vm>> vms_;
};

TEST(Threads, VmsAreHandedOver) {
    const auto pool = std::make_shared<ReservationPool>();
    Queue queue;
    for (unsigned i = 0; i < kThreads + 2; ++i) queue.put(make_vm(pool));
    const auto end = Clock::now() + kTime;
    on_threads(kThreads, [&](unsigned thread) {
        for (std::size_t i = thread; Clock::now() < end; ++i) {
            auto vm = queue.take();
            ASSERT_TRUE(vm);
            EXPECT_TRUE(run_script(*vm, i));
            if (i % 5 == 4) vm = make_vm(pool);  // closed in another thread than it was made in
            queue.put(std::move(vm));
        }
    });
}

TEST(Threads, EnginesAreKilledFromElsewhere) {
    using redis::Engine;
    const auto pool = std::make_shared<ReservationPool>();
    const auto end = Clock::now() + kTime;
    std::atomic<std::uint64_t> replies{0};
    std::atomic<std::uint64_t> killed{0};
    on_threads(2, [&](unsigned) {
        redis::EngineOptions options;
        options.address_range = kRange;
        options.reservations = pool;
        options.memory_limit = std::size_t{16} << 20;
        options.time_limit = 100ms;
        options.log = [](redis::LogLevel, std::string_view) {};
        options.poll = [] { return false; };
        const auto engine = Engine::create(std::move(options));
        ASSERT_TRUE(engine);
        std::atomic<bool> over{false};
        std::thread killer([&] {
            while (!over.load()) {
                if (engine->busy() && engine->script_kill().text() == "OK") killed.fetch_add(1);
                std::this_thread::sleep_for(300us);
            }
        });
        constexpr std::string_view kRedisScripts[] = {
            "for i = 1, 100 do redis.call('set', 'k' .. i, i) end return redis.call('get', 'k7')",
            "return redis.atomic(function() redis.call('hset', 'h', 'a', cjson.encode({1, {2}})) error('undo') end)",
            "return cmsgpack.unpack(cmsgpack.pack({1, 2, {3, 'x'}}))",
            "redis.log(redis.LOG_WARNING, 'text') return redis.sha1hex('x')",
            "while true do pcall(function() while true do end end) end",
            "return redis.call('lrange', 'nosuchlist', 0, -1)",
        };
        for (std::size_t i = 0; Clock::now() < end; ++i) {
            (void)engine->eval(kRedisScripts[i % std::size(kRedisScripts)]);
            if (i % 50 == 0) (void)engine->script_flush();
            replies.fetch_add(1);
        }
        over.store(true);
        killer.join();
        EXPECT_EQ(engine->eval("return 'x'").text(), "x");
        EXPECT_EQ(engine->vm().verify(), std::nullopt);
    });
    EXPECT_GT(replies.load(), 50u);
    EXPECT_GT(killed.load(), 0u);
}

TEST(Threads, ProgramsThatWereGivenUp) {
    on_threads(kThreads, [&](unsigned) {
        const auto vm = make_vm(nullptr);
        ASSERT_TRUE(vm);
        for (int i = 0; i < 10; ++i) {
            ASSERT_EQ(vm->begin(), TxnStatus::Ok);
            Value f = Value::nil();
            ASSERT_TRUE(vm->load("local p = io.popen('sleep 0.05; echo x') error('undo')", "=t", f));
            EXPECT_EQ(vm->call(f, {}), RunStatus::Failed);
            EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
        }
    });
}

}  // namespace
}  // namespace arenite

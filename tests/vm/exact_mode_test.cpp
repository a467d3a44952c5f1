// Exact mode (vm/hooks.h, HK6): a run in steps of one instruction is the run without steps, for every conformance script;
// it can be stopped before every single instruction; and hooks are rolled back, collected and killed like all else.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/vm.h>

namespace arenite {
namespace {

namespace fs = std::filesystem;

struct Outcome {
    RunStatus status = RunStatus::Suspended;
    std::string out;
    std::string message;
    std::uint64_t steps = 0;
    bool stuck = false;
};

struct Machine {
    Machine() {
        VmOptions options;
        options.heap.hash_seed = 1;  // two of them go through large tables in the same order
        options.output = [this](std::string_view s) { out += s; };
        vm = Vm::create(options);
    }
    /// Runs a chunk in the open transaction, in steps of `budget`.
    Outcome run(std::string_view source, std::string_view name, std::uint64_t budget, std::uint64_t max_steps = ~0ull) {
        Outcome o;
        out.clear();
        Value f;
        if (!vm->load(source, name, f) || !vm->start(f, {})) {
            o.status = RunStatus::Failed;
            o.message = vm->failure().message;
            return o;
        }
        while (o.status == RunStatus::Suspended && !o.stuck) {
            o.status = vm->step(budget);
            o.stuck = ++o.steps >= max_steps;
        }
        o.out = out;
        if (o.status == RunStatus::Failed) o.message = vm->failure().message + "\n" + vm->failure().traceback;
        return o;
    }
    /// Commits, and gives the content hash to which rolling back later transactions must return.
    std::uint64_t hash_of_committed() {
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        vm->full_collect();
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
        return vm->content_hash();
    }
    std::unique_ptr<Vm> vm;
    std::string out;
};

std::vector<std::string> scripts() {
    // Not those that tell of the machine: files, clocks, and the memory in use; nor one of more than 20 million steps; nor
    // one that depends on when a finalizer runs that another's error has left waiting.
    const std::vector<std::string> apart = {
        "finalizers_nested.lua", "io_default.lua", "io_files.lua",        "os_files.lua",
        "os_date_time.lua",      "gc_stress.lua",  "package_require.lua", "stack_overflow_handlers.lua"};
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(ARENITE_SOURCE_DIR) / "tests" / "conformance")) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() == ".lua" && std::find(apart.begin(), apart.end(), name) == apart.end()) {
            names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class ExactMode : public testing::TestWithParam<std::string> {};

TEST_P(ExactMode, HK6_OneInstructionAtATimeIsTheSameRun) {
    const std::string source = read(fs::path(ARENITE_SOURCE_DIR) / "tests" / "conformance" / GetParam());
    ASSERT_FALSE(source.empty());
    Machine whole;
    Machine stepped;
    ASSERT_TRUE(whole.vm && stepped.vm);
    ASSERT_EQ(whole.vm->begin(), TxnStatus::Ok);
    ASSERT_EQ(stepped.vm->begin(), TxnStatus::Ok);
    const std::string name = "@" + GetParam();
    const Outcome want = whole.run(source, name, std::uint64_t{1} << 40);
    stepped.vm->set_exact(true);
    const Outcome have = stepped.run(source, name, 1, 20'000'000);
    ASSERT_FALSE(have.stuck) << "no progress at " << stepped.vm->traceback("");
    EXPECT_EQ(have.status, want.status);
    EXPECT_EQ(have.message, want.message);
    EXPECT_TRUE(have.out == want.out) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Conformance, ExactMode, testing::ValuesIn(scripts()), [](const auto& info) {
    std::string name = info.param.substr(0, info.param.rfind('.'));
    std::replace_if(name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
});

TEST(ExactSteps, HK6_AStepOfOneIsOneInstruction) {
    Machine m;
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    m.vm->set_exact(true);
    const Outcome o = m.run("local s = 0 for i = 1, 100 do s = s + 2 end return s", "=t", 1);
    ASSERT_EQ(o.status, RunStatus::Finished);
    EXPECT_EQ(m.vm->results()[0].as_number(), 200.0);
    // LOADK; three LOADK and FORPREP; 100 times ADDK and FORLOOP; RETV; the end of the host's call. All cost 1.
    constexpr std::uint64_t kInstructions = 1 + 4 + 100 * 2 + 1 + 1;
    EXPECT_EQ(o.steps, kInstructions);
    // As many at once end the run as well, and one less does not.
    EXPECT_EQ(m.run("local s = 0 for i = 1, 100 do s = s + 2 end return s", "=t", kInstructions).steps, 1u);
    EXPECT_EQ(m.run("local s = 0 for i = 1, 100 do s = s + 2 end return s", "=t", kInstructions - 1).steps, 2u);
}

TEST(ExactSteps, CanBeTurnedOnAndOffBetweenSteps) {
    Machine m;
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    Value f;
    ASSERT_TRUE(
        m.vm->load("local t = {} for i = 1, 3000 do t[#t + 1] = ('x'):rep(i % 7) end "
                   "local co = coroutine.wrap(function() for i = 1, 50 do coroutine.yield(#table.concat(t)) end "
                   "return 1 end) local s = 0 for i = 1, 51 do s = s + co() end return s",
                   "=t", f));
    ASSERT_TRUE(m.vm->start(f, {}));
    bool exact = false;
    for (unsigned n = 0; m.vm->step(n % 13 + 1) == RunStatus::Suspended; ++n) {
        if (n % 5 == 0) m.vm->set_exact(exact = !exact);
    }
    ASSERT_EQ(m.vm->failure().message, "");
    ASSERT_EQ(m.vm->results().size(), 1u);
    EXPECT_EQ(m.vm->results()[0].as_number(), 50 * 8998 + 1.0);
}

/// A switch between coroutines pays for all values that it hands on, as a return does.
TEST(ExactSteps, ASwitchPaysForTheValuesThatItHandsOn) {
    Machine m;
    m.vm->set_exact(true);
    // The least budget with which one step is enough.
    const auto cost = [&](const std::string& use, int n) {
        const std::string source = "local t = {} for i = 1, " + std::to_string(n) +
                                   " do t[i] = i end local co = coroutine.wrap(function() coroutine.yield() "
                                   "coroutine.yield(unpack(t)) end) co() " +
                                   use;
        std::uint64_t low = 0;
        std::uint64_t high = 100'000;
        while (high - low > 1) {
            const std::uint64_t middle = (low + high) / 2;
            EXPECT_EQ(m.vm->begin(), TxnStatus::Ok);
            const Outcome o = m.run(source, "=t", middle, 1);
            EXPECT_NE(o.status, RunStatus::Failed) << o.message;
            (o.status == RunStatus::Finished ? high : low) = middle;
            EXPECT_EQ(m.vm->rollback(), TxnStatus::Ok);
        }
        return high;
    };
    // What the values cost themselves is the same, whether all of them are wanted or one.
    const auto more = [&](int n) { return cost("co(co())", n) - cost("co((co()))", n); };
    EXPECT_EQ(more(1608) - more(8), 1600u / 16);
}

/// A kill before the Nth instruction, for all N: rolling back leaves the heap as it was.
TEST(ExactSteps, AKillBeforeEachInstructionIsUndone) {
    Machine m;
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    ASSERT_EQ(m.run("T = {1, 2, x = {}} U = setmetatable({}, {__index = function(_, k) return k end}) "
                    "C = coroutine.create(function() while true do T[#T + 1] = coroutine.yield() end end) "
                    "coroutine.resume(C) debug.sethook(C, function() T.hooked = true end, 'crl', 3)",
                    "=t", 1000)
                  .status,
              RunStatus::Finished);
    const std::uint64_t hash = m.hash_of_committed();
    m.vm->set_exact(true);
    const std::string source =
        "debug.sethook(function(e, l) T[e] = l end, 'crl', 2) "
        "for i = 1, 3 do T[i] = U[i] .. 'x' coroutine.resume(C, i) end "
        "local ok = pcall(function() T.x.y = {} error('e') end) table.sort(T, function(a, b) return tostring(a) < "
        "tostring(b) end) local function tail(n) if n > 0 then return tail(n - 1) end return select('#', 1, 2) end "
        "return tail(2)";
    bool finished = false;
    std::uint64_t n = 0;
    for (; !finished && n < 100'000; ++n) {
        ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
        Value f;
        ASSERT_TRUE(m.vm->load(source, "=t", f) && m.vm->start(f, {}));
        std::uint64_t left = n;
        while (left > 0 && m.vm->step(1) == RunStatus::Suspended) --left;
        if (left == 0) {
            m.vm->interrupt();
            const RunStatus s = m.vm->step(1);
            m.vm->clear_interrupt();
            ASSERT_EQ(s, RunStatus::Failed);
            ASSERT_EQ(m.vm->failure().kind, Failure::Kind::Killed);
        } else {
            finished = true;
            EXPECT_EQ(m.vm->failure().message, "");
        }
        ASSERT_EQ(m.vm->rollback(), TxnStatus::Ok);
        ASSERT_EQ(m.vm->content_hash(), hash) << "after instruction " << n;
        if (n % 64 == 0) {
            const auto problem = m.vm->verify();
            ASSERT_FALSE(problem.has_value()) << *problem;
        }
    }
    EXPECT_TRUE(finished);
    EXPECT_GT(n, 500u);
}

TEST(Hooks, X4_ARollbackRestoresTheHook) {
    Machine m;
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    ASSERT_EQ(m.run("N = 0 debug.sethook(function() N = N + 1 end, 'l') "
                    "C = coroutine.create(function() for i = 1, 9 do coroutine.yield() end end) "
                    "debug.sethook(C, print, 'c', 77) coroutine.resume(C)",
                    "=t", 1000)
                  .status,
              RunStatus::Finished);
    const std::uint64_t hash = m.hash_of_committed();
    for (const char* source :
         {"debug.sethook()", "debug.sethook(C)", "debug.sethook(function() end, 'crl', 5)",
          "debug.sethook(C, function() end, 'l') collectgarbage() coroutine.resume(C)", "debug.sethook(print, '')"}) {
        ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
        EXPECT_EQ(m.run(source, "=t", 1000).message, "") << source;
        ASSERT_EQ(m.vm->rollback(), TxnStatus::Ok);
        EXPECT_EQ(m.vm->content_hash(), hash) << source;
    }
    // The main thread's hook is there in the next host call, as it is in the next call of PUC's lua_pcall.
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    const Outcome o = m.run(
        "local n = N\nn = N - n\nassert(n == 1)\nlocal f, mask, count = debug.gethook(C)\n"
        "assert(f == print and mask == 'c' and count == 77)\ndebug.sethook()\nN = 0\nreturn N",
        "=t", 1000);
    EXPECT_EQ(o.message, "");
    EXPECT_EQ(m.vm->commit(), TxnStatus::Ok);
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    EXPECT_EQ(m.run("assert(N == 0 and debug.gethook() == nil)", "=t", 1000).message, "");
    EXPECT_EQ(m.vm->commit(), TxnStatus::Ok);
}

/// Nothing but its thread keeps a hook alive.
TEST(Hooks, TheHookIsARoot) {
    Machine m;
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    const Outcome o = m.run(
        "local n = {0} local co = coroutine.create(function() for i = 1, 10 do\nlocal t = {}\nend end)\n"
        "debug.sethook(co, (function() local c = n return function() c[1] = c[1] + 1 end end)(), 'l')\n"
        "for i = 1, 5 do collectgarbage() local junk = {} end\n"
        "coroutine.resume(co) return n[1]",
        "=t", 7);
    ASSERT_EQ(o.status, RunStatus::Finished) << o.message;
    EXPECT_EQ(m.vm->results()[0].as_number(), 22.0);
}

/// A hook that never ends can be killed, and the thread that runs it yields to its host.
TEST(Hooks, AnEndlessHookIsKilled) {
    Machine m;
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    const Outcome o = m.run("debug.sethook(function() while true do end end, 'l')\npcall(print)", "=t", 100, 1000);
    EXPECT_TRUE(o.stuck);
    m.vm->interrupt();
    RunStatus s = RunStatus::Suspended;
    for (int i = 0; i < 1000 && s == RunStatus::Suspended; ++i) s = m.vm->step(100);
    EXPECT_EQ(s, RunStatus::Failed);
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Killed);
}

}  // namespace
}  // namespace arenite

// Programs of io.popen: the end of a run, a rollback and the end of a Vm wait for none of them (child_process.h, CP1, CP2;
// io_streams.h, IO3); what closes its file itself waits as in Lua, and can be ended.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include <arenite/ref.h>
#include <arenite/task.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class Pipes : public testing::Test {
protected:
    void SetUp() override {
        vm = Vm::create();
        ASSERT_TRUE(vm);
    }
    Value compile(std::string_view source) {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        kept = Ref<Closure>(*vm, f);
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        return f;
    }
    std::string run(std::string_view source) {
        Task task(*vm, compile(source));
        if (task.run() != RunStatus::Finished) return "failed: " + task.failure().message;
        return task.values().empty() ? "" : vm->to_display(task.values()[0]);
    }
    /// No child of this process is left, ended or not, within some seconds.
    static void expect_no_children_within(std::chrono::seconds time) {
        const auto end = Clock::now() + time;
        while (Clock::now() < end) {
            siginfo_t info{};
            if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD) return;
            std::this_thread::sleep_for(10ms);
        }
        ADD_FAILURE() << "a child is left";
    }
    std::unique_ptr<Vm> vm;
    Ref<Closure> kept;
};

TEST_F(Pipes, ReadWriteAndClose) {
    EXPECT_EQ(run("local p = io.popen('echo one; echo two') local s = p:read('*a') return s .. tostring(p:close())"),
              "one\ntwo\ntrue");
    const std::string path = testing::TempDir() + "arenite_pipe_" + std::to_string(getpid());
    EXPECT_EQ(
        run("local p = io.popen('cat > " + path + "', 'w') p:write('to the program\\n') return tostring(p:close())"),
        "true");
    std::ifstream written(path);
    std::string line;
    std::getline(written, line);
    EXPECT_EQ(line, "to the program");
    std::remove(path.c_str());
    EXPECT_EQ(run("local p = io.popen('exit 3') return tostring(p:close()) .. io.type(p)"), "trueclosed file");
    EXPECT_EQ(run("return select(2, io.popen('true', 'x'))"), "true: Invalid argument");
    EXPECT_EQ(run("return select(2, io.popen('true', 'rw'))"), "true: Invalid argument");
    EXPECT_EQ(run("local n = 0 for l in io.popen('seq 500'):lines() do n = n + l end return n"), "125250");
    EXPECT_EQ(run("local a, b = io.popen('sleep 0.1; echo a'), io.popen('cat', 'w') b:close() return a:read()"), "a");
    EXPECT_EQ(run("collectgarbage() return 1"), "1");
    vm.reset();
    expect_no_children_within(5s);
}

TEST_F(Pipes, CP1_CloseWaitsForTheProgram) {
    const auto begin = Clock::now();
    EXPECT_EQ(run("return tostring(io.popen('sleep 0.3'):close())"), "true");
    EXPECT_GE(Clock::now() - begin, 290ms);
    expect_no_children_within(1s);
}

TEST_F(Pipes, CP1_AKilledRunDoesNotWait) {
    const Value f = compile("local p = io.popen('sleep 3') while true do end");
    const auto begin = Clock::now();
    {
        Task task(*vm, f, {}, {.deadline = begin + 100ms});
        EXPECT_EQ(task.run(), RunStatus::Failed);
        EXPECT_EQ(task.failure().kind, Failure::Kind::Deadline);
    }
    EXPECT_LT(Clock::now() - begin, 2s);
    expect_no_children_within(10s);
}

TEST_F(Pipes, CP1_AnUndoneBlockDoesNotWait) {
    const auto begin = Clock::now();
    EXPECT_EQ(run("local ok = arenite.atomic(function() local w = io.popen('sleep 3', 'w') w:write('x') "
                  "io.popen('sleep 3') error('x') end) return tostring(ok)"),
              "false");
    EXPECT_LT(Clock::now() - begin, 2s);
    expect_no_children_within(10s);
}

TEST_F(Pipes, CP1_TheEndOfAVmDoesNotWait) {
    const auto begin = Clock::now();
    EXPECT_EQ(run("p, q = io.popen('sleep 3'), io.popen('sleep 3', 'w') q:write(('x'):rep(4000)) return 1"), "1");
    vm.reset();
    EXPECT_LT(Clock::now() - begin, 2s);
    expect_no_children_within(10s);
}

TEST_F(Pipes, IO3_AFullPipeDoesNotHoldUpTheEnd) {
    // The program reads nothing, the pipe is full, and so is the buffer of the stream.
    const Value f = compile(
        "local p = io.popen('sleep 3', 'w') p:write(('x'):rep(65536)) p:flush() "
        "p:write(('y'):rep(3000)) error('x')");
    const auto begin = Clock::now();
    EXPECT_EQ(Task(*vm, f).run(), RunStatus::Failed);
    EXPECT_LT(Clock::now() - begin, 2s);
    expect_no_children_within(10s);
}

TEST_F(Pipes, IO3_AProgramThatHasEndedRaisesNoSignalAtTheEnd) {
    // Nothing reads what the buffer holds; SIGPIPE would end this process.
    EXPECT_NE(run("local p = io.popen('exit 0', 'w') os.execute('sleep 0.1') p:write('x') error('undo')"), "");
    expect_no_children_within(5s);
}

TEST_F(Pipes, CP1_ADeadlineEndsTheWaitOfClose) {
    const Value f = compile("local p = io.popen('sleep 3') pcall(p.close, p) after = 1 while true do end");
    const auto begin = Clock::now();
    Task task(*vm, f, {}, {.on_failure = OnFailure::Keep, .deadline = begin + 100ms});
    EXPECT_EQ(task.run(), RunStatus::Failed);
    EXPECT_EQ(task.failure().kind, Failure::Kind::Deadline);
    EXPECT_LT(Clock::now() - begin, 2s);
    EXPECT_EQ(run("return tostring(after)"), "nil");
    expect_no_children_within(10s);
}

TEST_F(Pipes, CP1_AnInterruptEndsTheWaitOfAFinalizer) {
    const auto begin = Clock::now();
    EXPECT_EQ(run("p = io.popen('sleep 3') return 1"), "1");
    std::thread other([&] {
        std::this_thread::sleep_for(100ms);
        vm->interrupt();
    });
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_FALSE(vm->run_all_finalizers());
    EXPECT_LT(Clock::now() - begin, 2s);
    other.join();
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
    expect_no_children_within(10s);
}

}  // namespace
}  // namespace arenite

// io, os and package as a host sees them: profiles, the output sink, budgets, and what becomes of open files.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

struct Machine {
    explicit Machine(Profile profile, bool sink = true) {
        VmOptions options;
        options.profile = profile;
        if (sink) options.output = [this](std::string_view s) { out += s; };
        vm = Vm::create(options);
        (void)vm->begin();
    }
    /// Runs a chunk in the open transaction; "ok", or the message.
    std::string run(std::string_view source, std::uint64_t slice = 1u << 30) {
        Value f;
        if (!vm->load(source, "=t", f) || !vm->start(f, {})) return vm->failure().message;
        RunStatus s = RunStatus::Suspended;
        while (s == RunStatus::Suspended) s = vm->step(slice);
        return s == RunStatus::Finished ? "ok" : vm->failure().message;
    }
    std::unique_ptr<Vm> vm;
    std::string out;
};

/// How many files this process has open.
std::ptrdiff_t open_files() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

TEST(SystemLibraries, ASandboxHasNoWayOut) {
    Machine m(Profile::Sandbox);
    EXPECT_EQ(m.run("for _, n in ipairs { 'io', 'package', 'module', 'debug', 'loadfile', 'dofile' } do "
                    "assert(_G[n] == nil, n) end local t = {} for k in pairs(os) do t[#t + 1] = k end table.sort(t) "
                    "print(table.concat(t, ' '))"),
              "ok");
    EXPECT_EQ(m.out, "clock date difftime time\n");
}

TEST(SystemLibraries, OutputGoesToTheSinkInOrder) {
    Machine m(Profile::Full);
    EXPECT_EQ(m.run("io.write('a', 1) print('b') io.stdout:write('c') io.output():write('d', 2.5) io.flush() "
                    "print(pcall(io.write, 'e', {}))",
                    1),
              "ok");
    EXPECT_EQ(m.out, "a1b\ncd2.5efalse\tbad argument #2 to '?' (string expected, got table)\n");
}

TEST(SystemLibraries, RollbackClosesTheFilesThatItUnmakes) {
    const std::ptrdiff_t before = open_files();
    Machine m(Profile::Full);
    ASSERT_EQ(m.run("kept = io.tmpfile() kept:write('text') kept:seek('set')"), "ok");
    ASSERT_EQ(m.vm->commit(), TxnStatus::Ok);
    (void)m.vm->begin();
    ASSERT_EQ(m.run("t = {} for i = 1, 20 do t[i] = io.tmpfile() end io.output(t[1])"), "ok");
    EXPECT_EQ(open_files(), before + 21);
    EXPECT_EQ(m.vm->rollback(), TxnStatus::Ok);
    EXPECT_EQ(open_files(), before + 1);
    (void)m.vm->begin();
    EXPECT_EQ(m.run("assert(t == nil and kept:read() == 'text' and io.output() == io.stdout) kept:close()"), "ok");
    EXPECT_EQ(open_files(), before);
    // What is closed stays closed, whatever becomes of the heap.
    EXPECT_EQ(m.vm->rollback(), TxnStatus::Ok);
    (void)m.vm->begin();
    EXPECT_EQ(m.run("assert(io.type(kept) == 'closed file') kept:read()"), "t:1: attempt to use a closed file");
}

TEST(SystemLibraries, DestroyingTheVmClosesItsFiles) {
    const std::ptrdiff_t before = open_files();
    {
        Machine m(Profile::Full);
        EXPECT_EQ(m.run("a, b = io.tmpfile(), io.popen('cat', 'w')"), "ok");
        EXPECT_GT(open_files(), before);
    }
    EXPECT_EQ(open_files(), before);
}

TEST(SystemLibraries, AFileIsNothingButAFile) {
    Machine m(Profile::Full);
    EXPECT_EQ(m.run("local p = newproxy(true) assert(io.type(p) == nil) local f = io.tmpfile() f:close() "
                    "local g = io.tmpfile() assert(not pcall(f.read, f) and io.type(g) == 'file') g:close()"),
              "ok");
}

TEST(SystemLibraries, ReadingSuspendsAndGoesOn) {
    Machine m(Profile::Full);
    EXPECT_EQ(m.run("local f = io.tmpfile() local x = ('x'):rep(1000) "
                    "for i = 1, 300 do f:write(x, i % 50 == 0 and '\\n' or '') end "
                    "f:seek('set') assert(#f:read('*a') == 300006) f:seek('set') assert(#f:read('*l') == 50000) "
                    "assert(#f:read(99999) == 99999) for l in f:lines() do n = (n or 0) + #l end f:close() print(n)",
                    1),
              "ok");
    EXPECT_EQ(m.out, "150002\n");
}

TEST(SystemLibraries, NativeModulesComeThroughPreload) {
    Machine m(Profile::Full);
    const Value package = m.vm->get_field(m.vm->globals().as<Table>(), "package");
    const Value preload = m.vm->get_field(package.as<Table>(), "preload");
    const Value open = m.vm->make_native([](NativeContext& cx) { return cx.done_number(42); }, "open_answer");
    ASSERT_TRUE(m.vm->set_field(preload.as<Table>(), "answer", open));
    EXPECT_EQ(m.run("assert(require 'answer' == 42 and package.loaded.answer == 42)"), "ok");
    EXPECT_EQ(m.run("assert(select('#', package.loadlib('x', 'y')) == 3)"), "ok");
}

}  // namespace
}  // namespace arenite

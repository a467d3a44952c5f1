// What a script makes the libraries and the compiler hold for a moment counts towards the memory limit, too. Counted memory
// does not come from operator new, so what does is measured while such scripts run.
#include <gtest/gtest.h>

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <string>

#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace {
thread_local std::size_t live = 0;
thread_local std::size_t peak = 0;

void* allocate(std::size_t size) {
    void* memory = std::malloc(size != 0 ? size : 1);
    if (memory == nullptr) throw std::bad_alloc();
    live += malloc_usable_size(memory);
    peak = std::max(peak, live);
    return memory;
}
void release(void* memory) noexcept {
    if (memory != nullptr) live -= malloc_usable_size(memory);
    std::free(memory);
}
}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
void* operator new[](std::size_t size) {
    return allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return allocate(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
    return operator new(size, tag);
}
void operator delete(void* memory) noexcept {
    release(memory);
}
void operator delete[](void* memory) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    release(memory);
}

namespace arenite {
namespace {

struct Case {
    const char* name;
    const char* setup;
    const char* script;  ///< returns whether all went well
};

/// Each handles a text of about a megabyte, or has the compiler build as much.
constexpr Case kCases[] = {
    {"dump", "F = loadstring(('x = 1 '):rep(50000))", "return #string.dump(F) > 1e6"},
    {"verifier", "S = ('if x then y() end '):rep(20000)", "return type(loadstring(S)) == 'function'"},
    {"verifier_of_bytecode", "S = string.dump(loadstring(('if x then y() end '):rep(20000)))",
     "return type(loadstring(S)) == 'function'"},
    {"loadfile", "", "return type(loadfile(FILE)) == 'function'"},
    {"dofile", "", "return dofile(FILE) == nil"},
    {"loadfile_of_no_such_name", "S = ('x'):rep(1e6)", "local f, why = loadfile(S) return not f and #why > 1e6"},
    {"require_file", "package.path = FILE", "return require('anything') == true"},
    {"require_path", "package.path, S = ('?'):rep(1000), ('m'):rep(1000)",
     "local ok, why = pcall(require, S) return not ok and #why > 1e6"},
    {"require_name", "package.path, package.cpath, S = '?', '?', ('m'):rep(1e6)",
     "local ok, why = pcall(require, S) return not ok and #why > 3e6"},
    {"module_loop", "S = ('m'):rep(1e6) package.preload[S] = function() require(S) end",
     "local ok, why = pcall(require, S) return not ok and #why > 1e6"},
    {"module_conflict", "S = ('m'):rep(1e6) _G[S] = 1",
     "local ok, why = pcall(module, S) return not ok and #why > 1e6"},
    {"bad_option", "S = ('x'):rep(1e6)", "local ok, why = pcall(collectgarbage, S) return not ok and #why > 1e6"},
    {"error_through_wrap", "S = ('x'):rep(1e6)",
     "local ok, why = pcall(coroutine.wrap(function() error(S, 0) end)) return not ok and #why >= 1e6"},
    {"long_names", "F = loadstring('local x = ' .. ('n'):rep(1e6) .. '.f')",
     "local ok, why = pcall(F) return not ok and #why > 1e6"},
    {"names_of_files", "S = ('x'):rep(1e6)",
     "local f, why = io.open(S) local ok, e = pcall(io.lines, S) return not f and #why > 1e6 and not ok and #e > 1e6 "
     "and not os.remove(S) and not os.rename(S, S) and not os.getenv(S)"},
    {"error_with_position", "S = ('x'):rep(1e6)", "local ok, why = pcall(error, S) return not ok and #why >= 1e6"},
};

struct Machine {
    Machine() {
        VmOptions options;
        options.profile = Profile::Full;
        options.heap.memory_limit = std::size_t{64} << 20;
        vm = Vm::create(options);
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    }
    Value load(const std::string& source) {
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        return f;
    }
    std::unique_ptr<Vm> vm;
};

class UncountedBytes : public testing::TestWithParam<Case> {};

TEST_P(UncountedBytes, AreFew) {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("arenite_uncounted_" + std::to_string(getpid()) + ".lua")).string();
    {
        std::ofstream file(path);
        for (int i = 0; i < 50000; ++i) file << "x = 1 -- some text\n";
    }
    Machine m;
    ASSERT_EQ(m.vm->call(m.load("FILE = '" + path + "' " + GetParam().setup), {}), RunStatus::Finished)
        << m.vm->failure().message;
    const Value f = m.load(GetParam().script);
    peak = live;
    const std::size_t before = live;
    const RunStatus status = m.vm->call(f, {});
    const std::size_t held = peak - before;
    std::filesystem::remove(path);
    ASSERT_EQ(status, RunStatus::Finished) << m.vm->failure().message;
    ASSERT_EQ(m.vm->results().size(), 1u);
    EXPECT_TRUE(m.vm->results()[0].truthy());
    EXPECT_LT(held, 128u * 1024);
    EXPECT_EQ(m.vm->verify(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Scripts, UncountedBytes, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

/// The text of a failure is counted until the next chunk is loaded; where there is no room for it, that is the failure.
TEST(FailureTexts, AreCounted) {
    Machine m;
    const ByteBudget& budget = m.vm->heap().budget;
    const Value f = m.load("error(('x'):rep(...), 0)");
    const Value size[] = {Value::number(5e6)};
    const std::size_t before = budget.overhead();
    ASSERT_EQ(m.vm->call(f, size), RunStatus::Failed);
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Runtime);
    EXPECT_EQ(m.vm->failure().message.size(), 5'000'000u);
    EXPECT_LT(m.vm->failure().traceback.size(), 5000u);
    EXPECT_GE(budget.overhead() - before, 5'000'000u);
    EXPECT_EQ(m.vm->verify(), std::nullopt);
    (void)m.load("return");
    EXPECT_LT(budget.overhead() - before, 1'000'000u);

    const Value too_long[] = {Value::number(30e6)};
    m.vm->full_collect();
    m.vm->heap().budget.set_limit(budget.committed() + 40'000'000);
    ASSERT_EQ(m.vm->call(m.load("error(('x'):rep(...), 0)"), too_long), RunStatus::Failed);
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Memory);
    EXPECT_EQ(m.vm->failure().message, "not enough memory");
    EXPECT_EQ(m.vm->verify(), std::nullopt);
}

/// The garbage that stands in the way of a text goes first.
TEST(FailureTexts, AreWorthACollection) {
    Machine m;
    const Value f =
        m.load("local s = ('x'):rep(5e6) collectgarbage('stop') local t = ('y'):rep(5e6) t = nil error(s, 0)");
    m.vm->heap().budget.set_limit(m.vm->heap().budget.committed() + 13'000'000);
    ASSERT_EQ(m.vm->call(f, {}), RunStatus::Failed);
    EXPECT_EQ(m.vm->failure().message.size(), 5'000'000u) << m.vm->failure().message.substr(0, 50);
}

}  // namespace
}  // namespace arenite

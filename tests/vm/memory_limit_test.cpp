// The memory limit counts everything: what the system has given for a Vm is compared with its account while scripts of
// many kinds run into the limit.
#include <gtest/gtest.h>

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <arenite/vm.h>
#include "arena/sanitizers.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

#if !defined(ARENITE_CHUNK_TABLE) && !defined(ARENITE_ASAN)
constexpr std::size_t kLimit = std::size_t{12} << 20;

/// Bytes that the system has given to this process for the heap of `vm`, and for everything else through malloc.
std::size_t physical(Vm& vm) {
    const struct mallinfo2 info = mallinfo2();
    const PageHeap& pages = vm.heap().pages();
    const std::size_t count = pages.page_count();
    std::vector<unsigned char> resident(count);
    EXPECT_EQ(mincore(pages.space().page(0), count * kPageBytes, resident.data()), 0);
    std::size_t bytes = info.uordblks + info.hblkhd + count * sizeof(PageMeta);
    for (const unsigned char r : resident) bytes += (r & 1) * kPageBytes;
    return bytes;
}

class MemoryLimit : public ::testing::TestWithParam<const char*> {};

TEST_P(MemoryLimit, EverythingIsCounted) {
    VmOptions options;
    options.heap.memory_limit = kLimit;
    const std::unique_ptr<Vm> vm = Vm::create(options);
    ASSERT_TRUE(vm);
    const ByteBudget& budget = vm->heap().budget;
    // Some old objects, big and small, for the transaction to change.
    const std::string setup =
        "old = {} for i = 1, 300 do local t = {} for k = 1, 100 do t[k] = k; t['k' .. k] = k end old[i] = t end";
    Value function;
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    ASSERT_TRUE(vm->load(setup, "=setup", function));
    ASSERT_EQ(vm->call(function, {}), RunStatus::Finished) << vm->failure().message;
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    const std::size_t used = vm->heap().pages().exact_used();
    const std::size_t fixed = physical(*vm) - budget.committed();

    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    ASSERT_TRUE(vm->load(GetParam(), "=script", function)) << vm->failure().message;
    ASSERT_TRUE(vm->start(function, {}));
    std::size_t peak = 0;
    RunStatus status = RunStatus::Suspended;
    for (int steps = 0; status == RunStatus::Suspended && steps < 4000; ++steps) {
        status = vm->step(10'000);
        const std::size_t committed = budget.committed();
        peak = std::max(peak, committed);
        ASSERT_LE(committed, kLimit);
        ASSERT_LE(physical(*vm), fixed + committed + committed / 50 + (std::size_t{64} << 10))
            << "used " << budget.used() << " idle " << budget.idle() << " overhead " << budget.overhead();
    }
    EXPECT_GT(peak, kLimit / 3) << "the script does not come near the limit";
    ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
    EXPECT_EQ(vm->heap().pages().exact_used(), used);
    EXPECT_EQ(vm->verify(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, MemoryLimit,
    ::testing::Values(
        "local t = {} for i = 1, 1e7 do t[i] = {} end",                                     // small tables
        "local t = {} for i = 1, 1e7 do t[i] = 'string number ' .. i end",                  // interned strings
        "local t = {} for i = 1, 1e7 do t[i] = ('x'):rep(i % 3000 + 50) end",               // long strings
        "local t = {} for i = 1, 1e7 do local n = 0; t[i] = function() n = n + 1 end end",  // closures and cells
        "local t = {} for i = 1, 1e7 do t[i] = coroutine.create(function() end) end",       // threads
        "local m = newproxy(true); getmetatable(m).__gc = function() end; local t = {} "
        "for i = 1, 1e7 do t[i] = newproxy(m) end",                                   // userdata with finalizers
        "local function f(n) return 1 + f(n + 1) end while true do pcall(f, 1) end",  // deep stacks
        "local s = 'x' while true do s = s .. s end",                                 // one huge string
        "local t = {} for i = 1, 1e7 do t[i] = i end",                                // one huge table
        "local t = {} for i = 1, 1e7 do t = {t} end",                                 // a long chain
        // Many large old tables changed by cards, again and again.
        "local keep = {} for r = 1, 1e4 do for i = 1, 300 do old[i][i % 100 + 1] = {} end keep[r] = {{}, {}, {}} end",
        // Collections over a wide heap: the gray list.
        "local t = {} for i = 1, 1e7 do local r = {} for k = 1, 50 do r[k] = {} end t[i] = r end",
        // Fragmentation: one object of each page survives, then another size is asked for.
        "local keep = {} while true do for i = 1, 100 do local t = {} for k = 1, 500 do t[k] = {} end "
        "keep[#keep + 1] = t[1] end collectgarbage() for k = 1, 100 do keep[#keep + 1] = ('y'):rep(60 + k) end end",
        // Weak tables, most of whose keys are kept, and loading code.
        "local w, keep = setmetatable({}, {__mode = 'k'}), {} for i = 1, 1e7 do local k = {} "
        "if i % 8 ~= 0 then keep[#keep + 1] = k end w[k] = setmetatable({}, {__mode = 'v'}) end",
        "local t = {} for i = 1, 1e7 do t[i] = loadstring('local a = ' .. i .. ' return function() return a end') "
        "end"));
#endif

}  // namespace
}  // namespace arenite

// What the debug library changes is undone by a rollback like everything else.
#include <gtest/gtest.h>

#include <string>

#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

/// Runs a chunk in the open transaction; "ok", or the message.
std::string run(Vm& vm, std::string_view source) {
    Value f;
    if (!vm.load(source, "=t", f)) return vm.failure().message;
    return vm.call(f, {}) == RunStatus::Finished ? "ok" : vm.failure().message;
}

TEST(DebugLibrary, X4_ChangesAreRolledBack) {
    const std::unique_ptr<Vm> vm = Vm::create();
    ASSERT_TRUE(vm);
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    ASSERT_EQ(run(*vm, R"(
        local n = 0
        function bump() n = n + 1 return n end
        local fixed = "fixed"
        function get() return fixed end
        C = coroutine.create(function(a)
            local plain, held = {1}, {2}
            local function f() held = held return held end
            f()
            coroutine.yield()
            return a, plain, held
        end)
        coroutine.resume(C, "a")
        U = newproxy(true)
    )"),
              "ok");
    vm->full_collect();
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
    const std::uint64_t hash = vm->content_hash();
    const std::size_t used = vm->heap().pages().exact_used();

    const char* const changes[] = {
        "assert(debug.setupvalue(bump, 1, {}) == 'n')",
        "assert(debug.setupvalue(get, 1, {}) == 'fixed' and type(get()) == 'table')",
        "assert(debug.setlocal(C, 1, 2, {'new'}) == 'plain')",
        "assert(debug.setlocal(C, 1, 3, {'new'}) == 'held')",
        "for i = 1, 3 do debug.setlocal(C, 1, i, {i}) collectgarbage() end assert(coroutine.resume(C))",
        "local th = C coroutine.wrap(function() debug.setlocal(th, 1, 1, coroutine.running()) end)() collectgarbage()",
        "debug.setmetatable(1, {__index = string}) debug.setmetatable(nil, {}) debug.setmetatable(print, {})",
        "debug.setmetatable('', nil) debug.setmetatable(U, nil)",
        "debug.setfenv(bump, {}) debug.setfenv(print, {}) debug.setfenv(C, {}) debug.setfenv(U, {})",
        "debug.getregistry().x = {}",
        "bump = loadstring(string.dump(bump)) debug.setupvalue(bump, 1, 5) assert(bump() == 6)",
    };
    for (const char* source : changes) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        EXPECT_EQ(run(*vm, source), "ok") << source;
        ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
        EXPECT_EQ(vm->content_hash(), hash) << source;
        EXPECT_EQ(vm->heap().pages().exact_used(), used) << source;
        const auto problem = vm->verify();
        EXPECT_FALSE(problem.has_value()) << source << ": " << *problem;
    }
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_EQ(run(*vm, R"(
        assert(bump() == 1 and get() == "fixed")
        local ok, a, plain, held = coroutine.resume(C)
        assert(ok and a == "a" and plain[1] == 1 and held[1] == 2)
    )"),
              "ok");
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
}

/// A change made in a transaction that commits lasts, in threads that are older than it too.
TEST(DebugLibrary, ChangesAreKept) {
    const std::unique_ptr<Vm> vm = Vm::create();
    ASSERT_TRUE(vm);
    const auto commit = [&](std::string_view source) {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        EXPECT_EQ(run(*vm, source), "ok") << source;
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        vm->full_collect();
    };
    commit(
        "C = coroutine.create(function() local a, b = 1 local f = function() b = b return b end coroutine.yield() "
        "return a, f() end) coroutine.resume(C)");
    commit("assert(debug.setlocal(C, 1, 1, {'a'}) == 'a' and debug.setlocal(C, 1, 2, {'b'}) == 'b')");
    commit("local _, a, b = coroutine.resume(C) assert(a[1] == 'a' and b[1] == 'b')");
}

}  // namespace
}  // namespace arenite

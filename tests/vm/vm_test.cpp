// The embedding API: host calls as transactions, budgets, kills, limits, references (vm/include/arenite/vm.h, vm/include/arenite/ref.h).
#include <arenite/vm.h>

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include <arenite/ref.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

struct Machine {
    explicit Machine(VmOptions options = {}) {
        options.output = [this](std::string_view s) { out += s; };
        options.heap.hash_seed = 1;  // two of them go through large tables in the same order
        vm = Vm::create(options);
    }
    /// Runs a chunk in the open transaction; "ok", or the message.
    std::string run(std::string_view source, std::uint64_t slice = 1u << 30) {
        Value f;
        if (!vm->load(source, "=t", f)) return vm->failure().message;
        if (!vm->start(f, {})) return vm->failure().message;
        RunStatus s;
        steps = 0;
        do {
            s = vm->step(slice);
            ++steps;
        } while (s == RunStatus::Suspended);
        return s == RunStatus::Finished ? "ok" : vm->failure().message;
    }
    std::unique_ptr<Vm> vm;
    std::string out;
    std::size_t steps = 0;
};

TEST(Vm, RunsAndReturnsResults) {
    Machine m;
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    Value f;
    ASSERT_TRUE(m.vm->load("local a, b = ... return a + b, 'x', nil", "=t", f));
    const Value args[] = {Value::number(2), Value::number(40)};
    ASSERT_EQ(m.vm->call(f, args), RunStatus::Finished);
    ASSERT_EQ(m.vm->results().size(), 3u);
    EXPECT_EQ(m.vm->results()[0].as_number(), 42);
    EXPECT_EQ(m.vm->heap().string(m.vm->results()[1]), "x");
    EXPECT_TRUE(m.vm->results()[2].is_nil());
    EXPECT_EQ(m.vm->commit(), TxnStatus::Ok);
}

TEST(Vm, ErrorsAreData) {
    Machine m;
    (void)m.vm->begin();
    EXPECT_EQ(m.run("error('boom', 0)"), "boom");
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Runtime);
    EXPECT_EQ(m.run("x ="), "t:1: unexpected symbol near '<eof>'");
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Syntax);
    EXPECT_EQ(m.run("error({})"), "");
    EXPECT_FALSE(m.vm->failure().has_message);
    EXPECT_EQ(m.vm->failure().type, LuaType::Table);
    (void)m.vm->rollback();
}

// lua_pcall's message handler: called on top of the stack that failed, for what nothing else catches.
TEST(Vm, MessageHandlerMakesTheErrorOfARun) {
    Machine m;
    (void)m.vm->begin();
    Value make_handler;
    ASSERT_TRUE(
        m.vm->load("return function(e) calls = (calls or 0) + 1\n"
                   "return type(e) .. ':' .. tostring(e) .. '@' .. tostring(debug.getinfo(2, 'n').name) end",
                   "=h", make_handler));
    ASSERT_EQ(m.vm->call(make_handler, {}), RunStatus::Finished);
    const Ref<Closure> handler(*m.vm, m.vm->results()[0]);
    const auto run = [&](std::string_view source) {
        Value f;
        EXPECT_TRUE(m.vm->load(source, "=t", f));
        EXPECT_TRUE(m.vm->start(f, {}, false, handler.value(*m.vm)));
        while (m.vm->step(1) == RunStatus::Suspended) {
        }
        return m.vm->failure().message;
    };
    EXPECT_EQ(run("local function fails() local x = nil; x() end fails()"),
              "string:t:1: attempt to call local 'x' (a nil value)@fails");
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Runtime);
    EXPECT_EQ(run("error(true)"), "boolean:true@error");
    EXPECT_EQ(run("coroutine.wrap(function() error('in') end)()"), "string:t:1: t:1: in@nil");
    EXPECT_EQ(m.vm->get_field(m.vm->globals().as<Table>(), "calls").as_number(), 3);
    // What is caught does not come to it.
    EXPECT_EQ(
        run("pcall(error, 1) xpcall(error, function() end) coroutine.resume(coroutine.create(function() error() end))"),
        "");
    EXPECT_EQ(m.vm->get_field(m.vm->globals().as<Table>(), "calls").as_number(), 3);
    // Nor does a run that has none know of the last one's.
    EXPECT_EQ(m.run("error('plain', 0)"), "plain");
    EXPECT_EQ(m.vm->verify(), std::nullopt);
    (void)m.vm->rollback();
}

TEST(Vm, MessageHandlerThatFails) {
    Machine m;
    (void)m.vm->begin();
    Value handler;
    Value f;
    ASSERT_TRUE(m.vm->load("error('again')", "=h", handler));
    ASSERT_TRUE(m.vm->load("error('first')", "=t", f));
    ASSERT_TRUE(m.vm->start(f, {}, false, handler));
    EXPECT_EQ(m.vm->step(1u << 30), RunStatus::Failed);
    EXPECT_EQ(m.vm->failure().message, "error in error handling");
    // A call that cannot even begin.
    ASSERT_TRUE(m.vm->load("return 'handled'", "=h", handler));
    ASSERT_TRUE(m.vm->start(Value::nil(), {}, false, handler));
    EXPECT_EQ(m.vm->step(1u << 30), RunStatus::Failed);
    EXPECT_EQ(m.vm->failure().message, "handled");
    // Stack overflows leave it room; kills pass it by.
    ASSERT_TRUE(m.vm->load("local function f() return f() + 1 end f()", "=t", f));
    ASSERT_TRUE(m.vm->start(f, {}, false, handler));
    EXPECT_EQ(m.vm->step(1u << 30), RunStatus::Failed);
    EXPECT_EQ(m.vm->failure().message, "handled");
    ASSERT_TRUE(m.vm->load("while true do end", "=t", f));
    ASSERT_TRUE(m.vm->start(f, {}, false, handler));
    m.vm->interrupt();
    EXPECT_EQ(m.vm->step(1u << 30), RunStatus::Failed);
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Killed);
    EXPECT_EQ(m.vm->failure().message, "interrupted!");
    m.vm->clear_interrupt();
    (void)m.vm->rollback();
}

TEST(Vm, NothingRunsOutsideATransaction) {
    Machine m;
    (void)m.vm->begin();
    Value f;
    ASSERT_TRUE(m.vm->load("return 1", "=t", f));
    (void)m.vm->commit();
    EXPECT_FALSE(m.vm->start(f, {}));
    EXPECT_EQ(m.vm->failure().message, "no transaction is active");
}

// A budget of one unit a step gives the same output as an uninterrupted run, inside natives too.
TEST(Vm, SuspendedEverywhereGivesTheSame) {
    const char* source = R"(
        local t = {} for i = 1, 40 do t[i] = (i * 7919) % 101 end
        table.sort(t, function(a, b) return a < b end)
        print(table.concat(t, ","), ("hello world"):gsub("%w+", function(w) return w:upper() end))
        local co = coroutine.wrap(function(n) for i = 1, n do coroutine.yield(i, ("x"):rep(i)) end end)
        print(co(3)) print(co()) print(pcall(error, {1}))
        local mt = {__index = function(_, k) return k .. "!" end, __add = function(a, b) return 7 end,
                    __lt = function() return true end, __concat = function() return "cat" end}
        local o = setmetatable({}, mt)
        print(o.name, o + 1, o < o, o .. "x", pcall(function() return o.x.y.z end))
        print(string.find(("a"):rep(30), (".-"):rep(8) .. "b"), string.format("%q %5.2f", "a\nb", 1 / 3))
        print(xpcall(function() error("e") end, function(m) return m .. "?" end))
        for k, v in pairs({10, 20, x = 30}) do io.write(tostring(k), "=", tostring(v), " ") end
        print(load(function() local r = t[1] and "return 5" t = {} return r end)())
    )";
    Machine whole;
    (void)whole.vm->begin();
    ASSERT_EQ(whole.run(source), "ok");
    EXPECT_EQ(whole.steps, 1u);
    Machine sliced;
    (void)sliced.vm->begin();
    ASSERT_EQ(sliced.run(source, 1), "ok");
    EXPECT_GT(sliced.steps, 50u);
    EXPECT_EQ(sliced.out, whole.out);
}

TEST(Vm, AKillCannotBeCaught) {
    Machine m;
    (void)m.vm->begin();
    std::thread killer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        m.vm->interrupt();
    });
    // With the position of what called the interrupted function, if that is Lua.
    EXPECT_TRUE(m.run("while true do pcall(function() while true do end end) end").ends_with("interrupted!"));
    killer.join();
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Killed);
    m.vm->clear_interrupt();
    EXPECT_EQ(m.run("print('alive')"), "ok");
    (void)m.vm->commit();
}

TEST(Vm, MemoryLimitIsAnErrorAndSurvivable) {
    VmOptions options;
    options.heap.memory_limit = 8 << 20;
    Machine m(options);
    ASSERT_TRUE(m.vm);
    (void)m.vm->begin();
    EXPECT_EQ(m.run("local t = {} for i = 1, 1e9 do t[i] = {} end"), "not enough memory");
    EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Memory);
    EXPECT_EQ(m.run("print(pcall(function() local t = {} for i = 1, 1e9 do t[i] = {} end end)) print(#('x'):rep(1e6))"),
              "ok");
    EXPECT_EQ(m.out, "false\tnot enough memory\n1000000\n");
    (void)m.vm->commit();
}

// Whatever way the table of globals is journaled (by cards at first, then moved), it does not keep what has left it.
TEST(Vm, WhatGlobalsHeldIsCollected) {
    for (const int globals : {1, 2, 5, 20, 200}) {
        Machine m;
        (void)m.vm->begin();
        ASSERT_EQ(m.run("for i = 1, " + std::to_string(globals) +
                        " do _G['g' .. i] = {('x'):rep(1e5) .. i} end\n"
                        "for i = 1, " +
                        std::to_string(globals) +
                        " do _G['g' .. i] = nil end\n"
                        "collectgarbage() print(collectgarbage('count') < 90)"),
                  "ok");
        EXPECT_EQ(m.out, "true\n") << globals;
        EXPECT_EQ(m.vm->verify(), std::nullopt);
        (void)m.vm->rollback();
    }
}

// X4 seen from the host: whatever a script did, rollback leaves the heap as it was.
TEST(Vm, X4_RollbackRestoresTheHeap) {
    Machine m;
    (void)m.vm->begin();
    ASSERT_EQ(m.run(R"(
        G = {list = {}, map = {}, deep = {{{}}}}
        for i = 1, 500 do G.list[i] = i G.map["k" .. i] = {i} end
        C = coroutine.create(function(a) while true do a = coroutine.yield(a) end end)
        coroutine.resume(C, 1)
        local n = 0
        function counter() n = n + 1 return n end
        M = setmetatable({}, {__index = G})
    )"),
              "ok");
    ASSERT_EQ(m.vm->commit(), TxnStatus::Ok);
    m.vm->full_collect();
    m.vm->heap().flush_caches();
    const std::uint64_t hash = m.vm->content_hash();
    const std::size_t used = m.vm->heap().pages().exact_used();
    const char* const mutations[] = {
        "G.list[3] = 'x' G.map.k7[1] = nil G.new = {} G = nil",
        "for i = 1, 5000 do G.list[i] = {} end",
        "for i = 1, 500 do G.map['k' .. i] = nil end for i = 1, 900 do G.map[i + 0.5] = i end",
        "setmetatable(G, {}) getmetatable(M).__index = nil setmetatable(M, nil)",
        "for i = 1, 10 do counter() coroutine.resume(C, {i}) end C = nil collectgarbage()",
        "string.x = 1 getmetatable('').__index = nil print = nil math.pi = 3",
        "setfenv(counter, {}) setfenv(0, {})",
        "G.list = nil collectgarbage() collectgarbage() local t = {} for i = 1, 1e4 do t[i] = i .. '' end",
        "error('half way', 0)",
    };
    for (const char* source : mutations) {
        ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
        (void)m.run(source);
        ASSERT_EQ(m.vm->rollback(), TxnStatus::Ok);
        EXPECT_EQ(m.vm->content_hash(), hash) << source;
        EXPECT_EQ(m.vm->heap().pages().exact_used(), used) << source;
        const auto problem = m.vm->verify();
        EXPECT_FALSE(problem.has_value()) << source << ": " << *problem;
    }
    (void)m.vm->begin();
    EXPECT_EQ(m.run("print(counter(), #G.list, G.map.k500[1], select(2, coroutine.resume(C, 9)), M.list[500])"), "ok");
    EXPECT_EQ(m.out, "1\t500\t500\t9\t500\n");
    (void)m.vm->commit();
}

// RE1, RE2
TEST(Ref, RootsAndValidates) {
    Machine m;
    Machine other;
    (void)m.vm->begin();
    const Ref<Table> kept(*m.vm, Value::object(m.vm->make_table(0, 0)));
    const Value loose = Value::object(m.vm->make_table(0, 0));
    (void)m.vm->commit();
    m.vm->full_collect();
    EXPECT_TRUE(std::holds_alternative<Table*>(kept.get(*m.vm)));
    EXPECT_EQ(std::get<Errc>(kept.get(*other.vm)), Errc::foreign_handle);
    EXPECT_FALSE(m.vm->check(loose));
    EXPECT_EQ(std::get<Errc>(Ref<Table>(*m.vm, loose).get(*m.vm)), Errc::stale_handle);

    (void)m.vm->begin();
    const Ref<Table> undone(*m.vm, Value::object(m.vm->make_table(0, 0)));
    EXPECT_TRUE(std::holds_alternative<Table*>(undone.get(*m.vm)));
    (void)m.vm->rollback();
    EXPECT_EQ(std::get<Errc>(undone.get(*m.vm)), Errc::stale_handle);
}

TEST(Ref, OfWhatWasRolledBackIsNoFindingAndNoContent) {
    Machine m;
    const std::uint64_t before = m.vm->content_hash();
    (void)m.vm->begin();
    const Ref<Table> undone(*m.vm, Value::object(m.vm->make_table(0, 0)));
    EXPECT_NE(m.vm->content_hash(), before);
    (void)m.vm->rollback();
    EXPECT_EQ(m.vm->verify(), std::nullopt);
    EXPECT_EQ(m.vm->content_hash(), before);
}

// The run that is suspended in a transaction ends with it, and nothing goes on from what is gone.
TEST(HostCalls, EndingTheTransactionEndsTheRun) {
    for (const char* how : {"rollback", "commit", "rollback_to", "start"}) {
        for (const bool yields : {false, true}) {
            Machine m;
            (void)m.vm->begin();
            Value f;
            ASSERT_TRUE(
                m.vm->load("co = coroutine.wrap(function() while true do x = (x or 0) + 1 end end) "
                           "if ... then coroutine.yield() end co()",
                           "=t", f));
            std::size_t number = 0;
            ASSERT_EQ(m.vm->txn().savepoint(number), TxnStatus::Ok);
            const Value flag = Value::boolean(yields);
            ASSERT_TRUE(m.vm->start(f, {&flag, 1}, true));
            ASSERT_EQ(m.vm->step(500), yields ? RunStatus::Yielded : RunStatus::Suspended);
            if (how == std::string("rollback")) {
                (void)m.vm->rollback();
            } else if (how == std::string("commit")) {
                (void)m.vm->commit();
            } else if (how == std::string("rollback_to")) {
                EXPECT_EQ(m.vm->rollback_to(number), TxnStatus::Ok);
            } else {
                Value g;
                ASSERT_TRUE(m.vm->load("return pcall(co)", "=t", g));
                ASSERT_TRUE(m.vm->start(g, {}));
                if (yields) {
                    EXPECT_EQ(m.vm->step(1000), RunStatus::Suspended) << "the coroutine had not begun";
                } else {
                    ASSERT_EQ(m.vm->step(1000), RunStatus::Finished);
                    EXPECT_EQ(m.vm->to_display(m.vm->results()[1]), "cannot resume dead coroutine");
                }
                continue;
            }
            EXPECT_EQ(m.vm->status(), RunStatus::Failed) << how;
            EXPECT_EQ(m.vm->failure().kind, Failure::Kind::Killed) << how;
            EXPECT_EQ(m.vm->step(500), RunStatus::Failed) << how;
            EXPECT_FALSE(m.vm->resume({}));
            m.vm->kill("again");
            EXPECT_EQ(m.vm->verify(), std::nullopt) << how;
            (void)m.vm->rollback();
            m.vm->full_collect();
            (void)m.vm->begin();
            ASSERT_TRUE(m.vm->load("return 1", "=t", f));
            EXPECT_EQ(m.vm->call(f, {}), RunStatus::Finished);
        }
    }
}

// A savepoint that the host opens while a run waits: undoing it leaves nothing of what the run's stacks became since.
TEST(HostCalls, ASavepointInTheMiddleOfARun) {
    for (const bool in_coroutine : {false, true}) {
        Machine m;
        (void)m.vm->begin();
        Value f;
        ASSERT_TRUE(
            m.vm->load("local function down(n) if n > 0 then return 1 + down(n - 1) end return 0 end "
                       "local function work() for i = 1, 100 do x = i end down(3000) while true do end end "
                       "if ... then co = coroutine.create(work) coroutine.resume(co) else work() end",
                       "=t", f));
        const Value flag = Value::boolean(in_coroutine);
        ASSERT_TRUE(m.vm->start(f, {&flag, 1}));
        ASSERT_EQ(m.vm->step(100), RunStatus::Suspended);
        std::size_t number = 0;
        ASSERT_EQ(m.vm->txn().savepoint(number), TxnStatus::Ok);
        ASSERT_EQ(m.vm->step(100'000), RunStatus::Suspended);
        EXPECT_EQ(m.vm->rollback_to(number), TxnStatus::Ok);
        EXPECT_EQ(m.vm->status(), RunStatus::Failed);
        m.vm->full_collect();
        EXPECT_EQ(m.vm->verify(), std::nullopt);
        EXPECT_EQ(m.vm->commit(), TxnStatus::Ok);
        m.vm->full_collect();
        EXPECT_EQ(m.vm->verify(), std::nullopt);
    }
}

TEST(Ref, ForgedAndForeignValuesAreRefused) {
    Machine m;
    (void)m.vm->begin();
    Value f;
    ASSERT_TRUE(m.vm->load("return ...", "=t", f));
    for (unsigned tag = 1; tag <= 10; ++tag) {
        for (std::uint32_t position : {0u, 1u, 512u, 513u, 520u, 77777u, 0xFFFFFFFFu}) {
            const Value forged{word::make(tag, 3, position)};
            EXPECT_FALSE(m.vm->start(f, {&forged, 1}));
        }
    }
    EXPECT_EQ(m.vm->failure().message, "stale or foreign handle");
    // A position inside a live object is no slot start.
    const Value inside{word::make(static_cast<unsigned>(Tag::Table), word::generation(f.bits), f.position() + 1)};
    EXPECT_FALSE(m.vm->check(inside));
    (void)m.vm->rollback();
}

TEST(Vm, OneFromAPoolOfReservationsIsLikeAnyOther) {
    const std::string_view program =
        "local t = {} for i = 1, 20000 do t[i] = {'text ' .. i} end "
        "local names = {} for k in pairs(_G) do names[#names + 1] = k end print(#t, table.concat(names, ' '))";
    VmOptions options;
    Machine alone(options);
    (void)alone.vm->begin();
    ASSERT_EQ(alone.run(program), "ok");
    options.heap.reservations = std::make_shared<ReservationPool>();
    for (int round = 0; round < 3; ++round) {
        Machine m(options);
        ASSERT_NE(m.vm, nullptr);
        const std::uint64_t before = m.vm->state_hash();
        (void)m.vm->begin();
        EXPECT_EQ(m.run(program), "ok");
        EXPECT_EQ(m.out, alone.out);
        EXPECT_EQ(m.vm->heap().pages().exact_used(), alone.vm->heap().pages().exact_used());
        EXPECT_EQ(m.vm->verify().value_or(""), "");
        (void)m.vm->rollback();
        EXPECT_EQ(m.vm->state_hash(), before);
    }
}

}  // namespace
}  // namespace arenite

// What a host may do wrong with a Vm, a Task, a Savepoint or a Ref: each is an error value, or ends soundly (vm/include/arenite/vm.h VM1 to
// VM3, vm/include/arenite/task.h TK4 to TK6). After each the Vm goes on, and its heap is whole.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <arenite/ref.h>
#include <arenite/savepoint.h>
#include <arenite/task.h>
#include "vm/embed/host.h"
#include "vm/library_context.h"

namespace arenite {
namespace {

class Misuse : public testing::Test {
protected:
    void SetUp() override {
        VmOptions options;
        options.output = [this](std::string_view bytes) {
            printed += bytes;
            if (on_output) on_output();
        };
        vm = Vm::create(options);
        ASSERT_TRUE(vm);
        vm->host_data = this;
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        ASSERT_TRUE(vm->set_field(vm->globals().as<Table>(), "host", vm->make_native(host, "host")));
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    }
    void TearDown() override {
        if (vm) expect_sound();
    }
    /// A function that lives as long as the test.
    Value compile(std::string_view source) {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        kept.emplace_back(*vm, f);
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        return f;
    }
    std::string global(std::string_view name) { return vm->to_display(vm->get_field(vm->globals().as<Table>(), name)); }
    void expect_sound() {
        on_call = {};
        on_output = {};
        if (vm->txn().active()) {
            EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
        }
        EXPECT_EQ(vm->verify(), std::nullopt);
        EXPECT_FALSE(vm->running());
        Task task(*vm, compile("local t = {} for i = 1, 50 do t[i] = {i} end return #t"));
        ASSERT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
        EXPECT_EQ(task.values()[0], Value::number(50));
    }
    /// What host() does in the script.
    std::function<NativeResult(NativeContext&)> on_call;
    std::function<void()> on_output;
    std::string printed;
    std::unique_ptr<Vm> vm;
    std::vector<Ref<Closure>> kept;

private:
    static NativeResult host(NativeContext& cx) {
        auto& self = *static_cast<Misuse*>(cx.vm().host_data);
        return self.on_call ? self.on_call(cx) : cx.done();
    }
};

// --- Runs beside a task (4.1) ---------------------------------------------------------------------------------------

TEST_F(Misuse, TK4_ACallBesideATaskFailsAndDisturbsNothing) {
    const Value slow = compile("half = 1 for i = 1, 5000 do end half = nil return 'slow'");
    const Value other = compile("other = 1 return 'other'");
    Task task(*vm, slow);
    ASSERT_EQ(task.step(10), RunStatus::Suspended);
    EXPECT_EQ(vm->call(other, {}), RunStatus::Failed);
    EXPECT_EQ(vm->failure().message, "a task of this Vm is not over");
    EXPECT_FALSE(vm->start(other, {}));
    EXPECT_FALSE(vm->run_all_finalizers());
    ASSERT_EQ(task.run(), RunStatus::Finished);
    EXPECT_EQ(vm->to_display(task.values()[0]), "slow");
    EXPECT_EQ(global("half"), "nil");
    EXPECT_EQ(global("other"), "nil");
}

TEST_F(Misuse, TK4_ACallBesideATaskThatYieldedFails) {
    const Value f = compile("return coroutine.yield(1)");
    Task task(*vm, f, {}, {.yieldable = true});
    ASSERT_EQ(task.run(), RunStatus::Yielded);
    EXPECT_EQ(vm->call(f, {}), RunStatus::Failed);
    const Value answer = Value::number(7);
    EXPECT_TRUE(task.resume({&answer, 1}));
    ASSERT_EQ(task.run(), RunStatus::Finished);
    EXPECT_EQ(task.values()[0], answer);
}

TEST_F(Misuse, TK4_ASecondTaskFailsAndDisturbsNothing) {
    const Value f = compile("for i = 1, 5000 do end return 1");
    Task first(*vm, f);
    ASSERT_EQ(first.step(10), RunStatus::Suspended);
    Task second(*vm, f);
    EXPECT_EQ(second.status(), RunStatus::Failed);
    Task joined(*vm, f, {}, {.join = true});
    EXPECT_EQ(joined.status(), RunStatus::Failed);
    EXPECT_EQ(first.run(), RunStatus::Finished);
    EXPECT_EQ(second.run(), RunStatus::Failed);
}

TEST_F(Misuse, TK4_ACallAfterATaskIsOverIsAsEver) {
    const Value f = compile("return 1");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    Task task(*vm, f, {}, {.join = true});
    ASSERT_EQ(task.run(), RunStatus::Finished);
    EXPECT_EQ(vm->call(f, {}), RunStatus::Finished);
    EXPECT_TRUE(task.values().empty()) << "they were another run's";
}

TEST_F(Misuse, TK5_ATaskWhoseTransactionTheHostEndedLeavesTheNextOneAlone) {
    const Value slow = compile("half = 1 for i = 1, 5000 do end");
    const Value other = compile("other = 1");
    for (const bool commits : {false, true}) {
        Task task(*vm, slow);
        ASSERT_EQ(task.step(10), RunStatus::Suspended);
        ASSERT_EQ(commits ? vm->commit() : vm->rollback(), TxnStatus::Ok);
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        ASSERT_EQ(vm->call(other, {}), RunStatus::Finished);
        EXPECT_EQ(task.run(), RunStatus::Failed);
        EXPECT_FALSE(task.failure().message.empty());
        EXPECT_TRUE(vm->txn().active()) << "it is not the task's";
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        EXPECT_EQ(global("other"), "1");
    }
}

TEST_F(Misuse, TK5_DroppingATaskWhoseTransactionHasEndedLeavesTheNextOneAlone) {
    const Value slow = compile("half = 1 for i = 1, 5000 do end");
    {
        Task task(*vm, slow);
        ASSERT_EQ(task.step(10), RunStatus::Suspended);
        ASSERT_EQ(vm->txn().rollback(), TxnStatus::Ok);  // past the Vm
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        ASSERT_TRUE(vm->set_field(vm->globals().as<Table>(), "mine", Value::number(1)));
    }
    EXPECT_TRUE(vm->txn().active());
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
    EXPECT_EQ(global("mine"), "1");
}

TEST_F(Misuse, TK5_AJoinedTaskWhoseSavepointIsGoneUndoesNothingElse) {
    const Value slow = compile("half = 1 for i = 1, 5000 do end");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    std::size_t outer = 0;
    ASSERT_EQ(vm->txn().savepoint(outer), TxnStatus::Ok);
    {
        Task task(*vm, slow, {}, {.join = true});
        ASSERT_EQ(task.step(10), RunStatus::Suspended);
        ASSERT_EQ(vm->rollback_to(outer), TxnStatus::Ok);
        ASSERT_EQ(vm->txn().savepoint(outer), TxnStatus::Ok);  // of the same number as the task's
        std::size_t inner = 0;
        ASSERT_EQ(vm->txn().savepoint(inner), TxnStatus::Ok);
        ASSERT_TRUE(vm->set_field(vm->globals().as<Table>(), "mine", Value::number(1)));
        EXPECT_EQ(task.run(), RunStatus::Failed);
    }
    EXPECT_EQ(vm->txn().depth(), 3u);
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
    EXPECT_EQ(global("mine"), "1");
}

TEST_F(Misuse, VM3_ARunDoesNotGoOnInTheNextTransaction) {
    const Value slow = compile("half = 1 for i = 1, 5000 do end");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    ASSERT_TRUE(vm->start(slow, {}));
    ASSERT_EQ(vm->step(10), RunStatus::Suspended);
    ASSERT_EQ(vm->txn().rollback(), TxnStatus::Ok);
    ASSERT_EQ(vm->txn().begin(), TxnStatus::Ok);
    EXPECT_EQ(vm->step(10), RunStatus::Failed);
}

// --- Calls from within a run (4.3) ----------------------------------------------------------------------------------

/// All that VM1 refuses, asked for from within a run.
void expect_all_refused(Vm& vm, Value f) {
    EXPECT_TRUE(vm.running());
    EXPECT_EQ(vm.call(f, {}), RunStatus::Failed);
    EXPECT_EQ(vm.failure().message, "the Vm is running");
    EXPECT_FALSE(vm.start(f, {}));
    EXPECT_EQ(vm.step(100), RunStatus::Failed);
    EXPECT_FALSE(vm.resume({}));
    EXPECT_FALSE(vm.run_all_finalizers());
    EXPECT_EQ(vm.begin(), TxnStatus::Busy);
    EXPECT_EQ(vm.commit(), TxnStatus::Busy);
    EXPECT_EQ(vm.rollback(), TxnStatus::Busy);
    EXPECT_EQ(vm.rollback_to(1), TxnStatus::Busy);
    std::size_t number = 0;
    EXPECT_EQ(vm.txn().begin(), TxnStatus::Busy);
    EXPECT_EQ(vm.txn().commit(), TxnStatus::Busy);
    EXPECT_EQ(vm.txn().rollback(), TxnStatus::Busy);
    EXPECT_EQ(vm.txn().savepoint(number), TxnStatus::Busy);
    EXPECT_EQ(vm.txn().release(1), TxnStatus::Busy);
    EXPECT_EQ(vm.txn().rollback_to(1), TxnStatus::Busy);
    vm.full_collect();
    vm.set_exact(true);
    {
        Savepoint savepoint(vm);
        EXPECT_FALSE(savepoint.open());
        EXPECT_FALSE(savepoint.keep());
    }
    Task task(vm, f);
    EXPECT_EQ(task.status(), RunStatus::Failed);
    Task joined(vm, f, {}, {.join = true});
    EXPECT_EQ(joined.status(), RunStatus::Failed);
}

TEST_F(Misuse, VM1_NativesAreRefusedWhatWouldTakeTheRunAway) {
    const Value f = compile("local before = {} local a, b = host(7) return a, b, type(before)");
    const Value empty = compile("return");
    int calls = 0;
    on_call = [&](NativeContext& cx) {
        ++calls;
        const Value made = vm->make_string("made by the native before it asks");
        Value loaded = Value::nil();
        EXPECT_TRUE(vm->load("return 1", "=inner", loaded)) << "that is allowed";
        EXPECT_EQ(vm->call(loaded, {}), RunStatus::Failed);
        expect_all_refused(*vm, empty);
        EXPECT_TRUE(vm->check(made));
        EXPECT_TRUE(vm->set_field(vm->globals().as<Table>(), "set", made));
        return cx.done(cx.arg(0), made);
    };
    Task task(*vm, f);
    ASSERT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
    EXPECT_EQ(calls, 1);
    ASSERT_EQ(task.values().size(), 3u);
    EXPECT_EQ(task.values()[0], Value::number(7));
    EXPECT_EQ(vm->to_display(task.values()[2]), "table");
    EXPECT_EQ(global("set"), "made by the native before it asks");
}

TEST_F(Misuse, VM1_SoAreNativesThatAreCalledByTheHost) {
    const Value empty = compile("return");
    on_call = [&](NativeContext& cx) {
        expect_all_refused(*vm, empty);
        return cx.done_number(1);
    };
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    const Value native = vm->get_field(vm->globals().as<Table>(), "host");
    ASSERT_EQ(vm->call(native, {}), RunStatus::Finished);
    EXPECT_EQ(vm->results()[0], Value::number(1));
}

TEST_F(Misuse, VM1_SoIsTheOutputCallback) {
    const Value f = compile("print('one') print('two') return 3");
    const Value empty = compile("return");
    on_output = [&] { expect_all_refused(*vm, empty); };
    Task task(*vm, f);
    ASSERT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
    EXPECT_EQ(printed, "one\ntwo\n");
}

TEST_F(Misuse, VM1_SoIsAFinalizer) {
    const Value f = compile("local u = newproxy(true) getmetatable(u).__gc = host");
    const Value empty = compile("return");
    int calls = 0;
    on_call = [&](NativeContext& cx) {
        ++calls;
        expect_all_refused(*vm, empty);
        return cx.done();
    };
    ASSERT_EQ(Task(*vm, f).run(), RunStatus::Finished);
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_TRUE(vm->run_all_finalizers());
    EXPECT_EQ(calls, 1);
}

TEST_F(Misuse, VM1_SoAreExtensionsThatHearOfARollback) {
    struct Extension final : VmExtension {
        void after_rollback(const Vm& of) override {
            auto& vm = of.machine().facade();
            EXPECT_EQ(vm.begin(), TxnStatus::Busy);
            EXPECT_EQ(vm.rollback(), TxnStatus::Busy);
            ++heard;
        }
        int heard = 0;
    };
    auto& extension = vm->extension<Extension>();
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    {
        Savepoint savepoint(*vm);
        EXPECT_TRUE(savepoint.open());
    }
    EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
    EXPECT_EQ(extension.heard, 2);
}

TEST_F(Misuse, VM1_AtomicBlocksOfAScriptAreItsOwn) {
    const Value f = compile(
        "local ok = arenite.atomic(function() x = 1 host() error('undo') end) "
        "local kept = arenite.atomic(function() y = 1 host() end) return ok, kept, x, y");
    on_call = [&](NativeContext& cx) {
        EXPECT_EQ(vm->txn().release(1), TxnStatus::Busy);
        EXPECT_EQ(vm->rollback(), TxnStatus::Busy);
        return cx.done();
    };
    Task task(*vm, f);
    ASSERT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
    EXPECT_EQ(task.values()[0], Value::boolean(false));
    EXPECT_EQ(task.values()[1], Value::boolean(true));
    EXPECT_TRUE(task.values()[2].is_nil());
    EXPECT_EQ(task.values()[3], Value::number(1));
}

TEST_F(Misuse, VM1_AKillFromWithinIsAnInterrupt) {
    const Value f = compile("pcall(function() host() while true do end end) return 'went on'");
    on_call = [&](NativeContext& cx) {
        vm->kill("from within");
        return cx.done();
    };
    Task task(*vm, f);
    EXPECT_EQ(task.run(), RunStatus::Failed);
    EXPECT_EQ(task.failure().kind, Failure::Kind::Killed);
    vm->clear_interrupt();
}

TEST_F(Misuse, TK6_ATaskIsNotUsedFromWithinItsRun) {
    const Value f = compile("half = 1 host() return 'whole'");
    Task* own = nullptr;
    on_call = [&](NativeContext& cx) {
        EXPECT_EQ(own->step(100), RunStatus::Failed);
        EXPECT_EQ(own->run(), RunStatus::Failed);
        EXPECT_FALSE(own->resume());
        EXPECT_EQ(own->status(), RunStatus::Suspended);
        return cx.done();
    };
    Task task(*vm, f);
    own = &task;
    ASSERT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
    EXPECT_EQ(vm->to_display(task.values()[0]), "whole");
}

TEST_F(Misuse, TK6_KilledFromWithinItIsRolledBack) {
    const Value f = compile("half = 1 host() pcall(function() while true do end end)");
    Task* own = nullptr;
    on_call = [&](NativeContext& cx) {
        own->kill("from within");
        return cx.done();
    };
    Task task(*vm, f);
    own = &task;
    EXPECT_EQ(task.run(), RunStatus::Failed);
    EXPECT_EQ(task.failure().kind, Failure::Kind::Killed);
    EXPECT_FALSE(vm->txn().active());
    EXPECT_EQ(global("half"), "nil");
}

using MisuseDeath = Misuse;

TEST_F(MisuseDeath, VM1_ToDestroyTheVmFromWithinEndsTheProgram) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const Value f = compile("host()");
    on_call = [&](NativeContext& cx) {
        vm.reset();
        return cx.done();
    };
    EXPECT_DEATH((void)Task(*vm, f).run(), "a Vm was destroyed by what it runs");
}

TEST_F(MisuseDeath, TK6_ToDestroyTheTaskFromWithinEndsTheProgram) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const Value f = compile("host()");
    auto task = std::make_unique<Task>(*vm, f);
    on_call = [&](NativeContext& cx) {
        task.reset();
        return cx.done();
    };
    EXPECT_DEATH((void)task->run(), "a Task was destroyed by what it runs");
    on_call = {};
}

// --- Natives that use their context wrongly (4.3, 4.8) ---------------------------------------------------------------

struct WrongNative {
    const char* what;
    NativeResult (*run)(NativeContext&);
    const char* message;
};

constexpr WrongNative kWrongNatives[] = {
    {"push before begin_results",
     [](NativeContext& cx) { return cx.push(Value::number(1)) ? cx.done_pushed() : cx.failed(); },
     "native function 'host': push() before begin_results() or begin_call()"},
    {"call_pushed before begin_call", [](NativeContext& cx) { return cx.call_pushed(1); },
     "native function 'host': call_pushed() before begin_call()"},
    {"call_pushed_catching before begin_call", [](NativeContext& cx) { return cx.call_pushed_catching(1); },
     "native function 'host': call_pushed() before begin_call()"},
    {"call_gsub before begin_call", [](NativeContext& cx) { return library(cx).call_gsub(1); },
     "native function 'host': call_pushed() before begin_call()"},
    {"tail_call_pushed before begin_call", [](NativeContext& cx) { return cx.tail_call_pushed(); },
     "native function 'host': tail_call_pushed() before begin_call()"},
    {"protected_call without a function", [](NativeContext& cx) { return library(cx).protected_call(false); },
     "native function 'host': protected_call() without its arguments"},
    {"protected_call without a handler", [](NativeContext& cx) { return library(cx).protected_call(true); },
     "native function 'host': protected_call() without its arguments"},
    {"set_local without reserve",
     [](NativeContext& cx) {
         cx.set_local(0, Value::number(1));
         return cx.done();
     },
     "native function 'host': set_local() of a slot that is not reserved"},
    {"set_local far away",
     [](NativeContext& cx) {
         if (!cx.reserve(3)) return cx.failed();
         cx.set_local(2'000'000, Value::number(1));
         return cx.done();
     },
     "native function 'host': set_local() of a slot that is not reserved"},
    {"set_local_number far away",
     [](NativeContext& cx) {
         if (!cx.reserve(3)) return cx.failed();
         cx.set_local_number(3, 1);
         return cx.done();
     },
     "native function 'host': set_local() of a slot that is not reserved"},
    {"set_arg of none",
     [](NativeContext& cx) {
         cx.set_arg(cx.arg_count(), Value::number(1));
         return cx.done();
     },
     "native function 'host': set_arg() of an argument that is not there"},
    {"reserve too many", [](NativeContext& cx) { return cx.reserve(201) ? cx.done() : cx.failed(); },
     "native function 'host': reserve() of too many slots"},
    {"reserve far too many", [](NativeContext& cx) { return cx.reserve(0xFFFF'FFF0) ? cx.done() : cx.failed(); },
     "native function 'host': reserve() of too many slots"},
    {"reserve twice", [](NativeContext& cx) { return cx.reserve(1) && cx.reserve(2) ? cx.done() : cx.failed(); },
     "native function 'host': reserve() comes too late"},
    {"reserve after begin_results",
     [](NativeContext& cx) {
         cx.begin_results();
         return cx.push(Value::nil()) && cx.reserve(2) ? cx.done() : cx.failed();
     },
     "native function 'host': reserve() comes too late"},
    {"failed without an error", [](NativeContext& cx) { return cx.failed(); },
     "native function 'host': it failed without an error"},
    {"failed_in without an error", [](NativeContext& cx) { return library(cx).failed_in(1); },
     "native function 'host': it failed without an error"},
    {"a state that does not fit", [](NativeContext& cx) { return cx.suspend(0x1'0000); },
     "native function 'host': a state of more than 16 bits"},
    {"the same of again", [](NativeContext& cx) { return library(cx).again(0x1'0001); },
     "native function 'host': a state of more than 16 bits"},
    {"the same of a call", [](NativeContext& cx) { return cx.call(0x1'0001, cx.vm().globals(), {Value::nil()}); },
     "native function 'host': a state of more than 16 bits"},
    {"the same of call_with",
     [](NativeContext& cx) { return cx.call_with(0x1'0001, Value::nil(), Value::nil(), Value::nil()); },
     "native function 'host': a state of more than 16 bits"},
    {"resume of what is no coroutine", [](NativeContext& cx) { return library(cx).resume(Value::number(1), 0, false); },
     "stale or corrupt reference"},
};

TEST_F(Misuse, N5_NativesThatUseTheirContextWronglyRaiseAnErrorThatSaysSo) {
    const Value f = compile("local t = {1, 2, 3} local ok, why = pcall(host) return why, #t");
    for (const WrongNative& wrong : kWrongNatives) {
        SCOPED_TRACE(wrong.what);
        on_call = wrong.run;
        Task task(*vm, f);
        ASSERT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
        const std::string why = vm->to_display(task.values()[0]);
        EXPECT_NE(why.find(wrong.message), std::string::npos) << why;
        EXPECT_EQ(task.values()[1], Value::number(3));
        EXPECT_EQ(vm->verify(), std::nullopt);
    }
}

TEST_F(Misuse, N5_LocalsAndResultsThatAreNotThereAreNil) {
    const Value f = compile("return host()");
    on_call = [](NativeContext& cx) {
        EXPECT_TRUE(cx.local(0).is_nil());
        if (!cx.reserve(2)) return cx.failed();
        EXPECT_TRUE(cx.local(2).is_nil());
        EXPECT_TRUE(cx.local(2'000'000).is_nil());
        EXPECT_TRUE(cx.result(0).is_nil());
        EXPECT_TRUE(cx.arg(77).is_nil());
        EXPECT_TRUE(cx.upvalue(9).is_nil());
        EXPECT_FALSE(cx.set_upvalue(9, Value::nil()));
        return cx.done();
    };
    EXPECT_EQ(Task(*vm, f).run(), RunStatus::Finished);
}

TEST_F(Misuse, N5_RaisingNilIsNoMisuse) {
    const Value f = compile("local ok, why = pcall(host) return ok, why");
    on_call = [](NativeContext& cx) { return cx.raise(Value::nil()); };
    Task task(*vm, f);
    ASSERT_EQ(task.run(), RunStatus::Finished);
    EXPECT_EQ(task.values()[0], Value::boolean(false));
    EXPECT_TRUE(task.values()[1].is_nil());
}

TEST_F(Misuse, N5_ReserveAfterACallIsTooLate) {
    const Value f = compile("local function many() return unpack({}, 1, 4000) end return pcall(host, many)");
    on_call = [](NativeContext& cx) {
        if (cx.state() == 0) return cx.call(1, cx.arg(0), {});
        return cx.reserve(200) ? cx.done() : cx.failed();
    };
    Task task(*vm, f);
    ASSERT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
    EXPECT_EQ(task.values()[0], Value::boolean(false));
}

// --- Natives that throw (4.6) ----------------------------------------------------------------------------------------

TEST_F(Misuse, VM2_AnExceptionEndsTheRunAndGoesOnToTheHost) {
    const Value f = compile("half = 1 pcall(host) caught = 1");
    on_call = [](NativeContext&) -> NativeResult { throw std::runtime_error("of the native"); };
    {
        Task task(*vm, f);
        EXPECT_THROW(task.run(), std::runtime_error);
        EXPECT_EQ(task.status(), RunStatus::Failed);
        EXPECT_EQ(task.failure().message, "an exception ended the run");
        EXPECT_FALSE(vm->txn().active()) << "TK1";
        EXPECT_EQ(task.run(), RunStatus::Failed);
    }
    EXPECT_EQ(global("half"), "nil");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_THROW((void)vm->call(f, {}), std::runtime_error);
    EXPECT_FALSE(vm->running());
    EXPECT_EQ(vm->status(), RunStatus::Failed);
    EXPECT_EQ(vm->step(1000), RunStatus::Failed) << "there is nothing to go on with";
    EXPECT_EQ(global("caught"), "nil");
    EXPECT_EQ(global("half"), "1") << "until the host undoes it";
    EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
    EXPECT_EQ(global("half"), "nil");
}

TEST_F(Misuse, VM2_AlsoFromCoroutinesSortsAndBlocks) {
    for (const char* source : {
             "local co = coroutine.wrap(function() coroutine.wrap(function() host() end)() end) co()",
             "table.sort({3, 2, 1, 5, 4}, function(a, b) host() return a < b end)",
             "arenite.atomic(function() half = 1 arenite.atomic(function() half = 2 host() end) end)",
             "return ('x'):rep(9):gsub('.', function() host() end)",
             "return setmetatable({}, {__index = function(t, k) host() end}).x",
             "return setmetatable({}, {__index = host}).x",
             "for k in host do end",
             "local u = newproxy(true) getmetatable(u).__gc = host u = nil collectgarbage() collectgarbage()",
         }) {
        SCOPED_TRACE(source);
        const Value f = compile(source);
        on_call = [](NativeContext&) -> NativeResult { throw std::runtime_error("of the native"); };
        Task task(*vm, f);
        EXPECT_THROW(task.run(), std::runtime_error);
        EXPECT_EQ(task.status(), RunStatus::Failed);
        EXPECT_EQ(vm->verify(), std::nullopt);
        EXPECT_FALSE(vm->txn().active());
    }
    EXPECT_EQ(global("half"), "nil");
}

TEST_F(Misuse, VM2_AlsoFromATaskThatIsMadeOfTheNative) {
    const Value native = vm->get_field(vm->globals().as<Table>(), "host");
    on_call = [](NativeContext&) -> NativeResult { throw 42; };
    EXPECT_THROW(Task(*vm, native), int);
    EXPECT_FALSE(vm->txn().active());
}

TEST_F(Misuse, VM2_AlsoFromTheOutput) {
    const Value f = compile("pcall(print, 1) return 2");
    on_output = [] { throw std::runtime_error("of the output"); };
    Task task(*vm, f);
    EXPECT_THROW(task.run(), std::runtime_error);
}

TEST_F(Misuse, VM2_AlsoFromAResumedRun) {
    const Value f = compile("coroutine.yield(1) host()");
    on_call = [](NativeContext&) -> NativeResult { throw std::runtime_error("of the native"); };
    Task task(*vm, f, {}, {.yieldable = true});
    ASSERT_EQ(task.run(), RunStatus::Yielded);
    ASSERT_TRUE(task.resume());
    EXPECT_THROW(task.run(), std::runtime_error);
    EXPECT_TRUE(task.over());
}

TEST_F(Misuse, VM2_AFinalizerThatThrowsEndsTheFinalizers) {
    const Value f = compile("for i = 1, 3 do local p = newproxy(true) getmetatable(p).__gc = host end");
    ASSERT_EQ(Task(*vm, f).run(), RunStatus::Finished);
    int calls = 0;
    on_call = [&](NativeContext& cx) -> NativeResult {
        if (++calls == 1) throw std::runtime_error("of the finalizer");
        return cx.done();
    };
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_THROW((void)vm->run_all_finalizers(), std::runtime_error);
    EXPECT_TRUE(vm->run_all_finalizers());
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
}

TEST_F(Misuse, N6_BadAllocOfANativeIsAnErrorOfMemory) {
    const Value f = compile("local ok, why = pcall(host) return why");
    on_call = [](NativeContext&) -> NativeResult { throw std::bad_alloc(); };
    Task task(*vm, f);
    ASSERT_EQ(task.run(), RunStatus::Finished);
    EXPECT_EQ(vm->to_display(task.values()[0]), "not enough memory");
    const Value uncaught = compile("host()");
    Task failing(*vm, uncaught);
    EXPECT_EQ(failing.run(), RunStatus::Failed);
    EXPECT_EQ(failing.failure().kind, Failure::Kind::Memory);
}

// --- The Vm goes first (4.9) ------------------------------------------------------------------------------------------

TEST_F(Misuse, ATaskOutlivesItsVm) {
    for (const bool steps : {false, true}) {
        auto own = Vm::create();
        ASSERT_EQ(own->begin(), TxnStatus::Ok);
        Value endless = Value::nil();
        ASSERT_TRUE(own->load("while true do end", "=t", endless));
        ASSERT_EQ(own->commit(), TxnStatus::Ok);
        auto task = std::make_unique<Task>(*own, endless);
        ASSERT_EQ(task->step(10), RunStatus::Suspended);
        own.reset();
        EXPECT_EQ(task->status(), RunStatus::Failed);
        EXPECT_TRUE(task->over());
        EXPECT_EQ(task->failure().message, "the Vm is gone");
        EXPECT_TRUE(task->values().empty());
        task->interrupt();
        if (steps) {
            EXPECT_EQ(task->step(10), RunStatus::Failed);
            EXPECT_EQ(task->run(), RunStatus::Failed);
            EXPECT_FALSE(task->resume());
            task->kill("too late");
            EXPECT_EQ(task->failure().message, "the Vm is gone");
        }
        EXPECT_EQ(task->exit_code(), 0);
    }
}

TEST_F(Misuse, WhatIsOverOutlivesItsVm) {
    auto own = Vm::create();
    ASSERT_EQ(own->begin(), TxnStatus::Ok);
    Value f = Value::nil();
    Value exits = Value::nil();
    ASSERT_TRUE(own->load("return 1", "=t", f));
    ASSERT_TRUE(own->load("os.exit(3)", "=t", exits));
    const Ref<Closure> kept_f(*own, f);
    const Ref<Closure> kept_exits(*own, exits);
    ASSERT_EQ(own->commit(), TxnStatus::Ok);
    Task finished(*own, f);
    ASSERT_EQ(finished.run(), RunStatus::Finished);
    Task exited(*own, exits);
    ASSERT_EQ(exited.run(), RunStatus::Exited);
    Task failed(*own, Value::number(1));
    EXPECT_EQ(failed.run(), RunStatus::Failed);
    own.reset();
    EXPECT_EQ(finished.status(), RunStatus::Finished);
    EXPECT_TRUE(finished.values().empty());
    EXPECT_EQ(exited.exit_code(), 3);
    EXPECT_EQ(failed.failure().message, "attempt to call a number value");
    EXPECT_TRUE(std::holds_alternative<Errc>(kept_f.get(*vm)));
    EXPECT_TRUE(kept_f.value(*vm).is_nil());
}

TEST_F(Misuse, ASavepointOutlivesItsVm) {
    auto own = Vm::create();
    ASSERT_EQ(own->begin(), TxnStatus::Ok);
    Savepoint savepoint(*own);
    ASSERT_TRUE(savepoint.open());
    Savepoint second(*own);
    own.reset();
    EXPECT_FALSE(savepoint.open());
    EXPECT_FALSE(savepoint.keep());
    EXPECT_FALSE(second.undo());
}

TEST_F(Misuse, ASavepointOfAnEarlierTransactionIsNotOpen) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    Savepoint savepoint(*vm);
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    std::size_t number = 0;
    ASSERT_EQ(vm->txn().savepoint(number), TxnStatus::Ok);
    EXPECT_FALSE(savepoint.open());
    EXPECT_FALSE(savepoint.undo());
    EXPECT_EQ(vm->txn().depth(), 2u);
}

TEST_F(Misuse, ASavepointThatANativeEndsStaysForTheHost) {
    const Value f = compile("x = 1 host()");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    Savepoint savepoint(*vm);
    ASSERT_TRUE(savepoint.open());
    on_call = [&](NativeContext& cx) {
        EXPECT_FALSE(savepoint.undo());
        EXPECT_FALSE(savepoint.keep());
        return cx.done();
    };
    EXPECT_EQ(vm->call(f, {}), RunStatus::Finished);
    EXPECT_TRUE(savepoint.open());
    EXPECT_TRUE(savepoint.undo());
    EXPECT_EQ(global("x"), "nil");
}

// --- Clear answers (4.7) and silent ones (4.8) -------------------------------------------------------------------------

TEST_F(Misuse, UseWithoutATransactionIsAnError) {
    const Value f = compile("return 1");
    EXPECT_EQ(vm->call(f, {}), RunStatus::Failed);
    EXPECT_EQ(vm->failure().message, "no transaction is active");
    EXPECT_EQ(vm->commit(), TxnStatus::NotActive);
    EXPECT_EQ(vm->rollback(), TxnStatus::NotActive);
    EXPECT_EQ(vm->rollback_to(1), TxnStatus::NotActive);
    EXPECT_FALSE(vm->set_field(vm->globals().as<Table>(), "x", Value::number(1)));
    EXPECT_FALSE(Savepoint(*vm).open());
    EXPECT_EQ(Task(*vm, f, {}, {.join = true}).status(), RunStatus::Failed);
    EXPECT_FALSE(vm->register_module("m", [](NativeContext& cx) { return cx.done(); }));
}

TEST_F(Misuse, WhatIsMadeWithoutATransactionIsAsIfItWasCommitted) {
    const Value text = vm->make_string("made outside of any transaction, and longer than the interned");
    const Handle<Table> table = vm->make_table(2, 2);
    Value f = Value::nil();
    ASSERT_TRUE(vm->load("return (...)", "=t", f));
    const Ref<Closure> kept_f(*vm, f);
    const Ref<Table> kept_table(*vm, Value::object(table));
    const Value arguments[] = {Value::object(table), text};
    {
        Task task(*vm, f, arguments);
        EXPECT_EQ(task.run(), RunStatus::Finished) << task.failure().message;
    }
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_TRUE(vm->set_field(table, "x", Value::number(1)));
    EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
    EXPECT_TRUE(vm->check(Value::object(table)));
    EXPECT_TRUE(vm->get_field(table, "x").is_nil());
    vm->full_collect();
    EXPECT_FALSE(vm->check(text)) << "nothing refers to it";
}

TEST_F(Misuse, EndsThatAreOverStayOver) {
    const Value f = compile("return coroutine.yield()");
    Task task(*vm, f, {}, {.yieldable = true});
    EXPECT_FALSE(task.resume()) << "it has not yielded";
    ASSERT_EQ(task.run(), RunStatus::Yielded);
    EXPECT_EQ(task.step(10), RunStatus::Yielded);
    ASSERT_TRUE(task.resume());
    ASSERT_EQ(task.run(), RunStatus::Finished);
    EXPECT_EQ(task.step(10), RunStatus::Finished);
    EXPECT_FALSE(task.resume());
    task.kill("too late");
    EXPECT_EQ(task.status(), RunStatus::Finished);
    EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_EQ(vm->begin(), TxnStatus::NotActive);
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
    EXPECT_EQ(vm->commit(), TxnStatus::NotActive);
}

TEST_F(Misuse, ValuesThatAreNoFunctionsAreErrors) {
    for (const Value v :
         {Value::nil(), Value::number(3), Value{0xFFF8'0000'1234'5678}, Value{~std::uint64_t{0} - 77}}) {
        Task task(*vm, v);
        EXPECT_EQ(task.run(), RunStatus::Failed);
        EXPECT_FALSE(task.failure().message.empty());
        EXPECT_FALSE(vm->txn().active());
    }
}

}  // namespace
}  // namespace arenite

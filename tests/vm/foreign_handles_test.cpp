// Handles of another Vm (arena/handle_word.h, H4) and stale ones: refused where a host hands them in, and with checks where a
// native hands them out (vm/include/arenite/native.h, N7).
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <variant>

#include <arenite/ref.h>
#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

std::unique_ptr<Vm> make_vm(std::optional<std::uint16_t> mask = std::nullopt) {
    VmOptions options;
    options.heap.generation_mask = mask;
    return Vm::create(options);
}

class ForeignHandles : public ::testing::Test {
protected:
    ForeignHandles() {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        EXPECT_EQ(other->begin(), TxnStatus::Ok);
    }
    std::unique_ptr<Vm> vm = make_vm(0x1111);
    std::unique_ptr<Vm> other = make_vm(0x2222);
};

TEST_F(ForeignHandles, H4_FreshVmsHaveDifferentHandlesInEqualSlots) {
    // The same is made in both, so the slots are the same.
    const Handle<Table> a = vm->make_table(0, 0);
    const Handle<Table> b = other->make_table(0, 0);
    ASSERT_EQ(a.position(), b.position());
    EXPECT_NE(a, b);
    EXPECT_NE(vm->globals(), other->globals());
    EXPECT_EQ(vm->heap().pages().generation_of(a.bits), other->heap().pages().generation_of(b.bits));
}

TEST_F(ForeignHandles, H4_TheMaskIsDrawnUnlessItIsGiven) {
    // One in 32,768 pairs of drawn masks is equal: four equal ones in a row are not chance.
    unsigned equal = 0;
    for (int i = 0; i < 4; ++i) equal += make_vm()->globals() == make_vm()->globals();
    EXPECT_LT(equal, 4u);
    EXPECT_EQ(make_vm(7)->globals(), make_vm(7)->globals());
}

TEST_F(ForeignHandles, AreRefusedWhereHostsHandThemIn) {
    Value function = Value::nil();
    ASSERT_TRUE(other->load("return 1", "=f", function));
    EXPECT_FALSE(vm->check(function));
    EXPECT_FALSE(vm->start(function, {}));
    EXPECT_EQ(vm->failure().message, "stale or foreign handle");

    const Handle<Table> mine = vm->make_table(0, 0);
    const Handle<Table> theirs = other->make_table(0, 0);
    EXPECT_FALSE(vm->set_field(theirs, "x", Value::number(1)));
    EXPECT_FALSE(vm->set_field(mine, "x", Value::object(theirs)));
    EXPECT_TRUE(vm->set_field(mine, "x", Value::object(mine)));
    EXPECT_TRUE(vm->get_field(theirs, "x").is_nil());
    const Value upvalues[] = {Value::object(theirs)};
    EXPECT_TRUE(vm->make_native([](NativeContext& cx) { return cx.done(); }, "f", upvalues).is_nil());
    EXPECT_TRUE(std::holds_alternative<Errc>(Ref<Table>(*vm, Value::object(theirs)).get(*vm)));
    EXPECT_FALSE(vm->verify()) << *vm->verify();
}

TEST_F(ForeignHandles, ThoseOfAVmThatWasThereBeforeAreNone) {
    // The next Vm of a thread gets the same address range.
    const Value old = other->globals();
    other.reset();
    const auto next = make_vm(0x3333);
    EXPECT_FALSE(next->check(old));
}

#if defined(ARENITE_CHECKS)
/// Natives that hand out what host_data points to.
using Give = NativeResult (*)(NativeContext&, Value);
template <Give give>
NativeResult native(NativeContext& cx) {
    return give(cx, *static_cast<const Value*>(cx.vm().host_data));
}

TEST_F(ForeignHandles, N7_NativesThatHandThemOutMisuseTheContext) {
    const std::array natives = {
        native<[](NativeContext& cx, Value v) { return cx.done(v); }>,
        native<[](NativeContext& cx, Value v) { return cx.done(Value::nil(), v); }>,
        native<[](NativeContext& cx, Value v) { return cx.raise(v); }>,
        native<[](NativeContext& cx, Value v) { return cx.call(1, v, {}); }>,
        native<[](NativeContext& cx, Value v) { return cx.tail_call(cx.arg(0), {v}); }>,
        native<[](NativeContext& cx, Value v) {
            cx.set_arg(0, v);
            return cx.yield_args();
        }>,
        native<[](NativeContext& cx, Value v) {
            return cx.raw_set(cx.arg(1).as<Table>(), "x", v) ? cx.done() : cx.failed();
        }>,
        native<[](NativeContext& cx, Value v) {
            return cx.raw_set(cx.arg(1).as<Table>(), v, Value::number(1)) ? cx.done() : cx.failed();
        }>,
        native<[](NativeContext& cx, Value v) { return cx.set_metatable(cx.arg(1), v) ? cx.done() : cx.failed(); }>,
    };
    Value foreign = Value::object(other->make_table(0, 0));
    Value stale = Value::object(vm->make_table(0, 0));
    vm->full_collect();
    ASSERT_FALSE(vm->check(stale));
    for (Value* const given : {&foreign, &stale}) {
        vm->host_data = given;
        for (const NativeFn f : natives) {
            ASSERT_TRUE(vm->set_field(vm->globals().as<Table>(), "f", vm->make_native(f, "f")));
            Value function = Value::nil();
            ASSERT_TRUE(vm->load("return select(2, pcall(f, function() end, {}))", "=t", function));
            ASSERT_EQ(vm->call(function, {}), RunStatus::Finished) << vm->failure().message;
            ASSERT_EQ(vm->results().size(), 1u);
            EXPECT_NE(vm->to_display(vm->results()[0]).find("stale or of another Vm"), std::string::npos)
                << vm->to_display(vm->results()[0]);
        }
    }
    EXPECT_FALSE(vm->verify()) << *vm->verify();
}
#endif

}  // namespace
}  // namespace arenite

// A stale value that got into the heap past all checks (by a fault of a native, say) is an error or nothing where it is used,
// never the object that has its slot now.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/vm/task_scripts.h"

namespace arenite {
namespace {

class StaleValues : public test::TaskScripts {
protected:
    /// Makes the global `stale` a handle of an object that is gone; its slot is taken by another one of its kind.
    template <class Make>
    void make_stale(Make make) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        std::size_t point = 0;
        ASSERT_EQ(vm->txn().savepoint(point), TxnStatus::Ok);
        const Value gone = make();
        ASSERT_EQ(vm->txn().rollback_to(point), TxnStatus::Ok);
        ASSERT_FALSE(vm->heap().alive(gone));
        Table* globals = vm->heap().get(vm->globals().as<Table>());
        const Value taken = make();
        ASSERT_EQ(word::position(taken.bits), word::position(gone.bits));
        ASSERT_EQ(vm->txn().raw_set(*globals, vm->make_string("taken"), taken), TableStatus::Ok);
        ASSERT_EQ(vm->txn().raw_set(*globals, vm->make_string("stale"), gone), TableStatus::Ok);
    }
    /// The chunk's first result, in the open transaction; "failed" when it ends in an error.
    std::string end_of(std::string_view source) {
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        if (vm->call(f, {}) != RunStatus::Finished) return "failed";
        return vm->results().empty() ? "" : vm->to_display(vm->results()[0]);
    }
};

TEST_F(StaleValues, StringsHaveNoBytes) {
    for (const bool is_long : {false, true}) {
        make_stale([&] { return vm->make_string(std::string(is_long ? 100 : 10, 's')); });
        for (const auto& [use, result] : {std::pair{"#stale", "0"},
                                          {"stale .. 'x'", "x"},
                                          {"'x' .. stale", "x"},
                                          {"stale < 'a'", "true"},
                                          {"stale <= 'a'", "true"},
                                          {"string.len(stale)", "0"},
                                          {"string.upper(stale)", ""},
                                          {"stale:rep(2)", ""},
                                          {"stale:sub(1, 2)", ""},
                                          {"stale:byte()", ""},
                                          {"table.concat({stale, 'x'})", "x"},
                                          {"stale == taken", "false"},
                                          {"({[taken] = 1})[stale]", "nil"},
                                          {"rawequal(stale, taken)", "false"}}) {
            EXPECT_EQ(end_of("return " + std::string(use)), result) << use;
        }
        ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
    }
}

TEST_F(StaleValues, TablesAreNotThoseInTheirSlots) {
    make_stale([&] { return Value::object(vm->make_table(4, 4)); });
    ASSERT_EQ(end_of("taken.x = 7 taken[1] = 7 setmetatable(taken, {__index = function() return 7 end, __newindex = 7, "
                     "__len = function() return 7 end, __call = function() return 7 end, __metatable = 7})"),
              "");
    for (const std::string_view use : {"return #stale",
                                       "return stale.x",
                                       "return stale.y",
                                       "return stale[1]",
                                       "local k = 1 return stale[k]",
                                       "local k = 'x' return stale[k]",
                                       "stale.x = 1",
                                       "stale.y = 1",
                                       "stale[1] = 1",
                                       "local k = 'x' stale[k] = 1",
                                       "return next(stale)",
                                       "return rawget(stale, 1)",
                                       "rawset(stale, 1, 2)",
                                       "return getmetatable(stale)",
                                       "setmetatable(stale, {})",
                                       "return setmetatable({}, stale).x",
                                       "table.insert(stale, 1)",
                                       "table.sort(stale)",
                                       "return stale()",
                                       "return unpack(stale)",
                                       "return table.concat(stale)",
                                       "for k, v in pairs(stale) do return v end",
                                       "for k, v in ipairs(stale) do return v end"}) {
        const std::string end = end_of(use);
        EXPECT_TRUE(end == "failed" || end == "nil" || end.empty()) << use << ": " << end;
    }
    EXPECT_EQ(end_of("return stale == taken"), "false");
    EXPECT_EQ(end_of("return rawequal(stale, taken)"), "false");
    EXPECT_EQ(end_of("return rawget(taken, 'x') + rawget(taken, 1)"), "14");
    EXPECT_EQ(end_of("return rawget(taken, 'y')"), "nil");
    ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
}

}  // namespace
}  // namespace arenite

// heap/method_cache.h, MC1 to MC3: what host calls, rollbacks and savepoints change is seen by the next lookup. (What scripts
// change: tests/conformance/inherited_fields.lua.)
#include <gtest/gtest.h>

#include <string>

#include "tests/vm/task_scripts.h"

namespace arenite {
namespace {

class MethodCacheTest : public test::TaskScripts {
protected:
    void SetUp() override {
        test::TaskScripts::SetUp();
        ASSERT_TRUE(vm);
        ASSERT_EQ(run("base = {name = 'base'} base.__index = base "
                      "class = setmetatable({}, base) class.__index = class "
                      "object = setmetatable({}, class) "
                      "function get() return object.name end"),
                  "");
    }
};

TEST_F(MethodCacheTest, MC1_LaterTransactionsAreSeen) {
    EXPECT_EQ(run("return get()"), "base");
    EXPECT_EQ(run("class.name = 'class' return get()"), "class");
    EXPECT_EQ(run("return get()"), "class");
    EXPECT_EQ(run("class.name = nil base.name = 'changed' return get()"), "changed");
}

TEST_F(MethodCacheTest, MC1_WritesOfTheHostAreSeen) {
    EXPECT_EQ(run("return get()"), "base");
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    const Value base = vm->get_field(vm->globals().as<Table>(), "base");
    ASSERT_TRUE(vm->set_field(base.as<Table>(), "name", vm->make_string("host")));
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    EXPECT_EQ(run("return get()"), "host");
}

TEST_F(MethodCacheTest, MC2_RollbackForgets) {
    EXPECT_EQ(run("return get()"), "base");
    EXPECT_EQ(run("base.name = 'undone' assert(get() == 'undone') error('no', 0)"), "failed: no");
    EXPECT_EQ(run("return get()"), "base");
    EXPECT_EQ(run("setmetatable(class, nil) assert(get() == nil) error('no', 0)"), "failed: no");
    EXPECT_EQ(run("return get()"), "base");
}

TEST_F(MethodCacheTest, MC2_AtomicForgets) {
    EXPECT_EQ(run("get() arenite.atomic(function() base.name = 'undone' get() error() end) return get()"), "base");
    EXPECT_EQ(run("arenite.atomic(function() class.name = 'kept' get() end) return get()"), "kept");
    EXPECT_EQ(run("arenite.atomic(function() class.name = nil assert(get() == 'base') error() end) return get()"),
              "kept");
}

TEST_F(MethodCacheTest, MC1_LargeOldClassesAreSavedByCards) {
    ASSERT_EQ(run("for i = 1, 500 do base['m' .. i] = i end function m7() return object.m7 end return m7()"), "7");
    EXPECT_EQ(run("assert(m7() == 7) base.m7 = 8 assert(m7() == 8) base.m7 = 9 return m7()"), "9");
    EXPECT_EQ(run("assert(m7() == 9) base.m7 = nil return m7()"), "nil");
    EXPECT_EQ(run("base.m7 = 1 error('x', 0)"), "failed: x");
    EXPECT_EQ(run("return m7()"), "nil");
    EXPECT_EQ(run("local function new() return object.fresh end assert(new() == nil) base.fresh = 5 return new()"),
              "5");
}

TEST_F(MethodCacheTest, MC1_TheMetatableOfALargeOldClass) {
    ASSERT_EQ(run("for i = 1, 500 do class['m' .. i] = i end other = {name = 'other'} other.__index = other"), "");
    EXPECT_EQ(run("assert(get() == 'base' and get() == 'base') setmetatable(class, other) return get()"), "other");
    EXPECT_EQ(run("return get()"), "other");
    EXPECT_EQ(run("assert(get() == 'other') setmetatable(class, nil) assert(get() == nil) error('no', 0)"),
              "failed: no");
    EXPECT_EQ(run("return get()"), "other");
}

// The collector clears entries of a weak class, whether it was weak or has become so after it was remembered; seen also by
// what runs between two steps of the collector's end.
TEST_F(MethodCacheTest, MC2_ClearedEntriesAreNotFound) {
#if defined(ARENITE_STRESS)
    const std::string kLeastRounds = "0";  // a cycle may be whole
#else
    const std::string kLeastRounds = "100";
#endif
    for (const std::string_view becomes_weak : {"early", "late"}) {
        EXPECT_EQ(run("local how, least_rounds = '" + std::string(becomes_weak) + "', " + kLeastRounds + R"(
            local mode, class = {}, {}
            setmetatable(class, mode)
            if how == 'early' then mode.__mode = 'v' end
            class.__index = class
            local object = setmetatable({}, class)
            local function fill() local part = {7} class.part = part return {part} end
            local holder = fill()
            local function there()
                local part = object.part
                assert(part == rawget(class, 'part'))
                assert(part == nil or part[1] == 7)
                return part ~= nil
            end
            local function wipe() local a, b, c, d, e, f, g, h end  -- the registers of the other functions
            assert(there() and there())
            local function finalizers() for i = 1, 3000 do getmetatable(newproxy(true)).__gc = function() end end end
            finalizers()
            collectgarbage()
            finalizers()  -- so that the end of the cycle is long
            assert(there())
            if how == 'late' then mode.__mode = 'v' end
            holder[1] = nil
            local rounds = 0
            while there() and rounds < 1e5 do rounds = rounds + 1 wipe() local garbage = {} end
            for i = 1, 2000 do local garbage = {} assert(not there()) end
            return rounds > least_rounds
        )",
                      2000),
                  "true")
            << becomes_weak;
    }
}

TEST_F(MethodCacheTest, MC3_EntriesKeepNothingAlive) {
    EXPECT_EQ(run("local weak = setmetatable({}, {__mode = 'v'}) "
                  "do local c = {f = {}} c.__index = c weak[1] = c.f "
                  "assert(setmetatable({}, c).f == weak[1]) end "
                  "local c collectgarbage() collectgarbage() return weak[1]"),
              "nil");
}

}  // namespace
}  // namespace arenite

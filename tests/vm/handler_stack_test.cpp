// Message handlers that find no room: the registers of the frames below them end after the stack's limit.
#include <gtest/gtest.h>

#include "task_scripts.h"

namespace arenite {
namespace {

class HandlerStack : public test::TaskScripts {};

/// Wide functions call each other until the stack is full; the handler, as wide, does the same in what is kept back for
/// it, so that there is no room for the next handler (errors.cpp).
TEST_F(HandlerStack, AHandlerOfWideFunctionsRunsOutOfRoom) {
    for (std::uint32_t slots = 1500; slots < 1500 + 260; slots += 3) {
        VmOptions options;
        options.max_stack_slots = slots;
        vm = Vm::create(options);
        ASSERT_TRUE(vm);
        EXPECT_EQ(run(R"lua(
            local names = {}
            for i = 1, 180 do names[i] = "a" .. i end
            local list = table.concat(names, ", ")
            local wide = loadstring("local f = ... local " .. list .. " = 1 return (f(f))")
            local handler = loadstring("local m = ... local " .. list .. " = 1 local t return t.x, m")
            local ok, message = xpcall(function() wide(wide) end, handler)
            local again, second = xpcall(function() wide(wide) end, function(m) return (wide(wide)) end)
            return tostring(ok), message, tostring(again), second
        )lua"),
                  "false error in error handling false error in error handling")
            << slots;
    }
}

}  // namespace
}  // namespace arenite

// New entries of tables with a metatable: each instruction that stores asks for __newindex first.
#include <gtest/gtest.h>

#include "tests/vm/task_scripts.h"

namespace arenite {
namespace {

using NewFields = test::TaskScripts;

TEST_F(NewFields, GoByNewIndex) {
    for (const std::string_view store :
         {"t.a, t.b, t.c, t.d, t.e, t.f, t.g, t.h = v, v, v, v, v, v, v, v",
          "t.a = 1 t.b = 1 t.c = 1 t.d = 1 t.e = 1 t.f = 1 t.g = 1 t.h = 1",
          "for k in ('abcdefgh'):gmatch('.') do t[k] = v end", "for k in ('abcdefgh'):gmatch('.') do t[k] = 1 end",
          "for k = 1, 8 do t[k] = v end", "for k = 0.5, 7.5 do t[k] = 1 end",
          "t[1] = v t[2] = v t[3] = 1 t[4] = 1 t[5] = v t[6] = v t[7] = v t[8] = v"}) {
        SCOPED_TRACE(store);
        // Room in both parts for what must not get there; and entries that were there once.
        for (const std::string_view make : {"{x1 = 1, x2 = 2, x3 = 3, x4 = 4, x5 = 5, x6 = 6, x7 = 7, x8 = 8}",
                                            "{nil, nil, nil, nil, nil, nil, nil, nil, x = 1}",
                                            "{a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1, 1, 1, 1, 1}"}) {
            SCOPED_TRACE(make);
            EXPECT_EQ(run("local t = " + std::string(make) +
                          " for k in pairs(t) do t[k] = nil end local seen, v = 0, 1 "
                          "local function store(t, v) " +
                          std::string(store) +
                          " end "
                          "store(setmetatable({}, {}), v) "
                          "setmetatable(t, {__newindex = function() seen = seen + 1 end}) "
                          "store(t, v) store(t, v) "
                          "setmetatable(t, {__newindex = {}}) store(t, v) "
                          "return seen, next(t)"),
                      "16 nil");
        }
    }
}

}  // namespace
}  // namespace arenite

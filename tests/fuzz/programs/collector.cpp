// Weak tables and finalizers. Objects die in functions that have returned, so that no stack slot keeps them.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

void Generator::collector(int) {
    const PlainFunction inside(*this);  // much of it is written in functions
    hide({"u", "v", "m"});
    const int kind = random_.below(6);
    const bool finalizers = kind == 1 || kind == 3;
    if (options_.gentle && finalizers) return;
    // Else the collector, which starts by itself at other times in each engine, may run one early.
    if (finalizers) line("collectgarbage('stop')");
    switch (kind) {
        case 0:
            line("local weak = setmetatable({}, {__mode = " + random_.pick({"'v'", "'k'", "'kv'", "''"}) + "})");
            line("local kept = {}");
            line(
                "do (function() weak[1] = {} weak[2] = kept weak[kept] = 1 weak[{}] = kept weak.s = 'str' weak[3] = 5 "
                "weak[function() end] = true end)() end");
            line("collectgarbage()");
            line(
                "local n = 0 for k, v in pairs(weak) do n = n + 1 end P(n, type(weak[1]), weak[2] == kept, weak[kept], "
                "weak.s, weak[3])");
            break;
        case 1:
            line("do (function() for i = 1, " + small_integer() +
                 " do local u = newproxy(true) getmetatable(u).__gc = function() P('gc', i) end end end)() end");
            line("collectgarbage() P('collected')");
            break;
        case 2:
            line("local u = newproxy(true) local m = getmetatable(u)");
            line("m.__len = function() return " + expression(Type::Number, 1) +
                 " end m.__index = function(_, k) return k end m.__call = function(_, ...) return ... end");
            line(
                "m.__eq = function() return true end m.__lt = function() return true end m.__tostring = function() "
                "return 'proxy' end");
            line(
                "local v = newproxy(u) P(#u, u.field, u(1, 2), u == v, u < v, tostring(u), getmetatable(v) == m, "
                "type(u))");
            line(
                "P(pcall(function() return u + 1 end)) P(pcall(function() return u .. 's' end)) P(pcall(newproxy, 5)) "
                "P(u == 1)");
            break;
        case 3:
            line("local order = {}");
            line(
                "do (function() for i = 1, 3 do local u = newproxy(true) getmetatable(u).__gc = function(o) "
                "order[#order "
                "+ 1] = i " +
                random_.pick({"saved = o", "", "getmetatable(o).__gc = nil"}) + " end end end)() end");
            line("collectgarbage() collectgarbage() P(order, type(saved))");
            break;
        case 4:
            line(
                "P(type(collectgarbage('count')), pcall(collectgarbage, 'bad'), collectgarbage('step') ~= nil, "
                "collectgarbage('stop'), collectgarbage('restart'))");
            break;
        default:
            line("local keep = {} for i = 1, " + random_.pick({"50", "200"}) +
                 " do keep[i % 7] = {i, tostring(i), function() return i end} end collectgarbage() P(keep[1][1], "
                 "keep[2][2], keep[3][3]())");
    }
    if (finalizers) line("collectgarbage('restart')");
}

}  // namespace arenite::fuzz

// The order in which parts of a statement are evaluated and assigned, where PUC's code generator decides it.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

void Generator::evaluation_order(int) {
    hide({"i", "t", "u", "e"});
    line("local log = {}");
    line("local function e(v) log[#log + 1] = tostring(v) return v end");
    line("local i, t, u = 1, {1, 2, 3}, {x = {}, 5}");
    for (int n = random_.between(1, 4); n > 0; --n) {
        switch (random_.below(14)) {
            case 0: line("i, t[i] = i + 1, 20"); break;
            case 1: line("t[i], i = i, " + random_.pick({"2", "3", "i + 1"})); break;
            case 2: line("t[e(1)], t[e(2)], t[e(1)] = e('a'), e('b'), e('c')"); break;
            case 3: line("t, t.x = u, " + any(1) + " t = {1, 2, 3}"); break;
            case 4: line("u, u.x, u[1] = {}, u, i u = {x = {}, 5}"); break;
            case 5: line("P(e(1) + e(2) * e(3), e('x') .. e('y') .. e('z'), e(1) < e(2), e(2) > e(1))"); break;
            case 6: line("local a, b, c = e(1), e(2) P(a, b, c)"); break;
            case 7: line("local function f(...) return ... end P(f(e(1), f(e(2), e(3))), e(4))"); break;
            case 8: line("P({e(1), [e('k')] = e('v'), e(2), y = e('w'), e(3)})"); break;
            case 9: line("local a = i a, i = i, a P(a, i)"); break;
            case 10: line("i, t[1], t[i], u.x = " + number_literal() + ", i, t[1], t i = 1 t[1] = 1"); break;
            case 11: line("local a = {i} a[1], a[2], a = a[2], a[1], {9} P(a)"); break;
            case 12: line("P(e(nil) and e(1) or e(2), e(false) or e(nil), e(1) and e(nil))"); break;
            default: {
                // a chain of and/or as value and as condition
                std::string chain = "e(" + random_.pick({"1", "nil", "false"}) + ")";
                for (int k = random_.between(1, 4); k > 0; --k)
                    chain += random_.pick({" and ", " or ", " == ", " ~= "}) + random_.pick({"", "not "}) + "e(" +
                             random_.pick({"1", "nil", "false", "'s'"}) + ")";
                line("P(" + chain + ")");
                line("if " + chain + " then P('then') else P('else') end");
                line("local r = " + chain + " P(r)");
                if (random_.chance(30)) line("i = 0 while i < 2 and (" + chain + ") do i = i + 1 end P(i) i = 1");
                if (random_.chance(30)) line("i = 0 repeat i = i + 1 until i > 2 or " + chain + " P(i) i = 1");
            }
        }
    }
    line("P(i, table.concat(log, ' '))");
    line("P(t[1], t[2], t[3], u)");
}

}  // namespace arenite::fuzz

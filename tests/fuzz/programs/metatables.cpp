// Metatables: each metamethod, chains of __index and __newindex, inheritance, comparisons.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

namespace {
constexpr std::string_view kArithmetic[] = {"add", "sub", "mul", "div", "mod", "pow"};
constexpr std::string_view kOperators[] = {" + ", " - ", " * ", " / ", " % ", " ^ "};
}  // namespace

/// Two objects whose operators say with what they were called.
void Generator::metatables(int) {
    const PlainFunction inside(*this);  // much of it is written in functions
    const std::string m = fresh_name() + "_m";
    const std::string a = m + "a";
    const std::string b = m + "b";
    line("local " + m + " = {}");
    const auto handler = [this](const std::string& result) {
        // Handlers give one value, several, or none.
        const int roll = random_.below(10);
        if (roll == 0) return std::string("function(x, y) tick() end");
        if (roll == 1) return "function(x, y) return " + result + ", 'extra' end";
        if (roll == 2) return "function(...) P('called', select('#', ...)) local x, y = ... return " + result + " end";
        if (roll == 3) return std::string("function(x, y) error('in handler') end");
        return "function(x, y) return " + result + " end";
    };
    for (int i = 0; i < 6; ++i) {
        if (random_.chance(70))
            line(m + ".__" + std::string(kArithmetic[i]) + " = " +
                 handler("'" + std::string(kArithmetic[i]) + " ' .. type(x) .. type(y)"));
    }
    if (random_.chance(70)) line(m + ".__unm = " + handler("'unm' .. type(y) .. tostring(rawequal(x, y))"));
    if (random_.chance(70))
        line(m +
             ".__concat = " + handler("(type(x) == 'table' and 'T' or x) .. '+' .. (type(y) == 'table' and 'T' or y)"));
    if (random_.chance(60))
        line(m + ".__call = " +
             random_.pick({"function(self, ...) return 'called', select('#', ...), ... end",
                           "function(self, x) if x then return self() end return 1, 2 end", "print", "{}",
                           "function() end"}));
    if (random_.chance(50))
        line(m + ".__tostring = " +
             random_.pick({"function(x) return 'object ' .. x.v end", "function() return 5 end", "function() end",
                           "'text'", "function() return {} end"}));
    if (random_.chance(50)) line(m + ".__eq = " + handler(random_.pick({"x.v == y.v", "true", "nil", "1"})));
    if (random_.chance(50)) line(m + ".__lt = " + handler(random_.pick({"x.v < y.v", "true", "nil", "'yes'"})));
    if (random_.chance(40)) line(m + ".__le = " + handler(random_.pick({"x.v <= y.v", "false", "0"})));
    if (random_.chance(30)) line(m + ".__len = function() return 42 end");
    if (random_.chance(50))
        line(m + ".__index = " +
             random_.pick({"function(t, k) return k end", "{z = 'from table'}", "string",
                           "function(t, k) P('index', k) return rawget(t, 'v') end", "5", m}));
    if (random_.chance(40))
        line(m + ".__newindex = " +
             random_.pick(
                 {"function(t, k, v) rawset(t, k, {v}) end", "{}", "function(t, k, v) P('new', k, v) end", m, "'x'"}));
    if (random_.chance(20)) line(m + ".__metatable = " + random_.pick({"'locked'", "false", "{}"}));
    line("local " + a + ", " + b + " = setmetatable({v = 1}, " + m + "), setmetatable({v = " + small_integer() + "}, " +
         m + ")");
    for (int i = random_.between(3, 8); i > 0; --i) {
        std::string left = random_.pick({a, b, a});
        std::string right = random_.pick({a, b, number_literal(), "'s'", "'5'", "nil", "{}"});
        if (random_.chance(35)) std::swap(left, right);
        std::string operation;
        switch (random_.below(13)) {
            case 0:
            case 1:
            case 2: operation = left + std::string(kOperators[random_.below(6)]) + right; break;
            case 3:
                operation = left + " .. " + right + random_.pick({"", " .. 'end'", " .. 1 .. 2", " .. " + a});
                break;
            case 4: operation = "-" + a + ", #" + a; break;
            case 5: operation = left + random_.pick({" == ", " ~= ", " < ", " <= ", " > ", " >= "}) + right; break;
            case 6: operation = a + random_.pick({"()", "(1, nil)", "(true)", "'str'", "(...)", "{}"}); break;
            case 7: operation = "tostring(" + a + "), type(" + b + ")"; break;
            case 8:
                operation = a + "." + random_.pick({"v", "z", "missing", "__index", "len"}) + ", " + a + "[" +
                            expression(plain_type(), 1) + "]";
                break;
            case 9:
                line("P(pcall(function() " + a + "[" + random_.pick({"'new'", "1", "'v'", "true"}) + "] = " + any(1) +
                     " end))");
                operation = "rawget(" + a + ", 'new'), rawget(" + a + ", 1)";
                break;
            case 10: operation = "getmetatable(" + a + ") == " + m + ", pcall(setmetatable, " + a + ", {})"; break;
            case 11: operation = "not " + a + ", " + a + " and 1, " + left + " or " + right; break;
            default: operation = a + ":method(" + any(1) + ")";
        }
        line("P(pcall(function(...) return " + operation + " end" + random_.pick({"", ", 1", ", nil"}) + "))");
    }
}

void Generator::inheritance(int) {
    const PlainFunction inside(*this);  // much of it is written in functions
    const std::string base = "Base" + std::to_string(++names_ % 10);
    const std::string derived = "Derived" + std::to_string(names_ % 10);
    line("local " + base + " = {} " + base + ".__index = " + base);
    line("function " + base +
         ".new(class, ...) local o = setmetatable({n = select('#', ...), ...}, class) o:init(...) return o end");
    line("function " + base + ":init(x) self.x = x or " + number_literal() + " end");
    line("function " + base + ":sum(k) tick() return self.x + (k or 0) end");
    line("local " + derived + " = setmetatable({}, {__index = " + base + "}) " + derived + ".__index = " + derived);
    if (random_.chance(60))
        line("function " + derived + ":init(...) " + base + ".init(self, ...) self.y = " + expression(Type::Number, 1) +
             " end");
    if (random_.chance(60)) line("function " + derived + ":sum(k) return " + base + ".sum(self, k) * 2, self.y end");
    if (random_.chance(40)) line(derived + ".__add = function(a, b) return " + derived + ":new(a:sum() + b:sum()) end");
    if (random_.chance(40)) line(derived + ".__tostring = function(o) return 'D' .. o.x end");
    hide({"o1", "o2"});
    line("local o1, o2 = " + base + ":new(" + expression(Type::Number, 1) + "), " + derived + ":new(3, 4)");
    line("P(o1:sum(), o2:sum(1), o2.y, rawget(o2, 'sum'), o2.n)");
    line("P(pcall(function() return (o2 + o1).x end))");
    line("P(pcall(function() return tostring(o2) end))");
    line("P(pcall(function() return o1:nothing(1) end))");
    line("P(pcall(" + base + ".sum, {}))");
}

void Generator::index_chains(int) {
    const std::string t = fresh_name() + "_c";
    line("local " + t + " = {bottom = 'here', [1] = 'one'}");
    for (int i = random_.between(1, 5); i > 0; --i) {
        if (random_.chance(70)) {
            line(t + " = setmetatable({l" + std::to_string(i) + " = " + std::to_string(i) + "}, {__index = " + t +
                 random_.pick({"", ", __newindex = " + t}) + "})");
        } else {
            line("do local below = " + t + " " + t +
                 " = setmetatable({}, {__index = function(s, k) P('ask', k) return below[k] end, __newindex = "
                 "function(s, k, v) below[k] = v end}) end");
        }
    }
    line("P(" + t + ".bottom, " + t + "[1], " + t + ".l1, " + t + ".none)");
    line(t + ".added = " + any(1));
    line("P(rawget(" + t + ", 'added'), " + t + ".added)");
    line("local log = {}");
    line("local proxy = setmetatable({}, {__index = function(_, k) log[#log + 1] = tostring(k) return " + t +
         "[k] end, __newindex = function(_, k, v) log[#log + 1] = k .. '=' .. tostring(v) end})");
    line("proxy.a = proxy.b; proxy.c, proxy.d = proxy.e, " + any(1));
    line("P(log)");
    if (random_.chance(8)) {
        line("local loop = {} setmetatable(loop, {__index = loop, __newindex = loop})");
        line("P(pcall(function() return loop.x end)) P(pcall(function() loop.x = 1 end))");
    }
    if (random_.chance(20))
        line("P(pcall(next, setmetatable({}, {__index = {1, 2}}))) P(#setmetatable({1, 2}, {__index = {1, 2, 3}}))");
    if (random_.chance(20))
        line(
            "for i, v in ipairs(setmetatable({1}, {__index = function(_, i) if i < 4 then return i * 10 end end})) do "
            "P(i, v) end");
}

/// Comparisons between every pair of kinds; __lt for a missing __le; equality of objects with unlike metamethods.
void Generator::comparisons(int) {
    hide({"m1", "m2"});
    line("local function lt(a, b) P('lt', a.v, b.v) return a.v < b.v end");
    line("local m1, m2 = {__lt = lt, __eq = function(a, b) P('eq') return a.v == b.v end}, {__lt = " +
         random_.pick({"lt", "function() return true end"}) +
         ", __eq = " + random_.pick({"nil", "function() return true end"}) + "}");
    line("if " + expression(Type::Boolean, 1) + " then m2.__eq = m1.__eq end");
    line("local values = {setmetatable({v = 1}, m1), setmetatable({v = " + small_integer() +
         "}, m1), setmetatable({v = 2}, m2), {v = 3}, 1, '1', true, print}");
    for (int i = random_.between(3, 8); i > 0; --i) {
        const std::string left = "values[" + std::to_string(random_.between(1, 9)) + "]";
        const std::string right = "values[" + std::to_string(random_.between(1, 9)) + "]";
        const std::string operation = random_.pick({" < ", " <= ", " > ", " >= ", " == ", " ~= ", " < ", " <= "});
        const int form = random_.below(4);
        const std::string test = left + operation + right;
        if (form == 0) line("P(pcall(function() return " + test + " end))");
        if (form == 1) line("P(pcall(function() if " + test + " then return 'yes' else return 'no' end end))");
        if (form == 2) line("P(pcall(function() return not (" + test + ") and 'a' or 'b' end))");
        if (form == 3)
            line("P(pcall(function() local n = 0 while n < 2 and " + test + " do n = n + 1 end return n end))");
    }
}

}  // namespace arenite::fuzz

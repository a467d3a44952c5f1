// Globals, setfenv and getfenv, code that is loaded at run time.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

void Generator::environments(int) {
    const std::string f = fresh_name() + "_f";
    switch (random_.below(7)) {
        case 0:
            line("local function " + f + "() return where, x end");
            line("setfenv(" + f + ", {where = " + any(1) + ", x = 1}) P(" + f + "())");
            break;
        case 1:
            line(
                "local env = setmetatable({}, {__index = _G, __newindex = function(t, k, v) P('global', k) rawset(t, "
                "k, v) end})");
            line("local function " + f + "(v) made = v made = v return made, tostring(v) end");
            line("setfenv(" + f + ", env) P(" + f + "(" + any(1) + ")) P(made, env.made)");
            break;
        case 2: line("P(getfenv() == _G, getfenv(1) == _G, getfenv(print) ~= nil, pcall(setfenv, print, {}))"); break;
        case 3:
            line("local function " + f +
                 "() setfenv(1, {P = P, n = 5}) P(n, print) local function inner() return n end return inner end");
            line("P(" + f + "()()) P(n)");
            break;
        case 4:
            line("P(pcall(" +
                 random_.pick({"setfenv, 100, {}", "setfenv, 1", "getfenv, -1", "getfenv, 100", "setfenv, 'x', {}",
                               "getfenv, {}", "setfenv, 1, nil"}) +
                 "))");
            break;
        case 5:
            line("local function " + f + "() undefined_function() end");
            line("P(pcall(" + f + ")) setfenv(" + f +
                 ", setmetatable({}, {__index = function(_, k) return function() return P('fake', k) end end})) "
                 "P(pcall(" +
                 f + "))");
            break;
        default:
            line("counter = (counter or 0) + 1");
            line("P(counter, _G.counter, rawget(_G, 'counter')) _G['dyn' .. counter] = counter P(dyn1, dyn2)");
    }
}

/// loadstring of small generated chunks, valid or not; load with a reader.
void Generator::loaded_code(int) {
    hide({"f", "m", "i"});
    Generator inner(random_.next());
    inner.scopes_.assign(1, {});
    inner.functions_.assign(1, {});
    inner.functions_.back().vararg = true;
    inner.weights_ = {0};
    std::string code;
    if (random_.chance(60)) {
        code = "return " + inner.any(2);
    } else {
        inner.budget_ = 2;
        for (int i = 0; i < 2; ++i) inner.print_statement(0);
        code = inner.text_;
    }
    if (random_.chance(25)) code += random_.pick({" end", " x", " =", " ..", "\n)", " local", " 'open", " [[open"});
    const std::string name =
        random_.pick({"", ", '=name'", ", '@file.lua'", ", 'some text'", ", '=" + std::string(70, 'n') + "'"});
    switch (random_.below(5)) {
        case 0:
        case 1:
            line("local f, m = loadstring(" + quote(code) + name + ") P(type(f), m)");
            line("if f then setfenv(f, getfenv()) P(pcall(f, " + any(1) + ")) end");
            break;
        case 2:
            open("do");
            line("local parts, i = {" + quote(code.substr(0, code.size() / 2)) + ", " +
                 quote(code.substr(code.size() / 2)) + random_.pick({"", ", ''", ", nil", ", 5"}) + "}, 0");
            line("local f, m = load(function() i = i + 1 return parts[i] end" + name + ") P(type(f), m, f and i)");
            line("if f then setfenv(f, getfenv()) P(pcall(f)) end");
            close();
            break;
        case 3:
            line("P(pcall(load, function() " +
                 random_.pick({"error('in reader')", "return {}", "return nil", "return ''", "return true"}) +
                 " end))");
            break;
        default:
            line("local f = loadstring(string.dump(function(a, b) return a, b, 'dumped', " + number_literal() +
                 " end))");
            line("P(f(" + any(1) + "))");
    }
}

}  // namespace arenite::fuzz

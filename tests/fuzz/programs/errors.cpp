// Mistakes on purpose, so that the texts of errors are compared; error values; protected calls; debug information.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

/// One operation on a value that does not have it, reached as a local, upvalue, global, field, method or constant.
void Generator::mistakes(int) {
    const std::string name = fresh_name();
    const std::string bad = random_.pick({"nil", "true", "{}", "5", "'text'", "print", "function() end"});
    std::string target = name;
    std::string setup = "local " + name + " = " + bad;
    std::string inside;
    switch (random_.below(7)) {
        case 0: break;  // an upvalue
        case 1:
            inside = setup + " ";
            setup = "";
            break;
        case 2:
            target = "global_" + name;
            setup = target + " = " + bad;
            break;
        case 3:
            target = name + ".field";
            setup = "local " + name + " = {field = " + bad + "}";
            break;
        case 4:
            target = name + "[1]";
            setup = "local " + name + " = {" + bad + "}";
            break;
        case 5:
            target = name + ".a.b";
            setup = "local " + name + " = {a = {b = " + bad + "}}";
            break;
        default: target = name + "[key]"; setup = "local key, " + name + " = 'k', {k = " + bad + "}";
    }
    if (!setup.empty()) line(setup);
    const std::string other = random_.pick({"1", "nil", "'s'", "{}", "true", target, "'10'", "undefined", "(1)"});
    std::string statement;
    switch (random_.below(16)) {
        case 0: statement = "return " + target + ".x"; break;
        case 1: statement = target + ".x = 1"; break;
        case 2: statement = "return " + target + "()"; break;
        case 3: statement = "return " + target + ":method(1)"; break;
        case 4:
            statement = "return " + target + random_.pick({" + ", " - ", " * ", " / ", " % ", " ^ "}) + other;
            break;
        case 5:
            statement = "return " + other + random_.pick({" + ", " - ", " * ", " / ", " % ", " ^ "}) + target;
            break;
        case 6: statement = "return " + target + " .. " + other; break;
        case 7: statement = "return " + other + " .. " + target + " .. 'z'"; break;
        case 8: statement = "return " + target + random_.pick({" < ", " <= ", " > ", " >= "}) + other; break;
        case 9: statement = "return #" + target; break;
        case 10: statement = "return -" + target; break;
        case 11: statement = "for i = " + target + ", " + random_.pick({"2", "nil", "'x'"}) + " do break end"; break;
        case 12: statement = "for i = 1, 1, " + target + " do break end"; break;
        case 13: statement = "for k in " + target + " do break end"; break;
        case 14: statement = "local t = {} t[" + target + "] = 1 return t[" + target + "]"; break;
        default: statement = "local r = " + target + "[1][2] " + target + "()"; break;
    }
    if (random_.chance(15)) statement = "\n" + statement;
    line("P(pcall(function() " + inside + statement + " end))");
}

void Generator::error_values(int) {
    const std::string level = random_.pick({"", ", 0", ", 1", ", 2", ", 3", ", 10", ", nil"});
    const std::string value = random_.pick({"'message'", "nil", "{code = 5}", "42", "true", "print", "'a\\nb'",
                                            "setmetatable({}, {__tostring = function() return 'obj' end})", "0.1"});
    switch (random_.below(9)) {
        case 0: line("P(pcall(error, " + value + level + "))"); break;
        case 1: line("P(pcall(function() error(" + value + level + ") end))"); break;
        case 2:
            line("local function thrower() error(" + value + level + ") end");
            line("P(pcall(function() thrower() end)) P(pcall(function() return thrower() end))");
            break;
        case 3:
            line("P(xpcall(function() error(" + value + level + ") end, function(e) P('handler', e) return " +
                 random_.pick({"e", "'new'", "nil", "{e}"}) + " end))");
            break;
        case 4:
            line("P(pcall(assert, " +
                 random_.pick({"false", "nil", "1, 2, 3", "nil, 'why'", "false, {1}", "nil, nil"}) + "))");
            break;
        case 5:
            line("P(pcall(pcall" + random_.pick({"", ", error", ", error, 'x'", ", pcall, error, 1"}) + "))");
            break;
        case 6: line("P(select('#', pcall(error)), pcall(error))"); break;
        case 7: line("P(pcall(string.rep)) P(pcall(setmetatable, 1)) P(pcall(('x').rep)) P(pcall(('x').bad))"); break;
        default:
            line("P(xpcall(" +
                 random_.pick({"nil, print", "function() return 1, 2 end, nil",
                               "error, function(...) return select('#', ...) end",
                               "error, function() error('again') end", "error, function(e) return e.x.y end",
                               "function() local a a.b = 1 end, function(m) return m:upper() end", "print"}) +
                 "))");
    }
}

/// Statements under pcall, so that a mistake in them does not end the program.
void Generator::protected_calls(int depth) {
    FunctionState state;
    state.vararg = random_.chance(30);
    state.signature.results = {any_type()};
    const bool handled = random_.chance(25);
    open(std::string("P(") + (handled ? "xpcall" : "pcall") + "(function(" + (state.vararg ? "..." : "") + ")");
    functions_.push_back(state);
    block(random_.between(1, 4), depth + 1);
    functions_.pop_back();
    --indent_;
    line(handled ? "end, function(e) return e end))" : random_.pick({"end))", "end, 1, nil))", "end, {1}))"}));
}

/// What debug reports about functions and levels of the program itself.
void Generator::debug_information(int) {
    const std::string f = fresh_name() + "_f";
    switch (random_.below(7)) {
        case 0:
            line("local function " + f +
                 "() local i = debug.getinfo(1, 'nSlu') return i.currentline, i.name, i.namewhat, i.what, "
                 "i.linedefined, i.lastlinedefined, i.nups, i.short_src end");
            line("P(" + f + "()) local t = {m = " + f + "} P(t.m()) P((t:m()))");
            break;
        case 1:
            line("local function " + f +
                 "(a, b, ...) local c = a do local hidden = 1 end local names = {} for i = 1, 6 do names[i] = "
                 "debug.getlocal(1, i) end return unpack(names, 1, 6) end");
            line("P(" + f + "(1, 2, 3))");
            break;
        case 2:
            line("local up1, up2 = " + number_literal() + ", 'u'");
            line("local function " + f + "() return up2, up1 end");
            line("P(debug.getupvalue(" + f + ", 1)) P(debug.getupvalue(" + f + ", 2)) P(debug.getupvalue(" + f +
                 ", 3)) P(debug.setupvalue(" + f + ", 1, 'set')) P(" + f + "())");
            break;
        case 3:
            line("P(pcall(debug.getinfo, " + random_.pick({"print", "1, 'x'", "100", "nil", "-1", "1, 'l'"}) + "))");
            break;
        case 4:
            line("local function " + f + "(n) if n == 0 then return (debug.traceback('tb')) end local r = " + f +
                 "(n - 1) return r end");
            line("P((" + f + "(" + random_.pick({"0", "1", "3", "15", "30"}) + ")))");
            break;
        case 5:
            line("local i = debug.getinfo(" + random_.pick({"function(a, b) end", "print", "1", "string.rep"}) +
                 ", 'S') P(i.what, i.linedefined, i.lastlinedefined, i.source)");
            break;
        default:
            line(
                "P(pcall(function() local t = setmetatable({}, {__index = function(t, k) return debug.traceback(k) "
                "end}) return t.here end))");
    }
}

}  // namespace arenite::fuzz

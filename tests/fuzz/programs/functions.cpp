// Functions in all forms, calls, varargs, closures that share variables, recursion, methods.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

Signature Generator::any_signature() {
    Signature signature;
    for (int i = random_.below(4); i > 0; --i) signature.parameters.push_back(any_type());
    for (int i = random_.chance(80) ? random_.between(1, 2) : 0; i > 0; --i) signature.results.push_back(any_type());
    signature.vararg = random_.chance(20);
    return signature;
}

/// head is what comes before the parenthesis; the closing `end` is written.
void Generator::function_body(const std::string& head, const Signature& signature, int depth, bool method) {
    scopes_.emplace_back();
    std::string list;
    if (method) declare("self", Type::Record);
    for (const Type type : signature.parameters) {
        const std::string name = fresh_name();
        list += (list.empty() ? "" : ", ") + name;
        declare(name, type);
    }
    if (signature.vararg) list += list.empty() ? "..." : ", ...";
    open(head + "(" + list + ")");
    line("tick()");
    FunctionState state;
    state.vararg = signature.vararg;
    state.may_yield = signature.yields;
    state.signature = signature;
    functions_.push_back(state);
    block(random_.between(0, 3), depth + 1, true);
    if (!signature.results.empty()) {
        std::string results = arguments(signature.results, 2);
        if (signature.vararg && random_.chance(30)) results += ", ...";
        line("return " + results);
    }
    functions_.pop_back();
    scopes_.pop_back();
    close();
}

std::string Generator::function_expression(const Signature& signature, int depth) {
    scopes_.emplace_back();
    std::string list;
    for (const Type type : signature.parameters) {
        const std::string name = fresh_name();
        list += (list.empty() ? "" : ", ") + name;
        declare(name, type);
    }
    if (signature.vararg) list += list.empty() ? "..." : ", ...";
    FunctionState state;
    state.vararg = signature.vararg;
    functions_.push_back(state);
    const std::string results = arguments(signature.results, depth > 2 ? 2 : 1);
    functions_.pop_back();
    scopes_.pop_back();
    return "function(" + list + ") tick() return " + results + " end";
}

std::string Generator::call(Variable& function, int depth) {
    const Signature& signature = function.signature;
    std::string list = arguments(signature.parameters, depth);
    if (signature.vararg && random_.chance(60)) list += (list.empty() ? "" : ", ") + any(1);
    if (signature.parameters.size() == 1 && signature.parameters[0] == Type::String && random_.chance(20)) {
        return function.name + " " + quote(word());
    }
    if (signature.parameters.size() == 1 && signature.parameters[0] == Type::Array && random_.chance(20)) {
        return function.name + random_.pick({"{1, 2, 3}", "{}", " {7}"});
    }
    return function.name + "(" + list + ")";
}

void Generator::function_statement(int depth) {
    Signature signature = any_signature();
    signature.yields = functions_.back().may_yield && random_.chance(60);
    const std::string name = private_name();  // called only after its end
    const int form = random_.below(4);
    if (form == 0) {
        line("local " + name);
        function_body(random_.chance(50) ? name + " = function" : "function " + name, signature, depth);
    } else if (form == 1) {
        line("local " + name + " = " + function_expression(signature, 2));
        signature.yields = false;
    } else {
        function_body("local function " + name, signature, depth);
    }
    declare(name, Type::Function).signature = signature;
}

/// Closures of loop variables and of shared locals, kept in a table and called afterwards.
void Generator::closures(int) {
    const std::string list = private_name();
    line("local " + list + " = {}");
    const std::string shared = fresh_name() + "_s";
    line("local " + shared + " = " + number_literal());
    const std::string i = "i";
    switch (random_.below(3)) {
        case 0: open("for i = 1, " + random_.pick({"2", "3", "4"}) + " do"); break;
        case 1: open("for i in ipairs{'a', 'b', 'c'} do"); break;
        default: open("for _, i in ipairs{3, 1, 2} do");
    }
    line("local own = i * " + std::to_string(random_.between(2, 5)));
    const bool leave = random_.chance(25);
    line(list + "[#" + list + " + 1] = {");
    ++indent_;
    line("get = function() return i, own, " + shared + " end,");
    line("set = function(v) own = own + v " + shared + " = " + shared + " " + random_.pick({"+", "-", "*"}) + " v " +
         (random_.chance(30) ? "i = v " : "") + "return own end,");
    if (random_.chance(50))
        line("deep = function() return function() own = own + 1 return own, " + shared + " end end,");
    --indent_;
    line("}");
    if (leave) line("if i == 2 then break end");
    close();
    open("for _, c in ipairs(" + list + ") do");
    line("P(c.get())");
    line("P(c.set(" + number_literal() + "))");
    line("P(c.deep and c.deep()(), c.get())");
    close();
    line("P(" + shared + ")");
    if (random_.chance(40)) {
        // Both closures of a loop body with repeat see one variable per round.
        open("repeat");
        line("local inner = " + shared);
        line("local function f() inner = inner + 1 return inner end");
        line("local function g() return inner end");
        close("until (function() f() P(f(), g()) return true end)()");
    }
}

void Generator::varargs(int) {
    const std::string name = private_name();
    std::string actual = any(1);
    for (int i = random_.below(4); i > 0; --i) actual += ", " + any(1);
    if (random_.chance(20)) actual = "";
    if (random_.chance(20))
        actual += (actual.empty() ? "" : ", ") +
                  random_.pick({"nil", "nil, nil", "unpack({1, nil, 3}, 1, 3)", "unpack({}, 1, 2)"});
    switch (random_.below(7)) {
        case 0:
            open("local function " + name + "(...)");
            line("local n, a, b = select('#', ...), ...");
            line("P(n, a, b, ...)");
            line("P((...), select(" + random_.pick({"1", "2", "-1", "n + 1", "n > 0 and -n or 1"}) + ", ...))");
            line("return ...");
            close();
            break;
        case 1:
            // The table `arg` exists only in functions that do not use `...`.
            open("local function " + name + "(first, ...)");
            line("P(type(arg), arg and arg.n, first)");
            if (random_.chance(40)) line("P(select('#', ...))");
            line("if arg then for i = 1, arg.n do P(i, arg[i]) end end");
            close();
            break;
        case 2:
            open("local function " + name + "(...)");
            line("local t = {...}");
            line("local u = {..., 'last'}");
            line("local v = {'first', ...}");
            line("P(select('#', unpack(v, 1, select('#', ...) + 1)), u, v[1])");
            line("return select('#', ...), (...)");
            close();
            break;
        case 3:
            open("local function " + name + "(...)");
            line("local function inner(...) return select('#', ...), ... end");
            line("P(inner(...))");
            line("P(inner((...)))");
            line("P((inner(...)))");
            line("return inner(..., ...)");
            close();
            break;
        case 4:
            open("local function " + name + "(a, b, ...)");
            line("a, b = b, a");
            line("local c, d = (...), ...");
            line("P(a, b, c, d)");
            line("if a then return " + name + "(nil, ...) end");
            line("return ...");
            close();
            break;
        case 5:
            open("local function " + name + "(...)");
            line("local t = setmetatable({}, {__call = function(self, ...) return select('#', ...), ... end})");
            line("P(t(...))");
            line("P(pcall(t, ...))");
            line("return t(1, ...)");
            close();
            break;
        default:
            open("local function " + name + "(...)");
            line("local s = 0");
            line(
                "for i = 1, select('#', ...) do local v = select(i, ...) if type(v) == 'number' then s = s + v end "
                "end");
            line("return s, ...");
            close();
    }
    line("P(pcall(" + name + (actual.empty() ? "" : ", ") + actual + "))");
    if (random_.chance(40)) line("P(#{" + name + "()} >= 0, {(" + name + "(1, 2))})");
}

void Generator::recursion(int) {
    const std::string name = fresh_name() + "_r";
    switch (random_.below(6)) {
        case 0:
            open("local function " + name + "(n)");
            line("tick()");
            line("if n <= 1 then return " + expression(Type::Number, 1) + " end");
            line("return n " + random_.pick({"*", "+", "-"}) + " " + name + "(n - 1)");
            close();
            line("P(pcall(" + name + ", " + std::to_string(random_.between(1, 12)) + "))");
            break;
        case 1:
            open("local function " + name + "(n, a)");
            line("if n == 0 then return a end");
            line("return " + name + "(n - 1, a " + random_.pick({"+ n", "* 2", ".. n"}) + ")");
            close();
            line("P(" + name + "(" + random_.pick({"3", "10", "50"}) + ", " + expression(Type::Number, 1) + "))");
            break;
        case 2:
            line("local even, odd");
            line("function even(n) if n == 0 then return true end return odd(n - 1) end");
            line("function odd(n) if n == 0 then return false end return even(n - 1) end");
            line("P(even(" + std::to_string(random_.between(0, 300)) + "))");
            break;
        case 3:
            open("local function " + name + "(t, d)");
            line("tick()");
            line("if type(t) ~= 'table' or d > 3 then return tostring(t) end");
            line("local s = ''");
            line("for _, v in ipairs(t) do s = s .. " + name + "(v, d + 1) .. ';' end");
            line("return '<' .. s .. '>'");
            close();
            line("P(" + name + "({1, {2, 'x', {}}, " + expression(Type::Array, 1) + "}, 0))");
            break;
        case 4:
            // Endless recursion ends in an error that can be caught; its text has the line.
            if (random_.chance(15) && !options_.gentle) {
                open("local function " + name + "(n)");
                const bool sum = random_.chance(50);
                line(sum ? "return 1 + " + name + "(n + 1)" : "return (" + name + "(n + 1))");
                close();
                line("local ok, message = pcall(" + name + ", 1)");
                line("P(ok, string.sub(message, 1, 40))");
                break;
            }
            [[fallthrough]];
        default:
            open("local function " + name + "(n, ...)");
            line("if n > 0 then return " + name + "(n - 1, n, ...) end");
            line("return ...");
            close();
            line("P(" + name + "(" + std::to_string(random_.between(0, 8)) + "))");
    }
}

/// Functions in tables: dotted names, methods, chains of calls.
void Generator::objects(int depth) {
    const std::string name = fresh_name() + "_o";
    line("local " + name + " = {x = " + number_literal() + ", name = " + string_literal() + ", inner = {deep = {}}}");
    Signature signature = any_signature();
    function_body("function " + name + random_.pick({".m", ".inner.m", ".inner.deep.m"}), signature, depth);
    function_body("function " + name + ":get", signature, depth, true);
    line("function " + name + ":add(n) self.x = self.x + (n or 1) return self end");
    line("function " + name + ".inner.deep:who() return self == " + name + ".inner.deep end");
    line("P(pcall(" + name + ".get, " + name + (signature.parameters.empty() ? "" : ", ") +
         arguments(signature.parameters, 1) + "))");
    line("P(" + name + ":add(" + number_literal() + "):add():add'2'.x, " + name + ".inner.deep:who())");
    line("P(" + name + "[ " + quote("add") + "](" + name + ").x)");
    declare(name, Type::Record);
}

}  // namespace arenite::fuzz

// Coroutines: values in both directions, status, wrap, errors, nesting. Yields only where lua5.1 allows them (GP6).
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

/// The body of a coroutine: statements that may yield, between its `function(...)` and `end`.
void Generator::coroutine_body(int depth, int parameters) {
    scopes_.emplace_back();
    FunctionState state;
    state.vararg = parameters == 0;
    state.may_yield = true;
    state.signature.results = {any_type()};
    functions_.push_back(state);
    line("tick()");
    switch (random_.below(4)) {
        case 0:
            line("local got = " + expression(Type::Number, 1));
            line("for i = 1, " + small_integer() + " do got = coroutine.yield(got, i) P('got', got) end");
            break;
        case 1: line("P('args', coroutine.yield(coroutine.yield(" + any(1) + ")))"); break;
        case 2: line("local t = {coroutine.yield(1), coroutine.yield(2, 3)} P(t[1], t[2])"); break;
        default: break;
    }
    block(random_.between(1, 3), depth + 1, true);
    if (random_.chance(50))
        line(random_.pick({"return coroutine.yield('tail')", "return 'end', nil, 3", "return", "error('finish')",
                           "error({code = 1})"}));
    functions_.pop_back();
    scopes_.pop_back();
}

void Generator::coroutines(int depth) {
    const std::string co = fresh_name() + "_co";
    open("local " + co + " = coroutine.create(function(...)");
    coroutine_body(depth + 1, 0);
    close("end)");
    line("P(coroutine.status(" + co + "), type(" + co + "))");
    open("for i = 1, " + std::to_string(random_.between(2, 6)) + " do");
    line("P(i, coroutine.resume(" + co + ", i" + random_.pick({"", ", nil", ", 'x', 'y'"}) + "))");
    line("P(coroutine.status(" + co + "))");
    close();
    if (random_.chance(50)) {
        open("local w" + co + " = coroutine.wrap(function(...)");
        coroutine_body(depth + 1, 0);
        close("end)");
        line("for i = 1, 3 do P(pcall(w" + co + ", i)) end");
    }
    if (random_.chance(30)) {
        line(
            "local function walk(t) for _, v in ipairs(t) do if type(v) == 'table' then walk(v) else "
            "coroutine.yield(v) end end end");
        const PlainFunction inside(*this);
        line("for v in coroutine.wrap(function() walk{1, {2, {3, " + expression(plain_type(), 1) +
             "}}, 4} end) do P(v) end");
    }
    if (random_.chance(30)) {
        line(
            "local consumer = coroutine.wrap(function(a) while a do P('eat', a) a = coroutine.yield(a * 2) end return "
            "'done' end)");
        line("P(consumer(1), consumer(" + expression(Type::Number, 1) + "), consumer(nil))");
        line("P(pcall(consumer))");
    }
}

/// What goes wrong with coroutines: dead ones, errors inside, resuming oneself, wrong arguments.
void Generator::coroutine_errors(int) {
    switch (random_.below(8)) {
        case 0:
            line("local co = coroutine.create(function() local x = nil; " +
                 random_.pick(
                     {"x.y = 1", "x()", "return x + 1", "error('e', 0)", "error()", "return x .. 's'", "error({})"}) +
                 " end)");
            line("P(coroutine.resume(co)) P(coroutine.status(co)) P(coroutine.resume(co, 1))");
            break;
        case 1:
            line(
                "local co co = coroutine.create(function() P(coroutine.status(co)) P(coroutine.resume(co)) return "
                "coroutine.running() == co end)");
            line("P(coroutine.resume(co)) P(coroutine.running())");
            break;
        case 2:
            line("P(pcall(coroutine." + random_.pick({"create", "wrap", "resume", "status"}) + ", " +
                 random_.pick({"nil", "5", "print", "{}", "'x'"}) + "))");
            break;
        case 3:
            line(
                "local outer = coroutine.wrap(function() local inner = coroutine.wrap(function() "
                "coroutine.yield('in') " +
                random_.pick({"error('deep')", "return 'r'", "local t = nil; return t.x"}) +
                " end) coroutine.yield(inner()) coroutine.yield(inner()) return inner() end)");
            line("P(pcall(outer)) P(pcall(outer)) P(pcall(outer)) P(pcall(outer))");
            break;
        case 4:
            line(
                "local co = coroutine.create(function(...) P(pcall(function(...) P(...) error(select('#', ...)) end, "
                "...)) coroutine.yield() P(pcall(error, 'again')) end)");
            line("P(coroutine.resume(co, " + any(1) + ")) P(coroutine.resume(co)) P(coroutine.resume(co))");
            break;
        case 5:
            line("local c1, c2");
            line(
                "c1 = coroutine.create(function() P(coroutine.status(c1), coroutine.status(c2)) "
                "P(coroutine.resume(c2)) end)");
            line(
                "c2 = coroutine.create(function() P(coroutine.status(c1), coroutine.status(c2)) "
                "P(coroutine.resume(c1)) end)");
            line("P(coroutine.resume(c1)) P(coroutine.status(c1), coroutine.status(c2))");
            break;
        case 6:
            line(
                "local co = coroutine.create(function() local function f() coroutine.yield() local n n() end f() end)");
            line("coroutine.resume(co) P((debug.traceback(co))) P(coroutine.resume(co)) P((debug.traceback(co, 'm')))");
            break;
        default:
            line("local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)");
            line("P(gen(), gen(), gen(), gen()) P(pcall(gen))");
    }
}

}  // namespace arenite::fuzz

// Statements, and the table that says how often each theme comes up.
#include <iterator>

#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

void Generator::statement(int depth) {
    if (--budget_ < 0 || depth > 4) {
        print_statement(1);
        return;
    }
    using Member = void (Generator::*)(int);
    struct Entry {
        Member make;
        int weight;
    };
    static constexpr Entry kPlain[] = {
        {&Generator::local_statement, 22}, {&Generator::assignment, 20},        {&Generator::if_statement, 8},
        {&Generator::while_statement, 4},  {&Generator::repeat_statement, 4},   {&Generator::numeric_for, 7},
        {&Generator::generic_for, 6},      {&Generator::do_statement, 3},       {&Generator::print_statement, 12},
        {&Generator::call_statement, 8},   {&Generator::function_statement, 9},
    };
    static constexpr Member kThemes[] = {
        &Generator::closures,           &Generator::varargs,
        &Generator::recursion,          &Generator::objects,
        &Generator::table_library,      &Generator::sorting,
        &Generator::constructors,       &Generator::string_library,
        &Generator::metatables,         &Generator::inheritance,
        &Generator::index_chains,       &Generator::comparisons,
        &Generator::coroutines,         &Generator::coroutine_errors,
        &Generator::mistakes,           &Generator::error_values,
        &Generator::protected_calls,    &Generator::environments,
        &Generator::loaded_code,        &Generator::evaluation_order,
        &Generator::debug_information,  &Generator::collector,
        &Generator::number_conversions,
    };
    static_assert(std::size(kThemes) >= 18, "program() draws a theme of at least 18");

    if (functions_.back().may_yield && random_.chance(20)) {
        const std::string yield = "coroutine.yield(" + arguments({any_type()}, 1) + ")";
        line(random_.chance(50) ? yield : "P('resumed', " + yield + ")");
        return;
    }
    if (depth < 3 && random_.chance(25)) {
        const int theme = random_.chance(40) ? weights_[0] : random_.below(static_cast<int>(std::size(kThemes)));
        (this->*kThemes[theme])(depth);
        return;
    }
    int total = 0;
    for (const Entry& entry : kPlain) total += entry.weight;
    int roll = random_.below(total);
    for (const Entry& entry : kPlain) {
        if ((roll -= entry.weight) < 0) {
            (this->*entry.make)(depth);
            return;
        }
    }
}

/// The statements of a block with its own scope, and perhaps a return or break at its end.
void Generator::block(int statements, int depth, bool more_follows) {
    scopes_.emplace_back();
    for (int i = 0; i < statements; ++i) statement(depth);
    if (functions_.size() > 1 || functions_.back().loops > 0) {
        if (random_.chance(12)) return_or_break(more_follows);
    }
    scopes_.pop_back();
}

/// return and break end a block; where something follows they get one of their own.
void Generator::return_or_break(bool more_follows) {
    const bool leave_loop = functions_.back().loops > 0 && random_.chance(60);
    const std::string text =
        leave_loop ? "break"
                   : "return " + (random_.chance(5) ? "nil" : arguments(functions_.back().signature.results, 2));
    line(more_follows ? "do " + text + " end" : text);
}

void Generator::local_statement(int) {
    const int count = random_.chance(70) ? 1 : random_.between(2, 4);
    std::vector<Type> types;
    std::string names;
    std::vector<std::string> declared;
    for (int i = 0; i < count; ++i) {
        types.push_back(any_type());
        declared.push_back(fresh_name());
        names += (i ? ", " : "") + declared.back();
    }
    const std::string values = arguments(types, 3);
    line("local " + names + gap() + "=" + gap() + values);
    for (int i = 0; i < count; ++i) {
        // Of two locals of one name in one statement the second one is seen.
        declare(declared[static_cast<std::size_t>(i)], types[static_cast<std::size_t>(i)]);
    }
}

void Generator::assignment(int) {
    const Type type = any_type();
    Variable* variable = find(type, true);
    const int roll = random_.below(10);
    if (roll < 2) {
        if (Variable* table = find(Type::Array)) {
            const std::string value = expression(Type::Number, 2);
            switch (random_.below(4)) {
                case 0: line(table->name + "[#" + table->name + " + 1] = " + value); break;
                case 1: line(table->name + "[#" + table->name + "] = " + value); break;
                default:
                    line("if #" + table->name + " > 2 then " + table->name + "[" + random_.pick({"1", "2", "1 + 1"}) +
                         "] = " + value + " end");
            }
            return;
        }
    }
    if (roll < 4) {
        if (Variable* table = find(Type::Record)) {
            switch (random_.below(5)) {
                case 0: line(table->name + ".x = " + expression(Type::Number, 2)); break;
                case 1: line(table->name + ".name = cap(" + expression(Type::String, 2) + ")"); break;
                case 2: line(table->name + "['" + word() + "'] = " + expression(plain_type(), 2)); break;
                case 3:
                    line(table->name + "[ " + expression(plain_type(), 1) + "] = " + expression(plain_type(), 1));
                    break;
                default:
                    line(table->name + ".x, " + table->name + ".y = " + expression(Type::Number, 1) + ", " + any(1));
            }
            return;
        }
    }
    if (!variable) return local_statement(0);
    if (type == Type::Array || type == Type::Record) {
        line(variable->name + " = " + expression(type, 2));
        return;
    }
    const auto value_of = [&](Type t) {
        return t == Type::String ? "cap(" + expression(t, 3) + ")" : expression(t, 3);
    };
    Variable* other = find(type, true);
    if (roll == 4 && other && other != variable) {
        line(variable->name + ", " + other->name + " = " + other->name + ", " + variable->name);
    } else if (roll == 5 && other && other != variable) {
        line(variable->name + ", " + other->name + " =" + gap() + value_of(type) + ", " + value_of(type));
    } else if (roll == 6) {
        line(variable->name + " = " + value_of(type) + ", " + any(1));
    } else {
        line(variable->name + " =" + gap() + value_of(type));
    }
}

void Generator::if_statement(int depth) {
    open("if " + expression(Type::Boolean, 3) + " then");
    block(random_.between(0, 3), depth + 1);
    for (int i = random_.below(3); i > 0; --i) {
        middle("elseif " + expression(Type::Boolean, 2) + " then");
        block(random_.between(0, 2), depth + 1);
    }
    if (random_.chance(50)) {
        middle("else");
        block(random_.between(0, 2), depth + 1);
    }
    close();
}

void Generator::while_statement(int depth) {
    const std::string counter = fresh_name();
    line("local " + counter + " = 0");
    declare(counter, Type::Number).constant = true;
    open("while " + counter + " < " + small_integer() + " and " + operand(Type::Boolean, 2, Expression::Comparison) +
         " do");
    line(counter + " = " + counter + " + 1");
    ++functions_.back().loops;
    block(random_.between(1, 3), depth + 1);
    --functions_.back().loops;
    close();
}

void Generator::repeat_statement(int depth) {
    const std::string counter = fresh_name();
    line("local " + counter + " = 0");
    declare(counter, Type::Number).constant = true;
    open("repeat");
    line(counter + " = " + counter + " + 1");
    ++functions_.back().loops;
    scopes_.emplace_back();
    for (int i = random_.between(1, 3); i > 0; --i) statement(depth + 1);
    // The condition sees the locals of the body; a closure in it makes them upvalues of this round.
    // (The counter may be hidden by a local of the same name, so a second bound comes from tick.)
    line("tick()");
    const std::string name = fresh_name();
    if (name != counter) {
        line("local " + name + " = " + counter);
        declare(name, Type::Number);
        if (random_.chance(20)) line("P((function() return " + name + " end)())");
    }
    const std::string condition = expression(Type::Boolean, 2);
    scopes_.pop_back();
    --functions_.back().loops;
    close("until " + counter + " == nil or not (" + counter + " ~= nil and tonumber(" + counter + ")) or tonumber(" +
          counter + ") >= " + small_integer() + " or " + condition);
}

void Generator::numeric_for(int depth) {
    const std::string name = fresh_name();
    static constexpr std::string_view kRanges[] = {"1, 3",   "3, 1, -1",     "1, 0",      "0, 1, 0.25", "5, -1, -2",
                                                   "1, 4",   "'1', '2'",     "2, 2",      "-1, 1",      "1, 3, 2",
                                                   "0.5, 2", "1e3, 1e3 + 1", "0, -3, -1", "1, 2, 5",    "'3', 1, '-1'"};
    std::string range(kRanges[random_.below(static_cast<int>(std::size(kRanges)))]);
    if (random_.chance(25)) range = "1, (" + expression(Type::Number, 2) + ") % 4";
    if (random_.chance(10)) range = "1, math.min(#" + prefix(Type::Array, 0) + ", 5)";
    open("for " + name + " = " + range + " do");
    scopes_.emplace_back();
    declare(name, Type::Number).constant = random_.chance(80);
    ++functions_.back().loops;
    block(random_.between(1, 3), depth + 1);
    --functions_.back().loops;
    scopes_.pop_back();
    close();
}

void Generator::generic_for(int depth) {
    const std::string key = fresh_name();
    const std::string value = fresh_name();
    scopes_.emplace_back();
    const auto declare_after = [&](const std::string& head, Type first, Type second, bool both) {
        open("for " + key + (both ? ", " + value : "") + " in " + head + " do");
        scopes_.emplace_back();
        declare(key, first);
        if (both) declare(value, second);
    };
    switch (random_.below(8)) {
        case 0: declare_after("ipairs(" + expression(Type::Array, 1) + ")", Type::Number, Type::Number, true); break;
        case 1: declare_after("ipairs(" + expression(Type::Array, 1) + ")", Type::Number, Type::Number, false); break;
        case 2: declare_after("sorted(" + expression(Type::Array, 1) + ")", Type::Number, Type::Number, true); break;
        case 3:
            declare_after(
                random_.pick({"pairs{10, 20, 30}", "next, {5, 6}", "pairs{}", "pairs({'a'})", "next, {x = 1}, nil"}),
                Type::Number, Type::Number, false);
            break;
        case 4:
            declare_after("(" + expression(Type::String, 1) + "):gmatch('" +
                              random_.pick({"%a+", "%w", "(%w)(%w)", ".", "%d*", "()"}) + "')",
                          Type::String, Type::String, false);
            break;
        case 5:
            declare_after("string.gmatch(" + subject() + ", " + pattern() + ")", Type::String, Type::String,
                          random_.chance(30));
            break;
        case 6:
            declare_after(
                "function(limit, i) if i < limit then return i + 1, i * 2 end end, " + small_integer() + ", 0",
                Type::Number, Type::Number, true);
            break;
        default:
            declare_after(
                "coroutine.wrap(function() for i = 1, " + small_integer() + " do coroutine.yield(i, 'v' .. i) end end)",
                Type::Number, Type::String, true);
    }
    ++functions_.back().loops;
    line("tick()");
    line("P(" + key + (random_.chance(50) ? "" : ", type(" + value + ")") + ")");
    block(random_.between(0, 2), depth + 1);
    --functions_.back().loops;
    scopes_.pop_back();
    scopes_.pop_back();
    close();
}

void Generator::do_statement(int depth) {
    open("do");
    block(random_.between(1, 4), depth + 1);
    close();
}

void Generator::print_statement(int depth) {
    std::string list = any(depth > 2 ? 1 : 3);
    for (int i = random_.below(3); i > 0; --i) list += ", " + any(2);
    line("P(" + list + ")");
}

void Generator::call_statement(int) {
    Variable* function = find_function(false, Type::Number);
    if (!function) return print_statement(0);
    const std::string text = call(*function, 2);
    line(random_.chance(70) ? "P(" + text + ")" : text);
}

}  // namespace arenite::fuzz

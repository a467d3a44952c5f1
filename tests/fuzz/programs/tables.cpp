// Table constructors, the table library, sorting.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

/// A list of numbers without holes.
std::string Generator::array_constructor(int depth) {
    std::string list;
    for (int i = random_.below(6); i > 0; --i) {
        list += expression(Type::Number, depth > 0 ? 1 : 0) + (i > 1 ? random_.pick({", ", ";", ","}) : "");
    }
    if (!list.empty() && random_.chance(10)) list += ",";
    return "{" + list + "}";
}

std::string Generator::record_constructor(int depth) {
    const int inner = depth > 0 ? 1 : 0;
    std::string list = "x = " + expression(Type::Number, inner) + ", name = " + expression(Type::String, inner);
    if (random_.chance(30)) list += ", [ " + quote(word()) + "] = " + expression(plain_type(), inner);
    if (random_.chance(20)) list += "; [" + number_literal() + "] = " + expression(plain_type(), inner);
    if (random_.chance(20)) list += ", " + expression(Type::Number, inner);
    if (random_.chance(10)) list += ", [true] = {}";
    return "{" + list + "}";
}

/// Constructors of every form: positional and keyed items mixed, many items, calls in the last place.
void Generator::constructors(int) {
    const std::string name = private_name();
    std::string list;
    const std::string first = random_.pick({"1", "nil", "'a'", "{}"});
    switch (random_.below(6)) {
        case 0:
            for (int i = random_.between(45, 110); i > 0; --i) list += std::to_string(i) + ",";
            line("local " + name + " = {" + list + "}");
            line("P(#" + name + ", " + name + "[1], " + name + "[50], " + name + "[51])");
            break;
        case 1:
            line("local function three(...) return 1, 2, 3 end");
            line("local " + name + " = {three(), three(), (three()), x = three(), three()}");
            line("P(#" + name + ", " + name + ")");
            break;
        case 2:
            line("local " + name + " = {" + first +
                 ", [1] = 'one', [2] = 'two', 'second'; [3] = 'three', y = 1, y = 2}");
            line("P(" + name + "[1], " + name + "[2], " + name + "[3], " + name + ".y)");
            break;
        case 3:
            line("local " + name + " = {{{" + any(1) + "}}, {x = {y = {z = " + any(1) + "}}}, f = {" +
                 expression(Type::Function, 1) + "}}");
            line("P(" + name + "[1][1][1], " + name + "[2].x.y.z, " + name + ".f[1])");
            break;
        case 4:
            line("local " + name + " = {[" + any(1) + "] = 1, [" + expression(plain_type(), 1) + "] = " + any(1) + "}");
            line("P(" + name + ")");
            break;
        default:
            line("local " + name + " = {" + any(1) + ", nil, " + number_literal() + "}");
            line("P(#" + name + ", " + name + "[1], " + name + "[2], " + name + "[3], table.maxn(" + name + "))");
    }
}

void Generator::table_library(int) {
    const std::string t = fresh_name() + "_t";
    line("local " + t + " = " + array_constructor(1));
    for (int i = random_.between(1, 4); i > 0; --i) {
        switch (random_.below(12)) {
            case 0: line("table.insert(" + t + ", " + expression(Type::Number, 1) + ")"); break;
            case 1: line("table.insert(" + t + ", 1, " + expression(Type::Number, 1) + ")"); break;
            case 2: line("table.insert(" + t + ", #" + t + " + 1, " + expression(Type::Number, 1) + ")"); break;
            case 3: line("P(table.remove(" + t + random_.pick({")", ", 1)", ", #" + t + ")"}) + ")"); break;
            case 4:
                line("P(pcall(table.concat, " + t + ", " +
                     random_.pick({"','", "''", "', ', 2", "'-', 1, 2", "';', 2, #" + t, "0, 1", "'x', 3, 1"}) + "))");
                break;
            case 5: line("P(table.maxn(" + t + "), table.getn(" + t + "), #" + t + ")"); break;
            case 6:
                line("P(table.foreachi(" + t + ", function(i, v) P(i, v) if i == 3 then return 'stop', v end end))");
                break;
            case 7: line("P(table.foreach({" + expression(plain_type(), 1) + "}, function(k, v) P(k, v) end))"); break;
            case 8:
                line("P(unpack(" + t + ", " + random_.pick({"1, 2", "2", "-1, 1", "2, 1", "1, #" + t}) + "))");
                break;
            case 9:
                line("P(next({}), next({" + expression(Type::Number, 1) + "}), rawlen, select('#', next({})))");
                break;
            case 10:
                line("P(rawget(" + t + ", 1), rawset(" + t + ", 1, " + number_literal() + ") == " + t + ", rawequal(" +
                     t + ", " + t + "))");
                break;
            default:
                line("P(pcall(table." +
                     random_.pick(
                         {"insert", "remove", "concat", "getn", "maxn", "foreach", "foreachi", "sort", "setn"}) +
                     ", " +
                     random_.pick({"nil", t, t + ", 'x'", t + ", 1, 2, 3", "{{}}", "{1, {}}", "{1, 'a', true}", "5",
                                   t + ", {}"}) +
                     "))");
        }
    }
    line("P(" + t + ")");
    if (random_.chance(40)) {
        line("for k, v in pairs(" + t + ") do if k == 2 then " + t + "[k] = nil end end");
        line("P(" + t + "[1], " + t + "[2], " + t + "[3])");
    }
}

void Generator::sorting(int) {
    const std::string t = fresh_name() + "_t";
    std::string list;
    const bool words = random_.chance(35);
    for (int i = random_.between(0, random_.chance(20) ? 60 : 12); i > 0; --i) {
        list += (words ? quote(word()) : std::to_string(random_.between(-20, 20))) + (random_.chance(1) ? ", {}" : "") +
                ", ";
    }
    line("local " + t + " = {" + list + "}");
    switch (random_.below(6)) {
        case 0: line("P(pcall(table.sort, " + t + "))"); break;
        case 1: line("P(pcall(table.sort, " + t + ", function(a, b) return a > b end))"); break;
        case 2:
            line("local calls = 0");
            line("P(pcall(table.sort, " + t + ", function(a, b) calls = calls + 1 return a < b end), calls)");
            line("P(calls)");
            break;
        case 3:
            line("P(pcall(table.sort, " + t + ", function(a, b) return " +
                 random_.pick({"true", "a <= b", "not (a < b)", "nil", "1"}) + " end))");
            break;
        case 4:
            line("local n = 0");
            line("P(pcall(table.sort, " + t + ", function(a, b) n = n + 1 if n > " + small_integer() +
                 " then error({n}) end return a < b end))");
            break;
        default: line("P(pcall(table.sort, " + t + ", function(a, b) return tostring(a) < tostring(b) end))");
    }
    line("P(unpack(" + t + "))");
}

}  // namespace arenite::fuzz

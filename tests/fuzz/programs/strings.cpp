// The string library, and conversions between numbers and strings.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

void Generator::string_library(int) {
    const PlainFunction inside(*this);  // much of it is written in functions
    const std::string s = fresh_name();
    line("local " + s + " = " + subject());
    declare(s, Type::String);
    for (int i = random_.between(1, 4); i > 0; --i) {
        const std::string position = random_.chance(25) ? ", " + std::to_string(random_.between(-5, 12)) : "";
        switch (random_.below(14)) {
            case 0: line("P(pcall(string.find, " + s + ", " + pattern() + position + "))"); break;
            case 1: line("P(pcall(string.match, " + s + ", " + pattern() + position + "))"); break;
            case 2:
                line("P(" + s + ":find(" + subject() + ", " + random_.pick({"1", "3", "-2", "100"}) + ", true))");
                break;
            case 3:
                line("P(pcall(string.gsub, " + s + ", " + pattern() + ", " +
                     quote(random_.pick({"", "-", "<%0>", "%1", "%1%1", "%%", "%2", "%", "%a", "x%0y"})) +
                     (random_.chance(30) ? ", " + random_.pick({"0", "1", "2", "-1"}) : "") + "))");
                break;
            case 4:
                line("P(pcall(string.gsub, " + s + ", " + pattern() + ", function(...) P('match', ...) return " +
                     random_.pick({"nil", "false", "'<' .. tostring((...)) .. '>'", "...", "1", "true", "{}",
                                   "#tostring(...)"}) +
                     " end))");
                break;
            case 5:
                line("P(pcall(string.gsub, " + s + ", " + pattern() + ", " +
                     random_.pick({"{a = 'A', hello = 1, x = false}", "{}", "{['1'] = 'one', b = 2.5}",
                                   "setmetatable({}, {__index = function(_, k) return '[' .. k .. ']' end})"}) +
                     "))");
                break;
            case 6: line("for a, b in " + s + ":gmatch(" + pattern() + ") do P(a, b) end"); break;
            case 7:
                line("P(" + s + ":byte(" + std::to_string(random_.between(-3, 5)) + ", " +
                     std::to_string(random_.between(-3, 8)) + "))");
                break;
            case 8:
                line("P(" + s + ":sub(" + std::to_string(random_.between(-9, 9)) + ", " +
                     std::to_string(random_.between(-9, 12)) + "), " + s + ":rep(" + small_integer() + "):len(), " + s +
                     ":reverse():upper())");
                break;
            case 9: line("P(pcall(function() return " + format_call(2) + " end))"); break;
            case 10: line("P(" + format_call(1) + ")"); break;
            case 11:
                line("P(string.char(" + s + ":byte(1, 4)), (" + s + ":gsub('.', string.upper, 2)), " + s +
                     ":lower() < " + s + ")");
                break;
            case 12: line("P(#" + s + ", " + s + " .. 1 .. " + s + ", " + s + " == " + s + " .. '')"); break;
            default:
                line("P(pcall(string." +
                     random_.pick({"find", "match", "gsub", "rep", "sub", "byte", "char", "format", "upper", "len",
                                   "reverse", "gmatch"}) +
                     ", " +
                     random_.pick({"nil", s, s + ", nil", s + ", {}", "5", "{}", "true", s + ", 'x', 'y', 'z'", "-1",
                                   "300", s + ", '%'", "1, 2, 3"}) +
                     "))");
        }
    }
}

void Generator::number_conversions(int) {
    const PlainFunction inside(*this);  // much of it is written in functions
    const auto numeral = [this] {
        return random_.pick({"'10'",  "'0x1p4'", "'1e'",  "'0x'",    "' 12 '", "'1_0'", "'-0'",   "'inf'",
                             "'nan'", "'1e400'", "'.5'",  "'5.'",    "'.'",    "'0b1'", "'1e+5'", "'+7'",
                             "'- 7'", "''",      "'\\0'", "'10\\0'", "'1 2'",  "'ff'",  "'zz'",   "'7fffffffffffffff'",
                             "'-ff'", "'8'",     "10",    "-3.7",    "1e20",   "0x10",  "nil",    "true",
                             "{}"});
    };
    for (int i = random_.between(1, 4); i > 0; --i) {
        switch (random_.below(9)) {
            case 0: line("P(pcall(tonumber, " + numeral() + "))"); break;
            case 1:
                line("P(pcall(tonumber, " + numeral() + ", " +
                     random_.pick({"2", "8", "10", "16", "36", "1", "37", "'16'", "nil"}) + "))");
                break;
            case 2:
                line("P(pcall(function() return " + numeral() +
                     random_.pick({" + ", " * ", " - ", " % ", " / ", " ^ "}) + numeral() + " end))");
                break;
            case 3:
                line("P(pcall(function() return " + numeral() + random_.pick({" < ", " <= ", " == ", " ~= ", " > "}) +
                     numeral() + " end))");
                break;
            case 4: line("P(pcall(function() return " + numeral() + " .. " + numeral() + " end))"); break;
            case 5:
                line("P(tostring(" + number_literal() + random_.pick({" / ", " * ", " - "}) + number_literal() +
                     "), -" + numeral().substr(0, 0) + number_literal() + ")");
                break;
            case 6:
                line("P(pcall(math." +
                     random_.pick({"floor", "ceil", "modf", "frexp", "abs", "exp", "log", "log10", "sin", "cos", "tan",
                                   "atan", "deg", "rad", "sqrt", "asin", "acos", "sinh"}) +
                     ", " + (random_.chance(80) ? expression(Type::Number, 2) : numeral()) + "))");
                break;
            case 7:
                line("P(pcall(math." + random_.pick({"fmod", "pow", "ldexp", "atan2", "max", "min"}) + ", " +
                     expression(Type::Number, 1) + ", " + (random_.chance(80) ? number_literal() : numeral()) + "))");
                break;
            default: {
                std::string list;
                for (int j = random_.between(2, 5); j > 0; --j)
                    list += expression(Type::Number, 1) +
                            (j > 1 ? random_.pick({" + ", " - ", " * ", " / ", " % ", " ^ ", " .. "}) : "");
                line("P(pcall(function() return " + list + " end))");
            }
        }
    }
}

}  // namespace arenite::fuzz

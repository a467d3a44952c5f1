// Expressions by the type they are to have. Operators are written with few parentheses, so that precedence decides.
#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

std::string Generator::expression(Type type, int depth) {
    if (random_.below(400) == 0) return any(depth);  // a mistake, somewhere
    return tree(type, depth).text;
}

Expression Generator::tree(Type type, int depth) {
    if (depth > 1 && random_.chance(6)) return conditional(type, depth - 1);
    switch (type) {
        case Type::Number: return number(depth);
        case Type::String: return string(depth);
        case Type::Boolean: return boolean(depth);
        case Type::Array: return array(depth);
        case Type::Record: return record(depth);
        case Type::Function: return {function_expression(any_signature(), depth)};
    }
    return {"nil"};
}

std::string Generator::operand(Type type, int depth, Expression::Level least) {
    Expression e = tree(type, depth);
    if (e.level < least || random_.chance(8)) return "(" + e.text + ")";
    return e.text;
}

std::string Generator::prefix(Type type, int depth) {
    if (Variable* variable = find(type); variable && random_.chance(80)) return variable->name;
    return "(" + expression(type, depth) + ")";
}

std::string Generator::any(int depth) {
    const int roll = random_.below(24);
    if (roll == 0) return "nil";
    if (roll == 1) return random_.pick({"undefined", "P", "print", "_G.x", "string.none"});
    if (roll == 2) return prefix(Type::Record, 1) + "." + random_.pick({"x", "name", "missing", "z"});
    if (roll == 3 && functions_.back().vararg) return random_.chance(50) ? "..." : "(...)";
    return expression(any_type(), depth);
}

std::string Generator::arguments(const std::vector<Type>& types, int depth) {
    std::string list;
    for (const Type type : types) list += (list.empty() ? "" : "," + gap()) + expression(type, depth);
    if (random_.chance(3)) list += list.empty() ? any(1) : ", " + any(1);
    return list;
}

/// `c and x or y` and its relatives, with the truth of x and y known by type.
Expression Generator::conditional(Type type, int depth) {
    const std::string yes = operand(type, depth, Expression::Comparison);
    const std::string no = operand(type, depth, Expression::And);
    if (type == Type::Boolean || random_.chance(70)) {
        return {operand(Type::Boolean, depth, Expression::Comparison) + " and" + gap() + yes + gap() + "or " + no,
                Expression::Or};
    }
    if (random_.chance(50)) return {random_.pick({"nil or ", "false or "}) + yes, Expression::Or};
    return {random_.pick({"1 and ", "'' and ", "true and "}) + yes, Expression::And};
}

Expression Generator::number(int depth) {
    if (depth <= 0 || random_.chance(20)) {
        if (Variable* variable = find(Type::Number); variable && random_.chance(65)) return {variable->name};
        if (random_.chance(6)) return {quote(random_.pick({"10", "0x10", " 5 ", "2", "1e1"}))};
        if (random_.chance(2))
            return {random_.pick({"math.huge", "-math.huge", "math.pi", "0/0", "1/0", "-0"}), Expression::Unary};
        return {number_literal()};
    }
    const auto additive = [&](std::string_view op) {
        return Expression{operand(Type::Number, depth - 1, Expression::Additive) + gap() + std::string(op) + gap() +
                              operand(Type::Number, depth - 1, Expression::Additive),
                          Expression::Additive};
    };
    switch (random_.below(22)) {
        case 0:
        case 1: return additive("+");
        case 2:
        case 3: return additive("-");
        case 4: return {additive("*").text, Expression::Additive};
        case 5: return {additive("/").text, Expression::Additive};
        case 6: return {additive("%").text, Expression::Additive};
        case 7:
            return {operand(Type::Number, depth - 1, Expression::Unary) + " ^ " +
                        random_.pick({"2", "3", "0", "-1", "0.5", "2 ^ 1"}),
                    Expression::Additive};
        case 8: return {"- " + operand(Type::Number, depth - 1, Expression::Unary), Expression::Unary};
        case 9: return {"#" + operand(Type::String, depth - 1, Expression::Primary), Expression::Unary};
        case 10: return {"#" + prefix(Type::Array, 0), Expression::Unary};
        case 11: return {"(" + prefix(Type::Array, 1) + "[" + small_integer() + "]" + " or " + number_literal() + ")"};
        case 12: return {"(" + prefix(Type::Record, 1) + ".x or " + number_literal() + ")"};
        case 13:
            return {"math." + random_.pick({"floor", "ceil", "abs", "sqrt", "floor"}) + "(" +
                    expression(Type::Number, depth - 1) + ")"};
        case 14:
            return {"math." + random_.pick({"max", "min"}) + "(" + expression(Type::Number, depth - 1) + ", " +
                    expression(Type::Number, depth - 1) + ")"};
        case 15:
            return {"(tonumber(" + expression(Type::String, depth - 1) + (random_.chance(20) ? ", 16" : "") + ") or " +
                    number_literal() + ")"};
        case 16: return {"(" + prefix(Type::String, 1) + ":byte(" + small_integer() + ") or 0)"};
        case 17: return {"(" + prefix(Type::String, 1) + ":find(" + pattern() + ") or 0)"};
        case 18:
            if (functions_.back().vararg) return {"select('#', ...)"};
            return {number_literal()};
        case 19: return {prefix(Type::String, depth - 1) + ":len()"};
        default:
            if (Variable* function = find_function(true, Type::Number))
                return {"(" + call(*function, depth - 1) + " or 0)"};
            return {number_literal()};
    }
}

Expression Generator::string(int depth) {
    if (depth <= 0 || random_.chance(20)) {
        if (Variable* variable = find(Type::String); variable && random_.chance(60)) return {variable->name};
        return {string_literal()};
    }
    switch (random_.below(18)) {
        case 0:
        case 1:
        case 2:
        case 3: {
            std::string chain =
                operand(random_.chance(70) ? Type::String : Type::Number, depth - 1, Expression::Additive);
            for (int i = random_.between(1, 4); i > 0; --i) {
                chain += gap() + ".." + gap() +
                         operand(random_.chance(70) ? Type::String : Type::Number, depth - 1, Expression::Additive);
            }
            return {chain, Expression::Concat};
        }
        case 4:
            return {prefix(Type::String, depth - 1) + ":sub(" + std::to_string(random_.between(-4, 6)) +
                    (random_.chance(60) ? ", " + std::to_string(random_.between(-4, 9)) : "") + ")"};
        case 5: return {prefix(Type::String, depth - 1) + random_.pick({":upper()", ":lower()", ":reverse()"})};
        case 6:
            return {"string.rep(" + expression(Type::String, depth - 1) + ", " +
                    random_.pick({"0", "1", "2", "3", "-1"}) + ")"};
        case 7: return {format_call(depth - 1)};
        case 8: return {"tostring(" + expression(plain_type(), depth - 1) + ")"};
        case 9: return {"type(" + any(depth - 1) + ")"};
        case 10:
            return {"table.concat(" + prefix(Type::Array, depth - 1) +
                    (random_.chance(60) ? ", " + quote(random_.pick({",", "", "; "})) : "") + ")"};
        case 11:
            return {"(" + prefix(Type::String, depth - 1) + ":gsub(" + pattern() + ", " +
                    quote(random_.pick({"<%0>", "%%", "", "-", "%0%0"})) + "))"};
        case 12:
            return {"string.char(" + std::to_string(random_.between(32, 126)) + ", " +
                    std::to_string(random_.between(0, 255)) + ")"};
        case 13:
            return {
                "(" + prefix(Type::String, depth - 1) + ":match(" + pattern() + ") or " + string_literal() + ") .. ''",
                Expression::Concat};
        case 14: return {"tostring(" + prefix(Type::Record, depth - 1) + ".name)"};
        default:
            if (Variable* function = find_function(true, Type::String))
                return {"tostring(" + call(*function, depth - 1) + ")"};
            return {string_literal()};
    }
}

Expression Generator::boolean(int depth) {
    if (depth <= 0 || random_.chance(12)) {
        if (Variable* variable = find(Type::Boolean); variable && random_.chance(70)) return {variable->name};
        return {random_.pick({"true", "false"})};
    }
    switch (random_.below(9)) {
        case 0: return {"not " + operand(Type::Boolean, depth - 1, Expression::Unary), Expression::Unary};
        case 1: return {"not " + operand(any_type(), depth - 1, Expression::Unary), Expression::Unary};
        case 2:
            return {operand(Type::Boolean, depth - 1, Expression::And) + gap() + "and" + gap() +
                        operand(Type::Boolean, depth - 1, Expression::Comparison),
                    Expression::And};
        case 3:
            return {operand(Type::Boolean, depth - 1, Expression::Or) + gap() + "or" + gap() +
                        operand(Type::Boolean, depth - 1, Expression::And),
                    Expression::Or};
        case 4: {
            const Type left = any_type();
            const Type right = random_.chance(75) ? left : any_type();
            return {operand(left, depth - 1, Expression::Concat) + random_.pick({" == ", " ~= "}) +
                        operand(right, depth - 1, Expression::Concat),
                    Expression::Comparison};
        }
        case 5:
            return {operand(any_type(), depth - 1, Expression::Concat) + random_.pick({" == ", " ~= "}) + "nil",
                    Expression::Comparison};
        default: {
            const Type type = random_.chance(70) ? Type::Number : Type::String;
            Expression left = tree(type, depth - 1);
            Expression right = tree(type, depth - 1);
            // A numeral in quotes is a number for arithmetic, not for a comparison.
            if (type == Type::Number) {
                left.text = "(" + left.text + ") + 0";
                if (right.text.find_first_of("\"'[") == 0) right.text = "1";
            }
            if (left.level < Expression::Concat && type == Type::String) left.text = "(" + left.text + ")";
            if (right.level < Expression::Concat) right.text = "(" + right.text + ")";
            return {left.text + gap() + random_.pick({"<", ">", "<=", ">="}) + gap() + right.text,
                    Expression::Comparison};
        }
    }
}

Expression Generator::array(int depth) {
    if (Variable* variable = find(Type::Array); variable && random_.chance(depth <= 0 ? 80 : 40))
        return {variable->name};
    if (depth > 0 && random_.chance(15)) {
        if (Variable* function = find_function(true, Type::Array)) return {"(" + call(*function, depth - 1) + ")"};
    }
    return {array_constructor(depth - 1)};
}

Expression Generator::record(int depth) {
    if (Variable* variable = find(Type::Record); variable && random_.chance(depth <= 0 ? 80 : 40))
        return {variable->name};
    return {record_constructor(depth - 1)};
}

}  // namespace arenite::fuzz

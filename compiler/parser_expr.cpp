// Expressions: Lua 5.1 §2.5, after the lower half of lparser.c.
#include <algorithm>

#include "compiler/parser.h"

namespace arenite::compiler {
namespace {

struct Priority {
    std::uint8_t left, right;
};
constexpr Priority kPriority[] = {{6, 6},  {6, 6}, {7, 7}, {7, 7}, {7, 7},          // + - * / %
                                  {10, 9}, {5, 4},                                  // ^ and .. associate to the right
                                  {3, 3},  {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3},  // ~= == < <= > >=
                                  {2, 2},  {1, 1}};                                 // and or
constexpr unsigned kUnaryPriority = 8;
constexpr int kNoOperator = -1;

int binary_operator(int token) {
    const auto op = [](BinOp b) { return static_cast<int>(b); };
    switch (token) {
        case '+': return op(BinOp::Add);
        case '-': return op(BinOp::Sub);
        case '*': return op(BinOp::Mul);
        case '/': return op(BinOp::Div);
        case '%': return op(BinOp::Mod);
        case '^': return op(BinOp::Pow);
        case kTokConcat: return op(BinOp::Concat);
        case kTokNe: return op(BinOp::Ne);
        case kTokEq: return op(BinOp::Eq);
        case '<': return op(BinOp::Lt);
        case kTokLe: return op(BinOp::Le);
        case '>': return op(BinOp::Gt);
        case kTokGe: return op(BinOp::Ge);
        case kTokAnd: return op(BinOp::And);
        case kTokOr: return op(BinOp::Or);
        default: return kNoOperator;
    }
}

int unary_operator(int token) {
    switch (token) {
        case kTokNot: return static_cast<int>(UnOp::Not);
        case '-': return static_cast<int>(UnOp::Minus);
        case '#': return static_cast<int>(UnOp::Len);
        default: return kNoOperator;
    }
}

void set_comma_line(Expr* e, std::uint32_t line) {
    e->comma_line = static_cast<std::uint16_t>(std::min<std::uint32_t>(line - e->line, 0xFFFF));
}

}  // namespace

/// subexpr: (simple | unop subexpr) { binop subexpr }, as long as the operators bind tighter than `limit`.
Expr* Parser::subexpression(unsigned limit) {
    enter_level();
    Expr* e;
    const int prefix = unary_operator(lex_.t.kind);
    if (prefix != kNoOperator) {
        lex_.next();
        Expr* operand = subexpression(kUnaryPriority);
        e = node(ExprKind::Unary);
        e->op = static_cast<std::uint8_t>(prefix);
        e->a = operand;
        finish(e);
    } else {
        e = simple_expression();
    }
    int op = binary_operator(lex_.t.kind);
    while (op != kNoOperator && kPriority[op].left > limit) {
        lex_.next();
        const std::uint32_t op_line = lex_.last_line;
        Expr* right = subexpression(kPriority[op].right);
        WideExpr* both = wide_node(ExprKind::Binary);
        both->op = static_cast<std::uint8_t>(op);
        both->aux_line = op_line;
        both->a = e;
        both->b = right;
        e = finish(both);
        op = binary_operator(lex_.t.kind);
    }
    leave_level();
    return e;
}

Expr* Parser::simple_expression() {
    Expr* e;
    switch (lex_.t.kind) {
        case kTokNumber:
            e = node(ExprKind::Number);
            e->number = lex_.t.number;
            break;
        case kTokString:
            e = node(ExprKind::String);
            e->atom = lex_.t.atom;
            break;
        case kTokNil: e = node(ExprKind::Nil); break;
        case kTokTrue: e = node(ExprKind::True); break;
        case kTokFalse: e = node(ExprKind::False); break;
        case kTokDots:
            if (!fs_->is_vararg) {
                lex_.syntax_error("cannot use '...' outside a vararg function");
            }
            fs_->needs_arg = false;
            e = node(ExprKind::Vararg);
            e->aux_line = lex_.last_line;
            break;
        case '{': return table_constructor();
        case kTokFunction: lex_.next(); return function_body(false, lex_.line);
        default: return primary_expression();
    }
    lex_.next();
    return finish(e);
}

/// prefixexp: NAME | '(' expr ')'.
Expr* Parser::prefix_expression() {
    if (at(kTokName)) {
        return resolve(expect_name());
    }
    if (!at('(')) {
        lex_.syntax_error("unexpected symbol");
    }
    const std::uint32_t line = lex_.line;
    lex_.next();
    Expr* inner = expression();
    expect_match(')', '(', line);
    Expr* e = node(ExprKind::Paren);
    e->a = inner;
    return finish(e);
}

/// primaryexp: prefixexp { '.' NAME | '[' expr ']' | ':' NAME args | args }.
Expr* Parser::primary_expression() {
    Expr* e = prefix_expression();
    for (;;) {
        switch (lex_.t.kind) {
            case '.': e = field_of(e); break;
            case '[': {
                lex_.next();
                Expr* key = expression();
                expect(']');
                WideExpr* index = wide_node(ExprKind::Index);
                index->aux_line = lex_.last_line;
                index->a = e;
                index->b = key;
                e = finish(index);
                break;
            }
            case ':': {
                lex_.next();
                Atom* name = expect_name();
                WideExpr* method = wide_node(ExprKind::Self);
                method->a = e;
                method->name = name;
                e = call_arguments(finish(method));
                break;
            }
            case '(':
            case kTokString:
            case '{': e = call_arguments(e); break;
            default: return e;
        }
    }
}

/// field: the '.' or ':' and the NAME after it.
Expr* Parser::field_of(Expr* object) {
    lex_.next();
    Expr* key = node(ExprKind::String);
    key->atom = expect_name();
    finish(key);
    WideExpr* index = wide_node(ExprKind::Index);
    index->aux_line = lex_.last_line;
    index->a = object;
    index->b = key;
    return finish(index);
}

/// funcargs.
Expr* Parser::call_arguments(Expr* function) {
    const std::uint32_t line = lex_.line;
    ExprList args;
    switch (lex_.t.kind) {
        case '(':
            if (line != lex_.last_line) {
                lex_.syntax_error("ambiguous syntax (function call x new statement)");
            }
            lex_.next();
            if (!at(')')) {
                expression_list(args);
            }
            expect_match(')', '(', line);
            break;
        case '{': args.push(table_constructor()); break;
        case kTokString: {
            Expr* e = node(ExprKind::String);
            e->atom = lex_.t.atom;
            lex_.next();
            args.push(finish(e));
            break;
        }
        default: lex_.syntax_error("function arguments expected");
    }
    WideExpr* call = wide_node(ExprKind::Call);
    call->aux_line = line;
    call->a = function;
    call->b = args.first;
    return finish(call);
}

/// explist1: expr { ',' expr }.
void Parser::expression_list(ExprList& out) {
    out.push(expression());
    while (accept(',')) {
        set_comma_line(out.last, lex_.last_line);
        out.push(expression());
    }
}

/// constructor: '{' [ item { (',' | ';') item } [',' | ';'] ] '}'.
Expr* Parser::table_constructor() {
    const std::uint32_t line = lex_.line;
    const std::uint32_t open_line = lex_.last_line;
    const std::uint32_t open_at = lex_.t.start;
    ExprList items;
    expect('{');
    while (!at('}')) {
        const bool named = at(kTokName) && lex_.peek() == '=';
        if (named || at('[')) {
            Expr* key;
            if (named) {
                key = node(ExprKind::String);
                key->atom = expect_name();
                finish(key);
            } else {
                lex_.next();
                key = expression();
                expect(']');
            }
            expect('=');
            set_comma_line(key, lex_.last_line);
            key->op |= Expr::kIsKey;
            items.push(key);
        }
        Expr* const value = expression();
        items.push(value);
        if (!accept(',') && !accept(';')) {
            break;
        }
        set_comma_line(value, lex_.last_line);
    }
    expect_match('}', '{', line);
    WideExpr* e = wide_node(ExprKind::Table);
    e->items = items.first;
    e->aux_line = open_line;
    e->open_at = open_at;
    return finish(e);
}

}  // namespace arenite::compiler

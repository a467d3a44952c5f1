// Statements: Lua 5.1 §2.4, after the lower half of lparser.c.
#include "compiler/parser.h"

namespace arenite::compiler {

/// chunk: { stat [';'] }, until a statement that must be the last or a token that ends a block.
void Parser::chunk(Block& block) {
    enter_level();
    while (next_statement(block)) {
    }
    leave_level();
}

/// The same, of a function.
void Parser::body(FuncState& fs) {
    enter_level();
    if (level_ == 1) {
        cx_.unfinished = lex_.t.start;
    }
    while (next_statement(fs.body)) {
        if (level_ == 1) {
            cx_.unfinished = lex_.t.start;
        }
        if (tree_.used() - fs.tree_begin > limits_.tree_bytes) {
            flush(fs);
        }
    }
    leave_level();
}

/// stat [';']. False: it is the last, or there is none.
bool Parser::next_statement(Block& block) {
    if (block_follows()) {
        return false;
    }
    const bool is_last = at(kTokReturn) || at(kTokBreak);
    Stmt* s = statement();
    (block.last != nullptr ? block.last->next : block.first) = s;
    block.last = s;
    accept(';');
    return !is_last;
}

/// block: a chunk with a scope of its own.
void Parser::block(Block& block) {
    const std::uint32_t active = fs_->active;
    chunk(block);
    leave_scope(active);
    block.last_line = lex_.last_line;
}

Stmt* Parser::statement() {
    const std::uint32_t line = lex_.line;
    switch (lex_.t.kind) {
        case kTokIf: return if_statement(line);
        case kTokWhile: return while_statement(line);
        case kTokDo: {
            lex_.next();
            auto* out = tree_.make<DoStmt>(line);
            block(out->body);
            expect_match(kTokEnd, kTokDo, line);
            return out;
        }
        case kTokFor: return for_statement(line);
        case kTokRepeat: return repeat_statement(line);
        case kTokFunction: return function_statement(line);
        case kTokLocal: lex_.next(); return accept(kTokFunction) ? local_function(line) : local_statement(line);
        case kTokReturn: return return_statement(line);
        case kTokBreak: {
            lex_.next();
            if (fs_->loop_depth == 0) {
                lex_.syntax_error("no loop to break");
            }
            return tree_.make<Stmt>(StmtKind::Break, lex_.last_line);
        }
        default: return expression_statement(line);
    }
}

/// test_then_block, or the block of an else.
void Parser::if_clause(IfStmt& out, IfClause*& tail) {
    const bool conditional = !at(kTokElse);
    lex_.next();
    auto* clause = tree_.make<IfClause>(nullptr, Block{}, nullptr);
    if (conditional) {
        clause->condition = expression();
        expect(kTokThen);
    }
    block(clause->body);
    (tail != nullptr ? tail->next : out.clauses) = clause;
    tail = clause;
}

Stmt* Parser::if_statement(std::uint32_t line) {
    auto* out = tree_.make<IfStmt>(line);
    IfClause* tail = nullptr;
    do {
        if_clause(*out, tail);
    } while (at(kTokElseif));
    if (at(kTokElse)) {
        if_clause(*out, tail);
    }
    expect_match(kTokEnd, kTokIf, line);
    return out;
}

Stmt* Parser::while_statement(std::uint32_t line) {
    auto* out = tree_.make<LoopStmt>(StmtKind::While, line);
    lex_.next();
    out->condition = expression();
    ++fs_->loop_depth;
    expect(kTokDo);
    block(out->body);
    expect_match(kTokEnd, kTokWhile, line);
    --fs_->loop_depth;
    return out;
}

/// The condition sees the local variables of the body (Lua 5.1 §2.4.4).
Stmt* Parser::repeat_statement(std::uint32_t line) {
    auto* out = tree_.make<LoopStmt>(StmtKind::Repeat, line);
    const std::uint32_t active = fs_->active;
    ++fs_->loop_depth;
    lex_.next();
    chunk(out->body);
    expect_match(kTokUntil, kTokRepeat, line);
    out->condition = expression();
    leave_scope(active);
    --fs_->loop_depth;
    return out;
}

Stmt* Parser::for_statement(std::uint32_t line) {
    lex_.next();
    Atom* name = expect_name();
    const std::uint32_t active = fs_->active;
    ForStmt* out = nullptr;
    switch (lex_.t.kind) {
        case '=':
            out = tree_.make<ForStmt>(StmtKind::NumericFor, line);
            numeric_for(*out, name);
            break;
        case ',':
        case kTokIn:
            out = tree_.make<ForStmt>(StmtKind::GenericFor, line);
            generic_for(*out, name);
            break;
        default: lex_.syntax_error("'=' or 'in' expected");
    }
    expect_match(kTokEnd, kTokFor, line);
    leave_scope(active);
    return out;
}

void Parser::numeric_for(ForStmt& out, Atom* name) {
    VarList hidden;
    for (std::uint32_t i = 0; i < 3; ++i) {
        hidden.push(declare(for_names_[i], i));
    }
    out.hidden = hidden.first;
    out.vars = declare(name, 3);
    out.count = 1;
    out.loop_line = out.line;
    expect('=');
    out.values.push(expression());
    expect(',');
    out.values.push(expression());
    if (accept(',')) {
        out.values.push(expression());
    }
    for_body(out);
}

void Parser::generic_for(ForStmt& out, Atom* name) {
    VarList hidden;
    for (std::uint32_t i = 0; i < 3; ++i) {
        hidden.push(declare(for_names_[3 + i], i));
    }
    out.hidden = hidden.first;
    VarList vars;
    vars.push(declare(name, 3));
    while (accept(',')) {
        vars.push(declare(expect_name(), 3 + vars.count));
    }
    out.vars = vars.first;
    out.count = vars.count;
    expect(kTokIn);
    out.loop_line = lex_.line;
    expression_list(out.values);
    for_body(out);
}

void Parser::for_body(ForStmt& out) {
    activate(out.hidden);
    expect(kTokDo);
    out.do_line = lex_.last_line;
    ++fs_->loop_depth;
    activate(out.vars);
    block(out.body);
    --fs_->loop_depth;
}

/// funcstat. `function f` assigns, so it mutates f when f is a local variable.
Stmt* Parser::function_statement(std::uint32_t line) {
    lex_.next();
    Expr* target = resolve(expect_name());
    bool needs_self = false;
    while (at('.')) {
        target = field_of(target);
    }
    if (at(':')) {
        needs_self = true;
        target = field_of(target);
    }
    check_assignable(target);
    Expr* function = function_body(needs_self, line);
    return tree_.make<FunctionStmt>(line, target, function);
}

/// localfunc: the variable is visible in its own body, and initialised by the very creation of the closure.
Stmt* Parser::local_function(std::uint32_t line) {
    Var* var = declare(expect_name(), 0);
    activate(var);
    Expr* function = function_body(false, lex_.line);
    return tree_.make<LocalFunctionStmt>(line, var, function);
}

Stmt* Parser::local_statement(std::uint32_t line) {
    auto* out = tree_.make<LocalStmt>(line);
    VarList vars;
    do {
        vars.push(declare(expect_name(), vars.count));
    } while (accept(','));
    if (accept('=')) {
        expression_list(out->values);
    }
    out->vars = vars.first;
    out->count = vars.count;
    out->last_line = lex_.last_line;
    activate(vars.first);
    return out;
}

Stmt* Parser::return_statement(std::uint32_t line) {
    auto* out = tree_.make<ReturnStmt>(line);
    lex_.next();
    if (!block_follows() && !at(';')) {
        expression_list(out->values);
    }
    out->last_line = lex_.last_line;
    return out;
}

/// exprstat: a call, or the first target of an assignment.
Stmt* Parser::expression_statement(std::uint32_t line) {
    Expr* e = primary_expression();
    if (e->kind == ExprKind::Call) {
        return tree_.make<CallStmt>(line, e);
    }
    return assignment(line, e);
}

/// VLOCAL <= kind <= VINDEXED in PUC's terms; a parenthesised variable is not one.
void Parser::check_assignable(Expr* e) {
    switch (e->kind) {
        case ExprKind::Local: e->var->mutated = true; break;
        case ExprKind::Upvalue: fs_->upvalues[e->index].var->mutated = true; break;
        case ExprKind::Global:
        case ExprKind::Index: break;
        default: lex_.syntax_error("syntax error");
    }
}

/// assignment: PUC recurses once per target, hence its limit.
Stmt* Parser::assignment(std::uint32_t line, Expr* first) {
    auto* out = tree_.make<AssignStmt>(line);
    out->targets.push(first);
    check_assignable(first);
    while (accept(',')) {
        Expr* target = primary_expression();
        const std::size_t limit = limits_.max_nesting - level_;
        if (out->targets.count > limit) {
            error_limit(fs_, static_cast<unsigned>(limit), "variables in assignment");
        }
        out->targets.push(target);
        check_assignable(target);
    }
    expect('=');
    expression_list(out->values);
    return out;
}

}  // namespace arenite::compiler

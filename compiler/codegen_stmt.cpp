// Statements: the moments at which lparser.c calls into lcode.c.
#include <cassert>

#include "compiler/codegen.h"

namespace arenite::compiler {

void CodeGen::block(const Block& b) {
    const std::uint32_t active = active_;
    const std::int64_t since_look = code_.since_look();
    statements(b.first);
    leave_scope(active);
    code_.since_look_at_least(since_look);  // it may be passed by
}

void CodeGen::statements(const Stmt* first) {
    for (const Stmt* s = first; s != nullptr; s = s->next) {
        cx_.pauses.tick();
        code_.look_if_due();
        statement(s);
        free_reg_ = active_;
    }
}

void CodeGen::statement(const Stmt* s) {
    switch (s->kind) {
        case StmtKind::Local: local_statement(static_cast<const LocalStmt&>(*s)); break;
        case StmtKind::LocalFunction: local_function(static_cast<const LocalFunctionStmt&>(*s)); break;
        case StmtKind::Function: function_statement(static_cast<const FunctionStmt&>(*s)); break;
        case StmtKind::Assign: assignment(static_cast<const AssignStmt&>(*s)); break;
        case StmtKind::Call: call_statement(static_cast<const CallStmt&>(*s)); break;
        case StmtKind::Do: block(static_cast<const DoStmt*>(s)->body); break;
        case StmtKind::While: while_statement(static_cast<const LoopStmt&>(*s)); break;
        case StmtKind::Repeat: repeat_statement(static_cast<const LoopStmt&>(*s)); break;
        case StmtKind::If: if_statement(static_cast<const IfStmt&>(*s)); break;
        case StmtKind::NumericFor: numeric_for(static_cast<const ForStmt&>(*s)); break;
        case StmtKind::GenericFor: generic_for(static_cast<const ForStmt&>(*s)); break;
        case StmtKind::Return: return_statement(static_cast<const ReturnStmt&>(*s)); break;
        case StmtKind::Break:
            code_.line = s->line;
            code_.append(*breaks_, code_.emit_jump());
            break;
    }
}

/// explist1: all but the last into consecutive registers.
std::uint32_t CodeGen::expression_list(const ExprList& list, Exp& last) {
    for (const Expr* e = list.first; e != nullptr; e = e->next) {
        expression(e, last);
        if (e->next != nullptr) {
            clock(e->line + e->comma_line, e->end, 1);
            to_next_register(last);
            last = Exp();
        } else {
            after(e);
        }
    }
    return list.count;
}

/// adjust_assign: `count` values, of which `last` is still open, become `wanted`.
void CodeGen::adjust(std::uint32_t wanted, std::uint32_t count, Exp& last) {
    if (last.is_multi()) {
        const std::uint32_t extra = wanted + 1 > count ? wanted + 1 - count : 0;
        set_results(last, extra);
        if (extra > 1) {
            reserve(extra - 1);
        }
        return;
    }
    if (last.kind != ExpKind::Void) {
        to_next_register(last);
    }
    if (wanted > count) {
        const unsigned reg = free_reg_;
        reserve(wanted - count);
        load_nil(reg, wanted - count);
    }
}

void CodeGen::local_statement(const LocalStmt& s) {
    Exp last;
    const std::uint32_t count = expression_list(s.values, last);
    code_.line = s.last_line;
    adjust(s.count, count, last);
    make_cells(s.vars);
    activate(s.vars);
}

/// localfunc. A closure may capture itself by value, since CLOSURE sets its register first.
void CodeGen::local_function(const LocalFunctionStmt& s) {
    const unsigned reg = s.var->reg;
    assert(reg == free_reg_);
    reserve(1);
    if (s.var->in_cell()) {
        after(s.function);
        code_.emit_lineless(ins::abcd(Op::LOADNIL, reg, reg));
        code_.emit_lineless(ins::abcd(Op::NEWCELL, reg));
        Exp target(ExpKind::Cell, reg);
        Exp function;
        expression(s.function, function);
        store(target, function);
    } else {
        Exp function;
        expression(s.function, function);
        to_register(function, reg);
    }
    activate(s.var);
}

/// funcstat: the definition "happens" in its first line.
void CodeGen::function_statement(const FunctionStmt& s) {
    Exp target;
    expression(s.target, target);
    Exp function;
    expression(s.function, function);
    store(target, function);
    // In PUC the pseudo-instructions that list a closure's upvalues come last and take the line instead of it, and the
    // store to a variable in a cell is none.
    const bool local = target.kind == ExpKind::Local || target.kind == ExpKind::Cell;
    if (!local || children_[s.function->index]->upvalues.empty()) {
        code_.set_line(code_.pc() - 1, s.line);
        if (target.kind == ExpKind::Cell) {
            code_.set_line(code_.pc() - 2, s.line);
        }
    }
}

void CodeGen::assignment(const AssignStmt& s) {
    targets_.clear();
    for (const Expr* t = s.targets.first; t != nullptr; t = t->next) {
        Exp v;
        expression(t, v);
        if (v.kind == ExpKind::Local || v.kind == ExpKind::Cell) {
            after(t);
            resolve_conflict(v);
        }
        targets_.push_back(v);
    }
    Exp last;
    const std::uint32_t count = expression_list(s.values, last);
    std::size_t left = targets_.size();
    if (count == left) {
        one_result(last);
        store(targets_[--left], last);
    } else {
        adjust(s.targets.count, count, last);
        if (count > left) {
            free_reg_ -= count - static_cast<std::uint32_t>(left);
        }
    }
    while (left > 0) {
        Exp value(ExpKind::Register, free_reg_ - 1);
        store(targets_[--left], value);
    }
}

/// check_conflict: in `t[i], i = ...` the store to i comes first; t[i] then needs i as it was.
void CodeGen::resolve_conflict(const Exp& v) {
    const bool cell = v.kind == ExpKind::Cell;
    const KeyKind key_kind = cell ? KeyKind::Cell : KeyKind::Register;
    const std::uint32_t copy = free_reg_;
    bool conflict = false;
    for (Exp& t : targets_) {
        if (t.kind != ExpKind::Indexed) {
            continue;
        }
        if (t.table_in_cell == cell && t.reg == v.reg) {
            conflict = true;
            t.table_in_cell = false;
            t.reg = copy;
        }
        if (t.key_kind == key_kind && t.key == v.reg) {
            conflict = true;
            t.key_kind = KeyKind::Register;
            t.key = copy;
        }
    }
    if (conflict) {
        reserve(1);
        code_.emit(cell ? Op::GETCELL : Op::MOVE, copy, v.reg);
    }
}

void CodeGen::call_statement(const CallStmt& s) {
    Exp v;
    expression(s.call, v);
    set_results(v, 0);
}

/// cond: the jumps taken when it is false.
JumpList CodeGen::condition(const Expr* e) {
    Exp v;
    expression(e, v);
    after(e);
    if (v.kind == ExpKind::Nil) {
        v.kind = ExpKind::False;
    }
    jump_if_false(v);
    return v.if_false;
}

void CodeGen::while_statement(const LoopStmt& s) {
    const std::uint32_t start = code_.label();
    loop_seen_ = true;
    const JumpList exit = condition(s.condition);
    JumpList breaks;
    JumpList* outer = breaks_;
    breaks_ = &breaks;
    block(s.body);
    breaks_ = outer;
    code_.line = s.body.last_line;
    code_.emit_back_jump(Op::JMPBACK, 0, start);
    code_.patch_here(breaks);
    code_.patch_here(exit);
}

namespace {
/// Whether a variable of the block itself is captured.
bool has_captured(const Block& block) {
    for (const Stmt* s = block.first; s != nullptr; s = s->next) {
        if (s->kind == StmtKind::Local) {
            for (const Var* v = static_cast<const LocalStmt*>(s)->vars; v != nullptr; v = v->next) {
                if (v->captured) return true;
            }
        } else if (s->kind == StmtKind::LocalFunction && static_cast<const LocalFunctionStmt*>(s)->var->captured) {
            return true;
        }
    }
    return false;
}
}  // namespace

/// Only JMPBACK goes back, so a true condition jumps over it. In PUC it falls through, unless there are upvalues to
/// close: then it is a break.
void CodeGen::repeat_statement(const LoopStmt& s) {
    const std::uint32_t start = code_.label();
    loop_seen_ = true;
    const std::uint32_t active = active_;
    JumpList breaks;
    JumpList* outer = breaks_;
    breaks_ = &breaks;
    statements(s.body.first);
    breaks_ = outer;
    Exp v;
    expression(s.condition, v);
    after(s.condition);
    const bool always_true = v.is_constant() && v.kind != ExpKind::Nil && v.kind != ExpKind::False;
    if (!always_true) {
        jump_if_true(v);
    }
    leave_scope(active);
    if (!always_true) {
        const std::uint32_t exit = code_.pc() - 1;
        code_.emit_back_jump(Op::JMPBACK, 0, start);
        if (!has_captured(s.body)) code_.fall_through(v.if_true, exit);
        code_.patch_here(v.if_true);
    } else if (has_captured(s.body)) {
        code_.emit_jump_here();  // the line of "until true" is seen
    }
    code_.patch_here(breaks);
    free_reg_ = active_;
}

void CodeGen::if_statement(const IfStmt& s) {
    JumpList escape;
    for (const IfClause* clause = s.clauses; clause != nullptr; clause = clause->next) {
        code_.look_if_due();
        if (clause->condition == nullptr) {
            block(clause->body);
            break;
        }
        if (breaks_at_once(s)) {
            Exp v;
            expression(clause->condition, v);
            after(clause->condition);
            jump_if_true(v);
            code_.append(*breaks_, v.if_true);
            return;
        }
        const JumpList otherwise = condition(clause->condition);
        free_reg_ = active_;
        block(clause->body);
        if (clause->next == nullptr) {
            code_.append(escape, otherwise);
            break;
        }
        if (!ends_control(clause->body)) {
            code_.line = clause->body.last_line;
            code_.append(escape, code_.emit_jump());
        }
        code_.patch_here(otherwise);
    }
    code_.patch_here(escape);
}

void CodeGen::numeric_for(const ForStmt& s) {
    const std::uint32_t active = active_;
    const unsigned base = free_reg_;
    for (const Expr* e = s.values.first; e != nullptr; e = e->next) {
        Exp v;
        expression(e, v);
        after(e);
        to_next_register(v);
    }
    if (s.values.count == 2) {
        reserve(1);
        code_.emit(ins::abx(Op::LOADK, base + 2, 0, code_.constant(1.0)));
    }
    activate(s.hidden);
    code_.line = s.do_line;
    const std::uint32_t prepare = code_.emit(Op::FORPREP, base);
    code_.label();
    const JumpList breaks = loop_body(s);
    code_.line = s.loop_line;
    code_.emit_back_jump(Op::FORLOOP, base, prepare + 1);
    code_.fix_jump(prepare, code_.label());
    leave_scope(active);
    code_.patch_here(breaks);
}

void CodeGen::generic_for(const ForStmt& s) {
    const std::uint32_t active = active_;
    const unsigned base = free_reg_;
    Exp last;
    const std::uint32_t count = expression_list(s.values, last);
    adjust(3, count, last);
    need(3);  // the call takes a copy of the function and two arguments; PUC asks before it drops excess values
    free_reg_ = base + 3;
    activate(s.hidden);
    code_.line = s.do_line;
    const std::uint32_t prepare = code_.emit(Op::TFORPREP, base);
    code_.label();
    const JumpList breaks = loop_body(s);
    code_.line = s.loop_line;
    code_.fix_jump(prepare, code_.label());
    code_.emit(Op::TFORCALL, base, 0, s.count);
    code_.emit_back_jump(Op::TFORLOOP, base, prepare + 1);
    code_.label();
    leave_scope(active);
    code_.patch_here(breaks);
}

void CodeGen::return_statement(const ReturnStmt& s) {
    if (s.values.count == 0) {
        code_.line = s.last_line;
        emit_return(0, 0);
        return;
    }
    Exp last;
    const std::uint32_t count = expression_list(s.values, last);
    if (last.is_multi()) {
        all_results(last);
        if (last.kind == ExpKind::Call && count == 1) {
            Instruction& i = code_.at(last.pc);
            i = ins::abcd(Op::TAILCALL, ins::a(i), ins::b(i), kMulti);
        }
        emit_return(active_, kMulti);  // after a tail call, it returns what a native has answered
    } else if (count == 1) {
        const unsigned reg = to_any_register(last);
        emit_return(reg, 1);
    } else {
        to_next_register(last);
        emit_return(active_, count);
    }
}

void CodeGen::emit_return(unsigned first, unsigned count) {
    if (fs_->is_vararg) {
        code_.emit(Op::RETV, first, count);
    } else if (count == 0) {
        code_.emit(Op::RET0, 0);
    } else if (count == 1) {
        code_.emit(Op::RET1, first);
    } else {
        code_.emit(Op::RETN, first, count);
    }
}

}  // namespace arenite::compiler

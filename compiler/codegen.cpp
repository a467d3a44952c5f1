// Functions and scopes.
#include "compiler/codegen.h"

#include <cassert>

namespace arenite::compiler {

void CodeGen::begin(const FuncState& fs) {
    code_.reset(++cx_.functions);
    locals_.clear();
    spine_.clear();
    fs_ = &fs;
    breaks_ = nullptr;
    loop_seen_ = false;
    active_ = 0;
    free_reg_ = 0;
    max_stack_ = 2;
    prologue(fs);
}

void CodeGen::add_statements(const FuncState& fs, FunctionUnit* const* children) {
    fs_ = &fs;
    children_ = children;
    statements(fs.body.first);
}

void CodeGen::move_to_cells(Var* const* active) {
    bool moved = false;
    for (std::uint32_t i = 0; i < active_; ++i) {
        Var& v = *active[i];
        const bool moves = v.was_plain && v.in_cell();
        moved = moved || moves;
        if (!moved) {
            continue;
        }
        if (moves) {
            code_.emit_lineless(ins::abcd(Op::NEWCELL, v.reg));
            v.was_plain = false;
        }
        // Those after it go on as well: debug information is in the order of start, and of declaration.
        UnitLocal rest = locals_[active_locals_[v.reg]];
        locals_[active_locals_[v.reg]].end_pc = rest.start_pc = code_.pc();
        rest.in_cell = v.in_cell();
        active_locals_[v.reg] = static_cast<std::uint32_t>(locals_.size());
        locals_.push_back(rest);
    }
}

FunctionUnit* CodeGen::finish(const FuncState& fs, FunctionUnit* const* children, std::size_t child_count) {
    fs_ = &fs;
    if (fs.has_arg && !fs.needs_arg) {
        code_.at(0) = ins::abcd(Op::LOADNIL, ins::a(code_.at(0)), ins::a(code_.at(0)));  // '...' came after begin()
    }
    leave_scope(0);
    code_.line = fs.end_line;
    emit_return(0, 0);

    void* memory = cx_.mr->allocate(sizeof(FunctionUnit), alignof(FunctionUnit));
    auto* unit = ::new (memory) FunctionUnit(cx_.mr);
    code_.store(*unit);
    unit->upvalues.reserve(fs.upvalue_count);
    for (std::uint32_t i = 0; i < fs.upvalue_count; ++i) {
        const UpvalueDesc& u = fs.upvalues[i];
        unit->upvalues.push_back({u.from_local, true, u.index, u.var->name->text()});
    }
    unit->locals.reserve(locals_.size());
    for (std::size_t i = 0; i < locals_.size(); ++i) {
        unit->locals.push_back(locals_[i]);
        cx_.pauses.tick();
    }
    unit->children.reserve(child_count);
    for (std::size_t i = 0; i < child_count; ++i) {
        unit->children.push_back(children[i]);
        cx_.pauses.tick_each_8(i);
    }
    unit->source = cx_.chunkname;
    unit->line_defined = fs.line_defined;
    unit->last_line_defined = fs.last_line_defined;
    unit->num_params = static_cast<std::uint8_t>(fs.num_params);
    unit->is_vararg = fs.is_vararg;
    unit->max_stack = static_cast<std::uint8_t>(max_stack_);
    return unit;
}

/// Parameters are in their registers already; 'arg' and the cells are not.
void CodeGen::prologue(const FuncState& fs) {
    std::uint32_t count = 0;
    for (const Var* v = fs.params; v != nullptr; v = v->next) {
        ++count;
    }
    clock(fs.line_defined, 0, 0);
    reserve(count);
    if (fs.has_arg) {
        // PUC makes the table, or leaves the nil of a fresh frame, in luaD_precall.
        const Instruction i =
            fs.needs_arg ? ins::abcd(Op::ARGTABLE, count - 1) : ins::abcd(Op::LOADNIL, count - 1, count - 1);
        code_.emit_lineless(i);
        code_.label();
    }
    make_cells(fs.params);
    for (const Var* v = fs.params; v != nullptr; v = v->next) {
        const bool from_start = !v->in_cell() && !(fs.has_arg && v->next == nullptr);
        activate_one(v, from_start ? 0 : code_.pc());
    }
}

/// Cells for those variables of a list that need them.
void CodeGen::make_cells(const Var* first) {
    for (const Var* v = first; v != nullptr; v = v->next) {
        if (v->in_cell()) {
            code_.emit_lineless(ins::abcd(Op::NEWCELL, v->reg));
        }
    }
}

void CodeGen::activate_one(const Var* v, std::uint32_t start_pc) {
    assert(v->reg == active_);
    cx_.pauses.tick();
    active_locals_[active_++] = static_cast<std::uint32_t>(locals_.size());
    locals_.push_back({v->name->text(), start_pc, 0, v->reg, v->in_cell()});
}

void CodeGen::activate(const Var* first) {
    for (const Var* v = first; v != nullptr; v = v->next) {
        activate_one(v, code_.pc());
    }
}

void CodeGen::leave_scope(std::uint32_t active) {
    while (active_ > active) {
        cx_.pauses.tick();
        locals_[active_locals_[--active_]].end_pc = code_.pc();
    }
    free_reg_ = active_;
}

/// The part of a for loop that is the same in both kinds: the visible variables and the body. Returns the breaks.
JumpList CodeGen::loop_body(const ForStmt& s) {
    const std::uint32_t active = active_;
    reserve(s.count);
    make_cells(s.vars);
    activate(s.vars);
    JumpList breaks;
    JumpList* outer = breaks_;
    breaks_ = &breaks;
    block(s.body);
    breaks_ = outer;
    leave_scope(active);
    return breaks;
}

/// `if c then break end` on one line: the condition itself jumps out of the loop. (On several lines the JMP stays, for
/// line hooks.)
bool CodeGen::breaks_at_once(const IfStmt& s) {
    const IfClause* clause = s.clauses;
    return clause->next == nullptr && clause->body.first != nullptr && clause->body.first->kind == StmtKind::Break &&
           clause->body.first->line == clause->condition->line;
}

/// Nothing can be reached after the block's last statement.
bool CodeGen::ends_control(const Block& b) {
    return b.last != nullptr && (b.last->kind == StmtKind::Return || b.last->kind == StmtKind::Break);
}

}  // namespace arenite::compiler

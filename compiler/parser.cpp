// Tokens, variables and functions; statements are in parser_stmt.cpp, expressions in parser_expr.cpp.
#include "compiler/parser.h"

#include <algorithm>
#include <cassert>
#include <new>

namespace arenite::compiler {

Parser::Parser(Context& cx, const CompileLimits& limits)
    : cx_(cx),
      lex_(cx),
      tree_(cx.mr, 4096),
      durable_(cx.mr, 1024),
      codegen_(cx),
      units_(cx.mr),
      visible_(cx.mr),
      patch_(cx.mr),
      limits_(limits),
      free_level_(limits.deeper != nullptr ? 0 : limits.max_nesting),
      arg_name_(cx.atoms.intern("arg")),
      self_name_(cx.atoms.intern("self")),
      for_names_{cx.atoms.intern("(for index)"),     cx.atoms.intern("(for limit)"), cx.atoms.intern("(for step)"),
                 cx.atoms.intern("(for generator)"), cx.atoms.intern("(for state)"), cx.atoms.intern("(for control)")} {
}

FunctionUnit* Parser::parse_main() {
    FuncState fs;
    open_function(fs);
    fs.is_vararg = true;
    lex_.next();
    body(fs);
    check(kTokEos);
    fs.last_line_defined = 0;
    FunctionUnit* unit = close_function(fs);
    patch_cell_reads();
    return unit;
}

void Parser::give_back() {
    Pauses& pauses = cx_.pauses;
    tree_.free(pauses);
    durable_.free(pauses);
    codegen_.give_back();
    lex_.give_back();
    pauses.free(units_);
    pauses.free(visible_);
    pauses.free(patch_);
}

// --- Tokens -------------------------------------------------------------------------------------------------------

bool Parser::accept(int kind) {
    if (!at(kind)) {
        return false;
    }
    lex_.next();
    return true;
}

void Parser::error_expected(int kind) {
    lex_.syntax_error("'" + Lexer::token_name(kind) + "' expected");
}

void Parser::check(int kind) {
    if (!at(kind)) {
        error_expected(kind);
    }
}

void Parser::expect(int kind) {
    check(kind);
    lex_.next();
}

void Parser::expect_match(int what, int who, std::uint32_t where) {
    if (accept(what)) {
        return;
    }
    if (where == lex_.line) {
        error_expected(what);
    }
    lex_.syntax_error("'" + Lexer::token_name(what) + "' expected (to close '" + Lexer::token_name(who) + "' at line " +
                      std::to_string(where) + ")");
}

Atom* Parser::expect_name() {
    check(kTokName);
    Atom* name = lex_.t.atom;
    lex_.next();
    return name;
}

void Parser::error_limit(const FuncState* fs, unsigned limit, const char* what) {
    const std::string who =
        fs->line_defined == 0 ? "main function" : "function at line " + std::to_string(fs->line_defined);
    lex_.plain_error(who + " has more than " + std::to_string(limit) + " " + what);
}

void Parser::go_deeper() {
    if (level_ > limits_.max_nesting) {
        lex_.plain_error("chunk has too many syntax levels");
    }
    if (!limits_.deeper(limits_.deeper_ctx)) {
        throw std::bad_alloc();
    }
    free_level_ = std::min(free_level_ + CompileLimits::kLevels, limits_.max_nesting);
}

bool Parser::block_follows() const {
    switch (lex_.t.kind) {
        case kTokElse:
        case kTokElseif:
        case kTokEnd:
        case kTokUntil:
        case kTokEos: return true;
        default: return false;
    }
}

// --- Variables ----------------------------------------------------------------------------------------------------

/// new_localvar: the variable is `ahead` places after the active ones and not visible yet.
Var* Parser::declare(Atom* name, std::uint32_t ahead) {
    const std::uint32_t reg = fs_->active + ahead;
    if (reg + 1 > kMaxLocals) {
        error_limit(fs_, kMaxLocals, "local variables");
    }
    return tree_.make<Var>(name, nullptr, nullptr, fs_, nullptr, static_cast<std::uint8_t>(reg));
}

/// adjustlocalvars: the variables of a list become visible.
void Parser::activate(Var* first) {
    for (Var* v = first; v != nullptr; v = v->next) {
        assert(v->reg == fs_->active);
        v->shadowed = v->name->binding;
        v->name->binding = v;
        visible_.push_back(v);
        ++fs_->active;
    }
}

/// removevars.
void Parser::leave_scope(std::uint32_t active) {
    while (fs_->active > active) {
        const Var* v = visible_[visible_.size() - 1];
        visible_.shrink_to(visible_.size() - 1);
        v->name->binding = v->shadowed;
        --fs_->active;
        if (v->uses != nullptr) {
            settle_upvalues(v);
        }
    }
}

/// The variable's function is done with it: tell the closures that use it where it lives.
void Parser::settle_upvalues(const Var* var) {
    for (const UpvalueUse* use = var->uses; use != nullptr; use = use->next) {
        cx_.pauses.tick();
        ClosedUnit& closed = *use->closed;
        closed.unit->upvalues[use->index].by_value = !var->in_cell();
        if (var->in_cell() && !closed.reads_cells) {
            closed.reads_cells = true;
            patch_.push_back(closed.unit);
        }
    }
}

/// Reads of upvalues were all emitted as GETUPVAL. (Writes need no second pass: what is written lives in a cell.)
void Parser::patch_cell_reads() {
    for (FunctionUnit* unit : patch_) {
        for (std::size_t pc = 0; pc < unit->code.size(); ++pc) {
            cx_.pauses.tick_each_8(pc);
            Instruction& i = unit->code[pc];
            if (ins::op(i) == Op::GETUPVAL && !unit->upvalues[ins::b(i)].by_value) {
                i = ins::abcd(Op::GETUPCELL, ins::a(i), ins::b(i));
            }
        }
    }
}

/// indexupvalue, for all functions between the variable's own and `fs`, outermost first.
std::uint32_t Parser::upvalue_index(FuncState* fs, Var* var) {
    for (std::uint32_t i = 0; i < fs->upvalue_count; ++i) {
        if (fs->upvalues[i].var == var) {
            return i;
        }
    }
    UpvalueDesc desc{var, true, var->reg};
    if (fs->parent != var->func) {
        desc = {var, false, static_cast<std::uint8_t>(upvalue_index(fs->parent, var))};
    }
    if (fs->upvalue_count + 1 > kMaxUpvalues) {
        error_limit(fs, kMaxUpvalues, "upvalues");
    }
    if (fs->upvalue_count == fs->upvalue_capacity) {
        const std::uint32_t capacity = fs->upvalue_capacity == 0 ? 4 : fs->upvalue_capacity * 2;
        auto* grown = static_cast<UpvalueDesc*>(durable_.allocate(capacity * sizeof(UpvalueDesc)));
        std::copy(fs->upvalues, fs->upvalues + fs->upvalue_count, grown);
        fs->upvalues = grown;
        fs->upvalue_capacity = capacity;
    }
    fs->upvalues[fs->upvalue_count] = desc;
    return fs->upvalue_count++;
}

/// singlevar, after the name.
Expr* Parser::resolve(Atom* name) {
    Var* var = name->binding;
    if (var == nullptr) {
        Expr* e = node(ExprKind::Global);
        e->atom = name;
        return finish(e);
    }
    if (var->func == fs_) {
        Expr* e = node(ExprKind::Local);
        e->var = var;
        return finish(e);
    }
    var->captured = true;
    Expr* e = node(ExprKind::Upvalue);
    e->index = upvalue_index(fs_, var);
    return finish(e);
}

// --- Functions ----------------------------------------------------------------------------------------------------

void Parser::open_function(FuncState& fs) {
    fs.parent = fs_;
    fs.first_child = static_cast<std::uint32_t>(units_.size());
    fs.tree = tree_.mark();
    fs.tree_begin = tree_.used();
    fs_ = &fs;
}

/// Makes code of the statements so far, and drops their tree. Only between statements of the function's own block, so
/// that no loop leads back from later code to earlier code.
///
/// Whether a variable that is visible now will be captured, and assigned to, cannot be known. One that is captured
/// already is put into a cell: closures may share it later. One that is not stays in its register; if it is captured
/// later, it is moved to a cell before the statements in which that happens. Both are right, whatever comes.
void Parser::flush(FuncState& fs) {
    for (std::uint32_t i = 0; i < fs.active; ++i) {
        Var& v = *visible_[visible_.size() - fs.active + i];
        v.mutated = v.mutated || v.captured;
    }
    if (fs.partial == nullptr) {
        fs.partial = ::new (durable_.allocate(sizeof(CodeGen))) CodeGen(cx_);
        fs.partial->begin(fs);
    } else {
        fs.partial->move_to_cells(visible_.end() - fs.active);
    }
    fs.partial->add_statements(fs, units_.begin() + fs.first_child);
    fs.body = {};
    fs.params = nullptr;
    move_variables();
}

/// Releases the function's tree but for its visible variables, which move to where it began.
void Parser::move_variables() {
    const std::uint32_t active = fs_->active;
    Var** const vars = visible_.end() - active;
    UnitVector<Var> kept(cx_.mr);
    for (std::uint32_t i = active; i-- > 0;) {
        vars[i]->name->binding = vars[i]->shadowed;
    }
    for (std::uint32_t i = 0; i < active; ++i) {
        kept.push_back(*vars[i]);
    }
    tree_.release(fs_->tree);
    for (std::uint32_t i = 0; i < active; ++i) {
        Var* const v = tree_.make<Var>(kept[i]);
        v->next = nullptr;
        v->was_plain = !v->in_cell();
        v->shadowed = v->name->binding;
        v->name->binding = v;
        vars[i] = v;
    }
}

FunctionUnit* Parser::close_function(FuncState& fs) {
    fs.end_line = lex_.last_line;
    FunctionUnit* const* const children = units_.begin() + fs.first_child;
    const std::size_t child_count = units_.size() - fs.first_child;
    FunctionUnit* unit;
    if (fs.partial != nullptr) {
        fs.partial->move_to_cells(visible_.end() - fs.active);
        fs.partial->add_statements(fs, children);
        unit = fs.partial->finish(fs, children, child_count);
        fs.partial->give_back();
    } else {
        unit = codegen_.generate(fs, children, child_count);
    }
    leave_scope(0);
    ClosedUnit* const closed = fs.upvalue_count != 0 ? durable_.make<ClosedUnit>(unit, false) : nullptr;
    for (std::uint32_t i = 0; i < fs.upvalue_count; ++i) {
        Var* var = fs.upvalues[i].var;
        var->uses = durable_.make<UpvalueUse>(closed, i, var->uses);
    }
    units_.shrink_to(fs.first_child);
    fs_ = fs.parent;
    return unit;
}

/// parlist, with LUA_COMPAT_VARARG: '...' also declares the parameter 'arg'.
void Parser::parameters() {
    VarList list;
    if (!at(')')) {
        do {
            if (at(kTokName)) {
                list.push(declare(expect_name(), list.count));
                ++fs_->num_params;
            } else if (at(kTokDots)) {
                lex_.next();
                list.push(declare(arg_name_, list.count));
                fs_->is_vararg = fs_->has_arg = fs_->needs_arg = true;
            } else {
                lex_.syntax_error("<name> or '...' expected");
            }
        } while (!fs_->is_vararg && accept(','));
    }
    activate(list.first);
    if (fs_->params != nullptr) {
        fs_->params->next = list.first;  // after 'self'
    } else {
        fs_->params = list.first;
    }
}

/// body: from the '(' to the 'end'.
Expr* Parser::function_body(bool needs_self, std::uint32_t line) {
    FuncState fs;
    open_function(fs);
    fs.line_defined = line;
    expect('(');
    if (needs_self) {
        fs.params = declare(self_name_, 0);
        fs.num_params = 1;
        activate(fs.params);
    }
    parameters();
    expect(')');
    body(fs);
    fs.last_line_defined = lex_.line;
    expect_match(kTokEnd, kTokFunction, line);
    FunctionUnit* unit = close_function(fs);
    tree_.release(fs.tree);
    Expr* e = node(ExprKind::Function);
    e->index = static_cast<std::uint32_t>(units_.size()) - fs_->first_child;
    units_.push_back(unit);
    return finish(e);
}

}  // namespace arenite::compiler

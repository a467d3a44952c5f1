// Walking the tree of an expression: the moments at which lparser.c calls into lcode.c.
#include <algorithm>
#include <cassert>

#include "compiler/codegen.h"

namespace arenite::compiler {
namespace {
/// LFIELDS_PER_FLUSH: items of a constructor that wait in registers.
constexpr unsigned kFieldsPerFlush = 50;
}  // namespace

void CodeGen::expression(const Expr* e, Exp& v) {
    cx_.pauses.tick();
    switch (e->kind) {
        case ExprKind::Binary: binary(e, v); break;
        case ExprKind::Unary:
            expression(e->a, v);
            after(e->a);
            prefix(e->unop(), v);
            break;
        case ExprKind::Paren:
            expression(e->a, v);
            after(e);
            if (v.kind != ExpKind::Cell) {  // stays unread, as a variable in a register does (CG1)
                discharge(v);
            }
            break;
        case ExprKind::Index:
        case ExprKind::Self:
        case ExprKind::Call: suffixed(e, v); break;
        case ExprKind::Table: table(e, v); break;
        default: leaf(e, v); break;
    }
}

void CodeGen::leaf(const Expr* e, Exp& v) {
    switch (e->kind) {
        case ExprKind::Nil: v = Exp(ExpKind::Nil, 0); break;
        case ExprKind::True: v = Exp(ExpKind::True, 0); break;
        case ExprKind::False: v = Exp(ExpKind::False, 0); break;
        case ExprKind::Number:
            v = Exp(ExpKind::Number, 0);
            v.number = e->number;
            break;
        case ExprKind::String:
            v = Exp(ExpKind::String, 0);
            v.atom = e->atom;
            break;
        case ExprKind::Global:
            v = Exp(ExpKind::Global, 0);
            v.atom = e->atom;
            break;
        case ExprKind::Local: v = Exp(e->var->in_cell() ? ExpKind::Cell : ExpKind::Local, e->var->reg); break;
        case ExprKind::Upvalue: v = Exp(ExpKind::Upvalue, e->index); break;
        case ExprKind::Vararg:
            clock(e->aux_line, e->end, 0);
            v = Exp(ExpKind::Vararg, code_.emit(Op::VARARG, 0, 1));
            break;
        default:
            assert(e->kind == ExprKind::Function);
            after(e);
            v = Exp(ExpKind::Open, code_.emit(ins::abx(Op::CLOSURE, 0, 0, e->index)));
            break;
    }
}

/// Binary operators, from the leftmost operand up (CG4).
void CodeGen::binary(const Expr* e, Exp& v) {
    const std::size_t base = spine_.size();
    for (; e->kind == ExprKind::Binary; e = e->a) {
        cx_.pauses.tick();
        spine_.push_back(e);
    }
    expression(e, v);
    while (spine_.size() > base) {
        const Expr* node = spine_[spine_.size() - 1];
        spine_.shrink_to(spine_.size() - 1);
        clock(node->aux_line, node->a->end, 1);
        infix(node->binop(), v);
        code_.look_if_due();
        Exp right;
        expression(node->wide().b, right);
        after(node->wide().b);
        postfix(node->binop(), v, right);
    }
}

/// Indices and calls, from the prefix on (CG4).
void CodeGen::suffixed(const Expr* e, Exp& v) {
    const std::size_t base = spine_.size();
    for (; e->kind == ExprKind::Index || e->kind == ExprKind::Call || e->kind == ExprKind::Self; e = e->a) {
        cx_.pauses.tick();
        spine_.push_back(e);
    }
    expression(e, v);
    while (spine_.size() > base) {
        const Expr* node = spine_[spine_.size() - 1];
        spine_.shrink_to(spine_.size() - 1);
        cx_.pauses.tick();
        switch (node->kind) {
            case ExprKind::Index: index(node, v); break;
            case ExprKind::Self: self(node, v); break;
            default: call(node, v); break;
        }
    }
}

void CodeGen::index(const Expr* e, Exp& v) {
    after(e->a);
    if (v.kind != ExpKind::Local && v.kind != ExpKind::Cell) {
        to_any_register(v);
    }
    Exp key;
    expression(e->wide().b, key);
    after(e->wide().b);
    to_operand(key);
    code_.line = e->aux_line;
    indexed(v, key);
}

/// luaK_self: the function and, after it, the object.
void CodeGen::self(const Expr* e, Exp& v) {
    after(e);
    const unsigned object = to_any_register(v);
    free_value(v);
    const unsigned base = free_reg_;
    reserve(2);
    std::uint32_t k = 0;
    if (field_operand(e->wide().name, k)) {
        code_.emit(Op::SELF, base, object, k);
    } else {
        code_.emit(Op::MOVE, base + 1, object);
        code_.emit(ins::abx(Op::LOADK, base, 0, code_.constant(e->wide().name)));
        code_.emit(Op::GETTABLE, base, base + 1, base);
    }
    v = Exp(ExpKind::Register, base);
}

/// funcargs. The call bears the line of its '(' (luaK_fixline).
void CodeGen::call(const Expr* e, Exp& v) {
    if (e->a->kind != ExprKind::Self) {
        after(e->a);
        to_next_register(v);
    }
    const unsigned base = v.reg;
    std::uint32_t count = 0;
    bool multi = false;
    for (const Expr* arg = e->wide().b; arg != nullptr; arg = arg->next) {
        Exp value;
        expression(arg, value);
        if (arg->next != nullptr) {
            clock(arg->line + arg->comma_line, arg->end, 1);
        } else if (value.is_multi()) {
            after(arg);
            all_results(value);
            multi = true;
            break;
        } else {
            after(e);
        }
        to_next_register(value);
    }
    count = multi ? kMulti : free_reg_ - (base + 1);
    code_.line = e->aux_line;
    v = Exp(ExpKind::Call, code_.emit(multi ? Op::CALLM : Op::CALL, base, count, 1));
    code_.line = e->line;
    free_reg_ = base + 1;
}

/// constructor. List items wait in the registers after the table's until there are enough for a SETLIST.
void CodeGen::table(const Expr* e, Exp& v) {
    clock(e->aux_line, e->wide().open_at, 0);
    const unsigned table = free_reg_;
    const std::uint32_t pc = code_.emit(Op::NEWTABLE, table);
    reserve(1);
    std::uint32_t list_items = 0;
    std::uint32_t hash_items = 0;
    unsigned waiting = 0;
    const auto flush = [&](std::uint32_t count) {
        code_.emit(ins::abx(Op::SETLIST, table, count, list_items - waiting + 1));
        waiting = 0;
        free_reg_ = table + 1;
    };
    Exp item;  // the last list item; it may have to give all its values
    const Expr* previous = nullptr;
    for (const Expr* i = e->items; i != nullptr; i = i->next) {
        if (item.kind == ExpKind::Void) code_.look_if_due();
        if (item.kind != ExpKind::Void) {
            clock(previous->line + previous->comma_line, previous->end, 1);
            to_next_register(item);
            item = Exp();
            code_.look_if_due();
            if (waiting == kFieldsPerFlush) {
                flush(waiting);
            }
        }
        const Expr* const key = i->is_key() ? i : nullptr;
        previous = i = key != nullptr ? i->next : i;
        if (key != nullptr) {
            table_field(key, i, table);
            ++hash_items;
        } else {
            expression(i, item);
            ++list_items;
            ++waiting;
        }
    }
    after(e);
    if (waiting != 0) {
        if (item.is_multi()) {
            all_results(item);
            flush(kMulti);
            --list_items;
        } else {
            if (item.kind != ExpKind::Void) {
                to_next_register(item);
            }
            flush(waiting);
        }
    }
    code_.at(pc) = ins::abcd(Op::NEWTABLE, table, std::min<std::uint32_t>(list_items, 0xFFFF),
                             std::min<std::uint32_t>(hash_items, 0xFFFF));
    v = Exp(ExpKind::Register, table);
}

/// recfield.
void CodeGen::table_field(const Expr* k, const Expr* v, unsigned table) {
    const std::uint32_t mark = free_reg_;
    Exp key;
    expression(k, key);
    after(k);
    to_operand(key);
    code_.line = k->line + k->comma_line;
    Exp target(ExpKind::Register, table);
    indexed(target, key);
    Exp value;
    expression(v, value);
    after(v);
    store(target, value);
    free_reg_ = mark;
}

}  // namespace arenite::compiler

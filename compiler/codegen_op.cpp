// Operators: luaK_prefix, luaK_infix and luaK_posfix of lcode.c.
#include <cassert>
#include <cmath>

#include "compiler/codegen.h"

namespace arenite::compiler {
namespace {

constexpr unsigned kArithmeticOps = 6;
// The three forms of the arithmetic opcodes stand in the order of BinOp.
static_assert(static_cast<unsigned>(Op::POW) - static_cast<unsigned>(Op::ADD) == kArithmeticOps - 1);
static_assert(static_cast<unsigned>(Op::ADDK) - static_cast<unsigned>(Op::ADD) == kArithmeticOps);
static_assert(static_cast<unsigned>(Op::KADD) - static_cast<unsigned>(Op::ADD) == 2 * kArithmeticOps);

Op arithmetic_op(BinOp op, unsigned form) {
    return static_cast<Op>(static_cast<unsigned>(Op::ADD) + form * kArithmeticOps + static_cast<unsigned>(op));
}

}  // namespace

/// constfolding: numbers only, and never to a NaN.
bool CodeGen::fold(BinOp op, Exp& v, const Exp& right) {
    if (!v.is_number() || !right.is_number()) {
        return false;
    }
    const double a = v.number;
    const double b = right.number;
    double r = 0;
    switch (op) {
        case BinOp::Add: r = a + b; break;
        case BinOp::Sub: r = a - b; break;
        case BinOp::Mul: r = a * b; break;
        case BinOp::Div:
            if (b == 0) return false;
            r = a / b;
            break;
        case BinOp::Mod:
            if (b == 0) return false;
            r = a - std::floor(a / b) * b;
            break;
        default: r = std::pow(a, b); break;
    }
    if (std::isnan(r)) {
        return false;
    }
    v.number = r;
    return true;
}

void CodeGen::prefix(UnOp op, Exp& v) {
    if (op == UnOp::Not) {
        negate(v);
        return;
    }
    if (op == UnOp::Minus && v.is_number()) {
        v.number = -v.number;
        return;
    }
    const unsigned operand = to_any_register(v);
    free_value(v);
    v = Exp(ExpKind::Open, code_.emit(op == UnOp::Minus ? Op::UNM : Op::LEN, 0, operand));
}

/// codenot.
void CodeGen::negate(Exp& v) {
    discharge(v);
    switch (v.kind) {
        case ExpKind::Nil:
        case ExpKind::False: v.kind = ExpKind::True; break;
        case ExpKind::Number:
        case ExpKind::String:
        case ExpKind::True: v.kind = ExpKind::False; break;
        case ExpKind::Jump: {
            Instruction& i = code_.at(v.pc);
            i = (i & ~Instruction{0xFF}) | static_cast<Instruction>(inverse_jump(ins::op(i)));
            break;
        }
        default:
            discharge_anywhere(v);
            free_value(v);
            v.pc = code_.emit(Op::NOT, 0, v.reg);
            v.kind = ExpKind::Open;
            break;
    }
    const JumpList swapped = v.if_true;
    v.if_true = v.if_false;
    v.if_false = swapped;
    code_.drop_values(v.if_true);
    code_.drop_values(v.if_false);
}

/// The left operand is known, the right one not yet read.
void CodeGen::infix(BinOp op, Exp& v) {
    switch (op) {
        case BinOp::And: jump_if_false(v); break;
        case BinOp::Or: jump_if_true(v); break;
        case BinOp::Concat: to_next_register(v); break;
        case BinOp::Eq:
        case BinOp::Ne:
        case BinOp::Lt:
        case BinOp::Le:
        case BinOp::Gt:
        case BinOp::Ge:
            // PUC makes the left constant here, before the right operand is read.
            to_operand(v);
            claim_zero(v);
            break;
        default: to_operand(v); break;
    }
}

void CodeGen::postfix(BinOp op, Exp& v, Exp& right) {
    switch (op) {
        case BinOp::And:
            discharge(right);
            code_.append(right.if_false, v.if_false);
            v = right;
            break;
        case BinOp::Or:
            discharge(right);
            code_.append(right.if_true, v.if_true);
            v = right;
            break;
        case BinOp::Concat: concat(v, right); break;
        case BinOp::Eq:
        case BinOp::Ne: equality(op, v, right); break;
        case BinOp::Lt:
        case BinOp::Le:
        case BinOp::Gt:
        case BinOp::Ge: order(op, v, right); break;
        default:
            if (!fold(op, v, right)) {
                arithmetic(op, v, right);
            }
            break;
    }
}

/// The whole of a .. b .. c is one instruction on consecutive registers.
void CodeGen::concat(Exp& v, Exp& right) {
    to_value(right);
    if (right.kind == ExpKind::Open && ins::op(code_.at(right.pc)) == Op::CONCAT) {
        Instruction& i = code_.at(right.pc);
        assert(v.reg + 1 == ins::b(i));
        free_value(v);
        i = ins::abcd(Op::CONCAT, 0, v.reg, ins::c(i));
        v = right;
        return;
    }
    to_next_register(right);
    free_values(v, right);
    v = Exp(ExpKind::Open, code_.emit(Op::CONCAT, 0, v.reg, right.reg));
}

/// codearith. The right operand is fetched first, so that temporaries stay a stack; the left one, if it is a local
/// variable or a constant, only here (CG1).
void CodeGen::arithmetic(BinOp op, Exp& v, Exp& right) {
    std::uint32_t l = 0;
    std::uint32_t r = 0;
    unsigned form = 0;
    if (right.is_number() && constant_operand(right, r)) {
        form = 1;
    } else {
        r = to_any_register(right);
        if (v.is_number() && constant_operand(v, l)) {
            form = 2;
        }
    }
    if (form != 2) {
        l = to_any_register(v);
    }
    free_values(v, right);
    v = Exp(ExpKind::Open, code_.emit(arithmetic_op(op, form), 0, l, r));
}

/// codecomp for == and ~=. A constant is never a table, so its side does not matter.
void CodeGen::equality(BinOp op, Exp& v, Exp& right) {
    std::uint32_t k = 0;
    std::uint32_t pc = 0;
    const bool equal = op == BinOp::Eq;
    if (constant_operand(right, k)) {
        const unsigned l = to_any_register(v);
        free_value(v);
        pc = code_.emit_branch(equal ? Op::JEQK : Op::JNEK, l, k);
    } else {
        const unsigned r = to_any_register(right);
        if (constant_operand(v, k)) {
            free_value(right);
            pc = code_.emit_branch(equal ? Op::JEQK : Op::JNEK, r, k);
        } else {
            const unsigned l = to_any_register(v);
            free_values(v, right);
            pc = code_.emit_branch(equal ? Op::JEQ : Op::JNE, l, r);
        }
    }
    v = Exp(ExpKind::Jump, pc);
}

/// codecomp for < <= > >=. a > b is b < a, its operands evaluated left to right all the same.
void CodeGen::order(BinOp op, Exp& v, Exp& right) {
    std::uint32_t k = 0;
    std::uint32_t pc = 0;
    const auto pick = [op](Op lt, Op le, Op gt, Op ge) {
        return op == BinOp::Lt ? lt : op == BinOp::Le ? le : op == BinOp::Gt ? gt : ge;
    };
    if (right.is_number() && constant_operand(right, k)) {
        const unsigned l = to_any_register(v);
        free_value(v);
        pc = code_.emit_branch(pick(Op::JLTK, Op::JLEK, Op::JGTK, Op::JGEK), l, k);
    } else {
        const unsigned r = to_any_register(right);
        if (v.is_number() && constant_operand(v, k)) {
            free_value(right);
            pc = code_.emit_branch(pick(Op::JGTK, Op::JGEK, Op::JLTK, Op::JLEK), r, k);
        } else {
            const unsigned l = to_any_register(v);
            free_values(v, right);
            const bool swap = op == BinOp::Gt || op == BinOp::Ge;
            pc = code_.emit_branch(pick(Op::JLT, Op::JLE, Op::JLT, Op::JLE), swap ? r : l, swap ? l : r);
        }
    }
    v = Exp(ExpKind::Jump, pc);
}

}  // namespace arenite::compiler
